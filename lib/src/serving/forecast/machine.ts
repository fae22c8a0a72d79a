import { type Gpu, type LinkSpeed, loadLinks } from "../../facts/index.ts";
import { memoryUtilisation } from "../memory-fit.ts";
import { type EngineLimits, engine, kernels, type Overhead, weightBytes } from "./constants.ts";
import type { ForecastPrecision } from "./forecast-input.ts";
import { attentionParameters, type ResolvedShape } from "./forecast-shape.ts";

/** A model on its cards, in bytes and operations of one card; what a step takes follows from it. */
export type Machine = ReturnType<typeof buildMachine>;

/** Which model lies on which cards. */
export interface MachineInput {
  model: ResolvedShape;
  gpu: Gpu;
  gpuCount: number;
  precision: ForecastPrecision;
  link: Gpu["link"];
}

/** Computes what a step of a model has to read, to compute and to send, card by card. */
export function buildMachine({ model, gpu, gpuCount, precision, link }: MachineInput) {
  const { shape, onlyExpertsQuantised } = model;
  const { layers, windowedLayers, hiddenSize, vocabularySize, expertSize } = shape;
  const bytes = weightBytes[precision];
  const attention = attentionParameters(shape);
  const dense = 3 * hiddenSize * shape.intermediateSize;
  const denseBytes = (onlyExpertsQuantised ? 2 : bytes) * attention + bytes * dense;
  const expert = 3 * hiddenSize * expertSize;
  const wholeLayers = layers - windowedLayers;
  const cacheBytes = (heads: number, dimension: number) => 4 * heads * dimension;
  const whole = cacheBytes(shape.kvHeads, shape.headDimension);
  const windowed = cacheBytes(shape.windowedKvHeads, shape.windowedHeadDimension);
  const headBytes = 2 * vocabularySize * hiddenSize;
  const weights = layers * (denseBytes + shape.experts * expert * bytes) + 2 * headBytes;
  const memory = memoryBytes(gpu) * memoryUtilisation - engine.reservedBytes;
  const repeated = Math.max(1, gpuCount / shape.kvHeads);
  const thinShare = gpu.thinProductShare ?? kernels.thinProductShare;
  const computesIn8Bits = precision === "int8" || (precision === "fp8" && gpu.fp8);
  const arithmetic = (gpu.bf16DenseTflops ?? 0) * 1e12;
  return {
    shape,
    gpuCount,
    weightsBytes: weights,
    /** Tokens of all conversations together that fit beside the weights; 0 or less where not even these fit. */
    cacheTokens:
      (memory * gpuCount - weights) / (wholeLayers > 0 ? whole * repeated * wholeLayers : windowed * layers),
    bandwidth: gpu.memoryBandwidthGbPerSecond * 1e9,
    thinShare,
    isShareKnown: gpu.thinProductShare !== null,
    denseBandwidth: gpu.memoryBandwidthGbPerSecond * 1e9 * thinShare * kernels.thinShareFactor[precision],
    arithmetic,
    denseArithmetic:
      arithmetic *
      (computesIn8Bits ? 2 : 1) *
      kernels.arithmeticShare[precision === "fp8" && !gpu.fp8 ? "unpackedFp8" : precision],
    expertArithmetic: arithmetic * (computesIn8Bits ? 2 : 1) * kernels.expertArithmeticShare,
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
    overhead: engine.overhead as Overhead,
    limits: limitsOf(gpu),
  };
}

function limitsOf(gpu: Gpu): EngineLimits {
  const isLarge = memoryBytes(gpu) >= engine.large.fromGib * 2 ** 30 && !gpu.name.startsWith("A100");
  return isLarge ? engine.large : engine.small;
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
