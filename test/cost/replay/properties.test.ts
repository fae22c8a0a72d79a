import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { allPolicies, type Policy, type ReplayPrices, replayTrace } from "../../../lib/src/cost/index.ts";
import { type Load, prepareLoad, type Served } from "../../../lib/src/cost/replay/load.ts";
import { serveElastically } from "../../../lib/src/cost/replay/serve-elastically.ts";
import { serveInBusinessHours } from "../../../lib/src/cost/replay/serve-in-business-hours.ts";
import { serveWithPods } from "../../../lib/src/cost/replay/serve-with-pods.ts";
import { someTraces } from "./traces.ts";

const rate = fc.double({ min: 1, max: 50_000, noNaN: true });
const price = fc.double({ min: 0.001, max: 100, noNaN: true });
const storage = fc.double({ min: 0, max: 200, noNaN: true });

const someCapacity = fc.record({ prefillTokensPerSecond: rate, decodeTokensPerSecond: rate });
const somePrices = fc.record({
  gpuUsdPerHour: price,
  storageUsdPerMonth: storage,
  stoppedStorageUsdPerMonth: storage,
  serverlessUsdPerSecond: price,
  serverlessStorageUsdPerMonth: storage,
  inputUsdPerMillion: price,
  outputUsdPerMillion: price,
  batchPriceFactor: fc.double({ min: 0.1, max: 1, noNaN: true }),
});
const policies: Policy[] = [
  ...allPolicies,
  { kind: "pods", pods: 3 },
  { kind: "business-hours", pods: 2, days: [6, 7], fromHour: 0, toHour: 24, startMinutes: 0 },
  { kind: "autostop", idleMinutes: 0, startMinutes: 0 },
  { kind: "serverless", coldStartSeconds: 0, idleTimeoutSeconds: 0, maxWorkers: 5 },
];

