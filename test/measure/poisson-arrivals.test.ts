import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { poissonArrivalsMs } from "../../lib/src/measure/run-level.ts";

describe("Poisson arrivals", () => {
  test("are the same for the same seed, and others for another", () => {
    const draw = (seed: number) => poissonArrivalsMs({ requestsPerSecond: 2, durationMs: 5_000, seed });
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    assert.deepEqual(
      draw(1).map((atMs) => Math.round(atMs)),
      [565, 1462, 1714, 2536, 4337, 4774, 4796],
    );
  });

  test("come in order and within the time, at any rate", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.1, max: 50, noNaN: true }), (seed, requestsPerSecond) => {
        const arrivals = poissonArrivalsMs({ requestsPerSecond, durationMs: 10_000, seed });
        assert.deepEqual(
          arrivals,
          [...arrivals].sort((one, other) => one - other),
        );
        assert.ok(arrivals.every((atMs) => atMs >= 0 && atMs < 10_000));
      }),
    );
  });

  test("come as often as asked for, and as irregularly as chance has it", () => {
    const arrivals = poissonArrivalsMs({ requestsPerSecond: 100, durationMs: 200_000, seed: 3 });
    // 20,000 are expected, with a standard deviation of 141.
    assert.ok(Math.abs(arrivals.length - 20_000) < 600, `${arrivals.length} arrivals`);
    const gaps = arrivals.slice(1).map((atMs, index) => atMs - (arrivals[index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    // The gaps of a Poisson process spread as widely as their mean.
    assert.ok(Math.abs(deviation / mean - 1) < 0.05, `${deviation} ms around ${mean} ms`);
  });
});
