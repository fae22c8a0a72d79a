import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { prepareLoad } from "../../../lib/src/cost/replay/load.ts";
import { serveElastically } from "../../../lib/src/cost/replay/serve-elastically.ts";
import { serveInBusinessHours } from "../../../lib/src/cost/replay/serve-in-business-hours.ts";
import { serveWithPods } from "../../../lib/src/cost/replay/serve-with-pods.ts";
import { simulateElastic, simulatePods } from "./simulate.ts";
import { oneTokenASecond, someJobs, traceOf } from "./traces.ts";

const daySeconds = 86_400;

describe("a replay gives what living through the load second by second gives", () => {
  test("on pods that are always on", () => {
    fc.assert(
      fc.property(
        someJobs({ most: 25, lastArrival: 60, mostWork: 15 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 60, max: 120 }),
        (jobs, pods, spanSeconds) => {
          const load = prepareLoad(traceOf(jobs, { spanSeconds }), oneTokenASecond);
          const served = serveWithPods(load, pods);
          const seen = simulatePods({ jobs, pods, spanSeconds });
          assert.deepEqual([...load.waitSeconds], seen.waits);
          assert.equal(served.lastFinishSeconds, seen.lastFinish);
          assert.equal(served.paidSeconds, seen.paidSeconds);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("on pods that come and go with the load", () => {
    fc.assert(
      fc.property(
        someJobs({ most: 25, lastArrival: 120, mostWork: 12 }),
        fc.record({
          mostGroups: fc.integer({ min: 1, max: 4 }),
          startSeconds: fc.integer({ min: 0, max: 20 }),
          idleSeconds: fc.integer({ min: 0, max: 20 }),
          startAtWaitSeconds: fc.integer({ min: 0, max: 10 }),
          countsStart: fc.boolean(),
          leastGroups: fc.integer({ min: 0, max: 1 }),
        }),
        fc.integer({ min: 120, max: 160 }),
        (jobs, elasticity, spanSeconds) => {
          const load = prepareLoad(traceOf(jobs, { spanSeconds }), oneTokenASecond);
          const served = serveElastically(load, { ...elasticity, roundsUp: true });
          const seen = simulateElastic({ jobs, spanSeconds, ...elasticity });
          assert.deepEqual([...load.waitSeconds], seen.waits);
          assert.equal(served.coldStarts, seen.starts);
          assert.equal(served.paidSeconds, seen.paidSeconds);
          assert.equal(served.mostGroups, seen.mostGroups);
          assert.equal(served.lastFinishSeconds, seen.lastFinish);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("on pods that keep business hours", () => {
    fc.assert(
      fc.property(
        someJobs({ most: 12, lastArrival: 2 * daySeconds, mostWork: 1_500 }),
        fc.record({
          pods: fc.integer({ min: 1, max: 3 }),
          fromHour: fc.integer({ min: 0, max: 46 }).map((half) => half / 2),
          days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 2 }),
        }),
        fc.integer({ min: 0, max: 604_799 }),
        (jobs, { pods, fromHour, days }, startSecondOfWeek) => {
          const spanSeconds = 2 * daySeconds;
          const toHour = fromHour + 0.5;
          const load = prepareLoad(traceOf(jobs, { spanSeconds, startSecondOfWeek }), oneTokenASecond);
          const policy = { kind: "business-hours", pods, fromHour, toHour, days, startMinutes: 0 } as const;
          const served = serveInBusinessHours(load, policy);
          const isOpen = (second: number) => {
            const ofWeek = (604_800 + startSecondOfWeek + second) % 604_800;
            const ofDay = ofWeek % daySeconds;
            const isDay = days.includes(Math.floor(ofWeek / daySeconds) + 1);
            return isDay && ofDay >= fromHour * 3_600 && ofDay < toHour * 3_600;
          };
          const seen = simulatePods({ jobs, pods, spanSeconds, isOpen });
          assert.deepEqual([...load.waitSeconds], seen.waits);
          assert.equal(served.lastFinishSeconds, seen.lastFinish);
        },
      ),
      { numRuns: 25 },
    );
  });
});
