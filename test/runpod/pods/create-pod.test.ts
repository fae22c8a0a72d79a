import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { InputError, SettingsError } from "../../../lib/src/errors.ts";
import {
  createPod,
  describeOpenRealPods,
  JournalError,
  listPods,
  openRunPodContext,
  RunPodError,
  sweepPods,
  terminatePod,
} from "../../../lib/src/runpod/index.ts";
import { CreatePodError } from "../../../lib/src/runpod/pods/pod-errors.ts";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import { publishedPrice } from "../../helpers/prices.ts";
import { startPodWorld } from "../pod-world.ts";
import { canaries, gatedPlan, smallPlan } from "../sample-plans.ts";

describe("createPod", () => {
  test("rents the first GPU of the plan, with its deadline in name and environment", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    assert.equal(pod.gpuTypeId, "NVIDIA A40");
    assert.equal(pod.usdPerHour, publishedPrice("NVIDIA A40").usdPerHour);
    assert.equal(pod.deadlineAt, "2026-11-24T09:00:00.000Z");
    assert.match(pod.name, /^workbook-[0-9a-f]{10}-[0-9a-f]{6}-20261124T090000Z$/);
    const { env } = await workbook.client.getPod(pod.id);
    assert.equal(env?.["WORKBOOK_DEADLINE"], "2026-11-24T09:00:00.000Z");
    assert.match(env?.["VLLM_API_KEY"] ?? "", /^sk-[\w-]{32}$/);
    assert.deepEqual(rehearsal.ledger().running, [pod.id]);
  });

  test("takes a key that several pods shall share, as those behind a router do", async (context) => {
    const { open } = await startPodWorld(context);
    const workbook = open();
    const pods = [];
    for (let count = 0; count < 2; count++) {
      const { id } = await createPod(smallPlan(), { context: workbook, apiKey: "sk-canary-shared" });
      pods.push(await workbook.client.getPod(id));
    }
    assert.deepEqual(
      pods.map(({ env }) => env?.["VLLM_API_KEY"]),
      ["sk-canary-shared", "sk-canary-shared"],
    );
  });

  test("refuses a key that no pod could use, before anything is rented", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const unusable = [
      "",
      " ",
      "\n",
      " sk-canary",
      "sk-canary\n",
      "a\nb",
      "a b",
      "ключ",
      "kéy",
      "\u0000",
      "k".repeat(5_000),
    ];
    for (const apiKey of unusable) {
      await assert.rejects(createPod(smallPlan(), { context: workbook, apiKey }), InputError, apiKey);
    }
    assert.deepEqual(rehearsal.ledger().pods, []);
    assert.deepEqual(workbook.journal.read().pods, new Map());
  });

  test("sends the start script and the arguments in exec form, and the key in none of them", async (context) => {
    const { open } = await startPodWorld(context);
    const workbook = open();
    const plan = smallPlan();
    const { id } = await createPod(plan, { context: workbook });
    const { entrypoint, cmd, env } = await workbook.client.getPod(id);
    assert.deepEqual(entrypoint?.slice(0, 2), ["python3", "-Ic"]);
    assert.equal(entrypoint?.length, 5);
    assert.deepEqual(cmd, plan.vllmArguments);
    const key = env?.["VLLM_API_KEY"] ?? "none";
    assert.ok(![...(entrypoint ?? []), ...(cmd ?? [])].join(" ").includes(key));
  });

  test("keeps the Hugging Face token in a secret of this workbook, and writes it anew only when it differs", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const first = open();
    const pod = await createPod(gatedPlan(), { context: first });
    const name = `workbook_${first.workbookId}_hf_token`;
    const { env } = await first.client.getPod(pod.id);
    assert.equal(env?.["HF_TOKEN"], `{{ RUNPOD_SECRET_${name} }}`);
    const writes = () =>
      rehearsal.calls().filter(({ method, path }) => method !== "GET" && path.includes("/account/secrets"));
    assert.deepEqual(
      writes().map(({ method }) => method),
      ["POST"],
    );
    await createPod(gatedPlan(), { context: open() });
    assert.equal(writes().length, 1);
    const changed = open();
    changed.connection.huggingFaceToken = "hf_canary_another_token";
    await createPod(gatedPlan(), { context: changed });
    assert.deepEqual(
      writes().map(({ method }) => method),
      ["POST", "PATCH"],
    );
  });

  test("keeps one template up to date for the console", async (context) => {
    const { open } = await startPodWorld(context);
    const workbook = open();
    await createPod(smallPlan(), { context: workbook });
    await createPod(smallPlan(), { context: workbook });
    await createPod(smallPlan({ containerDiskGb: 100 }), { context: workbook });
    const templates = await workbook.client.listTemplates();
    assert.deepEqual(
      templates.map(({ name, disk }) => ({ name, disk })),
      [{ name: `workbook-${workbook.workbookId}`, disk: 100 }],
    );
    assert.deepEqual(templates[0]?.env, { VLLM_NO_USAGE_STATS: "1" });
  });

  test("wants a ceiling, from the argument or the settings", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open({ maxUsdPerHour: null });
    await assert.rejects(createPod(smallPlan(), { context: workbook }), (error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, /WORKBOOK_MAX_USD_PER_HOUR/);
      return true;
    });
    for (const maxUsdPerHour of [0, -1, Number.NaN, Infinity]) {
      await assert.rejects(createPod(smallPlan(), { context: workbook, maxUsdPerHour }), InputError);
    }
    assert.deepEqual(rehearsal.calls(), []);
    await createPod(smallPlan(), { context: workbook, maxUsdPerHour: 1 });
  });

  test("refuses a live price above the ceiling before anything is rented, and names it", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    await assert.rejects(createPod(smallPlan(), { context: open({ maxUsdPerHour: 0.2 }) }), (error) => {
      assert.ok(error instanceof CreatePodError);
      assert.match(
        error.message,
        /NVIDIA A40: it costs \$0\.\d{3} per hour now, which is above the ceiling of \$0\.20/,
      );
      assert.match(error.message, /NVIDIA RTX A6000: it costs/);
      return true;
    });
    assert.deepEqual(rehearsal.ledger().pods, []);
  });

  test("ends a pod whose own price turns out to be above the ceiling", async (context) => {
    const faults: RunPodFaultInput[] = [{ kind: "dearer-than-catalog", factor: 3 }];
    const { open, rehearsal } = await startPodWorld(context, { faults });
    await assert.rejects(
      createPod(smallPlan(), { context: open({ maxUsdPerHour: 1 }) }),
      new RegExp(`costs \\$${(3 * publishedPrice("NVIDIA A40").usdPerHour).toFixed(3)} per hour`),
    );
    const { pods, running } = rehearsal.ledger();
    assert.equal(pods.length, 1);
    assert.deepEqual(running, []);
  });

  test("goes on to the next GPU where one is not to be had or not allowed", async (context) => {
    for (const kind of ["no-capacity", "forbidden-gpu"] as const) {
      const { open } = await startPodWorld(context, { faults: [{ kind, gpuTypeId: "NVIDIA A40" }] });
      assert.equal((await createPod(smallPlan(), { context: open() })).gpuTypeId, "NVIDIA RTX A6000");
    }
  });

  test("lists every candidate with its reason where none is to be had", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, {
      faults: [
        { kind: "no-capacity", gpuTypeId: "NVIDIA A40" },
        { kind: "forbidden-gpu", gpuTypeId: "NVIDIA RTX A6000" },
      ],
    });
    await assert.rejects(createPod(smallPlan(), { context: open() }), (error) => {
      assert.ok(error instanceof CreatePodError);
      assert.deepEqual(error.attempts, [
        { gpuTypeId: "NVIDIA A40", reason: "no instances available" },
        { gpuTypeId: "NVIDIA RTX A6000", reason: "the account may not use it (HTTP 403)" },
      ]);
      return true;
    });
    assert.deepEqual(rehearsal.ledger().pods, []);
    assert.equal(describeOpenRealPods(open()), "", "nothing is on record as rented");
  });

  test("stops at a balance that is too low, and says how much is missing", async (context) => {
    const { open } = await startPodWorld(context, { faults: [{ kind: "no-balance" }], balanceUsd: 0.1 });
    await assert.rejects(createPod(smallPlan(), { context: open() }), (error) => {
      assert.ok(error instanceof RunPodError);
      assert.equal(error.problem, "balance-too-low");
      assert.match(
        error.message,
        /The balance is \$0\.10, and an hour of this pod costs \$0\.\d\d: at least \$0\.\d\d is missing/,
      );
      return true;
    });
  });

  for (const by of ["500", "reset"] as const) {
    test(`finds the pod that was rented although the answer was lost (${by})`, async (context) => {
      const { open, rehearsal } = await startPodWorld(context, {
        faults: [{ kind: "answer-lost", by, times: 1 }],
      });
      const workbook = open();
      const pod = await createPod(smallPlan(), { context: workbook });
      assert.deepEqual(rehearsal.ledger().running, [pod.id]);
      assert.equal(rehearsal.ledger().pods.length, 1);
      assert.equal([...workbook.journal.read().pods.values()][0]?.podId, pod.id);
    });
  }

  test("rents nothing else after a failure of which nobody knows the outcome", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, {
      faults: [{ kind: "api-error", status: 502, operation: "createPod" }],
    });
    await assert.rejects(
      createPod(smallPlan(), { context: open() }),
      /Whether a pod was rented is not known/,
    );
    const creates = rehearsal.calls().filter(({ method, path }) => method === "POST" && path === "/v2/pods");
    assert.equal(creates.length, 1);
    assert.match(describeOpenRealPods(open()), /if it was rented at all/);
  });

  test("sends plain arguments to an older API, and says what is missing", async (context) => {
    const { open, said } = await startPodWorld(context, { faults: [{ kind: "old-contract" }] });
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    assert.match(said.join("\n"), /will not end itself at its deadline[\s\S]*\/invocations without a key/);
    assert.equal(said.length, 1);
    const found = await workbook.client.getPod(pod.id);
    assert.deepEqual([found.entrypoint ?? null, found.cmd ?? null], [null, null]);
    assert.equal(found.env?.["WORKBOOK_DEADLINE"], "2026-11-24T09:00:00.000Z");
    assert.equal([...workbook.journal.read().pods.values()][0]?.hasStartScript, false);
  });

  test("says how to go on where the account has no route for secrets", async (context) => {
    const { open } = await startPodWorld(context, { faults: [{ kind: "no-secrets" }] });
    await assert.rejects(createPod(gatedPlan(), { context: open() }), /huggingFaceSecret/);
    const workbook = open();
    const pod = await createPod(gatedPlan(), { context: workbook, huggingFaceSecret: "my_secret" });
    const { env } = await workbook.client.getPod(pod.id);
    assert.equal(env?.["HF_TOKEN"], "{{ RUNPOD_SECRET_my_secret }}");
  });

  test("rents nothing where the journal cannot be written", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    // A file where the folder should be: even an administrator cannot write there.
    const folder = dirname(workbook.journal.path);
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(folder, "");
    await assert.rejects(createPod(smallPlan(), { context: workbook }), JournalError);
    assert.deepEqual(rehearsal.ledger().pods, []);
  });

  test("ends what it rented when it is interrupted", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const controller = new AbortController();
    const sendAndInterrupt: typeof fetch = async (input, init) => {
      const isRenting = init?.method === "POST" && String(input).endsWith("/pods");
      const answer = await fetch(input, init);
      if (isRenting) controller.abort();
      return answer;
    };
    const workbook = open({ parts: { fetch: sendAndInterrupt } });
    await assert.rejects(
      createPod(smallPlan(), { context: workbook, signal: controller.signal }),
      /interrupted/,
    );
    assert.equal(rehearsal.ledger().pods.length, 1);
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("refuses a deadline of 0, no GPU and no count", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const plan = smallPlan();
    for (const wrong of [{ deadlineMinutes: 0 }, { gpuCandidates: [] }, { gpuCount: 0 }, { gpuCount: -1 }]) {
      await assert.rejects(createPod({ ...plan, ...wrong }, { context: open() }), InputError);
    }
    await assert.rejects(createPod(plan, { context: open(), idleMinutes: 0 }), InputError);
    assert.deepEqual(rehearsal.calls(), []);
  });

  test("sends a pod's key to no proxy that is not https or on this machine", async (context) => {
    const { open } = await startPodWorld(context);
    const { connection, stateFolder, projectRoot, maxUsdPerHour } = open();
    const settings = { target: "runpod", stateFolder, projectRoot, maxUsdPerHour } as const;
    for (const proxyUrl of [
      "http://{podId}.example.com",
      "{podId}",
      "http://{podId}-{port}.127.0.0.1.example.com",
    ]) {
      const wrong = { ...connection, proxyUrl };
      assert.throws(() => openRunPodContext({ settings, connection: wrong }), SettingsError);
    }
  });

  test("shows no key in journal, messages, errors or what it returns", async (context) => {
    const { open, said, rehearsal } = await startPodWorld(context, { faults: [{ kind: "old-contract" }] });
    const workbook = open();
    const pod = await createPod(gatedPlan(), { context: workbook });
    const vllmKey = (await workbook.client.getPod(pod.id)).env?.["VLLM_API_KEY"] ?? "";
    const outputs = [
      readFileSync(workbook.journal.path, "utf8"),
      ...said,
      inspect(
        [workbook, pod, await listPods({ context: workbook }), await sweepPods({ context: workbook })],
        { depth: 10 },
      ),
    ];
    const operations = ["createPod", "deletePod", "listPods", "listTemplates", "listGpuTypes"];
    for (const operation of operations) {
      rehearsal.setFaults([{ kind: "api-error", status: 500, detail: `no ${canaries.runpod}`, operation }]);
      await createPod(gatedPlan(), { context: workbook }).catch((error) =>
        outputs.push(inspect(error, { depth: 10 })),
      );
    }
    rehearsal.setFaults([{ kind: "invalid-key" }]);
    await terminatePod(pod, { context: workbook }).catch((error) =>
      outputs.push(inspect(error, { depth: 10 })),
    );
    assert.ok(outputs.length >= 6);
    for (const secret of [canaries.runpod, canaries.huggingFace, vllmKey]) {
      assert.ok(secret.length > 10);
      assert.ok(!outputs.join("\n").includes(secret));
    }
  });
});
