import { InputError } from "../errors.ts";
import { findModel, type ModelShape, requireModelName, toModelShape } from "../facts/index.ts";

/** Share of a GPU's memory that vLLM may take; always passed, because vLLM's own default has moved. */
export const memoryUtilisation = 0.9;

/** What vLLM needs on each GPU beside weights and cache: activations, graphs, its own context. In GiB. */
export const overheadGibPerGpu = 2;

/** Tokens that a layer with a window keeps beyond its window, while a long prompt is read piece by piece. */
const windowSlackTokens = 8_192;

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
}

/** How a model sits in memory; everything is computed, and vLLM's own log has the last word. */
export type MemoryFit = ReturnType<typeof fitMemory>;

/**
 * Computes how much KV cache a model leaves on its GPUs.
 *
 * Per GPU: cache = usable × 0.90 − 2.0 GiB − weights ÷ GPUs. Per token and layer: a key and a value of
 * `headDimension` numbers for each KV head, which are split over the GPUs and repeated where there are fewer heads than
 * GPUs; with latent attention one vector, on every GPU. Sources: vLLM 0.32.0, `vllm/v1/kv_cache_interface.py`.
 */
export function fitMemory(input: MemoryFitInput) {
  const { model, gpuCount } = input;
  const cacheBytes = cacheBytesPerGpu(input);
  const layerBytes = layerBytesPerGpu(input);
  const tokenBytes = layerBytes * model.layers;
  const room = Math.max(0, cacheBytes);
  return {
    /** Over all GPUs together. */
    weightsGib: (model.weightsGb * 1e9) / bytesPerGib,
    overheadGib: overheadGibPerGpu * gpuCount,
    /** What remains for the KV cache over all GPUs; negative where not even the weights fit. */
    kvCacheGib: (cacheBytes * gpuCount) / bytesPerGib,
    /** Over all GPUs together, with every layer keeping every token. */
    kvBytesPerToken: tokenBytes * gpuCount,
    /** Tokens of all conversations together that the cache holds; a lower bound where some layers have a window. */
    kvCacheTokens: Math.floor(room / tokenBytes),
    /** The longest single conversation that fits, at most what the model was made for; 0 where it does not fit. */
    longestContextTokens: findLongestContext(model, room / layerBytes),
  };
}

/** Computes how many conversations of a given length the KV cache holds at once. */
export function countSequences(input: MemoryFitInput, contextTokens: number): number {
  const bytes = layerBytesPerGpu(input) * keptPerSequence(input.model, contextTokens);
  return Math.floor(Math.max(0, cacheBytesPerGpu(input)) / bytes);
}

/**
 * Says over how many GPUs a model can be split: the attention heads must divide evenly, and so must the KV heads
 * where there are as many as GPUs.
 */
export function canSplit(model: Pick<ModelShape, "attentionHeads" | "kvHeads">, gpuCount: number): boolean {
  if (model.attentionHeads % gpuCount !== 0) return false;
  return model.kvHeads >= gpuCount ? model.kvHeads % gpuCount === 0 : gpuCount % model.kvHeads === 0;
}

function cacheBytesPerGpu({ model, usableMemoryGibPerGpu, gpuCount }: MemoryFitInput): number {
  const budgetGib = usableMemoryGibPerGpu * memoryUtilisation - overheadGibPerGpu;
  return budgetGib * bytesPerGib - (model.weightsGb * 1e9) / gpuCount;
}

function layerBytesPerGpu({ model, gpuCount, kvCacheDtype = "auto" }: MemoryFitInput): number {
  const bytesPerNumber = kvCacheDtype === "fp8" ? 1 : 2;
  if (model.latentDimension !== null) return model.latentDimension * bytesPerNumber;
  return 2 * Math.max(1, model.kvHeads / gpuCount) * model.headDimension * bytesPerNumber;
}

/** Entries that one conversation keeps, over all layers. */
function keptPerSequence(model: ModelShape, contextTokens: number): number {
  const { layers, windowedLayers, windowTokens } = model;
  if (windowTokens === null) return layers * contextTokens;
  const windowed = Math.min(contextTokens, windowTokens + windowSlackTokens);
  return (layers - windowedLayers) * contextTokens + windowedLayers * windowed;
}

/** The longest context whose entries fit, by halving: what is kept never shrinks as the context grows. */
function findLongestContext(model: ModelShape, entries: number): number {
  let fits = 0;
  let tooLong = model.contextTokens + 1;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (keptPerSequence(model, middle) <= entries) fits = middle;
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
  if (known !== null) return toModelShape(known);
  throw new InputError(`${caller}: model "${model}" is not in the workbook's table (lib/data/models.csv).`, {
    remedy: `Check the spelling, or give ${caller} its shape: model: await fetchModelShape(id).`,
    field: "model",
  });
}

function checkModelShape(shape: ModelShape, caller: string): ModelShape {
  requireModelName(shape.id, caller);
  const { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb } = shape;
  const needed = { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb };
  for (const [field, value] of Object.entries(needed)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new InputError(`${caller}: model.${field} of ${shape.id} is ${value}.`, {
      remedy: "Give a number above 0; the model's config.json has it.",
      problem: "out-of-range",
      field: `model.${field}`,
    });
  }
  return shape;
}