function nearly(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, ${expected}`,
  );
}

describe("whatever the load, the capacity and the prices", () => {
  test("no policy works more than it is paid for", () => {
    fc.assert(
      fc.property(someTraces(), someCapacity, somePrices, (trace, capacity, prices) => {
        const { meanBusyGroups, policies: replayed } = replayTrace({ trace, capacity, prices, policies });
        for (const one of replayed) {
          if (one.provider === "api") continue;
          const { shareOverTarget, waitSeconds, groups, coldStarts, paidHours, keepsUp } = one;
          // Business hours are paid by the week, and what they do not get done is left.
          const isLeft = one.policy.kind === "business-hours" && !keepsUp;
          const workSeconds = meanBusyGroups * trace.spanSeconds;
          assert.ok(
            paidHours !== null && (isLeft || workSeconds <= paidHours * 3_600 * (1 + 1e-9)),
            `${one.label}: ${workSeconds} s of work in ${paidHours} h`,
          );
          assert.ok(shareOverTarget !== null && shareOverTarget >= 0 && shareOverTarget <= 1);
          assert.ok(waitSeconds !== null && waitSeconds.p50 >= 0 && waitSeconds.p50 <= waitSeconds.p95);
          assert.ok(waitSeconds.p95 <= waitSeconds.p99 && waitSeconds.p99 <= waitSeconds.longest);
          assert.ok(groups !== null && coldStarts !== null);
          assert.ok(Number.isFinite(one.usdPerDay) && one.usdPerDay >= 0);
        }
      }),
    );
  });

  test("every way of serving begins every request, none before it came, and is done with the last", () => {
    const ways: ((load: Load) => Served)[] = [
      (load) => serveWithPods(load, 2),
      (load) =>
        serveElastically(load, {
          leastGroups: 0,
          mostGroups: 3,
          startSeconds: 120,
          idleSeconds: 5,
          startAtWaitSeconds: 4,
          roundsUp: true,
          countsStart: true,
        }),
      (load) =>
        serveInBusinessHours(load, {
          kind: "business-hours",
          pods: 2,
          fromHour: 9,
          toHour: 18,
          days: [1, 2, 3, 4, 5],
          startMinutes: 10,
        }),
    ];
    fc.assert(
      fc.property(someTraces(), someCapacity, fc.constantFrom(...ways), (trace, capacity, serve) => {
        const load = prepareLoad(trace, capacity);
        load.waitSeconds.fill(Number.NaN);
        const { lastFinishSeconds } = serve(load);
        for (const [place, wait] of load.waitSeconds.entries()) {
          assert.ok(wait >= 0 && Number.isFinite(wait), `request ${place} waits ${wait}`);
          const earliest =
            (load.arrivalSeconds[place] ?? Number.NaN) + wait + (load.workSeconds[place] ?? Number.NaN);
          assert.ok(lastFinishSeconds >= earliest - 1e-6, `done at ${lastFinishSeconds}, not ${earliest}`);
        }
      }),
    );
  });

  test("doubled prices double every bill and change nothing else", () => {
    fc.assert(
      fc.property(someTraces(), someCapacity, somePrices, (trace, capacity, prices) => {
        const { batchPriceFactor, ...money } = prices;
        const doubled = Object.fromEntries(Object.entries(money).map(([name, value]) => [name, 2 * value]));
        const once = replayTrace({ trace, capacity, prices, policies });
        const twice = replayTrace({
          trace,
          capacity,
          prices: { ...(doubled as unknown as ReplayPrices), batchPriceFactor },
          policies,
        });
        assert.equal(twice.cheapest?.label, once.cheapest?.label);
        for (const [place, one] of once.policies.entries()) {
          const other = twice.policies[place];
          assert.ok(other !== undefined);
          nearly(other.usdForTrace, 2 * one.usdForTrace, `${one.label}, the trace`);
          nearly(other.usdPerDay, 2 * one.usdPerDay, `${one.label}, a day`);
          assert.deepEqual(other.waitSeconds, one.waitSeconds);
          assert.equal(other.utilisation, one.utilisation);
        }
      }),
    );
  });

  test("one pod that stops when idle costs no more than one that never does, and never answers sooner", () => {
    fc.assert(
      fc.property(someTraces(), someCapacity, (trace, capacity) => {
        const [always, autostop] = replayTrace({
          trace,
          capacity,
          prices: { gpuUsdPerHour: 2 },
          policies: [{ kind: "always-on" }, { kind: "autostop" }],
        }).policies;
        assert.ok(always !== undefined && autostop !== undefined);
        assert.ok(autostop.usdPerDay <= always.usdPerDay + 1e-9);
        for (const percentile of ["p50", "p95", "p99", "longest"] as const) {
          const [sooner = 0, later = 0] = [
            always.waitSeconds?.[percentile],
            autostop.waitSeconds?.[percentile],
          ];
          assert.ok(later >= sooner - 1e-6, `${percentile}: ${later} after ${sooner}`);
        }
      }),
    );
  });

  test("with each further pod the bill rises by one pod and no wait grows, down to what is enough", () => {
    fc.assert(
      fc.property(someTraces(), someCapacity, (trace, capacity) => {
        const prices = { gpuUsdPerHour: 1.76 };
        const latencyTarget = { timeToFirstTokenMs: 5_000, percentile: 90 };
        const replay = (policies: readonly Policy[]) =>
          replayTrace({ trace, capacity, prices, latencyTarget, policies });
        const asNeeded = replay([{ kind: "pods" }]);
        const most = asNeeded.policies[0]?.groups?.most ?? 0;
        assert.ok(most > 0);
        const { policies: steps } = replay(
          Array.from({ length: most + 1 }, (_, place) => ({ kind: "pods", pods: place + 1 })),
        );
        for (const [place, step] of steps.entries()) {
          nearly(step.usdPerDay, (place + 1) * 1.76 * 24, step.label);
          const before = steps[place - 1];
          if (before === undefined) continue;
          assert.ok((step.waitSeconds?.longest ?? 0) <= (before.waitSeconds?.longest ?? 0) + 1e-6);
          assert.ok((step.shareOverTarget ?? 0) <= (before.shareOverTarget ?? 0));
        }
        // The bill of whole pods never undercuts the line: the pods that the work would fill all the time.
        const enough = steps[steps.length - 2];
        assert.ok(enough !== undefined && enough.overrunSeconds >= 0);
        const busyHours = (asNeeded.meanBusyGroups * trace.spanSeconds) / 3_600;
        assert.ok(enough.usdForTrace >= busyHours * 1.76 - 1e-6);
      }),
    );
  });

  test("the API's bill is that of its tokens, and a batch share lowers it in proportion", () => {
    fc.assert(
      fc.property(
        someTraces(),
        somePrices,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trace, prices, batchShare) => {
          const replay = replayTrace({
            trace,
            capacity: { prefillTokensPerSecond: 1_000, decodeTokensPerSecond: 100 },
            prices,
            policies: [{ kind: "maas" }, { kind: "maas-batch", batchShare }],
          });
          const { inputTokens, outputTokens } = replay.trace;
          const { inputUsdPerMillion, outputUsdPerMillion, batchPriceFactor } = prices;
          const full = (inputTokens * inputUsdPerMillion + outputTokens * outputUsdPerMillion) / 1e6;
          nearly(replay.policies[0]?.usdForTrace ?? Number.NaN, full, "MaaS");
          const discounted = full * (1 - batchShare * (1 - batchPriceFactor));
          nearly(replay.policies[1]?.usdForTrace ?? Number.NaN, discounted, "batches");
        },
      ),
    );
  });
});
