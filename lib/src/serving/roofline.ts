import { InputError } from "../errors.ts";
import {
  findGpu,
  findModel,
  type Gpu,
  listCaches,
  loadGpus,
  loadModels,
  type Model,
  type Precision,
} from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import { weightsRead } from "./weights-read.ts";

/** Which machine and model a ceiling is computed for. */
export interface RooflineInput {
  /** As Runpod spells it (`NVIDIA A40`), or as people call it (`A40`). */
  gpu: string;
  gpuCount: number;
  /** A checkpoint of `data/models.csv`, or a shape of one's own. */
  model: string | Model;
  /** How the weights are stored; default: as the checkpoint has them. */
  precision?: Precision;
  /** Mean length of what a stream has read and written so far; default 512. */
  contextTokens?: number;
  /** At which numbers of streams to compute the ceiling; default 1, 2, 4, … 256. */
  streams?: readonly number[];
}

/** What physics allows a machine with a model: faster cannot be, slower always is. */
export type Roofline = ReturnType<typeof roofline>;

const defaultStreams = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const cacheBytesPerValue = 2;
const weightBytes: Record<Precision, number> = {
  bf16: 2,
  fp8: 1,
  int8: 1,
  "awq-int4": 0.5,
  "gptq-int4": 0.5,
  mxfp4: 0.53,
  nvfp4: 0.56,
};

// Entries of the input embedding, kept apart from the output head in these families; others are counted in full.
// Source: config.json of meta-llama/Llama-3.1-8B and -70B, and of Qwen/Qwen2.5-7B-Instruct (tie_word_embeddings false).
const untiedVocabulary: Record<string, number> = {
  "llama-3.1": 128_256,
  "llama-3.3": 128_256,
  "qwen-2.5": 152_064,
};

/**
 * Computes the ceiling that memory bandwidth and arithmetic set on a machine, as a function of the streams at once.
 *
 * A step gives one token to each stream. It reads the weights once, however many streams share them, and each stream's own
 * keys and values: step = max((weights + streams × context × cache) ÷ bandwidth, streams × 2 × parameters ÷ arithmetic).
 * So one stream is slow whatever the software, and many streams together are fast. Of a mixture of experts a step reads those
 * that its streams hit, so that many streams read nearly all. Perfect splitting over the cards, no communication, no overhead:
 * `shareOfCeiling` says what published runs come to.
 *
 * @throws InputError where card or model are not in the tables, or the weights do not fit the cards.
 */
