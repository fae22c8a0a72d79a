import { type ChartSpec, chartColors } from "../../show/index.ts";
import { isTargetKept } from "./replay-input.ts";
import type { TraceReplay } from "./replay-trace.ts";

const percentiles = ["p50", "p95", "p99"] as const;
const names = { p50: "50 %", p95: "95 %", p99: "99 %" };
const colors = { p50: chartColors.green, p95: chartColors.ochre, p99: chartColors.pink };
const shapes = { p50: "circle", p95: "square", p99: "triangle-up" };

/**
 * Draws how long requests wait under each policy until work on them begins: within what half, 95 % and 99 % begin.
 *
 * The scale is logarithmic above a second and linear below, so that no wait at all has a place. A rule marks the latency
 * target, which also holds the reading of the prompt. An API has no marks: its waits are not known.
 */
export function waitingChart(replay: TraceReplay): ChartSpec {
  const { policies, latencyTarget } = replay;
  const known = policies.filter(({ waitSeconds }) => waitSeconds !== null);
  const values = known.flatMap(({ label, waitSeconds }) =>
    percentiles.map((percentile) => ({
      policy: label,
      percentile: names[percentile],
      waitSeconds: waitSeconds?.[percentile] ?? 0,
    })),
  );
  const longest = Math.max(10, ...values.map(({ waitSeconds }) => waitSeconds));
  const x = {
    field: "waitSeconds",
    type: "quantitative",
    title: "wait until work begins",
    scale: { type: "symlog", constant: 1, domain: [0, longest], nice: false },
    axis: {
      values: ticks.filter(({ seconds }) => seconds <= longest).map(({ seconds }) => seconds),
      labelExpr: `${JSON.stringify(Object.fromEntries(ticks.map(({ seconds, label }) => [seconds, label])))}[datum.value]`,
    },
  };
  const y = {
    field: "policy",
    type: "nominal",
    sort: known.map(({ label }) => label),
    title: null,
    axis: { labelLimit: 400, grid: true },
  };
  const scaleOf = (range: Readonly<Record<(typeof percentiles)[number], string>>) => ({
    domain: percentiles.map((percentile) => names[percentile]),
    range: percentiles.map((percentile) => range[percentile]),
  });
  const targetSeconds = latencyTarget.timeToFirstTokenMs / 1_000;
  const legend = { orient: "bottom", titleLimit: 400 };
  const title = "part of the requests that waits no longer";
  return {
    description: describeWaits(replay),
    width: 420,
    height: { step: 34 },
    layer: [
      {
        data: { values: [{ waitSeconds: targetSeconds }] },
        mark: { type: "rule", strokeDash: [6, 4], strokeWidth: 1.5, color: chartColors.grey },
        encoding: { x },
      },
      {
        data: { values: [{ waitSeconds: targetSeconds }] },
        mark: { type: "text", align: "left", baseline: "bottom", dx: 4, dy: -3, text: "the target" },
        encoding: { x, y: { value: 0 } },
      },
      {
        data: { values },
        mark: { type: "point", filled: true, size: 90, opacity: 0.9 },
        encoding: {
          x,
          y,
          color: { field: "percentile", type: "nominal", title, scale: scaleOf(colors), legend },
          shape: { field: "percentile", type: "nominal", title, scale: scaleOf(shapes), legend },
        },
      },
    ],
  };
}

const ticks = [
  { seconds: 0, label: "none" },
  { seconds: 1, label: "1 s" },
  { seconds: 5, label: "5 s" },
  { seconds: 15, label: "15 s" },
  { seconds: 60, label: "1 min" },
  { seconds: 300, label: "5 min" },
  { seconds: 1_800, label: "30 min" },
  { seconds: 7_200, label: "2 h" },
  { seconds: 28_800, label: "8 h" },
  { seconds: 86_400, label: "1 day" },
  { seconds: 345_600, label: "4 days" },
  { seconds: 2_419_200, label: "4 weeks" },
];

function describeWaits({ policies, latencyTarget }: TraceReplay): string {
  const known = policies.filter(({ shareOverTarget }) => shareOverTarget !== null);
  const kept = known.filter(({ shareOverTarget }) => isTargetKept(shareOverTarget, latencyTarget)).length;
  const seconds = (latencyTarget.timeToFirstTokenMs / 1_000).toLocaleString("en-US");
  return (
    `How long half, 95 % and 99 % of the requests wait until work on them begins, by policy, computed: ` +
    `${kept} of ${known.length} policies give ${latencyTarget.percentile} % their first token within ${seconds} s.`
  );
}
