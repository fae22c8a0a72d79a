import { hoursPerMonth } from "../facts/index.ts";
import { type ChartSpec, chartColors, lineLabel, quantitative } from "../show/index.ts";
import { breakEven } from "./break-even.ts";
import type { Capacity, Latency } from "./capacity.ts";
import { apiColor, machineColor, slider } from "./chart-parts.ts";
import { judgeLatency, outputTokensPerSecondAt } from "./judge-capacity.ts";

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
const mixes = Array.from({ length: 41 }, (_, step) => 0.5 * 200 ** (step / 40));

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
    scale: { type: "log", domain: [0.5, 100], nice: false },
    axis: { values: [0.5, 1, 2, 5, 10, 20, 50, 100], format: "~r", grid: false },
  });
  const y = (field: string) =>
    quantitative(field, "tokens per second, input + output", {
      scale: { type: "log" },
      axis: { format: "~s", tickCount: 6 },
    });
  const data = { values: mixes.map((mix) => ({ mix })) };
  const line = (field: string, style: object) => ({
    data,
    transform,
    mark: { type: "line", clip: true, strokeWidth: 2.5, ...style },
    encoding: { x, y: y(field) },
  });
  const label = (field: string, text: string, style: { color: string; dy: number }) => ({
    data: { values: [{ mix: labelledMix }] },
    transform,
    mark: lineLabel(text, { align: "right", dx: 0, ...style }),
    encoding: { x, y: y(field) },
  });
  // Where the break-even is the upper line, each label goes to the outer side of its line.
  const ofLabels = { ...input, inputTokensPerOutputToken: labelledMix };
  const isOver =
    capacity !== null &&
    breakEven(ofLabels).outputTokensPerSecond > outputTokensPerSecondAt(capacity, labelledMix);
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
          label("most", `what the machine can do${sayWithin(input)}`, {
            color: machineColor,
            dy: isOver ? 14 : -10,
          }),
        ];
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
      label("breakEven", "break-even", { color: apiColor, dy: isOver ? -10 : 14 }),
      ...labelMixes(input, x),
      ...markLoad(input, { x, y: y("tokensPerSecond") }),
    ],
  };
}

function labelMixes({ mixes: labelled = [] }: RegionInput, x: object): object[] {
  if (labelled.length === 0) return [];
  const data = { values: labelled.map(({ label, inputTokensPerOutputToken: mix }) => ({ label, mix })) };
  return [
    { data, mark: { type: "rule", strokeDash: [2, 4], color: chartColors.grey }, encoding: { x } },
    {
      data,
      mark: { type: "text", angle: 270, align: "left", baseline: "bottom", dx: 6, dy: -4, fontSize: 11 },
      encoding: { x, y: { value: 296 }, text: { field: "label" } },
    },
  ];
}

function markLoad({ load }: RegionInput, { x, y }: { x: object; y: object }): object[] {
  if (load === undefined) return [];
  const { label, inputTokensPerOutputToken, tokensPerSecond } = load;
  // Beyond the axis it stands at its edge.
  const mix = Math.min(100, Math.max(0.5, inputTokensPerOutputToken));
  const data = { values: [{ mix, tokensPerSecond }] };
  const isRight = mix > 10;
  return [
    {
      data,
      mark: { type: "point", filled: true, size: 90, opacity: 1, color: chartColors.green },
      encoding: { x, y },
    },
    {
      data,
      mark: lineLabel(label, {
        align: isRight ? "right" : "left",
        dx: isRight ? -9 : 9,
        color: chartColors.green,
      }),
      encoding: { x, y },
    },
  ];
}

function describeRegion(input: RegionInput, labels: { machine: string; api: string }): string {
  const ceiling =
    input.capacity == null ? "; no capacity is known" : ` and below what it can do${sayWithin(input)}`;
  return (
    `Where ${labels.machine} pays against ${labels.api}, over the mix and the load in tokens per second: ` +
    `above the line of the break-even${ceiling}.`
  );
}

function sayWithin({ capacity = null, latencyTarget }: RegionInput): string {
  if (capacity === null || latencyTarget === undefined) return "";
  const { kind, atLatency = null } = capacity;
  if (kind === undefined) return "";
  const latency = judgeLatency({ kind, atLatency }, latencyTarget);
  if (latency === "unknown") return ", latency not known";
  return latency === "too-slow" ? ", past the latency target" : ", within the latency target";
}
