import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadServerlessPrices } from "../../lib/src/facts/index.ts";

describe("the published prices of serverless workers", () => {
  const prices = loadServerlessPrices();
  const priceOf = (pool: string) => prices.find((price) => price.pool === pool);

  test("are found for a pool by the cards that the price list names", () => {
    const ampere = priceOf("AMPERE_48");
    assert.deepEqual(ampere?.gpuIds, ["NVIDIA A40", "NVIDIA RTX A6000"]);
    assert.equal(ampere?.usdPerGpuSecond, 0.00034);
    assert.equal(ampere?.observed, "2026-08-20");
    assert.ok((ampere?.sources.length ?? 0) > 0);
    // Its row stands under another card, and names this pool's in short.
    assert.equal(priceOf("AMPERE_16")?.usdPerGpuSecond, 0.00016);
    assert.equal(priceOf("AMPERE_24")?.usdPerGpuSecond, 0.00019);
    assert.equal(priceOf("ADA_24")?.usdPerGpuSecond, 0.00031);
    assert.equal(priceOf("ADA_48_PRO")?.usdPerGpuSecond, 0.00053);
    assert.equal(priceOf("AMPERE_80")?.usdPerGpuSecond, 0.00076);
  });

  test("are not made up where nobody published one", () => {
    const without = prices.filter(({ usdPerGpuSecond }) => usdPerGpuSecond === null).map(({ pool }) => pool);
    assert.deepEqual(without, ["ADA_32_PRO"]);
  });
});
