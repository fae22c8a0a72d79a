import { type ChartSpec, chartColors, named, quantitative } from "../../show/index.ts";
import { apiColor, machineColor, policyAxis, slider } from "../chart-parts.ts";
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
  const values = policies.map((one) => ({
    policy: one.label,
    provider: providers[one.provider].name,
    usdPerDay: one.usdPerDay,
    remark: remarkOn(one, latencyTarget),
  }));
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
  const y = policyAxis(policies, { labelLimit: 400 });
  const x = quantitative("usd", "dollars a day", { axis: { format: "$,~r", tickCount: 6 } });
  return {
    description: describePolicyCosts(replay),
    data: { values },
    params: [factor("gpuFactor", "GPU prices, times "), factor("apiFactor", "API prices, times ")],
    transform,
    width: 420,
    height: { step: 34 },
    layer: [
      {
        mark: { type: "bar", height: { band: 0.65 } },
        encoding: {
          y,
          x,
          color: named("provider", shown, { orient: "bottom" }),
          opacity: { condition: { test: "datum.remark != ''", value: 0.45 }, value: 1 },
        },
      },
      { mark: { type: "text", align: "left", dx: 6 }, encoding: { y, x, text: { field: "words" } } },
    ],
  };
}

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
