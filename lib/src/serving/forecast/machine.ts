import { type Gpu, type LinkSpeed, loadLinks } from "../../facts/index.ts";
import { memoryUtilisation } from "../memory-fit.ts";
import { compareVersions } from "../vllm-arguments.ts";
import { type EngineLimits, engine, kernels, type Overhead, weightBytes } from "./constants.ts";
import type { EngineInput, ForecastPrecision } from "./forecast-input.ts";
import { attentionParameters, type ResolvedShape } from "./forecast-shape.ts";
import { expertShares, findKernels, thinShareOf, wideShareOf } from "./kernel-shares.ts";

/** A model on its cards, in bytes and operations of one card; what a step takes follows from it. */
export type Machine = ReturnType<typeof buildMachine>;

/** Which model lies on which cards. */
export interface MachineInput {
  model: ResolvedShape;
  gpu: Gpu;
  gpuCount: number;
  precision: ForecastPrecision;
  link: Gpu["link"];
  kvCacheDtype?: "auto" | "fp8";
  asked?: EngineInput;
}

/** Computes what a step of a model has to read, to compute and to send, card by card. */
export function buildMachine({
  model,
  gpu,
  gpuCount,
  precision,
  link,
  kvCacheDtype,
  asked = {},
}: MachineInput) {
  const { shape, onlyExpertsQuantised } = model;
  const { layers, windowedLayers, hiddenSize, vocabularySize, expertSize } = shape;
  const bytes = weightBytes[precision];
  const attention = attentionParameters(shape);
  const dense = 3 * hiddenSize * shape.intermediateSize;
  const expert = 3 * hiddenSize * expertSize;
  const wholeLayers = layers - windowedLayers;
  // In gpt-oss the experts alone have 4 bits.
  const densePrecision = onlyExpertsQuantised ? "16-bit" : precision;
  const denseBytes = weightBytes[densePrecision] * (attention + dense);
  const limits = limitsOf(gpu, asked);
  const overhead: Overhead = isOlder(asked) ? engine.olderOverhead : engine.overhead;
  const has8BitCache = kvCacheDtype === "fp8";
  const cacheBytes = (heads: number, dimension: number) => (has8BitCache ? 2 : 4) * heads * dimension;
  const whole = cacheBytes(shape.kvHeads, shape.headDimension);
  const windowed = cacheBytes(shape.windowedKvHeads, shape.windowedHeadDimension);
  const headBytes = 2 * vocabularySize * hiddenSize;
  const weights = layers * (denseBytes + shape.experts * expert * bytes) + 2 * headBytes;
  const memory = memoryBytes(gpu) * memoryUtilisation - limits.reservedBytes;
  const repeated = Math.max(1, gpuCount / shape.kvHeads);
  const { measured, of: reached } = findKernels(gpu);
  const computesIn8Bits = (bits: ForecastPrecision) => bits === "int8" || (bits === "fp8" && gpu.fp8);
  const arithmetic = (gpu.bf16DenseTflops ?? 0) * 1e12;
  const rateOf = (bits: ForecastPrecision) => arithmetic * (computesIn8Bits(bits) ? 2 : 1);
  const bandwidth = gpu.memoryBandwidthGbPerSecond * 1e9;
  const expertKernels = expertShares({
    precision,
    gpu,
    reached,
    computesIn8Bits: computesIn8Bits(precision),
  });
  return {
    shape,
    gpuCount,
    /** Tokens of all conversations together that fit beside the weights; 0 or less where not even these fit. */
    cacheTokens:
      (memory * gpuCount - weights) / (wholeLayers > 0 ? whole * repeated * wholeLayers : windowed * layers),
    areKernelsMeasured: measured,
    bandwidth,
    arithmetic,
    headBandwidth: bandwidth * reached.thinShare,
    headArithmetic: arithmetic * reached.wideShare,
    cacheBandwidth: bandwidth * reached.cacheReadShare * (has8BitCache ? kernels.eightBitCacheFactor : 1),
    denseBandwidth: bandwidth * thinShareOf(densePrecision, reached),
    denseArithmetic:
      rateOf(densePrecision) * wideShareOf(densePrecision, reached, computesIn8Bits(densePrecision)),
    expertBandwidth: bandwidth * expertKernels.thin,
    expertArithmetic: rateOf(precision) * expertKernels.wide,
    promptArithmetic: arithmetic * kernels.promptAttentionShare,
    layerSeconds: reached.layerUs * 1e-6 + (shape.experts > 0 ? kernels.expertLayerSeconds : 0),
    quantisesActivations: computesIn8Bits(densePrecision),
    denseBytes: denseBytes / gpuCount,
    denseParameters: (attention + dense) / gpuCount,
    expertBytes: (expert * bytes) / gpuCount,
    expertParameters: expert / gpuCount,
    headBytes: headBytes / gpuCount,
    wholeLayers,
    /** Of one token in one layer, on one card. */
    cacheBytesWhole: (whole * repeated) / gpuCount,
    cacheBytesWindowed: windowed / Math.min(gpuCount, shape.windowedKvHeads),
    workingWidth:
      shape.experts > 0
        ? shape.intermediateSize + shape.expertsPerToken * expertSize
        : shape.intermediateSize,
    link: findLink(link, gpuCount),
    overhead,
    limits,
  };
}

function limitsOf(gpu: Gpu, asked: EngineInput): EngineLimits {
  const hasMuch = memoryBytes(gpu) >= engine.large.fromGib * 2 ** 30 && !gpu.name.startsWith("A100");
  const { streams, stepTokens, reservedBytes } = hasMuch && !isOlder(asked) ? engine.large : engine.small;
  return {
    streams: asked.mostStreams ?? streams,
    stepTokens: asked.stepTokens ?? stepTokens,
    reservedBytes,
  };
}

function isOlder({ version }: EngineInput): boolean {
  return version !== undefined && compareVersions(version, engine.sinceVersion) < 0;
}

function memoryBytes(gpu: Gpu): number {
  return gpu.usableMemoryGib === null ? gpu.memoryGb * 1e9 : gpu.usableMemoryGib * 2 ** 30;
}

function findLink(link: Gpu["link"], gpuCount: number): LinkSpeed | null {
  return loadLinks().find((row) => row.link === link && row.gpuCount === gpuCount) ?? null;
}

/** Numbers of cards for which the speed of a link is known, and one. */
export function listGpuCounts(): number[] {
  return [1, ...new Set(loadLinks().map(({ gpuCount }) => gpuCount))];
}
