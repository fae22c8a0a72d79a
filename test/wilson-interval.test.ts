import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fewestForShare, wilsonInterval } from "../lib/src/wilson-interval.ts";

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
