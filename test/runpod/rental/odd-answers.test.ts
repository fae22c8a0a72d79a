import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import { endpointKind } from "../../../lib/src/runpod/endpoints/endpoint-kind.ts";
import {
  createEndpoint,
  createPod,
  describeOpenRealPods,
  extendPod,
  listEndpoints,
  listPods,
  openPodEndpoint,
  type RunPodContext,
  sweepEndpoints,
  sweepPods,
  terminatePod,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { podKind } from "../../../lib/src/runpod/pods/pod.ts";
import { watchRental } from "../../../lib/src/runpod/rental/watch-rental.ts";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import { smallEndpoint, startEndpointWorld } from "../endpoints/endpoint-world.ts";
import { type PodWorld, startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

const minuteMs = 60_000;
const notFound = { kind: "api-error", status: 404 } as const;

async function createReady(workbook: RunPodContext) {
  const pod = await createPod(smallPlan(), { context: workbook });
  await waitUntilReady(pod, { context: workbook });
  return pod;
}

/** One odd answer, or two, of each kind for a pod that is there. */
const oddities: [string, RunPodFaultInput[]][] = [
  ["an empty list", [{ kind: "empty-list", times: 1 }]],
  ["two empty lists", [{ kind: "empty-list", times: 2 }]],
  ["a 404 for the pod", [{ ...notFound, operation: "getPod", times: 1 }]],
  ["two 404s for the pod", [{ ...notFound, operation: "getPod", times: 2 }]],
  [
    "an empty list, then a 404",
    [
      { kind: "empty-list", times: 1 },
      { ...notFound, operation: "getPod", times: 2 },
    ],
  ],
];

describe("an odd answer about a pod that is ready", () => {
  for (const [name, faults] of oddities) {
    test(`changes nothing: ${name}`, async (context) => {
      const world = await startPodWorld(context);
      const workbook = world.open();
      const pod = await createReady(workbook);
      const odd = () => world.rehearsal.setFaults(faults);
      const record = () => workbook.journal.read().pods.get(pod.stem);
      odd();
      assert.deepEqual((await sweepPods({ context: world.open() })).ended, []);
      assert.equal(record()?.isEnded, false);
      odd();
      assert.equal((await listPods({ context: world.open() })).length, 1);
      odd();
      assert.equal((await waitUntilReady(pod, { context: world.open() })).baseUrl, pod.baseUrl);
      odd();
      await extendPod(pod, { context: world.open(), minutes: 5 });
      odd();
      await openPodEndpoint({ context: world.open() }).catch(() => {});
      assert.equal(record()?.isEnded, false);
      assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
      odd();
      assert.equal((await terminatePod(pod, { context: world.open() })).wasGone, false);
      assert.deepEqual(world.rehearsal.ledger().running, []);
    });

    test(`does not send its watchdog away: ${name}`, async (context) => {
      const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
      const pod = await createReady(world.open());
      await watchWith(world, pod.stem, (look) => look === 3 && world.rehearsal.setFaults(faults));
      const [entry] = world.rehearsal.ledger().pods;
      assert.ok(Date.parse(entry?.endedAt ?? "") >= Date.parse(pod.deadlineAt), "it ended too early");
      assert.ok(Date.parse(entry?.endedAt ?? "") < Date.parse(pod.deadlineAt) + 5 * minuteMs);
    });
  }

  test("is no end where the pod is said to be TERMINATED once", async (context) => {
    const world = await startPodWorld(context);
    let times = 0;
    const odd: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (times-- <= 0) return answer;
      return new Response((await answer.text()).replaceAll("RUNNING", "TERMINATED"), answer);
    };
    const workbook = world.open({ parts: { fetch: odd } });
    const pod = await createReady(workbook);
    times = 2;
    assert.deepEqual((await sweepPods({ context: workbook })).ended, []);
    assert.equal(workbook.journal.read().pods.get(pod.stem)?.isEnded, false);
  });

  test("believes in the end where it is told several times", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createReady(workbook);
    world.rehearsal.losePod(pod.id);
    assert.equal(await watchWith(world, pod.stem, () => {}), "gone");
    assert.equal(describeOpenRealPods(workbook), "");
  });
});

async function watchWith(world: PodWorld, stem: string, atLook: (look: number) => void) {
  let look = 0;
  const sleep = async (ms: number) => {
    world.rehearsal.advance(ms);
    if (ms === minuteMs) atLook(++look);
  };
  return watchRental(world.open({ parts: { sleep } }), podKind, {
    stem,
    idleMinutes: null,
    intervalMs: minuteMs,
  });
}

