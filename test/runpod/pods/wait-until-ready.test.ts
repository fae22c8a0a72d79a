import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  createPod,
  openPodEndpoint,
  PodNotReadyError,
  terminatePod,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import { type PodWorld, startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

async function failToWait(
  world: PodWorld,
  options: { timeoutMinutes?: number } = {},
): Promise<PodNotReadyError> {
  const workbook = world.open();
  const pod = await createPod(smallPlan(), { context: workbook });
  const error = await waitUntilReady(pod, { context: workbook, ...options }).then(
    () => assert.fail("the pod became ready"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PodNotReadyError, String(error));
  assert.equal(error.podId, pod.id);
  if (error.problem !== "pod-gone") {
    const price = `The pod ${pod.id} still costs $`;
    assert.ok(error.message.includes(price), error.message);
    assert.ok(error.message.includes(`await terminatePod("${pod.id}")`), error.message);
  }
  return error;
}

describe("waitUntilReady", () => {
  test("waits through the whole boot, says where it is, and opens the endpoint", async (context) => {
    const world = await startPodWorld(context);
    const phases = new Set<string>();
    let last = "";
    const workbook = world.open({
      parts: {
        startProgress: () => ({
          update: (_done, detail) => phases.add(detail?.split(/[(:;]/)[0]?.trim() ?? ""),
          done: (text) => {
            last = text;
          },
        }),
      },
    });
    const pod = await createPod(smallPlan(), { context: workbook });
    const endpoint = await waitUntilReady(pod, { context: workbook });
    assert.equal(endpoint.model, "Qwen/Qwen2.5-7B-Instruct");
    assert.equal(endpoint.baseUrl, pod.baseUrl);
    assert.equal(endpoint.origin, "pod");
    assert.deepEqual(endpoint.gpu, {
      name: pod.gpuTypeId,
      count: pod.gpuCount,
      usdPerHour: pod.usdPerHour,
    });
    assert.ok(phases.has("Runpod sets up the machine"), [...phases].join());
    assert.ok(phases.has("vLLM loads the model"), [...phases].join());
    assert.match(last, /is ready after \d+ s/);
    assert.deepEqual(world.said, []);
    assert.equal([...workbook.journal.read().pods.values()][0]?.isReady, true);
  });

  const crashes = [
    ["gated-model", "gated-model", /licence|token/],
    ["access-pending", "gated-model", /Wait for Hugging Face's mail/],
    ["cuda-out-of-memory", "out-of-memory", /quantised variant/],
    ["kv-cache-too-small", "kv-cache-too-small", /maxModelTokens: 73792/],
    ["unknown-argument", "unknown-argument", /--max-model-length 32768/],
    ["driver-too-old", "driver-too-old", /minCudaVersion: "13\.0"/],
    ["disk-full", "disk-full", /containerDiskGb/],
    ["adapter-missing", "adapter-missing", /checkModelAccess\("somebody\/sql"\).*needsToken: true/],
    ["adapter-of-another-base", "unusable-adapter", /base_model_name_or_path/],
    ["unexplained", "crash-loop", /ends again and again/],
  ] as const;
  for (const [reason, problem, remedy] of crashes) {
    test(`gives up early where the log says it never will: ${reason}`, async (context) => {
      const world = await startPodWorld(context, { faults: [{ kind: "crash-loop", reason }] });
      const error = await failToWait(world);
      assert.equal(error.problem, problem);
      assert.match(error.message, remedy);
      assert.notEqual(error.logLine, null);
    });
  }

  const otherFaults: [RunPodFaultInput, PodNotReadyError["problem"], RegExp][] = [
    [{ kind: "wrong-model", model: "Qwen/Qwen3-0.6B" }, "wrong-model", /It serves: Qwen\/Qwen3-0\.6B/],
    [{ kind: "never-ready" }, "too-slow", /nothing listens in the pod yet/],
    [{ kind: "dies", afterMs: 20_000 }, "container-ended", /has stopped by itself \(EXITED\)/],
  ];
  for (const [fault, problem, words] of otherFaults) {
    test(`says what is wrong: ${fault.kind}`, async (context) => {
      const world = await startPodWorld(context, { faults: [fault] });
      const error = await failToWait(world, { timeoutMinutes: 5 });
      assert.equal(error.problem, problem);
      assert.match(error.message, words);
    });
  }

  for (const fault of [{ kind: "silent-log" }, { kind: "cut-log", afterLines: 3 }] as const) {
    test(`needs no log to become ready: ${fault.kind}`, async (context) => {
      const world = await startPodWorld(context, { faults: [fault] });
      const workbook = world.open();
      const pod = await createPod(smallPlan(), { context: workbook });
      assert.equal((await waitUntilReady(pod, { context: workbook })).model, "Qwen/Qwen2.5-7B-Instruct");
    });
  }

  test("reports loudly that the key is not enforced", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "key-not-enforced" }] });
    const workbook = world.open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await waitUntilReady(pod, { context: workbook });
    assert.match(world.said.join(), /WARNING: .* without a key at GET \/v1\/models, .*not enforced at all/);
  });

  test("reports the side doors of a pod without the start script", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "old-contract" }] });
    const workbook = world.open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await waitUntilReady(pod, { context: workbook });
    const warning = world.said.at(-1) ?? "";
    assert.match(
      warning,
      /WARNING: .* without a key at POST \/invocations, POST \/tokenize, OPTIONS \/metrics/,
    );
    assert.doesNotMatch(warning, /v1\/models/);
  });

  test("outlives a passing fault of API and proxy", async (context) => {
    const world = await startPodWorld(context);
    let hasFailed = false;
    const workbook = world.open({
      parts: {
        sleep: async (ms) => {
          world.rehearsal.advance(ms);
          if (hasFailed) return;
          hasFailed = true;
          // More failures than one call is repeated.
          world.rehearsal.setFaults([
            { kind: "api-error", status: 503, operation: "getPod", times: 5 },
            { kind: "api-error", status: 429, retryAfterSeconds: 1, operation: "getPod", times: 5 },
            { kind: "proxy-error", status: 404, times: 3 },
          ]);
        },
      },
    });
    const pod = await createPod(smallPlan(), { context: world.open() });
    assert.equal((await waitUntilReady(pod, { context: workbook })).baseUrl, pod.baseUrl);
    assert.ok(hasFailed);
  });

  test("says that the pod is gone where somebody ended it", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "never-ready" }] });
    const workbook = world.open({
      parts: {
        sleep: async (ms) => {
          world.rehearsal.advance(ms);
          const [running] = world.rehearsal.ledger().running;
          if (running !== undefined && world.rehearsal.nowMs() > Date.parse("2026-11-24T08:02:00Z")) {
            world.rehearsal.losePod(running);
          }
        },
      },
    });
    const pod = await createPod(smallPlan(), { context: workbook });
    await assert.rejects(waitUntilReady(pod, { context: workbook }), (error) => {
      assert.ok(error instanceof PodNotReadyError);
      assert.equal(error.problem, "pod-gone");
      assert.doesNotMatch(error.message, /still costs/);
      return true;
    });
    assert.equal([...workbook.journal.read().pods.values()][0]?.isEnded, true);
  });

  test("says that the pod still costs money when it is interrupted", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "never-ready" }] });
    const workbook = world.open();
    const pod = await createPod(smallPlan(), { context: workbook });
    const controller = new AbortController();
    const waiting = waitUntilReady(pod, { context: workbook, signal: controller.signal });
    controller.abort();
    await assert.rejects(waiting, (error) => {
      assert.ok(error instanceof PodNotReadyError);
      assert.equal(error.problem, "interrupted");
      assert.match(error.message, /still costs \$0\.\d\d per hour/);
      return true;
    });
  });

  test("waits no longer than the pod's deadline", async (context) => {
    const world = await startPodWorld(context, {
      faults: [{ kind: "never-ready" }, { kind: "no-pod-deadline" }],
    });
    const workbook = world.open();
    const pod = await createPod(smallPlan({ deadlineMinutes: 3 }), { context: workbook });
    await assert.rejects(
      waitUntilReady(pod, { context: workbook, timeoutMinutes: 600 }),
      // Creating it took 5 of its 180 s.
      /was not ready within 175 s/,
    );
  });

  test("leaves pods alone that another workbook rented", async (context) => {
    const world = await startPodWorld(context);
    const pod = await createPod(smallPlan(), { context: world.open({ workbook: "other" }) });
    await assert.rejects(waitUntilReady(pod, { context: world.open() }), /was not rented by this workbook/);
  });
});

