import { z } from "zod";
import { count, day, orNull, positive, sources, words, yesOrNo } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

/** How a checkpoint's weights are stored. */
export type Precision = "bf16" | "fp8" | "int8" | "awq-int4" | "gptq-int4" | "mxfp4";

/** Whether a repository asks for a licence; `automatic` grants at once, `manual` after a review. */
export type Gated = "no" | "automatic" | "manual" | "unknown";

/** Sampling parameters by vLLM's own names, such as `temperature` and `top_p`. */
export type SamplingDefaults = Readonly<Record<string, number>>;

/** A checkpoint on Hugging Face: its shape, its size, and what serving it takes. */
export type Model = {
  id: string;
  /** The name under which the repository was known before. */
  olderId: string | null;
  /** For a quantised checkpoint: the one that it was made from. */
  baseId: string | null;
  family: string;
  parametersBillion: number;
  /** For a mixture of experts: what works on one token. */
  activeParametersBillion: number | null;
  layers: number;
  attentionHeads: number;
  kvHeads: number;
  headDimension: number;
  hiddenSize: number;
  /** How far back the layers with a window look; `null` where all layers see everything. */
  windowTokens: number | null;
  windowedLayers: number;
  /** The longest context that the checkpoint's own configuration allows. */
  contextTokens: number;
  precision: Precision;
  /** Size of the weights in memory, in 10⁹ bytes. */
  weightsGb: number;
  /** What is downloaded, in 10⁹ bytes: more than the weights where a repository carries them twice. */
  downloadGb: number;
  gated: Gated;
  /** Whether the checkpoint can chat; base checkpoints have no template. */
  chatTemplate: boolean;
  systemPrompt: "supported" | "folded" | "rejected" | "unknown";
  reasoning: "none" | "switchable" | "always";
  /**
   * What vLLM takes where a request names none, from the checkpoint's `generation_config.json`; empty where that names
   * none, so that vLLM's own hold (temperature 1, top_p 1), `null` where nobody looked.
   */
  samplingDefaults: SamplingDefaults | null;
  stopTokens: readonly string[];
  /** Flags that vLLM needs for this checkpoint. */
  vllmArguments: readonly string[];
  advice: string;
  note: string;
  /** The day on which the row was last compared with its sources. */
  observed: string;
  sources: readonly string[];
};

/** A cell such as `temperature=0.6 top_p=0.9`, or `none`. */
const samplingDefaults = z
  .string()
  .regex(/^(none|[a-z_]+=[\d.]+( [a-z_]+=[\d.]+)*)$/, "takes none, or pairs such as temperature=0.6")
  .transform((cell): SamplingDefaults => {
    const pairs = cell === "none" ? [] : cell.split(" ").map((pair) => pair.split("="));
    return Object.fromEntries(pairs.map(([name = "", value]) => [name, Number(value)]));
  });

const modelSchema: z.ZodType<Model> = z
  .object({
    id: z.string("is missing"),
    older_id: orNull(z.string()),
    family: z.string("is missing"),
    parameters_billion: positive,
    active_parameters_billion: orNull(positive),
    layers: count,
    attention_heads: count,
    kv_heads: count,
    head_dimension: count,
    hidden_size: count,
    window_tokens: orNull(count),
    windowed_layers: orNull(count),
    context_tokens: count,
    precision: z.enum(["bf16", "mxfp4"], "takes bf16 or mxfp4"),
    weights_gb: positive,
    download_gb: orNull(positive),
    gated: z.enum(["no", "automatic", "manual", "unknown"], "takes no, automatic, manual or unknown"),
    chat_template: yesOrNo,
    system_prompt: z.enum(
      ["supported", "folded", "rejected", "unknown"],
      "takes supported, folded, rejected or unknown",
    ),
    reasoning: z.enum(["none", "switchable", "always"], "takes none, switchable or always"),
    sampling_defaults: orNull(samplingDefaults),
    stop_tokens: words,
    vllm_arguments: words,
    advice: z.string().default(""),
    note: z.string().default(""),
    observed: day,
    sources,
  })
  .refine((row) => row.attention_heads % row.kv_heads === 0, "attention_heads must be a multiple of kv_heads")
  .refine(
    (row) => (row.window_tokens === null) === (row.windowed_layers === null),
    "window_tokens and windowed_layers go together",
  )
  .transform((row) => ({
    id: row.id,
    olderId: row.older_id,
    baseId: null,
    family: row.family,
    parametersBillion: row.parameters_billion,
    activeParametersBillion: row.active_parameters_billion,
    layers: row.layers,
    attentionHeads: row.attention_heads,
    kvHeads: row.kv_heads,
    headDimension: row.head_dimension,
    hiddenSize: row.hidden_size,
    windowTokens: row.window_tokens,
    windowedLayers: row.windowed_layers ?? 0,
    contextTokens: row.context_tokens,
    precision: row.precision,
    weightsGb: row.weights_gb,
    downloadGb: row.download_gb ?? row.weights_gb,
    gated: row.gated,
    chatTemplate: row.chat_template,
    systemPrompt: row.system_prompt,
    reasoning: row.reasoning,
    samplingDefaults: row.sampling_defaults,
    stopTokens: row.stop_tokens,
    vllmArguments: row.vllm_arguments,
    advice: row.advice,
    note: row.note,
    observed: row.observed,
    sources: row.sources,
  }));

const quantisedSchema = z.object({
  id: z.string("is missing"),
  base_id: z.string("is missing"),
  precision: z.enum(["fp8", "int8", "awq-int4", "gptq-int4"], "takes fp8, int8, awq-int4 or gptq-int4"),
  weights_gb: positive,
  gated: z.enum(["no", "automatic", "manual", "unknown"], "takes no, automatic, manual or unknown"),
  vllm_arguments: words,
  note: z.string().default(""),
  observed: day,
  sources,
});

/**
 * Returns the checkpoints that the workbook knows (`data/models.csv`, `data/quantised-models.csv`).
 *
 * A quantised checkpoint has the shape of the one it was made from, with its own size and precision.
 */
export function loadModels(options: FactsOptions = {}): readonly Model[] {
  const models = readFacts("models.csv", modelSchema, options);
  const quantised = readFacts("quantised-models.csv", quantisedSchema, options).flatMap((row) => {
    const base = models.find((model) => model.id === row.base_id);
    if (base === undefined) {
      const { onProblem = console.warn } = options;
      onProblem(`quantised-models.csv: ${row.id} is left out, for models.csv lacks its base ${row.base_id}.`);
      return [];
    }
    const { id, precision, gated, note, observed, sources } = row;
    const names = { id, baseId: base.id, olderId: null };
    const size = { precision, weightsGb: row.weights_gb, downloadGb: row.weights_gb };
    const own = { gated, vllmArguments: row.vllm_arguments, note, observed, sources };
    return [{ ...base, ...names, ...size, ...own }];
  });
  return [...models, ...quantised];
}

/** Finds a checkpoint by its name or its older one, whatever the case; `null` where the table does not have it. */
export function findModel(id: string, models: readonly Model[] = loadModels()): Model | null {
  const wanted = id.toLowerCase();
  return (
    models.find((model) => model.id.toLowerCase() === wanted) ??
    models.find((model) => model.olderId?.toLowerCase() === wanted) ??
    null
  );
}
