/** How a set of values is spread; with `count` 0 the rest is `null`. Percentiles are interpolated. */
export interface Statistics {
  count: number;
  mean: number | null;
  min: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

/** Returns mean, extremes and interpolated percentiles of values in any order. */
export function summarize(values: ArrayLike<number>): Statistics {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) {
    return { count, mean: null, min: null, p50: null, p90: null, p95: null, p99: null, max: null };
  }
  const at = (share: number) => interpolatedPercentile(sorted, share);
  return {
    count,
    mean: sorted.reduce((sum, value) => sum + value, 0) / count,
    min: at(0),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}

/**
 * Returns a percentile of values that are sorted already, between the two closest ranks; `share` is 0 to 1.
 *
 * Of n values it is the one at rank share × (n − 1), counted from 0, as in numpy and `vllm bench serve`. No values give 0.
 */
export function interpolatedPercentile(sorted: ArrayLike<number>, share: number): number {
  const rank = share * (sorted.length - 1);
  const lower = sorted[Math.floor(rank)] ?? 0;
  const upper = sorted[Math.ceil(rank)] ?? lower;
  return lower + (upper - lower) * (rank - Math.floor(rank));
}

/**
 * Returns percentiles by nearest rank: each is the smallest value that this share of the values does not exceed.
 *
 * Takes linear time, and changes the order of `values`. `shares` are 0 to 1 and ascend; no values give `NaN`.
 */
export function nearestRankPercentiles(values: Float64Array, shares: readonly number[]): number[] {
  let low = 0;
  return shares.map((share) => {
    const rank = Math.max(0, Math.ceil(share * values.length) - 1);
    const value = select(values, rank, { low, high: values.length - 1 });
    // All larger values are to the right of this one, so the next search begins here.
    low = rank;
    return value;
  });
}

// Below this size a selection works without a sample.
const smallRange = 600;

// Floyd and Rivest's selection. Afterwards no value left of the rank is larger, and none right of it is smaller.
function select(values: Float64Array, rank: number, range: { low: number; high: number }): number {
  let { low, high } = range;
  while (high > low) {
    if (high - low > smallRange) select(values, rank, sampleAround(rank, low, high));
    const pivot = values[rank] ?? 0;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left++;
      while ((values[right] ?? 0) > pivot) right--;
      if (left > right) break;
      const value = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = value;
    }
    if (right < rank) low = left;
    if (left > rank) high = right;
  }
  return values[rank] ?? Number.NaN;
}

// A part around the rank whose own selection makes a good pivot for the whole.
function sampleAround(rank: number, low: number, high: number): { low: number; high: number } {
  const size = high - low + 1;
  const place = rank - low + 1;
  const log = Math.log(size);
  const sample = 0.5 * Math.exp((2 * log) / 3);
  const spread = 0.5 * Math.sqrt((log * sample * (size - sample)) / size) * Math.sign(place - size / 2);
  return {
    low: Math.max(low, Math.floor(rank - (place * sample) / size + spread)),
    high: Math.min(high, Math.floor(rank + ((size - place) * sample) / size + spread)),
  };
}

/** A list that grows, at eight bytes a number. */
export interface NumberList {
  readonly length: number;
  push(value: number): void;
  /** The numbers so far, as a view that later pushes do not change. */
  values(): Float64Array;
}

/** Creates an empty {@link NumberList}. */
export function createNumberList(): NumberList {
  let store = new Float64Array(1_024);
  let length = 0;
  return {
    get length() {
      return length;
    },
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

/** Adds numbers up. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** A share of counted cases, with the ends of its interval; all from 0 to 1. */
interface CountedShare {
  share: number;
  low: number;
  high: number;
}

/** Of the normal distribution: 95 of 100 values lie within so many standard deviations. */
const deviations = 1.959964;

/**
 * Computes the share of the cases that came out right, with its Wilson interval of 95 %; no case gives 0 to 1.
 *
 * The interval stays within 0 and 1, and is honest for few cases: 4 of 4 give 0.51 to 1. Source: Wilson (1927),
 * https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(right: number, cases: number): CountedShare {
  if (cases === 0) return { share: 0, low: 0, high: 1 };
  const share = right / cases;
  const square = deviations ** 2 / cases;
  const centre = share + square / 2;
  const spread = deviations * Math.sqrt((share * (1 - share)) / cases + square / (4 * cases));
  return {
    share,
    // With none or all of them right, the end is exact, and rounding must not move it.
    low: right === 0 ? 0 : (centre - spread) / (1 + square),
    high: right === cases ? 1 : (centre + spread) / (1 + square),
  };
}

/** The fewest cases, all of them right, with which the interval lies at or above a share; endless for 1. */
export function fewestForShare(share: number): number {
  return Math.ceil((deviations ** 2 * share) / (1 - share));
}
