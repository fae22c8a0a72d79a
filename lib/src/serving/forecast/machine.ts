import { WorkbookError } from "../../errors.ts";
import {
  type Gpu,
  type KernelShares,
  type LinkSpeed,
  loadGpus,
  loadKernels,
  loadLinks,
} from "../../facts/index.ts";
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
  kvCacheDtype?: "auto" | "fp8";
}

/** Computes what a step of a model has to read, to compute and to send, card by card. */
export function buildMachine({ model, gpu, gpuCount, precision, link, kvCacheDtype }: MachineInput) {
  const { shape, onlyExpertsQuantised } = model;
  const { layers, windowedLayers, hiddenSize, vocabularySize, expertSize } = shape;
  const bytes = weightBytes[precision];
  const attention = attentionParameters(shape);
  const dense = 3 * hiddenSize * shape.intermediateSize;
  const denseBytes = (onlyExpertsQuantised ? 2 : bytes) * attention + bytes * dense;
  const expert = 3 * hiddenSize * expertSize;
  const wholeLayers = layers - windowedLayers;
  const has8BitCache = kvCacheDtype === "fp8";
  const cacheBytes = (heads: number, dimension: number) => (has8BitCache ? 2 : 4) * heads * dimension;
  const whole = cacheBytes(shape.kvHeads, shape.headDimension);
  const windowed = cacheBytes(shape.windowedKvHeads, shape.windowedHeadDimension);
  const headBytes = 2 * vocabularySize * hiddenSize;
  const weights = layers * (denseBytes + shape.experts * expert * bytes) + 2 * headBytes;
  const memory = memoryBytes(gpu) * memoryUtilisation - limitsOf(gpu).reservedBytes;
  const repeated = Math.max(1, gpuCount / shape.kvHeads);
  const { measured, of: reached } = findKernels(gpu);
  const computesIn8Bits = precision === "int8" || (precision === "fp8" && gpu.fp8);
  const arithmetic = (gpu.bf16DenseTflops ?? 0) * 1e12;
  const eightBits = computesIn8Bits ? 2 : 1;
  const bandwidth = gpu.memoryBandwidthGbPerSecond * 1e9;
  const expertKernels = expertShares({ precision, gpu, reached, computesIn8Bits });
  return {
    shape,
    gpuCount,
    weightsBytes: weights,
    /** Tokens of all conversations together that fit beside the weights; 0 or less where not even these fit. */
    cacheTokens:
      (memory * gpuCount - weights) / (wholeLayers > 0 ? whole * repeated * wholeLayers : windowed * layers),
    areKernelsMeasured: measured,
    bandwidth,
    arithmetic,
    headBandwidth: bandwidth * reached.thinShare,
    headArithmetic: arithmetic * reached.wideShare,
    cacheBandwidth: bandwidth * reached.cacheReadShare * (has8BitCache ? kernels.eightBitCacheFactor : 1),
    denseBandwidth: bandwidth * thinShareOf(onlyExpertsQuantised ? "16-bit" : precision, reached),
    denseArithmetic:
      arithmetic *
      eightBits *
      wideShareOf(onlyExpertsQuantised ? "16-bit" : precision, reached, computesIn8Bits),
    expertBandwidth: bandwidth * expertKernels.thin,
    expertArithmetic: arithmetic * eightBits * expertKernels.wide,
    promptArithmetic: arithmetic * kernels.promptAttentionShare,
    layerSeconds: reached.layerUs * 1e-6 + (shape.experts > 0 ? kernels.expertLayerSeconds : 0),
    quantisesActivations: computesIn8Bits,
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

/** What the card's kernels reach; of a card that nobody measured, what the first of its generation reaches. */
function findKernels(gpu: Gpu): { measured: boolean; of: KernelShares } {
  const rows = loadKernels();
  const own = rows.find((row) => row.gpu === gpu.name);
  if (own !== undefined) return { measured: true, of: own };
  const gpus = loadGpus();
  const like = (capability: (of: number) => boolean) =>
    rows.find((row) =>
      gpus.some(({ name, computeCapability }) => name === row.gpu && capability(computeCapability)),
    );
  const akin =
    like((capability) => capability === gpu.computeCapability) ??
    like((capability) => Math.floor(capability) === Math.floor(gpu.computeCapability)) ??
    rows[0];
  if (akin === undefined)
    throw new WorkbookError("forecast: the table of kernels is empty.", {
      remedy: "Restore lib/data/kernels.csv.",
    });
  return { measured: false, of: akin };
}

function thinShareOf(precision: ForecastPrecision, reached: KernelShares): number {
  if (precision === "16-bit") return reached.thinShare;
  return precision === "4-bit" ? reached.fourBitThinShare : reached.eightBitThinShare;
}

function wideShareOf(precision: ForecastPrecision, reached: KernelShares, computesIn8Bits: boolean): number {
  if (computesIn8Bits) return reached.eightBitWideShare;
  const unpacked = precision === "fp8" || precision === "4-bit" ? kernels.unpackedShare[precision] : 1;
  return reached.wideShare * unpacked;
}

function expertShares({
  precision,
  gpu,
  reached,
  computesIn8Bits,
}: {
  precision: ForecastPrecision;
  gpu: Gpu;
  reached: KernelShares;
  computesIn8Bits: boolean;
}) {
  const { normal, fourBit, fourBitBlackwell } = kernels.expertThinShare;
  const hasOwnKernel = Math.floor(gpu.computeCapability) === 10;
  if (precision === "4-bit") {
    const { normal: wide, blackwell } = kernels.fourBitExpertWideShare;
    return hasOwnKernel ? { thin: fourBitBlackwell, wide: blackwell } : { thin: fourBit, wide };
  }
  return { thin: normal, wide: computesIn8Bits ? reached.eightBitExpertWideShare : reached.expertWideShare };
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
