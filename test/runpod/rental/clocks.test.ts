import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readClock } from "../../../lib/src/runpod/client/clock-reading.ts";
import {
  createEndpoint,
  createPod,
  extendPod,
  listPods,
  openPodEndpoint,
  PodNotReadyError,
  type RunPodContext,
  sweepEndpoints,
  sweepPods,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { podKind } from "../../../lib/src/runpod/pods/pod.ts";
import { watchRental } from "../../../lib/src/runpod/rental/watch-rental.ts";
import { smallEndpoint, startEndpointWorld } from "../endpoints/endpoint-world.ts";
import { type PodWorld, startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

const minuteMs = 60_000;
const stopped = [{ kind: "no-pod-deadline" }] as const;

/** A process whose machine's clock is so many minutes ahead, or behind where negative. */
function openWithClock(world: PodWorld, minutes: number, workbook = "one"): RunPodContext {
  const now = () => new Date(world.rehearsal.nowMs() + minutes * minuteMs);
  return world.open({ workbook, parts: { now } });
}

async function createReady(workbook: RunPodContext) {
  const pod = await createPod(smallPlan(), { context: workbook });
  await waitUntilReady(pod, { context: workbook });
  return pod;
}

/** The same account, whose answers carry other headers; `null` takes one away. */
function withHeaders(headers: Record<string, string | null>): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, init);
    const changed = new Headers(answer.headers);
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) changed.delete(name);
      else changed.set(name, value);
    }
    const hasBody = answer.status !== 204;
    return new Response(hasBody ? answer.body : null, { status: answer.status, headers: changed });
  };
}

