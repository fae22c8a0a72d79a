import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { count, orNull, positive, text } from "../../../lib/src/facts/columns.ts";
import { readFacts } from "../../../lib/src/facts/read-facts.ts";
import type { ForecastPrecision } from "../../../lib/src/serving/forecast/forecast-input.ts";
import type { ForecastShape } from "../../../lib/src/serving/forecast/forecast-shape.ts";

const precisions: Record<string, ForecastPrecision> = {
  bf16: "16-bit",
  fp8: "fp8",
  int8: "int8",
  int4: "4-bit",
  mxfp4: "4-bit",
};

const schema = z.object({
  source: text,
  card: text,
  count,
  model: text,
  precision: text,
  /** Mean tokens of a prompt and of an answer. */
  isl: positive,
  osl: count,
  /** `closed`: so many streams; `poisson`: so many requests a second; `burst`: all at once. */
  mode: z.string().transform((mode) => (mode.startsWith("burst") ? "burst" : mode)),
  load: z.coerce.number(),
  nRequests: count,
  maxSeqs: count,
  batchTokens: count,
  outTps: orNull(positive),
  ttftMs: orNull(positive),
  tpotMs: orNull(positive),
  latencyS: orNull(positive),
  /** Where the times are not means or medians: `p95 ttft/tpot`. */
  stat: z.string().default(""),
});

/** One published measurement that a forecast can be compared with. */
export type PublishedPoint = z.output<typeof schema>;

const shippedPoints = fileURLToPath(new URL("published-points.csv", import.meta.url));

/** Reads published measurements, by default those whose licence lets them be copied; rows of formats that no forecast has are left out. */
export function loadPublishedPoints(path = shippedPoints): readonly PublishedPoint[] {
  const points = readFacts(basename(path), schema, { folder: dirname(path), onProblem: () => {} });
  return points.filter(({ precision }) => precision in precisions);
}

/** The forecast's word for a point's precision. */
export function precisionOf(point: PublishedPoint): ForecastPrecision {
  return precisions[point.precision] ?? "16-bit";
}

/** The checkpoint of the tables that has the point's shape, or the shape itself. */
export function modelOf({ model }: PublishedPoint): string | ForecastShape {
  return models[model] ?? model;
}

const llama2 = { headDimension: 128, vocabularySize: 32_000 };
const models: Record<string, string | ForecastShape> = {
  "Llama-3.1-8B-Instruct": "meta-llama/Llama-3.1-8B-Instruct",
  "Llama-3-8B": "meta-llama/Llama-3.1-8B-Instruct",
  "Llama-3-8B-Instruct": "meta-llama/Llama-3.1-8B-Instruct",
  "Llama-3.1-70B": "meta-llama/Llama-3.1-70B-Instruct",
  "Llama-3-70B": "meta-llama/Llama-3.1-70B-Instruct",
  "Llama-3-70B-Instruct": "meta-llama/Llama-3.1-70B-Instruct",
  "Llama-2-13B": {
    ...llama2,
    layers: 40,
    hiddenSize: 5_120,
    attentionHeads: 40,
    kvHeads: 40,
    intermediateSize: 13_824,
  },
  "Llama-2-70B": {
    ...llama2,
    layers: 80,
    hiddenSize: 8_192,
    attentionHeads: 64,
    kvHeads: 8,
    intermediateSize: 28_672,
  },
  "DeepSeek-R1-Distill-Llama-8B": "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
  "DeepSeek-R1-Distill-Llama-70B": "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
  "DeepSeek-R1-Distill-Qwen-14B": "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",
  "DeepSeek-R1-Distill-Qwen-32B": "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
  "Mistral-7B-Instruct-v0.3": "mistralai/Mistral-7B-Instruct-v0.3",
  "Mixtral-8x7B-Instruct-v0.1": "mistralai/Mixtral-8x7B-Instruct-v0.1",
  "Qwen2-7B-Instruct": "Qwen/Qwen2.5-7B-Instruct",
  "Qwen2-72B": "Qwen/Qwen2.5-72B-Instruct",
  "Qwen2.5-7B-Instruct": "Qwen/Qwen2.5-7B-Instruct",
  "Qwen2.5-14B-Instruct": "Qwen/Qwen2.5-14B-Instruct",
  "Qwen2.5-32B": "Qwen/Qwen2.5-32B-Instruct",
  "QwQ-32B": "Qwen/Qwen2.5-32B-Instruct",
  "Qwen3-8B": "Qwen/Qwen3-8B",
  "Qwen3-14B": "Qwen/Qwen3-14B",
  "Qwen3-32B": "Qwen/Qwen3-32B",
  "Qwen3-30B-A3B-Instruct-2507": "Qwen/Qwen3-30B-A3B-Instruct-2507",
  "Qwen3-235B-A22B-FP8": "Qwen/Qwen3-235B-A22B-Instruct-2507",
  "gpt-oss-20b": "openai/gpt-oss-20b",
  "gpt-oss-120b": "openai/gpt-oss-120b",
};
