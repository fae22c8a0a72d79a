import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createGapSpread, summarizeGaps } from "../../lib/src/measure/gap-spread.ts";
import { seededRandom } from "../../lib/src/seeded-random.ts";
import { summarize } from "../../lib/src/statistics.ts";

function spreadOf(gaps: readonly number[]) {
  const spread = createGapSpread();
  for (const gap of gaps) spread.add(gap);
  return spread;
}

function drawGaps(count: number): number[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => 20 * Math.exp(2 * random() - 1) * (random() < 0.01 ? 50 : 1));
}

describe("the spread of the gaps between pieces of text", () => {
  test("is exact for as many as a usual measurement has", () => {
    const gaps = drawGaps(5_000);
    assert.deepEqual(spreadOf(gaps).summarize(), summarize(gaps));
    assert.equal(spreadOf([]).summarize().p50, null);
  });

  test("is right to 0.1 % for more than are kept, with their exact number and extremes", () => {
    const gaps = [...drawGaps(300_000), 0];
    const [told, exact] = [spreadOf(gaps).summarize(), summarize(gaps)];
    assert.deepEqual([told.count, told.min, told.max], [300_001, 0, exact.max]);
    for (const name of ["mean", "p50", "p90", "p95", "p99"] as const) {
      assert.ok(Math.abs((told[name] ?? 0) / (exact[name] ?? 0) - 1) < 0.001, name);
    }
  });

  test("takes no more room for a load that takes longer", () => {
    // From 7 ms to 2,700 ms there are 5,950 steps of 0.1 %.
    assert.ok([...spreadOf(drawGaps(400_000)).entries()].length < 6_000);
  });

  test("of several loads is that of all their gaps", () => {
    const gaps = drawGaps(300_000);
    const parts = [gaps.slice(0, 10_000), gaps.slice(10_000)];
    const [told, whole] = [summarizeGaps(parts.map(spreadOf)), spreadOf(gaps).summarize()];
    assert.equal(told.count, 300_000);
    assert.ok(Math.abs((told.p99 ?? 0) / (whole.p99 ?? 0) - 1) < 0.002);
  });
});
