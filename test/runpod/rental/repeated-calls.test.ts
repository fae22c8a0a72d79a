import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import {
  createEndpoint,
  createPod,
  listPods,
  openPodEndpoint,
  type Pod,
  sweepEndpoints,
  sweepPods,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { podKind } from "../../../lib/src/runpod/pods/pod.ts";
import { watchRental } from "../../../lib/src/runpod/rental/watch-rental.ts";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import { smallEndpoint, startEndpointWorld } from "../endpoints/endpoint-world.ts";
import { type PodWorld, startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

const minuteMs = 60_000;

/** Rents a second pod of the same name, as something on the way does that repeats the call. */
async function repeat(world: PodWorld, pod: Pod): Promise<string> {
  const { templateId: _none, ...payload } = smallPlan().payload;
  const second = await world
    .open({ workbook: "on the way" })
    .client.createPod({ ...payload, name: pod.name });
  return second.id;
}

describe("a call that rents and is repeated on its way", () => {
  const losses: [string, RunPodFaultInput[]][] = [
    ["", []],
    [", whose answer was lost", [{ kind: "answer-lost", by: "reset", times: 1 }]],
    [
      ", whose answer and first lists were lost",
      [
        { kind: "answer-lost", by: "500", times: 1 },
        { kind: "api-error", status: 503, operation: "listPods", times: 5 },
      ],
    ],
  ];
  for (const [name, faults] of losses) {
    test(`leaves one pod${name}`, async (context) => {
      const world = await startPodWorld(context, { faults: [{ kind: "repeated", times: 1 }, ...faults] });
      const pod = await createPod(smallPlan(), { context: world.open() });
      assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
      assert.equal(world.rehearsal.ledger().pods.length, 2);
      await waitUntilReady(pod, { context: world.open() });
      assert.deepEqual((await sweepPods({ context: world.open() })).ended, []);
      assert.equal((await openPodEndpoint({ context: world.open() })).baseUrl, pod.baseUrl);
    });
  }

  test("leaves one pod where the second call is answered with a refusal", async (context) => {
    const world = await startPodWorld(context);
    let isFirst = true;
    const repeating: typeof fetch = async (input, init) => {
      if (init?.method === "POST" && String(input).endsWith("/pods") && isFirst) {
        isFirst = false;
        await fetch(input, init);
        world.rehearsal.setFaults([{ kind: "no-capacity", times: 1 }]);
      }
      return fetch(input, init);
    };
    const pod = await createPod(smallPlan(), { context: world.open({ parts: { fetch: repeating } }) });
    assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
  });

  test("leaves one pod where the second comes a little later", async (context) => {
    const world = await startPodWorld(context);
    let late: (() => Promise<unknown>) | undefined;
    const repeating: typeof fetch = async (input, init) => {
      const isRent = init?.method === "POST" && String(input).endsWith("/pods");
      if (isRent) late = () => fetch(input, init);
      return fetch(input, init);
    };
    const sleep = async (ms: number) => {
      world.rehearsal.advance(ms);
      const come = late;
      late = undefined;
      await come?.();
    };
    const workbook = world.open({ parts: { fetch: repeating, sleep } });
    const pod = await createPod(smallPlan(), { context: workbook });
    assert.equal(world.rehearsal.ledger().pods.length, 2);
    assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
    assert.equal(workbook.journal.read().pods.get(pod.stem)?.isEnded, false);
  });

  test("leaves no pod where the price is too high", async (context) => {
    const world = await startPodWorld(context, {
      faults: [
        { kind: "repeated", times: 1 },
        { kind: "dearer-than-catalog", factor: 9 },
      ],
    });
    await assert.rejects(createPod(smallPlan(), { context: world.open() }), /above the ceiling/);
    assert.deepEqual(world.rehearsal.ledger().running, []);
  });

  test("leaves one endpoint", async (context) => {
    const world = await startEndpointWorld(context, {
      faults: [{ kind: "repeated", operation: "createEndpoint", times: 1 }],
    });
    const endpoint = await createEndpoint(smallEndpoint(), { context: world.open() });
    const { endpoints } = world.rehearsal.ledger();
    assert.deepEqual(
      endpoints.filter(({ deletedAt }) => deletedAt === null).map(({ endpointId }) => endpointId),
      [endpoint.id],
    );
    assert.deepEqual((await sweepEndpoints({ context: world.open() })).ended, []);
  });
});

describe("a second pod of one name that comes later", () => {
  for (const state of ["starting", "ready"] as const) {
    test(`is ended by the next sweep, and the first is kept: ${state}`, async (context) => {
      const world = await startPodWorld(context);
      const workbook = world.open();
      const pod = await createPod(smallPlan(), { context: workbook });
      if (state === "ready") await waitUntilReady(pod, { context: workbook });
      const second = await repeat(world, pod);
      const listed = await listPods({ context: world.open() });
      assert.deepEqual(
        listed.map(({ id, isWanted, reason }) => [id, isWanted, reason]),
        [
          [second, false, "a second one of its name"],
          [pod.id, true, state === "ready" ? "ready" : "being started"],
        ],
      );
      assert.deepEqual(
        (await sweepPods({ context: world.open() })).ended.map(({ id }) => id),
        [second],
      );
      assert.deepEqual((await sweepPods({ context: world.open() })).ended, []);
      assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
      assert.equal(workbook.journal.read().pods.get(pod.stem)?.isEnded, false);
    });
  }

  test("is ended by the watchdog, which goes on watching the first", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    const workbook = world.open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await waitUntilReady(pod, { context: workbook });
    const second = await repeat(world, pod);
    const watching = watchRental(world.open(), podKind, {
      ...{ stem: pod.stem, idleMinutes: null, intervalMs: minuteMs },
    });
    assert.equal(await watching, "ended");
    const endedAt = (id: string) =>
      Date.parse(world.rehearsal.ledger().pods.find(({ podId }) => podId === id)?.endedAt ?? "");
    assert.ok(endedAt(second) < Date.parse("2026-11-24T08:10:00Z"));
    assert.ok(endedAt(pod.id) >= Date.parse(pod.deadlineAt));
  });

  test("is one of two without a journal: one goes, never both", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await repeat(world, pod);
    await waitUntilReady(pod, { context: workbook });
    rmSync(world.stateFolder("one"), { recursive: true });
    world.rehearsal.advance(3 * minuteMs);
    assert.equal((await sweepPods({ context: world.open() })).ended.length, 1);
    assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
    assert.deepEqual((await sweepPods({ context: world.open() })).ended, []);
  });
});
