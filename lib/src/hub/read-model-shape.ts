import { isDeepStrictEqual } from "node:util";
import { InputError } from "../errors.ts";
import {
  findModelType,
  type Gated,
  type LayerCache,
  listCaches,
  type ModelShape,
  type ModelType,
  type ShapeDoubt,
} from "../facts/index.ts";
import {
  asFields,
  type ConfigFields,
  findLanguagePart,
  readCount,
  readList,
  toCount,
} from "./config-fields.ts";
import { listLayerKinds } from "./layer-kinds.ts";
import { type Heads, isSparse, readLatentDimension, readLayerCaches } from "./read-layer-caches.ts";
import { asksForFp8Cache, readQuantisation } from "./read-quantisation.ts";
import { greatestCommonDivisor, readWidths } from "./read-widths.ts";
import { computeStateSize } from "./state-size.ts";

/** What is known of a checkpoint beside its config. */
interface ShapeSource {
  id: string;
  /** The parsed `config.json`. */
  config: unknown;
  /** Size of the weights, in 10⁹ bytes. */
  weightsGb: number;
  downloadGb?: number;
  gated?: Gated;
  vllmArguments?: readonly string[];
  /** That of the row of the same model, or of its base. */
  toolParser?: ModelShape["toolParser"];
}

/**
 * Reads a checkpoint's shape from its `config.json`, in any of its dialects; a field that is missing has the value that the
 * type of model gives it. A model with pictures keeps its language part apart.
 *
 * @throws InputError that names what the file lacks: then the shape must be given by hand.
 */
export function readModelShape(source: ShapeSource): ModelShape {
  const { id, weightsGb, downloadGb = weightsGb, gated = "unknown" } = source;
  const { vllmArguments = [], toolParser = null } = source;
  const config = asFields(source.config) ?? {};
  const fields = findLanguagePart(config);
  const type = findModelType(String(fields["model_type"] ?? ""));
  const sizes = readSizes(id, fields, type);
  const { layers, heads, hiddenSize, contextTokens } = sizes;
  const kinds = listLayerKinds(fields, type, layers);
  const caches = readLayerCaches({ fields, type, kinds, heads });
  const stateLayers = kinds.filter((kind) => kind === "state" || kind === "full-and-state").length;
  const cacheLayers = kinds.filter((kind) => kind !== "state" && kind !== "none").length;
  const state = computeStateSize(fields, type, hiddenSize);
  const { precision, block } = readQuantisation(config);
  const vocabularySize = readCount(fields, ["vocab_size"]);
  const doubts: ShapeDoubt[] = [
    ...(stateLayers > 0 && state.isEstimated ? (["state-estimated"] as const) : []),
    ...(readList(fields, ["compress_ratios"]) === null ? [] : (["cache-estimated"] as const)),
    ...sizes.doubts,
    ...(needsOwnCode(config) && !vllmArguments.includes("--trust-remote-code")
      ? (["own-code"] as const)
      : []),
  ];
  const shape: ModelShape = {
    id,
    ...heads,
    layers,
    hiddenSize,
    ...readWindow(caches),
    latentDimension: readLatentDimension(fields, type),
    contextTokens,
    precision,
    weightsGb,
    downloadGb,
    gated,
    vllmArguments,
    chatTemplate: null,
    ...(toolParser === null ? {} : { toolParser }),
    ...(cacheLayers > 0 && cacheLayers < layers ? { cacheLayers } : {}),
    ...(isSparse(fields) ? { sparseAttention: true } : {}),
    ...(asksForFp8Cache(config) ? { fp8Cache: true } : {}),
    ...(stateLayers > 0 ? { stateMb: (stateLayers * state.bytes) / 1e6 } : {}),
    ...readWidths(fields),
    ...(vocabularySize === null ? {} : { vocabularySize }),
    ...(block === null ? {} : { quantisationBlock: block }),
    ...(doubts.length > 0 ? { doubts } : {}),
  };
  return isDeepStrictEqual(listCaches(shape), caches) ? shape : { ...shape, caches };
}

/** Whether a config names code in the repository that reads it, for a type that the table of types does not have. */
function needsOwnCode(config: ConfigFields): boolean {
  const ownConfig = asFields(config["auto_map"])?.["AutoConfig"];
  return ownConfig !== undefined && findModelType(String(config["model_type"] ?? "")).hiddenSize === null;
}

function readWindow(caches: readonly LayerCache[]): Pick<ModelShape, "windowTokens" | "windowedLayers"> {
  const windowed = caches.filter(({ windowTokens }) => windowTokens !== null);
  const windowedLayers = windowed.reduce((sum, { layers }) => sum + layers, 0);
  return { windowTokens: windowed[0]?.windowTokens ?? null, windowedLayers };
}

