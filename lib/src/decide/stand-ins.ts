// Deleted when forecast and describeLoad are on main.
import { findGpu, findModel, loadGpus } from "../facts/index.ts";
import type { Trace } from "../traffic/index.ts";

export type Band = { low: number; typical: number; high: number };
export type PeerToPeer = "yes" | "no" | "unknown";
export interface ForecastInput {
  model: string;
  gpu: string;
  gpuCount: number;
  precision: "16-bit" | "fp8" | "int8" | "4-bit";
  peerToPeer?: PeerToPeer | boolean;
  inputTokens: number;
  outputTokens: number;
  lengthSpread?: number;
  streams?: number;
  requestsPerSecond?: number;
  cachedInputShare?: number;
}
export interface Forecast {
  kind: "computed";
  outputTokensPerSecond: Band | null;
  timeToFirstTokenMs: Band | null;
  timePerOutputTokenMs: Band | null;
  secondsPerRequest: Band | null;
  p95: { timeToFirstTokenMs: Band | null; timePerOutputTokenMs: Band | null };
  keepsUp: boolean;
  boundBy: "memory bandwidth" | "compute" | "link" | "cache";
  basis: {
    group: string;
    comparisons: number;
    sources: readonly string[];
    from: string;
    to: string;
    text: string;
  };
  notCovered: readonly { reason: string; text: string }[];
  correction: { factor: number } | null;
}
export interface Load {
  name: string;
  kind: "described" | "recorded";
  requestsPerMonth: number;
  inputTokens: number;
  outputTokens: number;
  cachedInputShare: number;
  lengthSpread: number;
  hours: readonly number[];
  requestsPerSecond: { mean: number; busiestHour: number; busiestMinute: number };
  trace: Trace;
  notes: readonly string[];
}

export function forecast(input: ForecastInput): Forecast {
  const gpu = findGpu(input.gpu, loadGpus());
  const model = findModel(input.model);
  if (gpu === null || model === null) throw new Error("stand-in");
  const bytes = { "16-bit": 2, fp8: 1, int8: 1, "4-bit": 0.55 }[input.precision];
  const active = (model.activeParametersBillion ?? model.parametersBillion) * 1e9;
  const weights = model.parametersBillion * 1e9 * bytes;
  const bandwidth = gpu.memoryBandwidthGbPerSecond * 1e9 * 0.8 * input.gpuCount;
  const flops = (gpu.bf16DenseTflops ?? 100) * 1e12 * 0.5 * input.gpuCount;
  const read = (input.inputTokens * (1 - (input.cachedInputShare ?? 0)) * 2 * active) / flops;
  const perRequest = read + (input.outputTokens * 2 * active) / flops;
  const tpotAt = (streams: number) =>
    weights / bandwidth + 0.002 * input.gpuCount + streams * (0.0002 + perRequest / input.outputTokens);
  let streams = input.streams ?? 0;
  const { requestsPerSecond: rate } = input;
  let keepsUp = true;
  if (rate !== undefined) {
    const most = 256 / (read + input.outputTokens * tpotAt(256));
    keepsUp = rate < most;
    for (let count = 1; count <= 256; count++) {
      streams = count;
      if (count / (read + input.outputTokens * tpotAt(count)) >= rate) break;
    }
  }
  const tpot = tpotAt(streams);
  const band = (typical: number, low: number, high: number): Band => ({
    low: typical * low,
    typical,
    high: typical * high,
  });
  const wait = rate === undefined ? 1 : 1 + streams / 40;
  const total = read + input.outputTokens * tpot;
  return {
    kind: "computed",
    outputTokensPerSecond: band((streams / total) * input.outputTokens, 0.75, 1.2),
    timeToFirstTokenMs: band((read + tpot) * 1000 * wait, 0.6, 1.6),
    timePerOutputTokenMs: band(tpot * 1000, 0.85, 1.25),
    secondsPerRequest: band(total, 0.8, 1.3),
    p95: {
      timeToFirstTokenMs: band((read * 2 + tpot) * 1000 * wait, 0.6, 1.6),
      timePerOutputTokenMs: band(tpot * 1100, 0.85, 1.25),
    },
    keepsUp,
    boundBy: "memory bandwidth",
    basis: { group: "stand-in", comparisons: 0, sources: [], from: "2026-01-01", to: "2026-11-01", text: "" },
    notCovered: [],
    correction: null,
  };
}

export function describeLoad(input: {
  requestsPerMonth: number;
  inputTokens: number;
  outputTokens: number;
  hours?: readonly number[];
  cachedInputShare?: number;
}): Load {
  const { hours = new Array<number>(168).fill(1), cachedInputShare = 0, ...said } = input;
  const mean = input.requestsPerMonth / (730 * 3600);
  const sum = hours.reduce((total, part) => total + part, 0);
  return {
    ...said,
    name: "described",
    kind: "described",
    cachedInputShare,
    lengthSpread: 0.5,
    hours,
    requestsPerSecond: { mean, busiestHour: (mean * 168) / sum, busiestMinute: (2 * mean * 168) / sum },
    trace: {} as Trace,
    notes: [],
  };
}
