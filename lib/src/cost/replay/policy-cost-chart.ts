import {
  type ChartSpec,
  chartColors,
  named,
  nameRows,
  quantitative,
  rowBar,
  wholeNames,
} from "../../show/index.ts";
import { apiColor, machineColor, slider } from "../chart-parts.ts";
import { describeLatency } from "../judge-capacity.ts";
import { isTargetKept, type ReplayLatencyTarget } from "./replay-input.ts";
import type { PolicyReplay } from "./replay-policy.ts";
import type { TraceReplay } from "./replay-trace.ts";

const providers: Readonly<Record<PolicyReplay["provider"], { name: string; color: string }>> = {
  pods: { name: "pods", color: machineColor },
  serverless: { name: "serverless", color: chartColors.purple },
  api: { name: "API", color: apiColor },
};

/** Draws what each policy costs a day, with sliders for the prices; one that misses the latency target, or falls behind, says so. */
export function policyCostChart(replay: TraceReplay): ChartSpec {
  const { policies, latencyTarget } = replay;
  const values = policies.map((one) => {
    const remark = remarkOn(one, latencyTarget);
    const { label: policy, usdPerDay } = one;
    const provider = providers[one.provider].name;
    return { policy, provider, usdPerDay, remark, kept: remark === "" ? "keeps to the target" : late };
  });
  const shown = new Map(
    policies.map(({ provider }) => [providers[provider].name, providers[provider].color]),
  );
  const transform = [
    {
      calculate: `datum.usdPerDay * (datum.provider == '${providers.api.name}' ? apiFactor : gpuFactor)`,
      as: "usd",
    },
    { calculate: "format(datum.usd, '$,.2f') + datum.remark", as: "words" },
  ];
  const rows = nameRows(
    "policy",
    policies.map(({ label }) => label),
  );
  const { y, yOffset } = rows;
  // Behind each bar its dollars have room.
  const scale = { range: [0, { expr: `max(60, width - ${dollarsPx})` }] };
  const x = quantitative("usd", "dollars a day", { scale, axis: { format: "$,~r", tickCount: 4 } });
  const isAnyLate = values.some(({ kept }) => kept === late);
  return {
    description: describePolicyCosts(replay),
    data: { values },
    params: [factor("gpuFactor", "GPU prices, times "), factor("apiFactor", "API prices, times ")],
    transform,
    height: rows.height,
    layer: [
      {
        mark: { type: "bar", ...rowBar, yOffset },
        encoding: {
          y,
          x,
          color: named("provider", shown, wholeNames(shown.keys(), "bottom")),
          opacity: {
            ...named("kept", kept, isAnyLate ? { ...wholeNames(kept.keys(), "bottom"), ...greys } : null),
            type: "ordinal",
          },
        },
      },
      { ...rows.names },
      {
        mark: { type: "text", align: "left", dx: 6, yOffset },
        encoding: { y, x, text: { field: "words" } },
      },
    ],
  };
}

/** As wide as dollars with a remark are. */
const dollarsPx = 160;

const late = "pale: too slow, or falls behind";
const kept = new Map([
  ["keeps to the target", 1],
  [late, 0.45],
]);
/** The legend of the opacity is in no colour of the other. */
const greys = { symbolFillColor: chartColors.grey, symbolStrokeColor: chartColors.grey };

function remarkOn({ keepsUp, shareOverTarget }: PolicyReplay, target: ReplayLatencyTarget): string {
  if (!keepsUp) return ", falls behind";
  return isTargetKept(shareOverTarget, target) ? "" : ", too slow";
}

function factor(name: string, label: string): object {
  return slider(name, 1, { min: 0.1, max: 3, step: 0.05, name: label });
}

function describePolicyCosts({ trace, policies, cheapest, latencyTarget }: TraceReplay): string {
  const target = describeLatency({ timePerOutputTokenMs: null, ...latencyTarget });
  const verdict =
    cheapest === null
      ? `none gives ${target}`
      : `the cheapest that gives ${target} is “${cheapest.label}” at $${cheapest.usdPerDay.toFixed(2)}`;
  const load = trace.kind === "synthetic" ? "a synthetic load" : "the load";
  return `What ${policies.length} ways of serving ${load} (${trace.name}) cost a day, computed: ${verdict}.`;
}
