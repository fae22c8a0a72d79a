import { InputError } from "../../../lib/src/errors.ts";
import { type ForecastBand, loadLinks } from "../../../lib/src/facts/index.ts";
import { checkInput } from "../../../lib/src/serving/forecast/check-input.ts";
import type { Machine } from "../../../lib/src/serving/forecast/machine.ts";
import { figuresOf, makeArrivals, runLoad } from "../../../lib/src/serving/forecast/run-load.ts";
import { simulateBatching } from "../../../lib/src/serving/forecast/simulate-batching.ts";
import { modelOf, type PublishedPoint, precisionOf } from "./published-points.ts";

/** One published figure beside what was forecast for it. */
export interface Comparison {
  point: PublishedPoint;
  group: ForecastBand["group"];
  metric: ForecastBand["metric"];
  /** Whether the request ran alone. */
  isAlone: boolean;
  published: number;
  forecast: number;
}

/** Sources that ran the engine before vLLM 0.8, which took more time between two steps. */
const olderEngine = new Set(["neuralmagic", "vector", "vllm-16300", "vllm-2192"]);

/**
 * How many copies of the model served a point. Red Hat's cards give the rate of a whole machine, also of quantised models that
 * their table for one stream puts on fewer cards: those ran side by side.
 */
function replicasOf({ source, precision, load, model, card, count }: PublishedPoint): number {
  if (source !== "neuralmagic" || precision === "bf16" || load === 1) return 1;
  const cards = model.includes("70B") ? (precision === "int4" && card !== "RTX A6000" ? 1 : 2) : 1;
  return count / Math.min(count, cards);
}

/** The card of a point: of "H100" alone, power and price say that it is the NVL card. */
function cardOf({ source, card }: PublishedPoint): string {
  return source === "pchitral" && card === "H100 SXM" ? "H100 NVL" : card;
}

/**
 * Rows that cannot be what they say: 512 streams of InferenceX on gpt-oss, each faster than one of four, and Qwen3 235B on H200, of
 * which some lie on one card that is too small for it.
 */
function isImpossible({ source, load, model }: PublishedPoint): boolean {
  return source === "inferencex" && (load === 512 || model.startsWith("Qwen3-235B"));
}

/** InferenceX's scripts ask for a cache of 8 bits for Llama, and for all models on the B200. */
function cacheOf({ source, card, model }: PublishedPoint): "auto" | "fp8" {
  return source === "inferencex" && (card === "B200" || model.startsWith("Llama")) ? "fp8" : "auto";
}

/** InferenceX's scripts take Marlin's kernel for the experts of gpt-oss on Hopper: it reads more of the bandwidth, and computes less. */
function expertsOf({ source, card, model }: PublishedPoint, machine: Machine): Partial<Machine> {
  if (source !== "inferencex" || card === "B200" || !model.startsWith("gpt-oss")) return {};
  return { expertBandwidth: 0.8 * machine.bandwidth, expertArithmetic: 0.26 * machine.arithmetic };
}

/** Links that the sources say or show: Azure's pairs of A100 have NVLink; what a second card costs dennislee22 and vllm-16300 is the host's memory. */
function linkOf({ source, card, count }: PublishedPoint, machine: Machine): Machine["link"] {
  const isPair = source === "pchitral" && card === "A100 PCIe" && count === 2;
  const isWithout = source === "dennislee22" || source === "vllm-16300";
  const known = isPair ? "nvlink3" : isWithout ? "no-peer-to-peer" : null;
  return loadLinks().find((row) => row.link === known && row.gpuCount === count) ?? machine.link;
}

/** Lengths as the sources draw them: InferenceX evenly from 80 to 100 %, ShareGPT about evenly from nothing to twice the mean. */
function lengthsOf({ source, isl, osl }: PublishedPoint) {
  const share = source === "inferencex" ? 0.9 : 1;
  const shareGpt = source === "gpustack" && osl === 201 ? 1 : 0;
  const lengthSpread = source === "inferencex" ? 1 / 9 : shareGpt;
  return { inputTokens: Math.max(1, isl * share), outputTokens: Math.max(1, osl * share), lengthSpread };
}

