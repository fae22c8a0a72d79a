import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assessBreakEven, priceBatch, replayTrace, type WarmReading } from "../../lib/src/cost/index.ts";
import { describeWarm, ownCachedShare } from "../../lib/src/cost/own-cache.ts";

const warm: WarmReading = {
  cachedInputShare: 0.8,
  prefillTokensPerSecond: 12_345,
  keptShare: 0.5,
  savedShare: 0.8,
  streams: 1,
  source: "vLLM 0.32.0, 1 stream",
  date: "2026-11-28",
};
const capacity = {
  prefillTokensPerSecond: 1_000,
  decodeTokensPerSecond: 100,
  atLatency: null,
  kind: "measured",
  source: "a test",
  date: "2026-11-28",
} as const;

describe("a machine's own prefix cache", () => {
  test("holds all that repeats, unless it was measured", () => {
    assert.equal(ownCachedShare(0.6, {}), 0.6);
    assert.equal(ownCachedShare(0.6, { warm }), 0.24);
    assert.equal(ownCachedShare(0, { warm }), 0);
  });

  test("is told in a sentence, with what it makes of the load", () => {
    assert.equal(
      describeWarm(warm, 0.6),
      "By a measurement its prefix cache held 50 % of what conversations repeat. A cached token took 20 % of the time of another one, and later turns " +
        "were read at 12,345 tokens/s (vLLM 0.32.0, 1 stream, 2026-11-28). In this load 60 % of the input repeats, and the machine need not read 24 %.",
    );
    assert.match(describeWarm(warm, 0), /In this load nothing repeats, so the cache saves nothing\.$/);
  });

  test("counts in a break-even as it was measured, and the API's with its own price", () => {
    const input = {
      gpuUsdPerHour: 1,
      inputUsdPerMillion: 1,
      outputUsdPerMillion: 1,
      inputTokensPerOutputToken: 10,
      cachedInputShare: 0.6,
      cachedInputUsdPerMillion: 0.1,
    };
    const measured = assessBreakEven({ ...input, capacity: { ...capacity, warm } });
    assert.equal(measured.ownCachedInputShare, 0.24);
    const same = assessBreakEven({ ...input, capacity, ownCachedInputShare: 0.24 });
    assert.equal(measured.utilisationNeeded, same.utilisationNeeded);
    assert.equal(assessBreakEven({ ...input, capacity }).ownCachedInputShare, 0.6);
    const given = assessBreakEven({ ...input, capacity: { ...capacity, warm }, ownCachedInputShare: 0.1 });
    assert.equal(given.ownCachedInputShare, 0.1);
  });

  test("counts in the bill of a batch as it was measured", () => {
    const batch = {
      inputTokens: 1_000_000,
      outputTokens: 10_000,
      deadlineHours: 10,
      gpuUsdPerHour: 1,
      inputUsdPerMillion: 1,
      outputUsdPerMillion: 1,
      cachedInputShare: 0.6,
    };
    // 76 % of a million tokens at 1,000 a second, and 100 s of writing.
    assert.ok(Math.abs(priceBatch({ ...batch, capacity: { ...capacity, warm } }).hours - 860 / 3_600) < 1e-9);
  });

  test("counts in a replay as it was measured, in a sentence", () => {
    const replay = replayTrace({
      trace: {
        name: "one request",
        kind: "synthetic",
        source: "a test",
        licence: "none",
        date: null,
        notes: [],
        arrivalSeconds: Float64Array.of(0),
        inputTokens: Float64Array.of(1_000),
        cachedInputTokens: Float64Array.of(500),
        outputTokens: Float64Array.of(100),
        spanSeconds: 100,
        startSecondOfWeek: 0,
      },
      capacity: { ...capacity, warm },
      prices: { gpuUsdPerHour: 1 },
      policies: [],
    });
    // 500 cached tokens save the reading of 200: 0.8 s, and 1 s of writing.
    assert.equal(replay.meanBusyGroups, 1.8 / 100);
    assert.match(
      replay.assumptions.join("\n"),
      /a machine saves 40 % of its reading, as its cache was measured to do/,
    );
  });
});
