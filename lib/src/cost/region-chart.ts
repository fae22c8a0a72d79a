import { hoursPerMonth } from "../facts/index.ts";
import {
  type ChartSpec,
  chartColors,
  drawUprights,
  lineLabel,
  quantitative,
  type Upright,
} from "../show/index.ts";
import type { Capacity, Latency } from "./capacity.ts";
import { apiColor, machineColor, slider } from "./chart-parts.ts";
import { judgeLatency } from "./judge-capacity.ts";

/** What the region needs: both prices and, where it is known, what the machine can do. */
export interface RegionInput {
  gpuUsdPerHour: number;
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  /** Hours of work in a month for which the machine is rented; the slider's start. Default 730. */
  hoursPerMonth?: number;
  /** `null` or absent: no ceiling is drawn. */
  capacity?: (Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond"> & Partial<Capacity>) | null;
  /** What users accept: the line of the capacity says whether it keeps to it. */
  latencyTarget?: Latency;
  /** Mixes to label, such as those of real traffic. */
  mixes?: readonly { label: string; inputTokensPerOutputToken: number }[];
  /** A load to mark. */
  load?: { label: string; inputTokensPerOutputToken: number; tokensPerSecond: number };
}

// Points along the axis of the mix, evenly on a logarithmic scale; lines between them are smooth to the eye.
const [leastMix, mostMix] = [0.5, 100];
const mixes = Array.from({ length: 41 }, (_, step) => leastMix * (mostMix / leastMix) ** (step / 40));

/** At the right end both lines are nearly level, so a label above or below one does not cross it. */
const labelledMix = 95;

/**
 * Draws where a machine pays, over the mix and the load: above the break-even and below what it can do. It is paid for its
 * hours and the load is an average over the month, so fewer hours need less load, and can carry less of it.
 */
export function regionChart(
  input: RegionInput,
  labels = { machine: "the machine", api: "the API" },
): ChartSpec {
  const { gpuUsdPerHour, inputUsdPerMillion, outputUsdPerMillion, capacity = null } = input;
  const { hoursPerMonth: hours = hoursPerMonth } = input;
  const mostGpuUsd = Math.max(4, gpuUsdPerHour * 3);
  const api = `((datum.mix * ${inputUsdPerMillion} + ${outputUsdPerMillion}) * apiFactor)`;
  const share = `(hours / ${hoursPerMonth})`;
  const breakEvenSum = `gpuUsd * 1e6 / ${api} / 3600 * (1 + datum.mix) * ${share}`;
  const transform = [{ calculate: breakEvenSum, as: "breakEven" }];
  if (capacity !== null) {
    const { prefillTokensPerSecond: prefill, decodeTokensPerSecond: decode } = capacity;
    const most = `(1 + datum.mix) / (datum.mix / ${prefill} + 1 / ${decode}) * ${share}`;
    transform.push({ calculate: most, as: "most" });
    transform.push({ calculate: "max(datum.breakEven, datum.most)", as: "top" });
  }
  const x = quantitative("mix", "tokens in for each token out", {
    scale: { type: "log", domain: [leastMix, mostMix], nice: false },
    axis: { values: [0.5, 1, 2, 5, 10, 20, 50, 100], format: "~r", grid: false },
  });
  const y = (field: string) =>
    quantitative(field, "tokens per second, input + output", {
      // The names of the lines have room inside.
      scale: { type: "log", padding: 24 },
      axis: { format: "~s", tickCount: 6 },
    });
  const data = { values: mixes.map((mix) => ({ mix })) };
  const line = (field: string, style: object) => ({
    data,
    transform,
    mark: { type: "line", clip: true, strokeWidth: 2.5, ...style },
    encoding: { x, y: y(field) },
  });
  // The upper line has its name above it, the lower one below: they stay apart wherever the sliders stand.
  const side = (isUpper: string) => ({ expr: `${isUpper} ? -10 : 14` });
  const label = (field: string, text: string, style: { color: string; dy: unknown }) => ({
    data: { values: [{ mix: labelledMix }] },
    transform,
    mark: lineLabel(text, { align: "right", dx: 0, ...style }),
    encoding: { x, y: y(field) },
  });
  const capacityLayers =
    capacity === null
      ? []
      : [
          {
            data,
            transform,
            mark: { type: "area", clip: true, opacity: 0.2, color: machineColor },
            encoding: { x, y: y("breakEven"), y2: { field: "top" } },
          },
          line("most", { color: machineColor, strokeDash: [8, 4] }),
          label("most", mostName, { color: machineColor, dy: side("datum.most >= datum.breakEven") }),
        ];
  const uprights = listUprights(input);
  return {
    description: describeRegion(input, labels),
    params: [
      slider("gpuUsd", gpuUsdPerHour, { name: "machine, dollars an hour ", max: mostGpuUsd, step: 0.02 }),
      slider("apiFactor", 1, { name: "API prices, times ", max: 3, step: 0.05 }),
      slider("hours", hours, { name: "hours a month ", max: hoursPerMonth, step: 10 }),
    ],
    layer: [
      ...capacityLayers,
      line("breakEven", { color: apiColor }),
      label("breakEven", "break-even", {
        color: apiColor,
        dy: capacity === null ? -10 : side("datum.most < datum.breakEven"),
      }),
      ...drawUprights(uprights, { x, field: "mix" }),
      ...markLoad(input, { x, y: y("tokensPerSecond") }),
      ...sayVerdict(input, uprights.length),
    ],
  };
}

const mostName = "what the machine can do";

/** The mixes to label, and that of the load, which beyond the axis stands at its edge. */
function listUprights({ mixes: labelled = [], load }: RegionInput): Upright[] {
  const marks = [
    ...(load === undefined ? [] : [{ ...load, color: chartColors.green }]),
    ...labelled.map((one) => ({ ...one, color: chartColors.grey })),
  ];
  return marks.map(({ label: name, inputTokensPerOutputToken, color }) => {
    const at = onAxis(inputTokensPerOutputToken);
    return { name, at, share: Math.log(at / leastMix) / Math.log(mostMix / leastMix), color };
  });
}

function onAxis(mix: number): number {
  return Math.min(mostMix, Math.max(leastMix, mix));
}

function markLoad({ load }: RegionInput, { x, y }: { x: object; y: object }): object[] {
  if (load === undefined) return [];
  const { inputTokensPerOutputToken, tokensPerSecond } = load;
  return [
    {
      data: { values: [{ mix: onAxis(inputTokensPerOutputToken), tokensPerSecond }] },
      mark: { type: "point", filled: true, size: 90, opacity: 1, color: chartColors.green },
      encoding: { x, y },
    },
  ];
}

/** The part of full load that a machine at $1 an hour needs to pay, at the mix that suits it best; `null` without a capacity. */
function leastLoad({ capacity = null, ...prices }: RegionInput): number | null {
  if (capacity === null) return null;
  const { prefillTokensPerSecond: prefill, decodeTokensPerSecond: decode } = capacity;
  const secondsByMix = (mix: number) => mix / prefill + 1 / decode;
  const usdByMix = (mix: number) => (mix * prices.inputUsdPerMillion + prices.outputUsdPerMillion) / 1e6;
  // Over the mix it only rises or only falls.
  return Math.min(...[leastMix, mostMix].map((mix) => secondsByMix(mix) / usdByMix(mix) / 3_600));
}

const verdicts = {
  pays: "pays in the shaded region",
  never: "never pays: it cannot reach the break-even",
};

/** Says above the names whether the machine can pay, for the prices of the sliders. */
function sayVerdict(input: RegionInput, rowsBelow: number): object[] {
  const least = leastLoad(input);
  if (least === null) return [];
  const pays = `gpuUsd * ${least} < apiFactor ? '${verdicts.pays}' : '${verdicts.never}'`;
  const within = sayWithin(input);
  const lines = [pays, ...(within === null ? [] : [`'the machine: ${within}'`])];
  return [
    {
      data: { values: [{}] },
      mark: {
        type: "text",
        align: "left",
        baseline: "top",
        lineHeight: 15,
        text: { expr: `[${lines.join(", ")}]` },
      },
      encoding: { x: { value: 0 }, y: { value: -10 - 15 * (rowsBelow + lines.length) } },
    },
  ];
}

function describeRegion(input: RegionInput, labels: { machine: string; api: string }): string {
  const within = sayWithin(input);
  const least = leastLoad(input);
  const what = `Where ${labels.machine} pays against ${labels.api}, over the mix and the load in tokens per second: `;
  if (least === null) return `${what}above the line of the break-even; no capacity is known.`;
  if (input.gpuUsdPerHour * least >= 1) return `${what}nowhere, for the break-even is above what it can do.`;
  return `${what}above the line of the break-even and below what it can do${within === null ? "" : `, ${within}`}.`;
}

function sayWithin({ capacity = null, latencyTarget }: RegionInput): string | null {
  if (capacity === null || latencyTarget === undefined) return null;
  const { kind, atLatency = null } = capacity;
  if (kind === undefined) return null;
  const latency = judgeLatency({ kind, atLatency }, latencyTarget);
  if (latency === "unknown") return "latency not known";
  return latency === "too-slow" ? "past the latency target" : "within the latency target";
}
