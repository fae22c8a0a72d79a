import { describeWarm, type Latency, ownCachedShare } from "../cost/index.ts";
import { InputError } from "../errors.ts";
import { findModel } from "../facts/index.ts";
import {
  type Band,
  exactBand,
  type Forecast,
  type ForecastInput,
  forecast,
  mapBand,
  type NotCovered,
  roofline,
} from "../serving/index.ts";
import type { Load } from "../traffic/index.ts";
import type { DecideInput, DecideModel, Way } from "./decide-types.ts";
import { type Evidence, findEvidence } from "./find-evidence.ts";
import type { Machine } from "./list-machines.ts";

/** How fast a machine is at one rate of requests. */
interface SpeedPoint {
  requestsPerSecond: number;
  timeToFirstTokenMs: Band;
  timePerOutputTokenMs: Band;
}

/** How the waits of a machine grow with the requests that it gets. */
export interface SpeedCurve {
  /** From nearly idle to nearly full. */
  points: readonly SpeedPoint[];
  /** Requests per second that it serves at most, however long they take. */
  mostRequestsPerSecond: Band;
  /** Of a request that has the machine nearly alone. */
  secondsPerRequest: Band;
  /** What it rests on; `null`: nothing but the ceiling. */
  evidence: Way["evidence"];
  basis: string;
  /** Part of the input that it does not read, for its cache holds it; and what was measured of that cache. */
  cachedInputShare: number;
  warm: Evidence["warm"];
  /** What makes it less sure than its bands say. */
  doubts: readonly NotCovered[];
  sources: readonly string[];
}

/** Parts of the most requests at which the waits are forecast; between them they are interpolated. */
const shares = [0.05, 0.4, 0.7, 0.85, 0.95];

/** A queue needs room: nobody loads a machine with all that it could serve. */
const fullestShare = 0.95;

/** Requests per second that no machine serves; the forecast takes no more. */
const endless = 100_000;

/** Forecasts a machine from nearly idle to nearly full; else its ceiling, or the reasons why nothing can be said. */
export function speedCurve(
  machine: Machine,
  load: Load,
  options: CurveOptions,
): SpeedCurve | readonly NotCovered[] {
  try {
    const curve = drawCurve(machine, load, options);
    return "points" in curve || curve.length === 0 ? curve : (ceilingCurve(machine, load, curve) ?? curve);
  } catch (error) {
    // The forecast keeps more memory free than the plan of a server: a machine that is only just large enough is left out.
    if (error instanceof InputError && error.problem === "does-not-fit") return [];
    throw error;
  }
}

type CurveOptions = Pick<DecideInput, "latencyTarget" | "peerToPeer" | "measured">;

function drawCurve(
  machine: Machine,
  load: Load,
  { latencyTarget, peerToPeer, measured = [] }: CurveOptions,
): SpeedCurve | readonly NotCovered[] {
  const model = readShape(machine.model);
  if (model === null) return [{ reason: "shape", text: sayMissing(machine.model) }];
  const evidence = findEvidence(machine, load, measured);
  const { gpu, gpuCount, bits: precision } = machine;
  const { inputTokens, outputTokens, lengthSpread } = load;
  const { warm } = evidence;
  const cachedInputShare = ownCachedShare(load.cachedInputShare, { warm });
  const request = {
    ...{ model, gpu: gpu.gpuTypeId, gpuCount, precision, measured: evidence.points },
    ...{ inputTokens, outputTokens, lengthSpread, cachedInputShare },
    ...(peerToPeer === undefined ? {} : { peerToPeer }),
  };
  const options = { known: new Map<string, number>() };
  // Asked for more than it can serve, a machine says what it can.
  const full = forecast({ ...request, requestsPerSecond: endless }, options);
  const rate = full.outputTokensPerSecond;
  if (rate === null) return full.notCovered;
  const trust = evidence.evidence === "measured" ? narrow : (band: Band) => band;
  const most = mapBand(trust(rate), (tokens) => tokens / outputTokens);
  const isMedian = latencyTarget !== undefined && latencyTarget.percentile <= 50;
  let first: Forecast | null = null;
  const points: SpeedPoint[] = [];
  for (const share of shares) {
    const requestsPerSecond = most.typical * share;
    const at = forecast({ ...request, requestsPerSecond }, options);
    const { timeToFirstTokenMs, timePerOutputTokenMs } = isMedian ? at : at.p95;
    // An answer of one token has no time per token.
    const pace = timePerOutputTokenMs ?? (outputTokens < 2 ? exactBand(0) : null);
    if (timeToFirstTokenMs === null || pace === null || !at.keepsUp) break;
    first ??= at;
    points.push({
      requestsPerSecond,
      timeToFirstTokenMs: trust(timeToFirstTokenMs),
      timePerOutputTokenMs: trust(pace),
    });
  }
  const secondsPerRequest = first?.secondsPerRequest ?? first?.timeToFirstTokenMs ?? null;
  if (first === null || secondsPerRequest === null) return [];
  const { text, sources } = first.basis;
  return {
    points,
    mostRequestsPerSecond: most,
    secondsPerRequest,
    evidence: evidence.evidence,
    basis: [evidence.text, text].filter((words) => words !== "").join(". ") + sayCache(load, warm),
    cachedInputShare,
    warm,
    doubts: first.notCovered,
    sources: [...evidence.sources, ...sources],
  };
}

function sayCache({ cachedInputShare }: Load, warm: Evidence["warm"]): string {
  return warm === undefined ? "" : ` ${describeWarm(warm, cachedInputShare)}`;
}