describe("openPodEndpoint", () => {
  test("opens the ready pod with the key of its own environment, from any process of the workbook", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await assert.rejects(openPodEndpoint({ context: workbook }), /is not ready yet[\s\S]*waitUntilReady/);
    await waitUntilReady(pod, { context: workbook });
    const endpoint = await openPodEndpoint({ context: world.open() });
    assert.equal(endpoint.baseUrl, pod.baseUrl);
    const { image, vllmArguments } = smallPlan();
    assert.deepEqual(endpoint.startedWith, { image, arguments: [...vllmArguments] });
    const answer = await endpoint.client.chat.completions.create({
      model: endpoint.model,
      messages: [{ role: "user", content: "Hello" }],
      max_tokens: 3,
    });
    assert.equal(answer.usage?.completion_tokens, 3);
    await terminatePod(pod, { context: workbook });
    await assert.rejects(openPodEndpoint({ context: world.open() }), /No pod of this workbook is ready/);
  });

  test("ends this workbook's pods past their deadline on the way, and nothing else", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    const mine = await createPod(smallPlan({ deadlineMinutes: 30 }), { context: world.open() });
    const other = await createPod(smallPlan({ deadlineMinutes: 30 }), {
      context: world.open({ workbook: "other" }),
    });
    world.rehearsal.advance(31 * 60_000);
    assert.deepEqual(world.rehearsal.ledger().running.length, 2);
    await assert.rejects(openPodEndpoint({ context: world.open() }), /No pod of this workbook is ready/);
    assert.deepEqual(world.rehearsal.ledger().running, [other.id]);
    assert.notEqual(mine.id, other.id);
  });
});
