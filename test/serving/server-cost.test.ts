import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  computePodCost,
  networkVolumeUsdPerMonth,
  storageUsdPerHour,
} from "../../lib/src/serving/server-warnings.ts";

describe("what a pod costs", () => {
  test("is the price of its GPUs and of its disk, for as long as it runs", () => {
    const cost = computePodCost({
      usdPerGpuHour: 0.39,
      gpuCount: 4,
      containerDiskGb: 730,
      networkVolumeGb: null,
      deadlineMinutes: 90,
    });
    // 730 GB × 0.10 USD a month are 0.10 USD an hour.
    assert.equal(storageUsdPerHour({ containerDiskGb: 730 }).toFixed(6), "0.100000");
    // The GPUs are 1.56 of it.
    assert.equal(cost.usdPerHour?.toFixed(6), "1.660000");
    assert.equal(cost.worstCaseUsd?.toFixed(6), "2.490000");
  });

  test("has a network volume at 7 cents a month up to 1,000 GB, and at 5 beyond", () => {
    assert.equal(networkVolumeUsdPerMonth(0), 0);
    assert.equal(networkVolumeUsdPerMonth(100).toFixed(4), "7.0000");
    assert.equal(networkVolumeUsdPerMonth(1_000).toFixed(4), "70.0000");
    assert.equal(networkVolumeUsdPerMonth(3_000).toFixed(4), "170.0000");
  });
});