/**
 * Whether a point belongs to what the forecast claims to know. GPUStack's runs with the defaults of vLLM 0.11 reach 0.6 of the
 * forecast in the median, on every card and model: something other than the card held them back.
 */
export function isClaimed({ point }: Comparison): boolean {
  return point.source !== "gpustack";
}

/** Forecasts each published measurement with the limits that its engine had, and pairs the figures. */
export function comparePoints(points: readonly PublishedPoint[]): Comparison[] {
  return points.flatMap(comparePoint);
}

function comparePoint(published: PublishedPoint): Comparison[] {
  if (isImpossible(published)) return [];
  const replicas = replicasOf(published);
  const point = { ...published, count: published.count / replicas, load: published.load / replicas };
  const planned = planPoint(point);
  if (planned === null) return [];
  const { mode, load, osl } = point;
  const machine: Machine = {
    ...planned.machine,
    ...expertsOf(point, planned.machine),
    link: linkOf(point, planned.machine),
  };
  const run = mode === "closed" ? runLoad(machine, planned.load) : runAsPublished(machine, point);
  const isOverloaded = mode === "poisson" && run.mostOutputTokensPerSecond < 0.9 * load * osl;
  const timeOf = ({ mean, p95 }: { mean: number; p95: number }) =>
    (point.stat.startsWith("p95") ? p95 : mean) * 1e3;
  const seconds =
    mode === "burst" ? run.run.seconds : run.timeToFirstToken.mean + run.timePerToken.mean * (osl - 1);
  const figures = [
    { metric: "output", value: point.outTps, forecast: replicas * run.mostOutputTokensPerSecond },
    { metric: "request", value: point.latencyS, forecast: seconds },
    { metric: "time per token", value: point.tpotMs, forecast: timeOf(run.timePerToken) },
    { metric: "first token", value: point.ttftMs, forecast: timeOf(run.timeToFirstToken) },
  ] as const;
  return figures.flatMap(({ metric, value, forecast }) => {
    // A machine that keeps up writes what is asked for; of one that does not the forecast says no wait.
    const saysNothing =
      metric === "first token"
        ? isOverloaded || run.isSaturated
        : metric === "output" && mode === "poisson" && !isOverloaded;
    if (value === null || saysNothing) return [];
    const isAlone = mode === "closed" && load === 1;
    return [{ metric, forecast, published: value, point, group: planned.group, isAlone }];
  });
}

function planPoint(point: PublishedPoint) {
  try {
    const { machines, load, group } = checkInput({
      model: modelOf(point),
      gpu: cardOf(point),
      gpuCount: point.count,
      precision: precisionOf(point),
      peerToPeer: "yes",
      kvCacheDtype: cacheOf(point),
      engine: {
        mostStreams: point.maxSeqs,
        stepTokens: point.batchTokens,
        ...(olderEngine.has(point.source) ? { version: "0.7" } : {}),
      },
      ...lengthsOf(point),
      streams: point.mode === "closed" ? point.load : 1,
    });
    const [machine] = machines;
    return machine === undefined ? null : { machine, load, group };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** The very run that was published: so many requests, at random or all at once. */
function runAsPublished(machine: Machine, { isl, osl, mode, load, nRequests }: PublishedPoint) {
  const requests = Array.from({ length: nRequests }, () => ({ inputTokens: isl, outputTokens: osl }));
  const arrivals = mode === "poisson" ? makeArrivals(nRequests, load) : requests.map(() => 0);
  const run = simulateBatching({ machine, requests, arrivals, cachedInputShare: 0 });
  return { ...figuresOf(run), run, isSaturated: run.queuedShare > 0.1 };
}
