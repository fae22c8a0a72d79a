import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ReplayInput, replayTrace } from "../../../lib/src/cost/index.ts";
import { makeTrace, oneTokenASecond } from "./traces.ts";

// A pod reads and writes a token a second: twenty tokens in, sixteen of which the second request has in common with the first.
const trace = makeTrace(
  [
    [0, 20, 5],
    [100, 20, 5],
  ],
  { cachedInputTokens: Float64Array.of(0, 16) },
);

function replay(change: Partial<ReplayInput> = {}, cachedInputUsdPerMillion: number | null = 100) {
  const { policies, assumptions, meanBusyGroups } = replayTrace({
    trace,
    capacity: oneTokenASecond,
    prices: {
      gpuUsdPerHour: 1,
      serverlessUsdPerSecond: 1,
      inputUsdPerMillion: 1_000,
      outputUsdPerMillion: 2_000,
      cachedInputUsdPerMillion,
      batchPriceFactor: 0.5,
    },
    policies: [
      { kind: "always-on" },
      { kind: "serverless", coldStartSeconds: 0, idleTimeoutSeconds: 0 },
      { kind: "maas" },
      { kind: "maas-batch" },
    ],
    latencyTarget: { timeToFirstTokenMs: 10_000, percentile: 95 },
    ...change,
  });
  const [pod, worker, api, batch] = policies;
  return {
    busySeconds: Math.round(meanBusyGroups * 3_600),
    paidSeconds: Math.round((worker?.paidHours ?? 0) * 3_600),
    late: pod?.shareOverTarget,
    apiUsd: Number(api?.usdForTrace.toFixed(9)),
    batchUsd: Number(batch?.usdForTrace.toFixed(9)),
    cache: assumptions.find((sentence) => sentence.includes("sent before")),
  };
}

describe("a replay of a trace that knows its prefixes", () => {
  test("spares both sides the cached part, each at its own price", () => {
    const { cache, ...figures } = replay();
    // 25 and 9 seconds of work; 24 tokens in at full price, 16 at a tenth, 10 out. A batch pays for all at half price.
    assert.deepEqual(figures, {
      busySeconds: 34,
      paidSeconds: 34,
      late: 0.5,
      apiUsd: 0.0456,
      batchUsd: 0.03,
    });
    assert.match(cache ?? "", /^40 % of the input was sent before \(cached on both sides\).*\$100 a million/);
  });

  test("gives the cache to one side only where that is asked for, and says so", () => {
    const without = { busySeconds: 50, paidSeconds: 50, late: 1, apiUsd: 0.06, batchUsd: 0.03 };
    const { cache: atApi, ...api } = replay({ cachedOn: "API" });
    assert.deepEqual(api, { ...without, apiUsd: 0.0456 });
    assert.match(atApi ?? "", /at the API only.*reads all of it/);
    const { cache: onMachine, ...machine } = replay({ cachedOn: "machine" });
    assert.deepEqual(machine, { ...without, busySeconds: 34, paidSeconds: 34, late: 0.5 });
    assert.match(onMachine ?? "", /on the machine only.*the API has none/);
    const { cache: nowhere, ...neither } = replay({ cachedOn: "neither" });
    assert.deepEqual(neither, without);
    assert.match(nowhere ?? "", /on neither side/);
  });

  test("charges the full price where the API's price of cached tokens is not known, and says so", () => {
    const { cache, apiUsd, busySeconds } = replay({}, null);
    assert.deepEqual([apiUsd, busySeconds], [0.06, 34]);
    assert.match(cache ?? "", /charges its full price/);
  });

  test("says nothing of a cache where the trace does not, and refuses another side", () => {
    const { cachedInputTokens: _, ...plain } = trace;
    assert.equal(replay({ trace: plain }).cache, undefined);
    assert.equal(replay({ trace: plain }).busySeconds, 50);
    assert.throws(() => replay({ cachedOn: "api" as "API" }), /cachedOn is "api".*both or API/);
  });
});
