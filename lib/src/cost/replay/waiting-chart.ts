import { type ChartSpec, chartColors, drawUprights, nameRows, quantitative } from "../../show/index.ts";
import { isTargetKept } from "./replay-input.ts";
import type { TraceReplay } from "./replay-trace.ts";

const percentiles = ["p50", "p95", "p99"] as const;
const names = { p50: "50 %", p95: "95 %", p99: "99 %" };
const colors = { p50: chartColors.green, p95: chartColors.ochre, p99: chartColors.pink };
const shapes = { p50: "circle", p95: "square", p99: "triangle-up" };

/**
 * Draws within what time work on half, 95 % and 99 % of the requests begins, by policy; an API has no marks, for its waits
 * are not known. A rule marks the latency target, which also holds the reading of the prompt.
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
  const longest = Math.max(
    10,
    latencyTarget.timeToFirstTokenMs / 500,
    ...values.map(({ waitSeconds }) => waitSeconds),
  );
  const x = quantitative("waitSeconds", "wait until work begins", {
    // Logarithmic above a second and linear below, so that no wait at all has a place.
    scale: { type: "symlog", constant: 1, domain: [0, longest], nice: false },
    axis: {
      values: [...ticks.keys()].filter((seconds) => seconds <= longest),
      labelExpr: `${JSON.stringify(Object.fromEntries(ticks))}[datum.value]`,
    },
  });
  const rows = nameRows(
    "policy",
    known.map(({ label }) => label),
  );
  const { y, yOffset } = rows;
  const scaleOf = (range: Readonly<Record<(typeof percentiles)[number], string>>) => ({
    domain: percentiles.map((percentile) => names[percentile]),
    range: percentiles.map((percentile) => range[percentile]),
  });
  const targetSeconds = latencyTarget.timeToFirstTokenMs / 1_000;
  const target = {
    name: `the target: ${targetSeconds.toLocaleString("en-US")} s`,
    at: targetSeconds,
    share: Math.log1p(targetSeconds) / Math.log1p(longest),
    color: chartColors.grey,
  };
  const legend = { orient: "bottom", titleLimit: 400 };
  const title = "part of the requests that waits no longer";
  return {
    description: describeWaits(replay),
    height: rows.height,
    layer: [
      ...drawUprights([target], { x, field: "waitSeconds" }),
      rows.names,
      {
        data: { values },
        mark: { type: "point", filled: true, size: 90, opacity: 0.9, yOffset },
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

const ticks = new Map([
  [0, "none"],
  [1, "1 s"],
  [5, "5 s"],
  [15, "15 s"],
  [60, "1 min"],
  [300, "5 min"],
  [1_800, "30 min"],
  [7_200, "2 h"],
  [28_800, "8 h"],
  [86_400, "1 day"],
  [345_600, "4 days"],
  [2_419_200, "4 weeks"],
]);

function describeWaits({ policies, latencyTarget }: TraceReplay): string {
  const known = policies.filter(({ shareOverTarget }) => shareOverTarget !== null);
  const kept = known.filter(({ shareOverTarget }) => isTargetKept(shareOverTarget, latencyTarget)).length;
  const seconds = (latencyTarget.timeToFirstTokenMs / 1_000).toLocaleString("en-US");
  return (
    `How long half, 95 % and 99 % of the requests wait until work on them begins, by policy, computed: ` +
    `${kept} of ${known.length} policies give ${latencyTarget.percentile} % their first token within ${seconds} s.`
  );
}
