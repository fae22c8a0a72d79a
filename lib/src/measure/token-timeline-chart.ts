import { type ChartSpec, chartColors, drawUprights, quantitative } from "../show/index.ts";
import { tightAxis } from "./throughput-chart.ts";
import type { TokenArrival, TokenTrace } from "./trace-tokens.ts";

/** Draws one answer as it came: a point for each piece, at its time and at what had arrived by then. */
export function tokenTimelineChart(trace: TokenTrace): ChartSpec {
  const { arrivals, unit } = trace;
  const [first] = arrivals;
  const x = tightAxis("atMs", "milliseconds since the request was sent");
  const y = quantitative("count", `${unit} of the answer so far`, { scale: { zero: true } });
  const data = { values: arrivals };
  const color = chartColors.blue;
  const tooltip = [
    { field: "text", type: "nominal", title: "text" },
    quantitative("atMs", "after, ms", { format: ".1f" }),
    quantitative("count", `${unit} so far`),
  ];
  return {
    description: describeTokenTimeline(trace),
    layer: [
      ...(first === undefined ? [] : markWaiting(first, arrivals.at(-1)?.atMs ?? first.atMs, x)),
      { data, mark: { type: "line", color, strokeWidth: 1.5, opacity: 0.6 }, encoding: { x, y } },
      {
        data,
        mark: { type: "point", filled: true, size: 30, color, opacity: 1 },
        encoding: { x, y, tooltip },
      },
    ],
  };
}

function markWaiting({ atMs }: TokenArrival, lastMs: number, x: object): object[] {
  const data = { values: [{ atMs: 0, untilMs: atMs }] };
  const color = chartColors.orange;
  const share = lastMs > 0 ? atMs / lastMs : 0;
  return [
    { data, mark: { type: "rect", color, opacity: 0.2 }, encoding: { x, x2: { field: "untilMs" } } },
    ...drawUprights([{ name: `first text: ${ms(atMs)}`, at: atMs, share, color }], { x, field: "atMs" }),
  ];
}

function describeTokenTimeline({ arrivals, unit }: TokenTrace): string {
  const [first] = arrivals;
  const last = arrivals.at(-1);
  if (first === undefined || last === undefined) return "No text arrived.";
  const seconds = (last.atMs - first.atMs) / 1_000;
  const rate = seconds > 0 ? `, ${((last.count - first.count) / seconds).toFixed(1)} ${unit} per second` : "";
  return (
    `One answer as it arrived: the first text after ${ms(first.atMs)}, ` +
    `then ${last.count} ${unit} until ${ms(last.atMs)}${rate}.`
  );
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString("en-US")} ms`;
}