describe("an odd answer about a list that lags behind", () => {
  test("ends no pod that was extended", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    let isStale = false;
    const lagging: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (!isStale || !String(input).endsWith("/pods")) return answer;
      return new Response((await answer.text()).replaceAll("T100000Z", "T090000Z"), answer);
    };
    const open = (workbook: string) => world.open({ workbook, parts: { fetch: lagging } });
    const pod = await createReady(open("one"));
    const { name } = await extendPod(pod, { context: open("one"), minutes: 60 });
    assert.match(name, /T100000Z$/);
    world.rehearsal.advance(65 * minuteMs);
    isStale = true;
    assert.deepEqual((await sweepPods({ context: open("one") })).ended, []);
    assert.deepEqual((await sweepPods({ context: open("colleague") })).ended, []);
    rmSync(world.stateFolder("one"), { recursive: true });
    assert.deepEqual((await sweepPods({ context: open("one") })).ended, []);
  });
});

describe("a pod without a journal", () => {
  test("is kept where its proxy fails once", async (context) => {
    const world = await startPodWorld(context);
    await createReady(world.open());
    rmSync(world.stateFolder("one"), { recursive: true });
    world.rehearsal.setFaults([{ kind: "proxy-error", status: 502, times: 1 }]);
    const { kept } = await sweepPods({ context: world.open() });
    assert.deepEqual(
      kept.map(({ reason }) => reason),
      ["answers"],
    );
  });

  test("is kept where the journal was begun anew by something that was said of it later", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createReady(workbook);
    rmSync(world.stateFolder("one"), { recursive: true });
    await extendPod(pod, { context: workbook, minutes: 5 });
    assert.deepEqual((await sweepPods({ context: world.open() })).ended, []);
    assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
  });

  for (const atLook of [0, 1, 5]) {
    test(`is ended by its watchdog at its deadline, and not before: the folder went at look ${atLook}`, async (context) => {
      const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
      const pod = await createReady(world.open());
      const remove = () => rmSync(world.stateFolder("one"), { recursive: true, force: true });
      if (atLook === 0) remove();
      assert.equal(await watchWith(world, pod.stem, (look) => look === atLook && remove()), "ended");
      const endedAt = Date.parse(world.rehearsal.ledger().pods[0]?.endedAt ?? "");
      assert.ok(endedAt >= Date.parse(pod.deadlineAt) && endedAt < Date.parse(pod.deadlineAt) + 5 * minuteMs);
    });
  }

  test("is not given up by its watchdog for a few empty lists", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    const pod = await createReady(world.open());
    rmSync(world.stateFolder("one"), { recursive: true });
    const odd = (look: number) =>
      look === 20 && world.rehearsal.setFaults([{ kind: "empty-list", times: 4 }]);
    assert.equal(await watchWith(world, pod.stem, odd), "ended");
    assert.deepEqual(world.rehearsal.ledger().running, []);
  });

  test("is ended by its watchdog where the disk can be neither read nor written", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    const pod = await createReady(world.open());
    const full = () => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    };
    const journal = { path: "/nowhere", read: full, append: full };
    const watching = world.open({ parts: { journal } });
    const options = { stem: pod.stem, idleMinutes: null, intervalMs: minuteMs };
    assert.equal(await watchRental(watching, podKind, options), "ended");
    assert.deepEqual(world.rehearsal.ledger().running, []);
  });
});

describe("an odd answer about an endpoint", () => {
  for (const [name, faults] of [
    ["an empty list", [{ kind: "empty-list", times: 2 }]],
    ["a 404 for the endpoint", [{ ...notFound, operation: "getEndpoint", times: 2 }]],
  ] as [string, RunPodFaultInput[]][]) {
    test(`changes nothing: ${name}`, async (context) => {
      const world = await startEndpointWorld(context);
      const workbook = world.open();
      const endpoint = await createEndpoint(smallEndpoint({ deadlineMinutes: 60 }), { context: workbook });
      const isEnded = () => workbook.journal.read().endpoints.get(endpoint.stem)?.isEnded;
      world.rehearsal.setFaults(faults);
      assert.deepEqual((await sweepEndpoints({ context: world.open() })).ended, []);
      world.rehearsal.setFaults(faults);
      assert.equal((await listEndpoints({ context: world.open() })).length, 1);
      world.rehearsal.setFaults(faults);
      await waitUntilReady(endpoint, { context: world.open() });
      assert.equal(isEnded(), false);
      world.rehearsal.setFaults(faults);
      const options = { stem: endpoint.stem, idleMinutes: null, intervalMs: minuteMs };
      assert.equal(await watchRental(world.open(), endpointKind, options), "ended");
      const [entry] = world.rehearsal.ledger().endpoints;
      assert.ok(Date.parse(entry?.deletedAt ?? "") >= Date.parse(endpoint.deadlineAt));
    });
  }
});
