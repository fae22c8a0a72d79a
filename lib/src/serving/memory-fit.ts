import { InputError } from "../errors.ts";
import {
  findModel,
  listCaches,
  loadHostedModels,
  type ModelShape,
  requireModelName,
} from "../facts/index.ts";
import { type AdapterRoom, adapterBytesPerGpu } from "./adapters.ts";

/** Share of a GPU's memory that vLLM may take; always passed, because vLLM's own default has moved. */
export const memoryUtilisation = 0.9;

/** What vLLM needs on each GPU beside weights and cache: activations, graphs, its own context. In GiB. */
export const overheadGibPerGpu = 2;

/** Tokens that a layer with a window keeps beyond its window, while a long prompt is read piece by piece. */
const windowSlackTokens = 8_192;

/** States that one conversation takes in layers without a cache: the prefix cache, on by default, keeps a second one. */
const statesPerSequence = 2;

/**
 * With sparse attention vLLM's FP8 cache keeps scales and unrounded positions too, 656 bytes for 576 numbers, and an index of
 * 132 bytes that grows no smaller: 1.23 of the bytes of its numbers (vLLM 0.32.0, `v1/attention/backends/mla/flashmla_sparse.py`).
 */
const fp8BytesPerSparseNumber = (656 + 132) / (576 + 66);

const bytesPerGib = 2 ** 30;

/** What is asked: does this model fit these GPUs, and how much context is left? */
export interface MemoryFitInput {
  model: ModelShape;
  /** What the driver of one GPU reports as its total. */
  usableMemoryGibPerGpu: number;
  /** The model is split over all of them. */
  gpuCount: number;
  /** `fp8` halves the cache. Default `auto`: 16 bits. */
  kvCacheDtype?: "auto" | "fp8";
  /** Room for adapters, taken from what is left for the cache. Default: none. */
  adapterRoom?: AdapterRoom | undefined;
}

/** How a model sits in memory; everything is computed, and vLLM's own log has the last word. */
export type MemoryFit = ReturnType<typeof fitMemory>;

/**
 * Computes how much KV cache a model leaves on its GPUs.
 *
 * Per GPU: cache = usable × 0.90 − 2.0 GiB − weights ÷ GPUs − room for adapters. Per token and layer: a key and a value of
 * `headDimension` numbers for each KV head, which are split over the GPUs and repeated where there are fewer heads than
 * GPUs; with latent attention one vector, on every GPU. Layers with linear attention keep no tokens, but a state for
 * each conversation. Source: vLLM 0.33.0, `vllm/v1/kv_cache_interface.py`.
 */
export function fitMemory(input: MemoryFitInput) {
  const { model, gpuCount } = input;
  const cacheBytes = cacheBytesPerGpu(input);
  const room = Math.max(0, cacheBytes);
  const stateBytes = keptBytesPerGpu(input, 0);
  const tokenBytes = keptBytesPerGpu(input, 1) - stateBytes;
  const tokens = (bytes: number) => Math.floor(Math.max(0, bytes - stateBytes) / tokenBytes);
  return {
    /** Over all GPUs together. */
    weightsGib: (model.weightsGb * 1e9) / bytesPerGib,
    overheadGib: overheadGibPerGpu * gpuCount,
    /** Kept for adapters, over all GPUs together; 0 without any. */
    adaptersGib: (adapterBytes(input) * gpuCount) / bytesPerGib,
    /** What remains for the KV cache over all GPUs; negative where not even the weights fit. */
    kvCacheGib: (cacheBytes * gpuCount) / bytesPerGib,
    /** Over all GPUs together, with every layer that has a cache keeping every token. */
    kvBytesPerToken: tokenBytes * gpuCount,
    /** What one conversation keeps beside its tokens, over all GPUs: the state of layers without a cache. */
    stateBytesPerSequence: stateBytes * gpuCount,
    /** Tokens of all conversations together that the cache holds; a lower bound where some layers have a window. */
    kvCacheTokens: tokenBytes > 0 ? tokens(room) : countSequences(input, 1) * model.contextTokens,
    /** The longest single conversation that fits, at most what the model was made for; 0 where it does not fit. */
    longestContextTokens: findLongestContext(input, room),
  };
}

/** Computes how many conversations of a given length the KV cache holds at once. */
export function countSequences(input: MemoryFitInput, contextTokens: number): number {
  const room = Math.max(0, cacheBytesPerGpu(input));
  return Math.floor(room / Math.max(1, keptBytesPerGpu(input, contextTokens)));
}

