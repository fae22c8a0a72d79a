import { type ChartSpec, chartColors, nameRows, quantitative, rowBar } from "../show/index.ts";
import type { Assessment } from "./assess-break-even.ts";
import { apiColor, machineColor } from "./chart-parts.ts";

const ends = ["input at its lowest (filled)", "input at its highest (outline)"] as const;

/** Draws how far each input alone moves the needed utilisation (without a capacity: the break-even), the strongest on top. */
export function sensitivityChart(assessment: Assessment): ChartSpec {
  const { utilisationNeeded, outputTokensPerSecond, ranking } = assessment;
  const factor = utilisationNeeded === null ? 1 : 100;
  const typical = (utilisationNeeded ?? outputTokensPerSecond) * factor;
  const unit = utilisationNeeded === null ? " tokens/s" : " %";
  const title =
    utilisationNeeded === null ? "break-even, output tokens/s" : "load needed to pay, % of full load";
  const values = ranking.slice(0, 8).flatMap(({ input, assumed, ...one }) => {
    const range = assumed ? `${input}, ±20 %` : `${input}, ${short(one.lowest)} to ${short(one.highest)}`;
    const [atLowest, atHighest] = [one.resultAtLowest * factor, one.resultAtHighest * factor];
    const name = `${range}: ${short(atLowest)} to ${short(atHighest)}${unit}`;
    return [
      { input: name, end: ends[0], typical, result: atLowest },
      { input: name, end: ends[1], typical, result: atHighest },
    ];
  });
  const rows = nameRows("input", [...new Set(values.map(({ input }) => input))]);
  return {
    description: describeSensitivity(assessment),
    data: { values },
    height: rows.height,
    layer: [
      {
        mark: { type: "bar", ...rowBar, yOffset: rows.yOffset, strokeWidth: 1.5 },
        encoding: {
          y: rows.y,
          x: quantitative("typical", title, { scale: { zero: false } }),
          x2: { field: "result" },
          fill: byEnd([apiColor, machineColor]),
          stroke: byEnd([apiColor, machineColor]),
          // Not by colour alone: one end is filled, the other an outline.
          fillOpacity: byEnd([1, 0.15]),
        },
      },
      rows.names,
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
