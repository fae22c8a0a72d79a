/** Waits of the requests of a load, in seconds; a percentile is the smallest wait that so many requests keep to. */
export interface WaitSummary {
  p50: number;
  p95: number;
  p99: number;
  longest: number;
}

/** Finds the percentiles of some waits; puts the array into another order. */
export function summariseWaits(waitSeconds: Float64Array): WaitSummary {
  const last = waitSeconds.length - 1;
  const rank = (percent: number) => Math.max(0, Math.ceil((percent / 100) * waitSeconds.length) - 1);
  // Each selection leaves the larger ones to its right, so that the next looks only there.
  const p50 = select(waitSeconds, rank(50), { low: 0, high: last });
  const p95 = select(waitSeconds, rank(95), { low: rank(50), high: last });
  const p99 = select(waitSeconds, rank(99), { low: rank(95), high: last });
  const longest = select(waitSeconds, last, { low: rank(99), high: last });
  return { p50, p95, p99, longest };
}

// Below this size the ends are narrowed by partitions alone, without a sample.
const smallRange = 600;

// Floyd and Rivest's selection: linear time, and no sort of ten million waits. Afterwards nothing left of the rank is
// larger, and nothing right of it smaller.
function select(values: Float64Array, rank: number, range: { low: number; high: number }): number {
  let low = range.low;
  let high = range.high;
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
