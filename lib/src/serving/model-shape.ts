import { z } from "zod";
import { InputError } from "../errors.ts";
import { findModel, type Gated, type Model, type Precision } from "../facts/index.ts";
import { requireModelName } from "./model-name.ts";

/** What planning needs to know of a checkpoint: how much memory it takes, and how it can be split. */
export interface ModelShape {
  id: string;
  layers: number;
  attentionHeads: number;
  kvHeads: number;
  headDimension: number;
  /** With latent attention (DeepSeek's MLA): numbers that each layer keeps for a token, on every GPU; else `null`. */
  latentDimension: number | null;
  windowTokens: number | null;
  windowedLayers: number;
  contextTokens: number;
  precision: Precision | "unknown";
  /** Size of the weights in memory, in 10⁹ bytes. */
  weightsGb: number;
  downloadGb: number;
  gated: Gated;
  vllmArguments: readonly string[];
  /** Whether the checkpoint can chat; `null` where that is not known. */
  chatTemplate: boolean | null;
}

/** Returns the shape of a checkpoint of the facts table. */
export function toModelShape(model: Model): ModelShape {
  return { ...model, latentDimension: null };
}

/**
 * Finds the shape of a checkpoint by its name.
 *
 * @throws InputError where the table does not have it, with the names that come close.
 */
export function findModelShape(id: string): ModelShape {
  requireModelName(id, "planPod");
  const model = findModel(id);
  if (model !== null) return toModelShape(model);
  throw new InputError(`planPod: model "${id}" is not in the workbook's table (lib/data/models.csv).`, {
    remedy: "Check the spelling, or give planPod its shape: model: await fetchModelShape(id).",
  });
}

/**
 * Checks a shape that was written by hand.
 *
 * @throws InputError that names the field which makes no sense.
 */
export function checkModelShape(shape: ModelShape): ModelShape {
  requireModelName(shape.id, "planPod");
  const { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb } = shape;
  const needed = { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb };
  for (const [field, value] of Object.entries(needed)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new InputError(`planPod: model.${field} of ${shape.id} is ${value}.`, {
      remedy: "Give a number above 0; the model's config.json has it.",
    });
  }
  return shape;
}

/** The part of a checkpoint's `config.json` that memory depends on. */
const configSchema = z.object({
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_key_value_heads: z.number().int().positive().nullish(),
  head_dim: z.number().int().positive().nullish(),
  hidden_size: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive(),
  sliding_window: z.number().int().positive().nullish(),
  layer_types: z.array(z.string()).nullish(),
  kv_lora_rank: z.number().int().positive().nullish(),
  qk_rope_head_dim: z.number().int().positive().nullish(),
  quantization_config: z.object({ quant_method: z.string().nullish(), bits: z.number().nullish() }).nullish(),
});

/**
 * Reads a checkpoint's shape from its `config.json`; a model with pictures keeps its language part under `text_config`.
 *
 * @throws InputError that names what the file lacks: then the shape must be given by hand.
 */
export function readModelShape(options: {
  id: string;
  /** The parsed `config.json`. */
  config: unknown;
  /** Size of the weights, in 10⁹ bytes. */
  weightsGb: number;
  downloadGb?: number;
  gated?: Gated;
}): ModelShape {
  const { id, weightsGb, downloadGb = weightsGb, gated = "unknown" } = options;
  const parsed = configSchema.safeParse(languagePart(options.config));
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw new InputError(
      `planPod: the config.json of ${id} does not say how the model is built (${fields}).`,
      {
        remedy: "Give planPod a ModelShape written by hand from the model's card.",
        cause: parsed.error,
      },
    );
  }
  const config = parsed.data;
  const windowedLayers = (config.layer_types ?? []).filter((type) => type === "sliding_attention").length;
  const latent = config.kv_lora_rank ?? null;
  return {
    id,
    layers: config.num_hidden_layers,
    attentionHeads: config.num_attention_heads,
    kvHeads: config.num_key_value_heads ?? config.num_attention_heads,
    headDimension: config.head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads),
    latentDimension: latent === null ? null : latent + (config.qk_rope_head_dim ?? 0),
    windowTokens: windowedLayers > 0 ? (config.sliding_window ?? null) : null,
    windowedLayers: config.sliding_window == null ? 0 : windowedLayers,
    contextTokens: config.max_position_embeddings,
    precision: readPrecision(config.quantization_config ?? null),
    weightsGb,
    downloadGb,
    gated,
    vllmArguments: [],
    chatTemplate: null,
  };
}

function languagePart(config: unknown): unknown {
  const parsed = z.looseObject({ text_config: z.looseObject({}).nullish() }).safeParse(config);
  if (!parsed.success || parsed.data.text_config == null) return config;
  return { ...parsed.data, ...parsed.data.text_config };
}

function readPrecision(
  quantisation: { quant_method?: string | null | undefined; bits?: number | null | undefined } | null,
): ModelShape["precision"] {
  if (quantisation === null) return "bf16";
  switch (quantisation.quant_method) {
    case "fp8":
      return "fp8";
    case "mxfp4":
      return "mxfp4";
    case "awq":
      return quantisation.bits === 4 ? "awq-int4" : "unknown";
    case "gptq":
      return quantisation.bits === 4 ? "gptq-int4" : "unknown";
    default:
      return "unknown";
  }
}
