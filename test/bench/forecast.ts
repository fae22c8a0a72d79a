import { summarize } from "../../lib/src/statistics.ts";
import { type Comparison, comparePoints } from "../serving/forecast/compare-points.ts";
import { loadPublishedPoints } from "../serving/forecast/published-points.ts";
import { summariseErrors } from "../serving/forecast/summarise-errors.ts";

const parts: readonly (readonly [string, (comparison: Comparison) => string])[] = [
  ["metric", ({ metric, isAlone }) => `${metric}${isAlone ? ", alone" : ""}`],
  ["group", ({ group, metric }) => `${group}: ${metric}`],
  ["card", ({ point, metric }) => `${point.count} x ${point.card}: ${metric}`],
  ["precision", ({ point, metric }) => `${point.precision}: ${metric}`],
  ["model", ({ point, metric }) => `${point.model}: ${metric}`],
  ["source", ({ point, metric }) => `${point.source}: ${metric}`],
];

/** Compares the forecast with published measurements: those of the repository, or of a table whose path follows. */
export function forecastBench(): Record<string, string | number> {
  const points = loadPublishedPoints(process.argv[3]);
  const milliseconds: number[] = [];
  const comparisons = points.flatMap((point) => {
    const begin = performance.now();
    const compared = comparePoints([point]);
    milliseconds.push(performance.now() - begin);
    return compared;
  });
  const figures: Record<string, string | number> = {
    points: points.length,
    "figures compared": comparisons.length,
    "ms a point, in the median": (summarize(milliseconds).p50 ?? 0).toFixed(2),
  };
  for (const [part, keyOf] of parts) {
    for (const {
      name,
      comparisons: count,
      medianError,
      ninetiethError,
      low,
      middle,
      high,
    } of summariseErrors(comparisons, keyOf)) {
      const percent = (share: number) => `${(share * 100).toFixed(1).padStart(5)} %`;
      figures[`${part}: ${name}`] =
        `${String(count).padStart(4)}  error ${percent(medianError)} in the median, ${percent(ninetiethError)} at the 90th percentile; ` +
        `published / forecast ${low.toFixed(2)} ${middle.toFixed(2)} ${high.toFixed(2)}`;
    }
  }
  return figures;
}