function readSizes(id: string, fields: ConfigFields, type: ModelType) {
  const layersSaid = readCount(fields, ["num_hidden_layers", "n_layer", "n_layers", "num_layers"], 10_000);
  // Some name their layers one by one instead of counting them.
  const layersListed = readList(fields, ["layers_block_type", "layer_types"])?.length ?? null;
  const headNames = ["num_attention_heads", "n_head", "n_heads", "num_heads", "num_query_heads"];
  const headsSaid = readHeads(fields, headNames);
  const hiddenSaid = readCount(fields, ["hidden_size", "n_embd", "n_embed", "d_model", "dim", "model_dim"]);
  // LongCat's `num_layers` counts pairs of them.
  const isPaired = type.name.startsWith("longcat_flash") && readCount(fields, ["num_hidden_layers"]) === null;
  const layers =
    isPaired && layersSaid !== null ? layersSaid * 2 : (layersSaid ?? layersListed ?? type.layers);
  const attentionHeads = headsSaid ?? type.attentionHeads ?? (type.hasState ? 1 : null);
  const hiddenSize = hiddenSaid ?? type.hiddenSize;
  if (layers === null || attentionHeads === null || hiddenSize === null) {
    const lacking = {
      num_hidden_layers: layers,
      num_attention_heads: attentionHeads,
      hidden_size: hiddenSize,
    };
    const names = Object.entries(lacking).flatMap(([name, value]) => (value === null ? [name] : []));
    throw new InputError(
      `fetchModelShape: the config.json of ${id} does not say how the model is built (${names.join(", ")}).`,
      { remedy: "Give planPod a ModelShape written by hand from the model's card.", field: "model" },
    );
  }
  const kvSaid = readHeads(fields, ["num_key_value_heads", "num_kv_heads", "n_kv_heads", "n_head_kv"]);
  const kvHeads =
    readSharedHeads(fields, type) ?? kvSaid ?? defaultOf(fields, "num_key_value_heads", type.kvHeads);
  const perHead = ["head_dim", "kv_channels", "hidden_size_per_head", "attention_head_dim", "head_dimension"];
  const ofKeys =
    (readCount(fields, ["qk_nope_head_dim"]) ?? 0) + (readCount(fields, ["qk_rope_head_dim"]) ?? 0);
  const headDimension =
    readCount(fields, perHead) ??
    defaultOf(fields, "head_dim", type.headDimension) ??
    (ofKeys > 0 && type.name === "minicpm3" ? ofKeys : Math.max(1, Math.floor(hiddenSize / attentionHeads)));
  const heads: Heads = { attentionHeads, kvHeads: kvHeads ?? attentionHeads, headDimension };
  const contextSaid = readContext(fields);
  const contextTokens = contextSaid ?? type.contextTokens ?? assumedContextTokens;
  const isByType = (layersSaid ?? layersListed) === null || headsSaid === null || hiddenSaid === null;
  const doubts: ShapeDoubt[] = [
    ...(isByType || (contextSaid === null && type.contextTokens !== null)
      ? (["type-defaults"] as const)
      : []),
    ...(contextSaid === null && type.contextTokens === null ? (["context-assumed"] as const) : []),
  ];
  return { layers, heads, hiddenSize, contextTokens, doubts };
}

/** As vLLM assumes where a config says nothing. */
const assumedContextTokens = 2_048;

/** A field that is `null` in the file is computed from others; one that is missing has the value of its type. */
function defaultOf(fields: ConfigFields, name: string, byType: number | null): number | null {
  return fields[name] === null ? null : byType;
}

/** A number of heads; of a list, one for each layer, what divides them all. */
function readHeads(fields: ConfigFields, names: readonly string[]): number | null {
  const listed = readList(fields, names)?.flatMap((value) => toCount(value, 100_000) ?? []);
  if (listed !== undefined && listed.length > 0)
    return listed.reduce((one, other) => greatestCommonDivisor(one, other));
  return readCount(fields, names, 100_000);
}

/** All heads share one KV head, or a few groups do: as Falcon and ChatGLM say it. */
function readSharedHeads(fields: ConfigFields, type: ModelType): number | null {
  const isMultiQuery = fields["multi_query"] ?? (type.name === "falcon" || type.name === "gpt_bigcode");
  if (fields["multi_query_attention"] === true) return readCount(fields, ["multi_query_group_num"]) ?? 1;
  if (isMultiQuery === true && fields["new_decoder_architecture"] !== true) return 1;
  const ofDbrx = readCount(asFields(fields["attn_config"]) ?? {}, ["kv_n_heads"]);
  return ofDbrx ?? readCount(fields, ["num_attention_groups"]);
}

const contextNames = [
  "max_position_embeddings",
  "n_positions",
  "max_seq_len",
  "seq_length",
  "max_sequence_length",
  "max_seq_length",
  "seq_len",
  "n_ctx",
];

/** Ways to stretch the context whose config already says the stretched length. */
const stretchedTypes = [
  "su",
  "longrope",
  "llama3",
  "yarn",
  "deepseek_yarn",
  "deepseek_llama_scaling",
  "mrope",
];

/** The longest context, as vLLM derives it: the smallest of the fields for it, stretched where the config asks for it. */
function readContext(fields: ConfigFields): number | null {
  const most = 1_000_000_000;
  const said = contextNames.flatMap((name) => toCount(fields[name], most) ?? []);
  const tokens = toCount(fields["model_max_length"], most) ?? (said.length === 0 ? null : Math.min(...said));
  if (tokens === null || String(fields["model_type"]).includes("gemma3")) return tokens;
  const scaling = asFields(fields["rope_scaling"]) ?? asFields(fields["rope_parameters"]) ?? {};
  const type = String(scaling["rope_type"] ?? scaling["type"] ?? "default");
  const factor = stretchedTypes.includes(type) || type === "default" ? 1 : Number(scaling["factor"] ?? 1);
  return factor > 1 && factor < 1_000 ? Math.floor(tokens * factor) : tokens;
}
