import { z } from "zod";
import { count, day, orNull, positive, sources } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

/** One published measurement of a model on a GPU; rates are for the whole server, all its cards and streams. */
export type PublishedThroughput = {
  /** What was served, as people call it: not always a checkpoint that still exists. */
  model: string;
  parametersBillion: number;
  precision: "16-bit" | "fp8" | "int4";
  /** The card as RunPod spells it. */
  gpu: string;
  gpuCount: number;
  /** How the model lies over several cards; `null` on one. Split by layers, more cards do not speed up one stream. */
  split: "tensor" | "layers" | null;
  engine: string;
  engineVersion: string | null;
  workload: string;
  /** Requests in flight; `null` where it was left to the engine. */
  streams: number | null;
  inputTokensMean: number | null;
  outputTokensMean: number | null;
  inputTokensPerSecond: number | null;
  outputTokensPerSecond: number | null;
  timeToFirstTokenP50Ms: number | null;
  timePerOutputTokenP50Ms: number | null;
  /** Who counted: a client, the engine's own log line, or llama.cpp's `llama-bench`, which reads and writes apart. */
  method: "client" | "engine-log" | "llama-bench";
  /** The day, month or year of the measurement or of its publication. */
  published: string;
  note: string;
  /** The day on which the row was last compared with its sources. */
  observed: string;
  sources: readonly string[];
};

const throughputSchema: z.ZodType<PublishedThroughput> = z
  .object({
    model: z.string("is missing"),
    parameters_billion: positive,
    precision: z.enum(["16-bit", "fp8", "int4"], "takes 16-bit, fp8 or int4"),
    gpu: z.string("is missing"),
    gpu_count: count,
    split: orNull(z.enum(["tensor", "layers"], "takes tensor or layers")),
    engine: z.string("is missing"),
    engine_version: orNull(z.string()),
    workload: z.string("is missing"),
    streams: orNull(count),
    input_tokens_mean: orNull(positive),
    output_tokens_mean: orNull(positive),
    input_tokens_per_second: orNull(positive),
    output_tokens_per_second: orNull(positive),
    time_to_first_token_p50_ms: orNull(positive),
    time_per_output_token_p50_ms: orNull(positive),
    method: z.enum(["client", "engine-log", "llama-bench"], "takes client, engine-log or llama-bench"),
    published: z.string("is missing").regex(/^20\d\d(-\d\d(-\d\d)?)?$/, "is no day, month or year"),
    note: z.string().default(""),
    observed: day,
    sources,
  })
  .refine(
    (row) => row.input_tokens_per_second !== null || row.output_tokens_per_second !== null,
    "needs a rate of reading or of writing",
  )
  .transform((row) => ({
    model: row.model,
    parametersBillion: row.parameters_billion,
    precision: row.precision,
    gpu: row.gpu,
    gpuCount: row.gpu_count,
    split: row.split,
    engine: row.engine,
    engineVersion: row.engine_version,
    workload: row.workload,
    streams: row.streams,
    inputTokensMean: row.input_tokens_mean,
    outputTokensMean: row.output_tokens_mean,
    inputTokensPerSecond: row.input_tokens_per_second,
    outputTokensPerSecond: row.output_tokens_per_second,
    timeToFirstTokenP50Ms: row.time_to_first_token_p50_ms,
    timePerOutputTokenP50Ms: row.time_per_output_token_p50_ms,
    method: row.method,
    published: row.published,
    note: row.note,
    observed: row.observed,
    sources: row.sources,
  }));

// 70B and 72B, or 7B and 8B: as much to read for each token, as far as a comparison goes.
const mostSizeRatio = 1.2;

/**
 * Returns published measurements of throughput (`data/throughput.csv`), by card, number of cards or size of the model.
 *
 * Sizes within 20 % count as equal: Llama 3 70B stands in for Llama 3.1 70B, of which nothing is published on A40s.
 */
export function loadPublishedThroughput(
  options: FactsOptions & { gpu?: string; gpuCount?: number; parametersBillion?: number } = {},
): readonly PublishedThroughput[] {
  const { gpu, gpuCount, parametersBillion } = options;
  return readFacts("throughput.csv", throughputSchema, options).filter((row) => {
    if (gpu !== undefined && row.gpu !== gpu) return false;
    if (gpuCount !== undefined && row.gpuCount !== gpuCount) return false;
    if (parametersBillion === undefined) return true;
    const ratio = row.parametersBillion / parametersBillion;
    return ratio < mostSizeRatio && ratio > 1 / mostSizeRatio;
  });
}
