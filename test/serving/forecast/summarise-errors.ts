import { interpolatedPercentile } from "../../../lib/src/statistics.ts";
import type { Comparison } from "./compare-points.ts";

/** How far a set of forecast figures is from the published ones. */
export interface ErrorSummary {
  name: string;
  comparisons: number;
  /** Parts of the published figure. */
  medianError: number;
  ninetiethError: number;
  /** Published divided by forecast, for one, five and nine in ten. */
  low: number;
  middle: number;
  high: number;
}

/** Sums up comparisons by what a key says of each, in the order of the keys. */
export function summariseErrors(
  comparisons: readonly Comparison[],
  keyOf: (comparison: Comparison) => string,
): ErrorSummary[] {
  const groups = Map.groupBy(comparisons, keyOf);
  return [...groups.keys()].toSorted().map((name) => {
    const members = groups.get(name) ?? [];
    const errors = sorted(members.map(({ published, forecast }) => Math.abs(forecast / published - 1)));
    const ratios = sorted(members.map(({ published, forecast }) => published / forecast));
    return {
      name,
      comparisons: members.length,
      medianError: interpolatedPercentile(errors, 0.5),
      ninetiethError: interpolatedPercentile(errors, 0.9),
      low: interpolatedPercentile(ratios, 0.1),
      middle: interpolatedPercentile(ratios, 0.5),
      high: interpolatedPercentile(ratios, 0.9),
    };
  });
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
