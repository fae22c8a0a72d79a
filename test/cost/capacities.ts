import type { Capacity, Latency } from "../../lib/src/cost/index.ts";

/** What users of a chat accept. */
export const chatTarget: Latency = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 };

/** A machine that reads 2,000 and writes 400 tokens per second within the target, and never more; changed as told. */
export function makeCapacity(changes: Partial<Capacity> = {}): Capacity {
  return {
    prefillTokensPerSecond: 2_000,
    decodeTokensPerSecond: 400,
    atLatency: { timeToFirstTokenMs: 1_500, timePerOutputTokenMs: 80, percentile: 95 },
    kind: "measured",
    isLimit: true,
    source: "a pod of one's own",
    date: "2026-11-20",
    ...changes,
  };
}
