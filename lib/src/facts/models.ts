import { z } from "zod";
import { count, day, orNull, positive, sources, text, words, yesOrNo } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";
import { toolParsers } from "./tool-parsers.ts";

/** How a checkpoint's weights are stored. */
export type Precision = "bf16" | "fp8" | "int8" | "awq-int4" | "gptq-int4" | "mxfp4" | "nvfp4";

/** How wide the weights of each are, in the words of the published runs and of the forecast. */
export const weightBits = {
  bf16: "16-bit",
  fp8: "fp8",
  int8: "int8",
  "awq-int4": "4-bit",
  "gptq-int4": "4-bit",
  mxfp4: "4-bit",
  nvfp4: "4-bit",
} as const satisfies Record<Precision, string>;

/** Sampling parameters by vLLM's own names, such as `temperature` and `top_p`. */
export type SamplingDefaults = Readonly<Record<string, number>>;

/** A cell such as `temperature=0.6 top_p=0.9`, or `none`. */
const samplingDefaults = z
  .string()
  .regex(/^(none|[a-z_]+=[\d.]+( [a-z_]+=[\d.]+)*)$/, "takes none, or pairs such as temperature=0.6")
  .transform((cell): SamplingDefaults => {
    const pairs = cell === "none" ? [] : cell.split(" ").map((pair) => pair.split("="));
    return Object.fromEntries(pairs.map(([name = "", value]) => [name, Number(value)]));
  });

/** Whether a repository asks for a licence; `automatic` grants at once, `manual` after a review. */
export type Gated = z.output<typeof gated>;

const gated = z.enum(["no", "automatic", "manual", "unknown"], "takes no, automatic, manual or unknown");

const modelSchema = z
  .object({
    id: text,
    /** The name under which the repository was known before. */
    olderId: orNull(z.string()),
    family: text,
    parametersBillion: positive,
    /** For a mixture of experts: what works on one token. */
    activeParametersBillion: orNull(positive),
    layers: count,
    attentionHeads: count,
    kvHeads: count,
    headDimension: count,
    hiddenSize: count,
    /** How far back the layers with a window look; `null` where all layers see everything. */
    windowTokens: orNull(count),
    windowedLayers: orNull(count),
    /** KV heads of the layers with a window; `null` where they are those of the others. */
    windowedKvHeads: orNull(count),
    windowedHeadDimension: orNull(count),
    /** Layers that keep keys and values of their own, those with a window among them; `null` where all do. */
    cacheLayers: orNull(count),
    /** What the other layers keep of one conversation, whatever its length, in 10⁶ bytes; `null` where nothing. */
    stateMb: orNull(positive),
    /** With latent attention (DeepSeek's MLA): numbers that each layer keeps for a token, on every GPU; else `null`. */
    latentDimension: orNull(count),
    /** Whether an indexer chooses the tokens to look at (DeepSeek's sparse attention), which few cards have kernels for. */
    sparseAttention: yesOrNo.default(false),
    /** Experts of a layer to choose from, and those chosen for a token; both `null` without experts, or where nobody looked. */
    experts: orNull(count),
    expertsPerToken: orNull(count),
    /** Width of one expert (`moe_intermediate_size`), which a split divides; `null` without experts. */
    expertSize: orNull(count),
    /** Width of the dense layers or of the shared experts (`intermediate_size`); `null` where nobody looked. */
    feedForwardSize: orNull(count),
    /** Tokens that its output head tells apart (`vocab_size`). */
    vocabularySize: count,
    /** Side of the blocks in which the weights were quantised; `null` where they were not, or otherwise. */
    quantisationBlock: orNull(count),
    /** The longest context that the checkpoint's own configuration allows. */
    contextTokens: count,
    precision: z
      .enum(["bf16", "fp8", "mxfp4", "gptq-int4"], "takes bf16, fp8, mxfp4 or gptq-int4")
      .transform((cell): Precision => cell),
    /** Size of the weights in memory, in 10⁹ bytes. */
    weightsGb: positive,
    /** What is downloaded, in 10⁹ bytes: more than the weights where a repository carries them twice. */
    downloadGb: orNull(positive),
    gated,
    /** Whether the checkpoint can chat; base checkpoints have no template. */
    chatTemplate: yesOrNo,
    systemPrompt: z.enum(
      ["supported", "folded", "rejected", "unknown"],
      "takes supported, folded, rejected or unknown",
    ),
    /** `on-request`: it thinks only where a request asks for it; `switchable`: unless the request switches it off. */
    reasoning: z.enum(
      ["none", "on-request", "switchable", "always"],
      "takes none, on-request, switchable or always",
    ),
    /** From `generation_config.json`; empty where that names none, so that vLLM's own hold, `null` where nobody looked. */
    samplingDefaults: orNull(samplingDefaults),
    stopTokens: words,
    /** Flags that vLLM needs for this checkpoint. */
    vllmArguments: words,
    /** The parser with which vLLM reads its tool calls (`--tool-call-parser`); `null` where none is known. */
    toolParser: orNull(z.enum(toolParsers, "is no parser that vLLM knows")),
    advice: z.string().default(""),
    note: z.string().default(""),
    /** The day on which the row was last compared with its sources. */
    observed: day,
    sources,
  })
  .refine((row) => row.attentionHeads % row.kvHeads === 0, "attention_heads must be a multiple of kv_heads")
  .refine(
    (row) => (row.windowTokens === null) === (row.windowedLayers === null),
    "window_tokens and windowed_layers go together",
  )
  .refine(
    (row) => (row.experts === null) === (row.expertsPerToken === null),
    "experts and experts_per_token go together",
  )
  .refine((row) => (row.cacheLayers ?? 0) <= row.layers, "cache_layers cannot exceed layers")
  .refine(
    (row) => (row.windowedLayers ?? 0) <= (row.cacheLayers ?? row.layers),
    "windowed_layers cannot exceed the layers that keep a cache",
  )
  .transform((row) => ({
    ...row,
    /** For a quantised checkpoint: the one that it was made from. */
    baseId: null as string | null,
    windowedLayers: row.windowedLayers ?? 0,
    downloadGb: row.downloadGb ?? row.weightsGb,
  }));

