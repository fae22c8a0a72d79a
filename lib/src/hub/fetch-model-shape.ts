import { z } from "zod";
import { InputError } from "../errors.ts";
import { type Gated, type ModelShape, requireModelName } from "../facts/index.ts";
import { fetchModelInfo, fetchModelJson, type HuggingFaceAccess, openHuggingFace } from "./hugging-face.ts";

const filesSchema = z.object({
  siblings: z.array(z.object({ rfilename: z.string(), size: z.number().nullish() })).default([]),
  safetensors: z.object({ parameters: z.record(z.string(), z.number()) }).nullish(),
});

/** Bytes of a number as weight files name its type; any other is taken for two. */
const bytesOfType: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  I64: 8,
  I32: 4,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I8: 1,
  U8: 1,
};

/**
 * Fetches the shape of any model on Hugging Face, for `planPod`: its `config.json`, and the sizes of its weight files.
 *
 * @throws InputError where the model has no weights that vLLM reads, WorkbookError where its files cannot be read.
 */
export async function fetchModelShape(
  id: string,
  options: Partial<HuggingFaceAccess> = {},
): Promise<ModelShape> {
  requireModelName(id, "fetchModelShape");
  const access = await openHuggingFace(options);
  const info = await fetchModelInfo(access, id);
  const listing = filesSchema.safeParse(await fetchModelJson(access, `/api/models/${id}?blobs=true`));
  const config = await fetchModelJson(access, `/${id}/resolve/main/config.json`);
  const sizes = listing.success ? sumWeights(listing.data) : { weightsGb: 0, downloadGb: 0 };
  if (sizes.weightsGb === 0) {
    throw new InputError(`fetchModelShape: ${id} has no .safetensors files, from which to tell its memory.`, {
      remedy: "Choose a checkpoint that vLLM serves, or write its ModelShape by hand.",
    });
  }
  return readModelShape({ id, config, ...sizes, gated: info.found ? info.gated : "unknown" });
}

/**
 * Weights that stand in the repository's root, by file size, else by their numbers and types; a second copy in
 * Mistral's own form is downloaded but not loaded.
 */
function sumWeights({ siblings, safetensors }: z.output<typeof filesSchema>) {
  const inRoot = siblings.filter((file) => /^[^/]+\.safetensors$/.test(file.rfilename));
  const own = inRoot.filter((file) => !file.rfilename.startsWith("consolidated"));
  const total = (chosen: typeof inRoot) => chosen.reduce((sum, file) => sum + (file.size ?? 0), 0) / 1e9;
  const weightsGb = total(own.length > 0 ? own : inRoot);
  if (weightsGb > 0) return { weightsGb, downloadGb: total(inRoot) };
  const bytes = Object.entries(safetensors?.parameters ?? {}).reduce(
    (sum, [type, count]) => sum + count * (bytesOfType[type] ?? 2),
    0,
  );
  return { weightsGb: bytes / 1e9, downloadGb: bytes / 1e9 };
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
    const text = `fetchModelShape: the config.json of ${id} does not say how the model is built (${fields}).`;
    const remedy = "Give planPod a ModelShape written by hand from the model's card.";
    throw new InputError(text, { remedy, cause: parsed.error });
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
    precision: readPrecision(config.quantization_config),
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
  quantisation: z.output<typeof configSchema>["quantization_config"],
): ModelShape["precision"] {
  if (quantisation == null) return "bf16";
  const { quant_method: method, bits } = quantisation;
  if (method === "fp8" || method === "mxfp4") return method;
  return (method === "awq" || method === "gptq") && bits === 4 ? `${method}-int4` : "unknown";
}
