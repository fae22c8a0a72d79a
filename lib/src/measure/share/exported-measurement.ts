import { z } from "zod";
import { peerToPeer } from "../../facts/index.ts";
import { isAtMost } from "../find-contradiction.ts";
import { amount, count } from "../measured-number.ts";

const day = z.iso.date();
const commit = z.string().regex(/^[0-9a-f]{40}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const times = z
  .strictObject({ p50: amount.nullable(), p95: amount.nullable() })
  .refine(({ p50, p95 }) => isAtMost(p50 ?? 0, p95 ?? 0), "has percentiles that do not ascend");
const rate = amount.nullable();

export const exportLicence =
  "CC0-1.0 (https://creativecommons.org/publicdomain/zero/1.0/): whoever sends this file in gives up all rights in its figures.";

/** Images whose name says nothing about anybody. */
export const publicImage =
  /^vllm\/vllm-openai:v?\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.post\d{1,2}|rc\d{1,2})?(?:-cu\d{2,3})?$/;

/** Flags that decide on speed, with values that are numbers or words of vLLM. */
export const publicArgument =
  /^--(?:max-model-len|tensor-parallel-size|pipeline-parallel-size|data-parallel-size|gpu-memory-utilization|max-num-seqs|max-num-batched-tokens|block-size|kv-cache-dtype|dtype|quantization|cpu-offload-gb|max-loras|max-lora-rank|enable-lora|enforce-eager|enable-expert-parallel|(?:no-)?enable-prefix-caching|(?:no-)?enable-chunked-prefill|(?:no-)?async-scheduling)(?:=(?:\d{1,7}(?:\.\d{1,4})?|auto|half|float16|bfloat16|float32|fp8|fp8_e4m3|fp8_e5m2|awq|awq_marlin|gptq|gptq_marlin|mxfp4|nvfp4))?$/;

/** The figures of one level; rates are for all cards and streams together. */
const exportedLevel = z.strictObject({
  streams: z.int().min(1),
  completed: count,
  failed: count,
  seconds: amount,
  inputTokensPerSecond: rate,
  outputTokensPerSecond: amount.positive(),
  timeToFirstTokenMs: times,
  timePerOutputTokenMs: times,
  inputTokensMean: amount.nullable(),
  outputTokensMean: amount.nullable(),
  repeats: z.array(z.strictObject({ inputTokensPerSecond: rate, outputTokensPerSecond: rate })),
});

/**
 * A measurement to send around: names of public models and cards, numbers, and nothing else that comes from outside.
 *
 * A file that has anything more is refused.
 */
export const exportedSchema = z.strictObject({
  schema: z.literal("serving-workbook/measurement"),
  version: z.literal(1),
  licence: z.literal(exportLicence),
  day,
  gpu: z.string(),
  gpuCount: z.int().min(1),
  peerToPeer: peerToPeer.nullable(),
  model: z.string(),
  engine: z.literal("vllm"),
  engineVersion: z.string().regex(/^\d{1,2}\.\d{1,2}\.\d{1,2}$/),
  workload: z.strictObject({
    mode: z.enum(["capacity", "natural"]),
    promptTokens: z.int().min(1),
    outputTokens: z.int().min(1),
    repeats: z.int().min(1),
    warmUp: z.boolean(),
    /** Further fields of each request that were left out here. */
    fieldsLeftOut: count,
  }),
  levels: z.array(exportedLevel).min(1),
  image: z.string().regex(publicImage).nullable(),
  /** As `--flag` or `--flag=value`; `null` where nobody knows. */
  arguments: z.array(z.string().regex(publicArgument)).nullable(),
  argumentsLeftOut: count,
  modelRevision: commit.nullable(),
  recordsSha256: sha256.nullable(),
  /** What `throughput.csv` takes, a row for each level, by the names of its columns; who takes them adds day and source. */
  rows: z.array(z.record(z.string(), z.string())),
});

/** See {@link exportedSchema}. */
export type ExportedMeasurement = z.output<typeof exportedSchema>;
