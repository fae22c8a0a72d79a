import { type ChartSpec, chartColors, nameRows, quantitative } from "../../show/index.ts";
import { countStreams } from "../measurement.ts";
import { type ComparedFigure, type Comparison, comparedFigures } from "./comparison.ts";

/** What the figures are called in charts and tables. */
export const figureNames: Readonly<Record<ComparedFigure["figure"], string>> = {
  outputTokensPerSecond: "output",
  firstTokenP50Ms: "first token",
  firstTokenP95Ms: "first token (95 %)",
  perTokenP50Ms: "per token",
};

const colors: Readonly<Record<ComparedFigure["figure"], string>> = {
  outputTokensPerSecond: chartColors.blue,
  firstTokenP50Ms: chartColors.orange,
  firstTokenP95Ms: chartColors.ochre,
  perTokenP50Ms: chartColors.purple,
};

/** Wider intervals end at the edge of the chart. */
const mostFactor = 3;

/**
 * Draws a comparison: for each figure and level the ratio B ÷ A with its interval, around 1.
 *
 * A filled dot differs by more than the spread; a hollow one does not, or has no interval.
 */
export function ratioChart(comparison: Comparison): ChartSpec {
  const values = comparedFigures.flatMap((figure) =>
    comparison.figures.flatMap((one) =>
      one.figure !== figure || one.ratio === null
        ? []
        : [
            {
              ...one,
              row: `${figureNames[figure]}, ${countStreams(one.streams)}: ${sayRatio(one)}`,
              isClear: one.differs === "more" || one.differs === "less",
            },
          ],
    ),
  );
  const { height, y, yOffset, names } = nameRows(
    "row",
    values.map(({ row }) => row),
  );
  const domain = spanOf(values.map(({ ratio, low, high }) => ({ ratio: ratio ?? 1, low, high })));
  const x = quantitative("ratio", "B ÷ A (1: no difference)", {
    scale: { type: "log", domain, nice: false, clamp: true },
    axis: { tickCount: 6, format: "~g" },
  });
  const scale = { domain: Object.keys(colors), range: Object.values(colors) };
  const color = { field: "figure", type: "nominal", scale, legend: null };
  return {
    description: `B ÷ A for each figure and number of streams. ${comparison.words}`,
    usermeta: {
      figures: {
        kind: comparison.kind === "simulated" ? "simulated" : "computed",
        from: [comparison.a, comparison.b],
      },
    },
    data: { values },
    height,
    layer: [
      names,
      {
        data: { values: [{ ratio: 1 }] },
        mark: { type: "rule", strokeWidth: 1.5, strokeDash: [6, 4], color: chartColors.grey },
        encoding: { x: { field: "ratio", type: "quantitative" } },
      },
      {
        transform: [{ filter: "isValid(datum.low)" }],
        mark: { type: "rule", strokeWidth: 3, opacity: 0.5, yOffset },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y, color },
      },
      {
        mark: { type: "point", size: 70, strokeWidth: 2, opacity: 1, tooltip: true, yOffset },
        encoding: {
          x,
          y,
          stroke: color,
          fill: color,
          fillOpacity: { condition: { test: "datum.isClear", value: 1 }, value: 0 },
        },
      },
    ],
  };
}

function sayRatio({ ratio, low, high }: ComparedFigure): string {
  const [middle, from, to] = [ratio, low, high].map((part) => part?.toPrecision(3));
  return from === undefined || to === undefined ? `${middle}` : `${middle} (${from} to ${to})`;
}

/** From a little below the lowest end to a little above the highest, 1 inside. */
function spanOf(values: readonly { ratio: number; low: number | null; high: number | null }[]) {
  const ratios = [1, ...values.map(({ ratio }) => ratio)];
  const [least, most] = [Math.min(...ratios) / mostFactor, Math.max(...ratios) * mostFactor];
  const ends = [...ratios, ...values.flatMap(({ low, high }) => [low ?? 1, high ?? 1])];
  return [Math.max(least, Math.min(...ends) / 1.05), Math.min(most, Math.max(...ends) * 1.05)];
}
