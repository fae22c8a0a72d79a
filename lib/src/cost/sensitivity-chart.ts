import { type ChartSpec, chartColors, quantitative } from "../show/index.ts";
import type { Assessment } from "./assess-break-even.ts";
import { apiColor, machineColor } from "./chart-parts.ts";

const ends = ["input at its lowest (filled)", "input at its highest (outline)"] as const;

/** Draws how far each input alone moves the needed utilisation (without a capacity: the break-even), the strongest on top. */
export function sensitivityChart(assessment: Assessment): ChartSpec {
  const { utilisationNeeded, outputTokensPerSecond, ranking } = assessment;
  const factor = utilisationNeeded === null ? 1 : 100;
  const typical = (utilisationNeeded ?? outputTokensPerSecond) * factor;
  const title =
    utilisationNeeded === null ? "break-even, output tokens/s" : "load needed to pay, % of full load";
  const values = ranking.slice(0, 8).flatMap(({ input, assumed, ...one }) => {
    const name = assumed ? `${input}, ±20 %` : `${input}, ${short(one.lowest)} to ${short(one.highest)}`;
    return [
      { input: name, end: ends[0], typical, result: one.resultAtLowest * factor },
      { input: name, end: ends[1], typical, result: one.resultAtHighest * factor },
    ];
  });
  return {
    description: describeSensitivity(assessment),
    data: { values },
    width: 420,
    height: { step: 30 },
    layer: [
      {
        mark: { type: "bar", height: { band: 0.65 }, strokeWidth: 1.5 },
        encoding: {
          y: { field: "input", type: "nominal", sort: null, title: null, axis: { labelLimit: 260 } },
          x: quantitative("typical", title, { scale: { zero: false } }),
          x2: { field: "result" },
          fill: byEnd([apiColor, machineColor]),
          stroke: byEnd([apiColor, machineColor]),
          // Not by colour alone: one end is filled, the other an outline.
          fillOpacity: byEnd([1, 0.15]),
        },
      },
      {
        data: { values: [{ typical }] },
        mark: { type: "rule", strokeWidth: 1.5, color: chartColors.grey },
        encoding: { x: { field: "typical", type: "quantitative" } },
      },
    ],
  };
}

function byEnd(range: readonly [low: string | number, high: string | number]): object {
  return {
    field: "end",
    type: "ordinal",
    title: null,
    scale: { domain: ends, range },
    legend: { orient: "bottom", columns: 1, labelLimit: 0 },
  };
}

function describeSensitivity({ ranking, utilisationNeeded }: Assessment): string {
  const [first, second] = ranking;
  if (first === undefined) return "No input moves the result.";
  const result = utilisationNeeded === null ? "the break-even" : "the load needed to pay";
  const then = second === undefined ? "" : `, then ${second.input}`;
  return `How far each input alone moves ${result}: ${first.input} most${then}.`;
}

function short(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
