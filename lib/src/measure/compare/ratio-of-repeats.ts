import { sum } from "../../statistics.ts";

/** How two sets of repeats relate: the ratio of their geometric means, and where it lies with a confidence of 95 %. */
export interface RatioOfRepeats {
  ratio: number;
  /** `null`: one of the sides has a single value, whose spread nobody knows. */
  interval: { low: number; high: number } | null;
}

/**
 * Divides what repeats of B gave by what repeats of A gave; all values must be above 0.
 *
 * The interval is Welch's for two means with unequal variances, of the logarithms: d ± t × √(sA² ÷ nA + sB² ÷ nB), with the
 * degrees of freedom of Welch and Satterthwaite (Welch 1947, https://doi.org/10.1093/biomet/34.1-2.28).
 */
export function divideRepeats(a: readonly number[], b: readonly number[]): RatioOfRepeats {
  const [before, after] = [describe(a), describe(b)];
  const difference = after.mean - before.mean;
  const ratio = Math.exp(difference);
  if (a.length < 2 || b.length < 2) return { ratio, interval: null };
  const [ofA, ofB] = [before.variance / a.length, after.variance / b.length];
  const error = Math.sqrt(ofA + ofB);
  if (error === 0) return { ratio, interval: { low: ratio, high: ratio } };
  const degrees = (ofA + ofB) ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  const half = quantileOfT(degrees) * error;
  return { ratio, interval: { low: Math.exp(difference - half), high: Math.exp(difference + half) } };
}

/** The mean in which twice as much and half as much balance; `null` of no values. */
export function geometricMean(values: readonly number[]): number | null {
  const [first, ...rest] = values;
  if (first === undefined || rest.length === 0) return first ?? null;
  return Math.exp(describe(values).mean);
}

function describe(values: readonly number[]): { mean: number; variance: number } {
  const logarithms = values.map(Math.log);
  const mean = sum(logarithms) / values.length;
  const squares = logarithms.map((value) => (value - mean) ** 2);
  return { mean, variance: sum(squares) / (values.length - 1) };
}

/** Student's t for 95 % on both sides and 1 to 10 degrees of freedom (NIST/SEMATECH e-Handbook, 1.3.6.7.2); its limit is 1.960. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Between whole degrees of freedom it lies on a line over 1 ÷ degrees, which is a little too wide and never too narrow. */
function quantileOfT(degrees: number): number {
  const below = Math.min(Math.max(1, Math.floor(degrees)), quantiles.length);
  const low = quantiles[below - 1] ?? 0;
  const next = quantiles[below];
  const [from, to, high] = next === undefined ? [1 / below, 0, 1.96] : [1 / below, 1 / (below + 1), next];
  return high + ((low - high) * (1 / Math.max(degrees, below) - to)) / (from - to);
}
