import { loadServerlessPrices } from "../../lib/src/facts/index.ts";

/** What a GPU of a serverless pool costs by the second in the price book of today, in USD, and the day of that price. */
export function workerPrice(pool: string): { usdPerSecond: number; observed: string } {
  const found = loadServerlessPrices().find((price) => price.pool === pool);
  if (found?.usdPerGpuSecond == null || found.observed === null) throw new Error(`no price of ${pool}`);
  return { usdPerSecond: found.usdPerGpuSecond, observed: found.observed };
}
