import { z } from "zod";
import { count, day, orNull, positive, sources, text } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

const throughputSchema = z
  .object({
    /** What was served, as people call it: not always a checkpoint that still exists. */
    model: text,
    /** The checkpoint of `models.csv` that has the same shape; `null` where none does, or nobody says. */
    shapeOf: orNull(text),
    parametersBillion: positive,
    precision: z.enum(["16-bit", "fp8", "int8", "4-bit"], "takes 16-bit, fp8, int8 or 4-bit"),
    /** The card as Runpod spells it. */
    gpu: text,
    gpuCount: count,
    /** How the model lies over several cards; `null` on one. Split by layers, more cards do not speed up one stream. */
    split: orNull(z.enum(["tensor", "layers"], "takes tensor or layers")),
    engine: text,
    engineVersion: orNull(z.string()),
    workload: text,
    /** Requests in flight; `null` where it was left to the engine. */
    streams: orNull(count),
    inputTokensMean: orNull(positive),
    outputTokensMean: orNull(positive),
    inputTokensPerSecond: orNull(positive),
    outputTokensPerSecond: orNull(positive),
    timeToFirstTokenP50Ms: orNull(positive),
    timePerOutputTokenP50Ms: orNull(positive),
    /** Who counted: a client, the engine's own log line, or llama.cpp's `llama-bench`, which reads and writes apart. */
    method: z.enum(["client", "engine-log", "llama-bench"], "takes client, engine-log or llama-bench"),
    /** The day, month or year of the measurement or of its publication. */
    published: text.regex(/^20\d\d(-\d\d(-\d\d)?)?$/, "is no day, month or year"),
    note: z.string().default(""),
    /** The day on which the row was last compared with its sources. */
    observed: day,
    sources,
  })
  .refine(
    (row) => row.inputTokensPerSecond !== null || row.outputTokensPerSecond !== null,
    "needs a rate of reading or of writing",
  );

/** One published measurement of a model on a GPU; rates are for the whole server, all its cards and streams. */
export type PublishedThroughput = z.output<typeof throughputSchema>;

// 70B and 72B, or 7B and 8B: as much to read for each token. Of Llama 3.1 70B nothing is published on A40s, of Llama 3 70B is.
const mostSizeRatio = 1.2;

/** Returns published throughput (`data/throughput.csv`) by card, number of cards or size of the model, to within 20 %. */
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