/** What was measured on the very machine is taken to hold to a tenth at other rates of requests. */
function narrow({ low, typical, high }: Band): Band {
  return { low: Math.max(low, typical * 0.9), typical, high: Math.min(high, typical * 1.1) };
}

/** Published runs reach a third to nearly all of their ceiling: `shareOfCeiling` has them. */
const shareOfCeiling = 0.5;

/**
 * Takes half of the ceiling of a machine whose speed cannot be forecast, so that there is a number of machines to measure;
 * `null` where the ceiling itself is not known.
 */
function ceilingCurve(
  { shape, made, gpu, gpuCount }: Machine,
  load: Load,
  doubts: readonly NotCovered[],
): SpeedCurve | null {
  if (findModel(shape.id) === null) return null;
  const { prefillTokensPerSecond, points, source, sources } = roofline({
    model: shape.id,
    gpu: gpu.gpuTypeId,
    gpuCount,
    contextTokens: Math.ceil(load.inputTokens + load.outputTokens),
    ...(made === "while loading" ? { precision: "fp8" as const } : {}),
  });
  if (prefillTokensPerSecond === null) return null;
  const decodeTokensPerSecond = Math.max(...points.map(({ outputTokensPerSecond }) => outputTokensPerSecond));
  const read = load.inputTokens * (1 - load.cachedInputShare);
  const most = shareOfCeiling / (read / prefillTokensPerSecond + load.outputTokens / decodeTokensPerSecond);
  const alone = (load.outputTokens * (points[0]?.stepMs ?? 0)) / 1_000 / shareOfCeiling;
  return {
    points: [],
    mostRequestsPerSecond: exactBand(most),
    secondsPerRequest: exactBand(alone),
    evidence: null,
    basis: `There is no forecast for this machine: half of its ceiling (${source}) stands in. Only a measurement tells how fast it is.`,
    cachedInputShare: load.cachedInputShare,
    warm: undefined,
    doubts,
    sources,
  };
}

/** The name where the tables have it, else the shape where it says enough. */
function readShape(model: DecideModel): ForecastInput["model"] | null {
  if (findModel(model.id) !== null) return model.id;
  const { hiddenSize, intermediateSize, vocabularySize } = model;
  if (hiddenSize === undefined || intermediateSize === undefined || vocabularySize === undefined) return null;
  return { ...model, hiddenSize, intermediateSize, vocabularySize, expertSize: model.expertSize ?? null };
}

function sayMissing({ id }: DecideModel): string {
  return `The workbook cannot forecast its speed: add hiddenSize, intermediateSize and vocabularySize from the config.json of ${id} to its shape.`;
}

/** Requests per second that one machine serves within the target; 0 at an end where not even a lone one is within it. */
export function ratesWithin(curve: SpeedCurve, target: Latency | undefined): Band {
  if (curve.evidence === null) return { low: 0, typical: 0, high: curve.mostRequestsPerSecond.high };
  // Where a queue only grows, no wait is forecast: the rates end there.
  const last = curve.points.at(-1)?.requestsPerSecond ?? 0;
  const end = curve.points.length < shares.length ? last : Number.POSITIVE_INFINITY;
  const most = mapBand(curve.mostRequestsPerSecond, (rate) => Math.min(end, rate * fullestShare));
  // The slow end of the waits goes with the low end of the rates.
  const typical = Math.min(most.typical, rateAt(curve, target, "typical"));
  return {
    low: Math.min(typical, most.low, rateAt(curve, target, "high")),
    typical,
    high: Math.max(typical, Math.min(most.high, rateAt(curve, target, "low"))),
  };
}

const waits = ["timeToFirstTokenMs", "timePerOutputTokenMs"] as const;
const ends = { low: "low", typical: "typical", high: "high" } as const;

/** The highest rate at which an end of the waits' bands is within the target. */
function rateAt({ points }: SpeedCurve, target: Latency | undefined, end: keyof Band): number {
  let within = Number.POSITIVE_INFINITY;
  for (const wait of waits) {
    const limit = target?.[wait] ?? null;
    if (limit === null) continue;
    const late = points.findIndex((point) => point[wait][end] > limit);
    if (late === -1) continue;
    const [before, after] = [points[late - 1], points[late]];
    if (before === undefined || after === undefined) return 0;
    const part = (limit - before[wait][end]) / (after[wait][end] - before[wait][end]);
    const rate = before.requestsPerSecond + part * (after.requestsPerSecond - before.requestsPerSecond);
    within = Math.min(within, rate);
  }
  return within;
}

/** The waits at a rate of requests, between the rates that were forecast; `null` beyond them. */
export function waitsAt(
  { points }: SpeedCurve,
  requestsPerSecond: number,
): Omit<SpeedPoint, "requestsPerSecond"> | null {
  const above = points.findIndex((point) => point.requestsPerSecond >= requestsPerSecond);
  const after = points[above];
  if (after === undefined) return null;
  const before = points[above - 1] ?? after;
  const width = after.requestsPerSecond - before.requestsPerSecond;
  const part = width === 0 ? 1 : (requestsPerSecond - before.requestsPerSecond) / width;
  const band = (wait: (typeof waits)[number]) =>
    mapBand(ends, (end) => before[wait][end] + part * (after[wait][end] - before[wait][end]));
  return {
    timeToFirstTokenMs: band("timeToFirstTokenMs"),
    timePerOutputTokenMs: band("timePerOutputTokenMs"),
  };
}
