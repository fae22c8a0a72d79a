import type { Statistics } from "./measurement.ts";

/**
 * Summarises values: mean, extremes and percentiles; without values everything but `count` is `null`.
 *
 * A percentile is interpolated linearly between the two closest ranks, as numpy and `vllm bench serve` do: of n sorted
 * values the one at rank p × (n − 1), counted from 0.
 */
export function summarize(values: ArrayLike<number>): Statistics {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) {
    return { count, mean: null, min: null, p50: null, p90: null, p95: null, p99: null, max: null };
  }
  let sum = 0;
  for (const value of sorted) sum += value;
  return {
    count,
    mean: sum / count,
    min: percentile(sorted, 0),
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: percentile(sorted, 1),
  };
}

/** The percentile of values that are sorted already; `share` is 0 to 1, and no values give 0. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = share * (sorted.length - 1);
  const lower = sorted[Math.floor(rank)] ?? 0;
  const upper = sorted[Math.ceil(rank)] ?? lower;
  return lower + (upper - lower) * (rank - Math.floor(rank));
}

/** A list of numbers for the hot path: eight bytes a number, whatever its length. */
export interface NumberList {
  push(value: number): void;
  values(): Float64Array;
}

/** Creates an empty {@link NumberList}. */
export function createNumberList(): NumberList {
  let store = new Float64Array(1_024);
  let length = 0;
  return {
    push(value) {
      if (length === store.length) {
        const larger = new Float64Array(length * 2);
        larger.set(store);
        store = larger;
      }
      store[length++] = value;
    },
    values: () => store.subarray(0, length),
  };
}
