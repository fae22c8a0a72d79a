import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  createNumberList,
  fewestForShare,
  nearestRankPercentiles,
  summarize,
  wilsonInterval,
} from "../lib/src/statistics.ts";

describe("the summary of a set of values", () => {
  test("of nothing says only that there was nothing", () => {
    assert.deepEqual(summarize([]), {
      count: 0,
      mean: null,
      min: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      max: null,
    });
  });

  test("of one value is that value all over", () => {
    assert.deepEqual(summarize([7]), {
      count: 1,
      mean: 7,
      min: 7,
      p50: 7,
      p90: 7,
      p95: 7,
      p99: 7,
      max: 7,
    });
  });

  test("interpolates between the two closest ranks, as numpy does", () => {
    const { mean, p50, p90, p95, p99 } = summarize([4, 1, 3, 2]);
    assert.equal(mean, 2.5);
    assert.equal(p50, 2.5);
    // Ranks 2.7, 2.85 and 2.97 of 0 to 3.
    assert.equal(p90?.toFixed(10), "3.7000000000");
    assert.equal(p95?.toFixed(10), "3.8500000000");
    assert.equal(p99?.toFixed(10), "3.9700000000");
  });

  test("leaves the values that it was given in their order", () => {
    const values = [3, 1, 2];
    summarize(values);
    assert.deepEqual(values, [3, 1, 2]);
  });

  test("keeps its figures in order, and between the extremes, whatever the values", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { count, min, p50, p90, p95, p99, max } = summarize(values);
        assert.equal(count, values.length);
        const figures = [min, p50, p90, p95, p99, max].map(Number);
        assert.deepEqual(
          figures,
          [...figures].sort((one, other) => one - other),
        );
        assert.equal(min, Math.min(...values));
        assert.equal(max, Math.max(...values));
      }),
    );
  });

  test("does not depend on the order of the values", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 })), (values) => {
        const { mean: _, ...one } = summarize(values);
        const { mean: __, ...other } = summarize([...values].reverse());
        assert.deepEqual(one, other);
      }),
    );
  });
});

test("percentiles by nearest rank are those of the sorted values", () => {
  const some = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })), {
    minLength: 1,
    maxLength: 3_000,
  });
  fc.assert(
    fc.property(some, (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      const atShare = (share: number) => sorted[Math.ceil(share * sorted.length - 1e-9) - 1];
      const shares = [0.5, 0.95, 0.99, 1];
      assert.deepEqual(nearestRankPercentiles(Float64Array.from(values), shares), shares.map(atShare));
    }),
  );
});

test("a list of numbers keeps them all, however many", () => {
  const list = createNumberList();
  for (let value = 0; value < 5_000; value++) list.push(value);
  assert.equal(list.values().length, 5_000);
  assert.equal(list.values()[4_999], 4_999);
});

function percents(right: number, cases: number): string {
  const { share, low, high } = wilsonInterval(right, cases);
  return [share, low, high].map((part) => (part * 100).toFixed(1)).join(" ");
}

describe("the interval of a share", () => {
  test("is that of Wilson", () => {
    assert.equal(percents(17, 20), "85.0 64.0 94.8");
    assert.equal(percents(4, 4), "100.0 51.0 100.0");
    assert.equal(percents(0, 4), "0.0 0.0 49.0");
    assert.equal(percents(1, 1), "100.0 20.7 100.0");
    assert.equal(percents(96, 100), "96.0 90.2 98.4");
  });

  test("says nothing where nothing was counted", () => {
    assert.deepEqual(wilsonInterval(0, 0), { share: 0, low: 0, high: 1 });
  });

  test("reaches a share with so many cases, and not with one fewer", () => {
    for (const share of [0.5, 0.9, 0.95, 0.99]) {
      const fewest = fewestForShare(share);
      assert.ok(wilsonInterval(fewest, fewest).low >= share, String(share));
      assert.ok(wilsonInterval(fewest - 1, fewest - 1).low < share, String(share));
    }
    assert.equal(fewestForShare(0.95), 73);
    assert.equal(fewestForShare(1), Number.POSITIVE_INFINITY);
  });
});
