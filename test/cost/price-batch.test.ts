import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type BatchInput, priceBatch } from "../../lib/src/cost/index.ts";

// 36 million tokens in at 2,000 a second are 5 hours, 7.2 million out at 400 a second as many.
const tenHours: BatchInput = {
  inputTokens: 36_000_000,
  outputTokens: 7_200_000,
  deadlineHours: 12,
  capacity: { prefillTokensPerSecond: 2_000, decodeTokensPerSecond: 400 },
  gpuUsdPerHour: 1.76,
  inputUsdPerMillion: 0.72,
  outputUsdPerMillion: 0.72,
};

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${actual} is not ${expected}`);
}

describe("a pile of work with a deadline", () => {
  test("takes one machine where that is done in time, rented for just that long", () => {
    const { groups, hours, machineUsd, apiUsd, cheaper } = priceBatch(tenHours);
    assert.equal(groups, 1);
    near(hours, 10);
    near(machineUsd, 17.6);
    near(apiUsd, 43.2 * 0.72);
    assert.equal(cheaper, "machine");
  });

  test("takes as many more as the deadline asks, at the same price but for their start-up", () => {
    const soon = priceBatch({ ...tenHours, deadlineHours: 3, startMinutes: 30 });
    assert.equal(soon.groups, 4);
    near(soon.hours, 0.5 + 10 / 4);
    near(soon.machineUsd, 4 * 3 * 1.76);
  });

  test("costs half at an API with a discount for batches", () => {
    const bill = priceBatch({ ...tenHours, batchDiscount: 0.5 });
    near(bill.apiUsd, (43.2 * 0.72) / 2);
    assert.equal(bill.cheaper, "api");
  });

  test("is refused by the name of its field", () => {
    const refused = (change: Partial<BatchInput>, message: RegExp) =>
      assert.throws(() => priceBatch({ ...tenHours, ...change }), { name: "InputError", message });
    refused({ deadlineHours: 0 }, /deadlineHours is 0/);
    refused({ inputTokens: -1 }, /inputTokens is -1/);
    refused({ outputTokens: Number.NaN }, /outputTokens is NaN/);
    refused({ batchDiscount: 1 }, /batchDiscount is 1.*below 1/);
    refused({ gpuUsdPerHour: Number.NaN }, /gpuUsdPerHour is NaN/);
    refused({ deadlineHours: 0.25, startMinutes: 15 }, /0\.25 hours is over before a machine has started/);
  });

  test("is always done in time, with no machine too many", () => {
    const evenly = (min: number, max: number) =>
      fc.integer({ min: 0, max: 10_000 }).map((part) => min + (part / 10_000) * (max - min));
    const drawn = fc.record({
      inputTokens: evenly(1, 1e9),
      outputTokens: evenly(1, 1e8),
      deadlineHours: evenly(1, 100),
      startMinutes: evenly(0, 50),
    });
    fc.assert(
      fc.property(drawn, (changes) => {
        const { groups, hours } = priceBatch({ ...tenHours, ...changes });
        const startHours = changes.startMinutes / 60;
        assert.ok(hours <= changes.deadlineHours * (1 + 1e-9));
        const work = (hours - startHours) * groups;
        assert.ok(groups === 1 || startHours + work / (groups - 1) > changes.deadlineHours * (1 - 1e-9));
      }),
    );
  });
});
