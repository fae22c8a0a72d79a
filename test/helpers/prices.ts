import assert from "node:assert/strict";
import { loadGpuPrices } from "../../lib/src/facts/index.ts";

/** Returns what one card costs by the hour in the price book of today, which plans and the stand-in take. */
export function publishedPrice(gpuId: string): { usdPerHour: number; observed: string } {
  const price = loadGpuPrices().find((one) => one.gpuId === gpuId && one.cloud === "SECURE");
  assert.ok(price !== undefined, `the price book has no price of ${gpuId}`);
  return price;
}
