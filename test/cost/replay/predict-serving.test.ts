import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Capacity, predictServing, replayTrace } from "../../../lib/src/cost/index.ts";
import { makeTrace, someTraces } from "./traces.ts";

/** A machine that reads 100 tokens a second and writes 10 with so many streams. */
const machine = (streams: number | null, decodeTokensPerSecond = 10): Capacity => ({
  prefillTokensPerSecond: 100,
  decodeTokensPerSecond,
  atLatency: null,
  streams,
  kind: "computed",
  source: "this test",
  date: "2026-11-28",
});

const rounded = (values: Float64Array) => [...values].map((value) => Number(value.toFixed(6)));

describe("a prediction in turn", () => {
  test("gives each request the whole machine, after those before it", () => {
    const trace = makeTrace([
      [0, 100, 10],
      [1, 200, 10],
    ]);
    const { inTurn } = predictServing({ trace, capacity: machine(1) });
    assert.deepEqual(rounded(inTurn.waitSeconds), [0, 1]);
    assert.deepEqual(rounded(inTurn.firstTokenSeconds), [1, 3]);
    assert.deepEqual(rounded(inTurn.requestSeconds), [2, 4]);
    assert.deepEqual([inTurn.busySeconds, inTurn.lastFinishSeconds], [5, 5]);
  });

  test("has the waits of replayTrace for a pod that is always on", () => {
    const prices = { gpuUsdPerHour: 1 };
    fc.assert(
      fc.property(someTraces(), (trace) => {
        const capacity = machine(4, 2_000);
        const replayed = replayTrace({ trace, capacity, prices, policies: [{ kind: "always-on" }] });
        const { waitSeconds } = predictServing({ trace, capacity }).inTurn;
        assert.equal(replayed.policies[0]?.waitSeconds?.longest, Math.max(...waitSeconds));
      }),
      { numRuns: 30, seed: 3 },
    );
  });
});

describe("a prediction side by side", () => {
  test("reads first, and writes all answers at once in the time that is left", () => {
    const trace = makeTrace([
      [0, 100, 11],
      [1, 100, 11],
    ]);
    const { sideBySide } = predictServing({ trace, capacity: machine(null) });
    assert.deepEqual(rounded(sideBySide.waitSeconds), [0, 0]);
    assert.deepEqual(rounded(sideBySide.firstTokenSeconds), [1, 1]);
    // Both have ten tokens left at second 2, and get five a second each.
    assert.deepEqual(rounded(sideBySide.requestSeconds), [4, 3]);
    assert.deepEqual([sideBySide.busySeconds, sideBySide.lastFinishSeconds], [4, 4]);
  });

  test("writes one answer as slowly as a stream of the measured level", () => {
    const trace = makeTrace([[0, 100, 11]]);
    const { sideBySide } = predictServing({ trace, capacity: machine(5) });
    assert.deepEqual(rounded(sideBySide.requestSeconds), [1 + 10 / 2]);
  });

  test("takes the speed of each number of streams from the levels, which never falls", () => {
    const trace = makeTrace([
      [0, 0, 5],
      [0, 0, 5],
      [0, 0, 5],
      [0, 0, 13],
    ]);
    const levels = [machine(8, 5), machine(1, 4), machine(4, 8)];
    const { sideBySide } = predictServing({ trace, capacity: machine(4, 8), levels });
    // Four at two tokens a second each for two seconds, then the last alone at four.
    assert.deepEqual(rounded(sideBySide.requestSeconds), [2, 2, 2, 4]);
  });

  test("is never over before an answer of one token, and counts an idle machine as idle", () => {
    const trace = makeTrace([
      [0, 100, 1],
      [10, 100, 0],
    ]);
    const { sideBySide } = predictServing({ trace, capacity: machine(1) });
    assert.deepEqual(rounded(sideBySide.requestSeconds), [1, 1]);
    assert.deepEqual([sideBySide.busySeconds, sideBySide.lastFinishSeconds], [2, 11]);
  });

  test("does the same work in the same busy time, where streams write as fast as one", () => {
    fc.assert(
      fc.property(someTraces(), (drawn) => {
        const trace = { ...drawn, outputTokens: drawn.outputTokens.map((tokens) => tokens + 1) };
        const { inTurn, sideBySide } = predictServing({ trace, capacity: machine(null, 2_000) });
        // The first token comes with the reading.
        const firstTokens = trace.outputTokens.length / 2_000;
        const missing = inTurn.busySeconds - firstTokens - sideBySide.busySeconds;
        assert.ok(Math.abs(missing) <= 1e-6 * inTurn.busySeconds + 1e-9, `${missing} s`);
        for (const [index, first] of sideBySide.firstTokenSeconds.entries()) {
          assert.ok(first <= (sideBySide.requestSeconds[index] ?? 0) + 1e-9);
        }
      }),
      { numRuns: 30, seed: 5 },
    );
  });

  test("leaves out what a cache holds, on both ways", () => {
    const trace = makeTrace([[0, 100, 1]], { cachedInputTokens: Float64Array.of(50) });
    const { inTurn, sideBySide } = predictServing({ trace, capacity: machine(1) });
    assert.deepEqual(
      [...rounded(inTurn.firstTokenSeconds), ...rounded(sideBySide.firstTokenSeconds)],
      [0.5, 0.5],
    );
  });
});
