import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { WorkbookError } from "../../../lib/src/errors.ts";
import { createPod, sweepPods, waitUntilReady } from "../../../lib/src/runpod/index.ts";
import { podKind, readPodLabels } from "../../../lib/src/runpod/pods/pod.ts";
import { watchRental } from "../../../lib/src/runpod/rental/watch-rental.ts";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import { startMortalProcess } from "../mortal-process.ts";
import { type PodWorld, startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

// Processes that rent pods are killed at random, the API errs at random, and lines of the journal are spoilt; all of
// them are gone in the end. Then comes one sweep, or nobody but the watchdogs.
//
// *Used* is a pod that has answered somebody's first chat, as every pod has for which a wait came to its end. Used and
// before its deadline a pod is wanted: it must not be ended early, and is not "left". Whatever else runs is left.

const minuteMs = 60_000;
const deadlineMinutes = 12;
const sequencesPerWorld = 50;

const faults: RunPodFaultInput[] = [
  { kind: "answer-lost", by: "500", times: 1 },
  { kind: "answer-lost", by: "reset", times: 1 },
  { kind: "answer-lost", by: "500", operation: "deletePod", times: 1 },
  { kind: "api-error", status: 503, times: 5 },
  { kind: "api-error", status: 429, retryAfterSeconds: 2, times: 4 },
  { kind: "api-error", status: 404, operation: "getPod", times: 2 },
  // So long that a create whose answer was lost does not find its pod.
  { kind: "api-error", status: 503, operation: "listPods", times: 16 },
  { kind: "empty-list", times: 2 },
  { kind: "repeated", times: 1 },
  { kind: "clock-off", minutes: 90, times: 2 },
  { kind: "never-ready", times: 1 },
  { kind: "no-pod-deadline", times: 1 },
  { kind: "delete-ignored", times: 1 },
  { kind: "crash-loop", reason: "unexplained", times: 1 },
  { kind: "dearer-than-catalog", factor: 5, times: 1 },
  { kind: "proxy-error", status: 502, times: 3 },
];

const life = fc.record({
  death: fc.option(
    fc.record({ number: fc.nat({ max: 25 }), when: fc.constantFrom("before" as const, "after" as const) }),
    { freq: 4 },
  ),
  faults: fc.array(fc.constantFrom(...faults), { maxLength: 2 }),
  clockOffMs: fc.constantFrom(0, 0, 20_000, -20_000, 90 * minuteMs, -90 * minuteMs),
  minutesAfter: fc.nat({ max: 3 }),
});
const damage = fc.record({
  kind: fc.constantFrom(
    "cut" as const,
    "garbage" as const,
    "empty" as const,
    "twice" as const,
    "joined" as const,
  ),
  /** Which line, as a share of all. */
  line: fc.double({ min: 0, max: 0.999, noNaN: true }),
  share: fc.double({ min: 0, max: 0.999, noNaN: true }),
});
const sequence = fc.record({
  lives: fc.array(life, { minLength: 1, maxLength: 4 }),
  damages: fc.array(damage, { maxLength: 3 }),
  after: fc.constantFrom("one sweep" as const, "the watchdogs alone" as const),
});
type Sequence = typeof sequence extends fc.Arbitrary<infer Value> ? Value : never;
type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never;

/** What has gone wrong once. */
const examples: [Sequence][] = [
  [
    {
      lives: [{ death: null, faults: [], clockOffMs: 0, minutesAfter: 0 }],
      // The line that says it is ready is lost.
      damages: [{ kind: "cut", line: 0.999, share: 0 }],
      after: "the watchdogs alone",
    },
  ],
  [
    {
      lives: [
        { death: null, faults: [], clockOffMs: 0, minutesAfter: 0 },
        {
          death: { number: 0, when: "before" },
          // Its process dies before it asks for the time: the watchdog hears it.
          faults: [{ kind: "clock-off", minutes: 90, times: 2 }],
          clockOffMs: 0,
          minutesAfter: 0,
        },
      ],
      damages: [],
      after: "the watchdogs alone",
    },
  ],
];

function spoil(path: string, { kind, line, share }: Damage): void {
  if (!existsSync(path)) return;
  const lines = readFileSync(path, "utf8").split("\n");
  const index = Math.floor(line * (lines.length - 1));
  const before = lines[index] ?? "";
  const spoilt = {
    cut: [before.slice(0, Math.floor(share * before.length))],
    garbage: ["\u0000\u0007\ufffd".repeat(1 + Math.floor(share * 20))],
    empty: [""],
    twice: [before, before],
    joined: [before + (lines[index + 1] ?? "")],
  }[kind];
  lines.splice(index, kind === "joined" ? 2 : 1, ...spoilt);
  writeFileSync(path, lines.join("\n"));
}

async function play(world: PodWorld, workbook: string, { lives, damages, after }: Sequence) {
  const { rehearsal } = world;
  /** Pods for which a wait came to its end, and those whose answer may have come too late for a process that was killed. */
  const used = new Set<string>();
  const answered = new Set<string>();
  const stems = new Set<string>();
  const start = (clockOffMs: number) =>
    startMortalProcess(world, {
      ...{ workbook, maxUsdPerHour: 1, clockOffMs },
      parts: {
        watch({ stem }) {
          stems.add(stem);
          return { pid: 99_999, startedAt: "then", host: "here" };
        },
      },
    });
  let kills = 0;
  for (const { death, faults: expected, clockOffMs, minutesAfter } of lives) {
    for (const fault of expected) rehearsal.addFault(fault);
    const process = start(clockOffMs);
    process.dieAtCall(death);
    const outcome = await process
      .run(async (context) => {
        const pod = await createPod(smallPlan({ deadlineMinutes }), { context });
        await waitUntilReady(pod, { context, timeoutMinutes: 3 });
        return pod.id;
      })
      .catch((error: unknown) => {
        assert.ok(error instanceof WorkbookError, error instanceof Error ? error.stack : String(error));
        return "failed";
      });
    if (outcome === "died") kills++;
    if (outcome !== "died" && outcome !== "failed") used.add(outcome);
    for (const podId of process.answered) answered.add(podId);
    process.die();
    rehearsal.advance(minutesAfter * minuteMs);
  }
  const last = start(0);
  const { path } = last.context.journal;
  for (const one of damages) spoil(path, one);
  const own = () =>
    rehearsal.ledger().pods.filter((pod) => readPodLabels(pod)?.workbookId === last.context.workbookId);
  const running = () => own().filter(({ endedAt }) => endedAt === null);
  const watchAll = async () => {
    for (const stem of stems)
      await watchRental(last.context, podKind, { stem, idleMinutes: null, intervalMs: minuteMs });
  };
  if (after === "one sweep") {
    rehearsal.setFaults([]);
    await sweepPods({ context: last.context });
    const left = running().filter(({ podId }) => !answered.has(podId));
    assert.deepEqual(
      left.map(({ name }) => name),
      [],
      "a sweep left pods",
    );
  }
  await watchAll();
  rehearsal.setFaults([]);
  assert.deepEqual(
    running().map(({ name }) => name),
    [],
    "the watchdogs left pods",
  );
  for (const pod of own()) {
    if (!used.has(pod.podId)) continue;
    const deadlineMs = readPodLabels(pod)?.deadlineAt.getTime() ?? 0;
    const isEarly = Date.parse(pod.endedAt ?? "") < deadlineMs;
    assert.ok(!isEarly, `the used pod ${pod.name} was ended early, by ${pod.endedBy}`);
  }
  return { kills, pods: own().length, used: used.size, spoilt: damages.length > 0 ? 1 : 0 };
}

describe("processes that are killed at random, with an API that errs and a journal that is spoilt", () => {
  const sequences = Number(process.env["WORKBOOK_TEST_SEQUENCES"] ?? 200);

  test(`leave no pod after one sweep or the watchdogs alone, and no used pod ends early (${sequences} sequences)`, async (context) => {
    const sum = { sequences: 0, kills: 0, pods: 0, used: 0, spoilt: 0 };
    const cleanUps: (() => unknown)[] = [];
    const cleanUp = async () => {
      for (const one of cleanUps.splice(0).reverse()) await one();
    };
    let world: PodWorld | undefined;
    try {
      await fc.assert(
        fc.asyncProperty(sequence, async (one) => {
          if (world === undefined || sum.sequences % sequencesPerWorld === 0) {
            await cleanUp();
            world = await startPodWorld(
              { after: (work: unknown) => cleanUps.push(work as () => unknown) } as never,
              { bootMs: 15_000, balanceUsd: 100_000 },
            );
          }
          world.rehearsal.setFaults([]);
          sum.sequences++;
          const { kills, pods, used, spoilt } = await play(world, `workbook-${sum.sequences}`, one);
          sum.kills += kills;
          sum.pods += pods;
          sum.used += used;
          sum.spoilt += spoilt;
        }),
        sequences > 200
          ? { numRuns: sequences, examples }
          : { numRuns: sequences, examples, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
      );
    } finally {
      await cleanUp();
      context.diagnostic(JSON.stringify(sum));
    }
    assert.ok(sum.sequences >= 5);
  });
});