export function roofline(input: RooflineInput) {
  const { gpuCount, contextTokens = 512, streams = defaultStreams } = input;
  const count = { whole: true, from: 1 };
  requireNumber("roofline", { gpuCount, contextTokens }, count);
  for (const number of streams) requireNumber("roofline", { streams: number }, count);
  const gpus = loadGpus();
  const gpu = findGpu(input.gpu, gpus);
  if (gpu === null) {
    throw new InputError(`roofline: the GPU ${JSON.stringify(input.gpu)} is not in the table.`, {
      remedy: `It knows: ${gpus.map(({ id }) => id).join(", ")}.`,
    });
  }
  const { model, precision, weightsGb } = findWeights(input);
  const embeddings = ((untiedVocabulary[model.family] ?? 0) * model.hiddenSize) / 1e9;
  const read = weightsRead(model);
  const streamableGb = weightsGb - embeddings * 2;
  const streamedWeightsGb = streamableGb * read.share(1);
  const workingParameters = (model.parametersBillion - embeddings) * read.share(1) * 1e9;

  const cacheBytesOf = (tokens: number) =>
    listCaches(model).reduce((sum, { layers, kvHeads, numbersPerHead, windowTokens }) => {
      const kept = Math.min(tokens, windowTokens ?? tokens);
      return sum + layers * Math.max(kvHeads, gpuCount) * numbersPerHead * cacheBytesPerValue * kept;
    }, 0);
  // What a step leaves of a linear layer's state is read and written anew by the next.
  const stateBytes = (model.stateMb ?? 0) * 1e6;
  const keptBytes = cacheBytesOf(contextTokens) + stateBytes;
  const freeBytes = memoryBytes(gpu) * gpuCount - weightsGb * 1e9;
  if (freeBytes < keptBytes) {
    const fewest = Math.max(gpuCount, Math.ceil((weightsGb * 1e9) / memoryBytes(gpu)) - 1);
    throw new InputError(
      `roofline: ${model.id} in ${precision} has ${weightsGb.toFixed(0)} GB of weights, which ${gpuCount} × ${gpu.name} ` +
        "cannot hold together with a context.",
      {
        remedy: `It takes more than ${fewest} of these cards, or fewer bits a weight.`,
        problem: "does-not-fit",
        field: "gpuCount",
      },
    );
  }
  const mostStreams = Math.floor(freeBytes / keptBytes);

  const bandwidth = gpu.memoryBandwidthGbPerSecond * 1e9 * gpuCount;
  // Weights of 8 bits compute twice as fast where the card can: all of the table compute in int8, not all in FP8.
  const flopsFactor = precision === "int8" || (precision === "fp8" && gpu.fp8) ? 2 : 1;
  const flops = gpu.bf16DenseTflops === null ? null : gpu.bf16DenseTflops * 1e12 * flopsFactor * gpuCount;
  const stepWith = (running: number, share: number) => {
    const bytes = streamableGb * share * 1e9 + running * (keptBytes + stateBytes);
    const memorySeconds = bytes / bandwidth;
    const computeSeconds = flops === null ? 0 : (running * 2 * workingParameters) / flops;
    return { memorySeconds, computeSeconds, seconds: Math.max(memorySeconds, computeSeconds) };
  };
  const pointAt = (asked: number) => {
    const running = Math.min(asked, mostStreams);
    const { memorySeconds, computeSeconds, seconds } = stepWith(running, read.share(running));
    const limit = computeSeconds > memorySeconds ? ("compute" as const) : ("memory bandwidth" as const);
    return {
      streams: asked,
      /** All streams together. */
      outputTokensPerSecond: running / seconds,
      /** The same if each step read all experts, where nobody looked how many there are: the truth lies between; else `null`. */
      allExpertsTokensPerSecond: read.isKnown ? null : running / stepWith(running, 1).seconds,
      /** What one stream gets of it. */
      outputTokensPerSecondPerStream: running / seconds / asked,
      /** One step of the engine: a token for each stream. */
      stepMs: seconds * 1_000,
      /** What limits it: memory that is read once a step, the arithmetic, or the room for further streams. */
      bound: asked > mostStreams ? ("memory size" as const) : limit,
    };
  };
  return {
    kind: "computed" as const,
    gpu: gpu.id,
    gpuCount,
    model: model.id,
    precision,
    contextTokens,
    /** Weights that a step of one stream reads, in 10⁹ bytes: without the input embedding, of which it needs a few rows only. */
    streamedWeightsGb,
    /** Keys and values that one token of context takes, over all cards, at 16 bits. */
    cacheBytesPerToken: cacheBytesOf(1),
    /** Streams of that context that the memory holds; further ones wait. */
    mostStreams,
    /** The ceiling on reading prompts; `null` where the card's arithmetic is not known. */
    prefillTokensPerSecond: flops === null ? null : flops / (2 * workingParameters),
    points: streams.map(pointAt),
    assumptions:
      `${read.assumption}, ${contextTokens} tokens of context a stream at 16 bits, perfect splitting over ` +
      "the cards, no communication and no overhead: an upper limit, not a forecast.",
    source: `${gpu.memoryBandwidthGbPerSecond} GB/s a card and ${streamedWeightsGb.toFixed(1)} GB of weights`,
    sources: [...new Set([...gpu.sources, ...model.sources])],
    /** The day on which its inputs were last compared with their sources. */
    date: gpu.observed > model.observed ? gpu.observed : model.observed,
  };
}

/**
 * Computes how many streams a rate of writing takes at least, where an engine reaches only a part of the ceiling.
 *
 * @param efficiency the part that it reaches, above 0 and at most 1.
 * @returns `null` where no number of streams that fits the memory reaches it.
 */
export function streamsNeeded(
  input: Omit<RooflineInput, "streams">,
  { outputTokensPerSecond, efficiency = 1 }: { outputTokensPerSecond: number; efficiency?: number },
): number | null {
  requireNumber("streamsNeeded", { efficiency }, { above: 0, to: 1, meaning: "a part of the ceiling" });
  const { mostStreams } = roofline(input);
  const streams = Array.from({ length: Math.min(mostStreams, 4_096) }, (_, index) => index + 1);
  const { points } = roofline({ ...input, streams });
  return (
    points.find((point) => point.outputTokensPerSecond * efficiency >= outputTokensPerSecond)?.streams ?? null
  );
}

/** The checkpoint in the precision asked for: a quantised one of the table where there is one, else by its parameters. */
function findWeights(input: RooflineInput): { model: Model; precision: Precision; weightsGb: number } {
  const model = typeof input.model === "string" ? findModel(input.model) : input.model;
  if (model === null) {
    throw new InputError(`roofline: the model ${JSON.stringify(input.model)} is not in the table.`, {
      remedy: "Give the id of a checkpoint in lib/data/models.csv, or its shape.",
    });
  }
  const { precision = model.precision } = input;
  if (precision === model.precision) return { model, precision, weightsGb: model.weightsGb };
  const base = model.baseId ?? model.id;
  const quantised = loadModels().find((other) => other.baseId === base && other.precision === precision);
  const estimate = model.parametersBillion * weightBytes[precision];
  return { model, precision, weightsGb: quantised?.weightsGb ?? estimate };
}

function memoryBytes(gpu: Gpu): number {
  return gpu.usableMemoryGib === null ? gpu.memoryGb * 1e9 : gpu.usableMemoryGib * 1024 ** 3;
}