/** A checkpoint on Hugging Face: its shape, its size, and what serving it takes. */
export type Model = z.output<typeof modelSchema>;

const quantisedSchema = z.object({
  id: text,
  baseId: text,
  precision: z.enum(
    ["fp8", "int8", "awq-int4", "gptq-int4", "nvfp4"],
    "takes fp8, int8, awq-int4, gptq-int4 or nvfp4",
  ),
  quantisationBlock: orNull(count),
  weightsGb: positive,
  gated,
  vllmArguments: words,
  /** Where its own configuration allows another length than its base's. */
  contextTokens: orNull(count),
  note: z.string().default(""),
  observed: day,
  sources,
});

/** Returns the checkpoints of `data/models.csv`, and those of `data/quantised-models.csv` with the shape of their base. */
export function loadModels(options: FactsOptions = {}): readonly Model[] {
  const models = readFacts("models.csv", modelSchema, options);
  const quantised = readFacts("quantised-models.csv", quantisedSchema, options).flatMap((row) => {
    const base = models.find((model) => model.id === row.baseId);
    if (base !== undefined) {
      const contextTokens = row.contextTokens ?? base.contextTokens;
      return [{ ...base, ...row, contextTokens, olderId: null, downloadGb: row.weightsGb }];
    }
    const { onProblem = console.warn } = options;
    onProblem(`quantised-models.csv: ${row.id} is left out, for models.csv lacks its base ${row.baseId}.`);
    return [];
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

const hostedSchema = z.object({ id: text, reason: text, observed: day, sources });

/** Returns the models of `data/hosted-models.csv`: those that a pod cannot serve, or that the workbook cannot plan, and why. */
export function loadHostedModels(options: FactsOptions = {}) {
  return readFacts("hosted-models.csv", hostedSchema, options);
}