describe("a clock that is more than a minute off", () => {
  for (const [minutes, words] of [
    [5 * 60, /clock is 5 hours ahead of that of Runpod's API: set it/],
    [1.2, /1\.2 minutes ahead/],
    [-90, /90 minutes behind/],
    [-60 * 24 * 400, /400 days behind/],
  ] as const) {
    test(`rents nothing, and says by how much: ${minutes} minutes`, async (context) => {
      const world = await startEndpointWorld(context);
      const workbook = openWithClock(world, minutes);
      await assert.rejects(createPod(smallPlan(), { context: workbook }), words);
      await assert.rejects(createEndpoint(smallEndpoint(), { context: workbook }), words);
      const { pods, endpoints } = world.rehearsal.ledger();
      assert.deepEqual([pods, endpoints], [[], []]);
      assert.deepEqual(workbook.journal.read().pods.size, 0);
    });
  }

  test("is one that is right to half a minute", async (context) => {
    const world = await startPodWorld(context);
    for (const minutes of [-0.5, 0, 0.5])
      await createPod(smallPlan(), { context: openWithClock(world, minutes) });
    assert.equal(world.rehearsal.ledger().running.length, 3);
    assert.deepEqual(world.said, []);
  });

  for (const minutes of [120, 55, -120]) {
    test(`never ends a colleague's pod that is ready: ${minutes} minutes`, async (context) => {
      const world = await startPodWorld(context, { faults: stopped });
      const pod = await createReady(world.open());
      const colleague = openWithClock(world, minutes, "colleague");
      const { ended, problems } = await sweepPods({ context: colleague });
      assert.deepEqual(ended, []);
      assert.match(problems.join(), /clock is .* Until then the pods of other workbooks are left alone/);
      world.rehearsal.advance(70 * minuteMs);
      assert.deepEqual((await sweepPods({ context: colleague })).ended, []);
      assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
      const own = await sweepPods({ context: openWithClock(world, 0, "colleague") });
      assert.deepEqual(own.ended.length, 1);
    });
  }

  test("ends one's own pod at its true deadline, in a sweep, an opening and a watchdog alike", async (context) => {
    for (const minutes of [120, -120]) {
      for (const look of ["sweep", "open", "watch"] as const) {
        const world = await startPodWorld(context, { faults: stopped });
        const pod = await createReady(world.open());
        const wrong = openWithClock(world, minutes);
        if (look === "sweep") assert.deepEqual((await sweepPods({ context: wrong })).ended, []);
        if (look === "open") await openPodEndpoint({ context: wrong });
        assert.deepEqual(world.rehearsal.ledger().running, [pod.id]);
        if (look === "watch") {
          await watchRental(wrong, podKind, { stem: pod.stem, idleMinutes: null, intervalMs: minuteMs });
        } else {
          world.rehearsal.advance(60 * minuteMs);
          if (look === "sweep") await sweepPods({ context: wrong });
          else await assert.rejects(openPodEndpoint({ context: wrong }));
        }
        const [entry] = world.rehearsal.ledger().pods;
        const endedAt = Date.parse(entry?.endedAt ?? "");
        assert.ok(endedAt >= Date.parse(pod.deadlineAt), `${look} with ${minutes} min ended it too early`);
        assert.ok(endedAt < Date.parse(pod.deadlineAt) + 5 * minuteMs, `${look} with ${minutes} min left it`);
      }
    }
  });

  test("ends no endpoint of a colleague, and its own at its true deadline", async (context) => {
    const world = await startEndpointWorld(context);
    await createEndpoint(smallEndpoint({ deadlineMinutes: 60 }), { context: world.open() });
    const ahead = () => openWithClock(world, 120, "colleague");
    assert.deepEqual((await sweepEndpoints({ context: ahead() })).ended, []);
    assert.deepEqual((await sweepEndpoints({ context: openWithClock(world, 120) })).ended, []);
    world.rehearsal.advance(61 * minuteMs);
    assert.deepEqual((await sweepEndpoints({ context: ahead() })).ended, []);
    assert.equal((await sweepEndpoints({ context: openWithClock(world, -120) })).ended.length, 1);
  });

  test("extends by the pod's own deadline, and says whether that is past by the API's time", async (context) => {
    const world = await startPodWorld(context, { faults: stopped });
    const pod = await createReady(world.open());
    const extended = await extendPod(pod, { context: openWithClock(world, 120), minutes: 30 });
    assert.equal(Date.parse(extended.deadlineAt) - Date.parse(pod.deadlineAt), 30 * minuteMs);
    world.rehearsal.advance(95 * minuteMs);
    await assert.rejects(
      extendPod(pod, { context: openWithClock(world, -120), minutes: 30 }),
      /past its deadline/,
    );
  });

  test("is named where a pod has ended before it was ready", async (context) => {
    const world = await startPodWorld(context);
    const pod = await createPod(smallPlan(), { context: world.open() });
    world.rehearsal.losePod(pod.id);
    await assert.rejects(waitUntilReady(pod, { context: openWithClock(world, -90) }), (error) => {
      assert.ok(error instanceof PodNotReadyError);
      assert.equal(error.problem, "pod-gone");
      assert.match(error.message, /90 minutes behind/);
      return true;
    });
  });

  test("may step while somebody waits or watches: each judgement goes by its own answer", async (context) => {
    const world = await startPodWorld(context, { faults: [...stopped, { kind: "never-ready" }] });
    let stepMinutes = 0;
    const parts = { now: () => new Date(world.rehearsal.nowMs() + stepMinutes * minuteMs) };
    const workbook = world.open({ parts });
    const pod = await createPod(smallPlan(), { context: workbook });
    stepMinutes = 300;
    assert.equal((await sweepPods({ context: workbook })).ended.length, 0);
    stepMinutes = -300;
    const outcome = watchRental(workbook, podKind, {
      stem: pod.stem,
      idleMinutes: null,
      intervalMs: minuteMs,
    });
    assert.equal(await outcome, "ended");
    const [entry] = world.rehearsal.ledger().pods;
    assert.ok(Date.parse(entry?.endedAt ?? "") < Date.parse(pod.deadlineAt) + 5 * minuteMs);
  });
});

describe("one answer with an odd time", () => {
  for (const operation of ["listPods", "getPod"]) {
    test(`ends nothing: ${operation}`, async (context) => {
      const world = await startPodWorld(context, { faults: stopped });
      await createReady(world.open());
      world.rehearsal.setFaults([{ kind: "clock-off", minutes: 600, operation, times: 1 }]);
      assert.deepEqual((await sweepPods({ context: world.open() })).ended, []);
      world.rehearsal.setFaults([{ kind: "clock-off", minutes: 600, operation, times: 1 }]);
      assert.deepEqual((await sweepPods({ context: world.open({ workbook: "colleague" }) })).ended, []);
    });
  }
});

describe("an answer that does not tell its time", () => {
  const odd: [string, Record<string, string | null>][] = [
    ["no Date", { date: null }],
    ["an empty Date", { date: "" }],
    ["a Date of another form", { date: "2026-11-24T20:00:00Z" }],
    ["two Dates", { date: "Tue, 24 Nov 2026 20:00:00 GMT, Tue, 24 Nov 2026 20:00:00 GMT" }],
    ["a Date before there was such an API", { date: "Thu, 01 Jan 1970 00:00:00 GMT" }],
    ["a Date after which nothing comes", { date: "Fri, 99 Nov 9999 99:99:99 GMT" }],
    ["an Age that is none", { age: "-5" }],
    ["an Age of years", { age: "99999999999" }],
  ];
  for (const [name, headers] of odd) {
    test(`leaves one's own deadlines to one's own clock, and others' pods alone: ${name}`, async (context) => {
      const world = await startPodWorld(context, { faults: stopped });
      const open = (workbook: string) => world.open({ workbook, parts: { fetch: withHeaders(headers) } });
      const pod = await createReady(open("one"));
      assert.match(world.said.join(), /this machine's clock could not be checked/);
      assert.deepEqual((await sweepPods({ context: open("one") })).ended, []);
      world.rehearsal.advance(61 * minuteMs);
      assert.deepEqual((await sweepPods({ context: open("colleague") })).ended, []);
      assert.deepEqual(
        (await listPods({ context: open("colleague") })).map(({ isWanted }) => isWanted),
        [true],
      );
      assert.deepEqual(
        (await sweepPods({ context: open("one") })).ended.map(({ id }) => id),
        [pod.id],
      );
    });
  }
});

describe("reading the time of an answer", () => {
  const date = "Tue, 24 Nov 2026 08:00:00 GMT";
  const receivedAt = new Date("2026-11-24T08:10:10.500Z");

  test("takes half of the way, and the second of Date, for its tolerance", () => {
    assert.deepEqual(readClock(new Headers({ date }), { receivedAt, roundTripMs: 20_000 }), {
      apiTime: new Date("2026-11-24T08:00:00Z"),
      aheadMs: 600_000,
      toleranceMs: 10_500,
    });
  });

  test("adds the time that a cache has kept the answer", () => {
    const reading = readClock(new Headers({ date, age: "600" }), { receivedAt, roundTripMs: 0 });
    assert.equal(reading?.apiTime.toISOString(), "2026-11-24T08:10:00.000Z");
    assert.equal(reading?.aheadMs, 10_000);
  });
});