function cacheBytesPerGpu(input: MemoryFitInput): number {
  const { model, usableMemoryGibPerGpu, gpuCount } = input;
  const budgetGib = usableMemoryGibPerGpu * memoryUtilisation - overheadGibPerGpu;
  return budgetGib * bytesPerGib - (model.weightsGb * 1e9) / gpuCount - adapterBytes(input);
}

function adapterBytes({ model, gpuCount, adapterRoom }: MemoryFitInput): number {
  return adapterRoom === undefined ? 0 : adapterBytesPerGpu(model, gpuCount, adapterRoom);
}

/** What one conversation of a length keeps on one GPU. */
function keptBytesPerGpu(input: MemoryFitInput, contextTokens: number): number {
  const { model, gpuCount, kvCacheDtype = "auto" } = input;
  const isFp8 = kvCacheDtype === "fp8" || model.fp8Cache === true;
  const fp8Bytes = model.sparseAttention ? fp8BytesPerSparseNumber : 1;
  const bytesPerNumber = isFp8 ? fp8Bytes : 2;
  const numbers = listCaches(model).map(({ layers, kvHeads, numbersPerHead, windowTokens }) => {
    const kept = Math.min(contextTokens, (windowTokens ?? Number.POSITIVE_INFINITY) + windowSlackTokens);
    return layers * Math.max(1, kvHeads / gpuCount) * numbersPerHead * kept;
  });
  const state = (statesPerSequence * (model.stateMb ?? 0) * 1e6) / gpuCount;
  return state + numbers.reduce((sum, number) => sum + number, 0) * bytesPerNumber;
}

/** The longest context that fits, by halving: what is kept never shrinks as the context grows. */
function findLongestContext(input: MemoryFitInput, room: number): number {
  let fits = 0;
  let tooLong = input.model.contextTokens + 1;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (keptBytesPerGpu(input, middle) <= room) fits = middle;
    else tooLong = middle;
  }
  return fits;
}

/**
 * Finds the shape of a checkpoint by its name, or checks one that was written by hand.
 *
 * @throws InputError where the table does not have the name, or a number of the shape makes no sense.
 */
export function findModelShape(model: string | ModelShape, caller: string): ModelShape {
  if (typeof model !== "string") return checkModelShape(model, caller);
  requireModelName(model, caller);
  const known = findModel(model);
  if (known !== null) return known;
  const hosted = loadHostedModels().find(({ id }) => id.toLowerCase() === model.toLowerCase());
  if (hosted !== undefined) {
    throw new InputError(`${caller}: ${hosted.id} cannot be planned: ${hosted.reason}.`, {
      remedy: "Take it from a provider, or another model: modelGuide() lists those that can be planned.",
      field: "model",
    });
  }
  throw new InputError(`${caller}: model "${model}" is not in the workbook's table (lib/data/models.csv).`, {
    remedy: `Check the spelling, or give ${caller} its shape: model: await fetchModelShape(id).`,
    field: "model",
  });
}

function checkModelShape(shape: ModelShape, caller: string): ModelShape {
  if (typeof shape?.id !== "string") {
    throw new InputError(`${caller}: model is ${shape == null ? String(shape) : "no shape: it has no id"}.`, {
      remedy: "Give a name, such as meta-llama/Llama-3.1-8B-Instruct, or a shape: await fetchModelShape(id).",
      field: "model",
    });
  }
  requireModelName(shape.id, caller);
  const { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb } = shape;
  const needed = { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb };
  const { cacheLayers, stateMb, windowedKvHeads, windowedHeadDimension, quantisationBlock } = shape;
  const optional = { cacheLayers, stateMb, windowedKvHeads, windowedHeadDimension, quantisationBlock };
  const given = Object.entries(optional).flatMap(([field, value]) =>
    value == null ? [] : [[field, value] as const],
  );
  for (const [field, value] of [...Object.entries(needed), ...given]) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new InputError(`${caller}: model.${field} of ${shape.id} is ${value}.`, {
      remedy: "Give a number above 0; the model's config.json has it.",
      problem: "out-of-range",
      field: `model.${field}`,
    });
  }
  const { windowTokens = null, windowedLayers = 0, latentDimension = null } = shape;
  return { ...shape, windowTokens, windowedLayers, latentDimension };
}
