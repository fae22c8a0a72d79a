import type { ModelType } from "../facts/index.ts";
import { asFields, type ConfigFields, readCount, readList } from "./config-fields.ts";

/**
 * What a layer keeps of a conversation: keys and values of all tokens, or of a window; a state that does not grow; both
 * a cache and a state; or nothing.
 */
export type LayerKind = "full" | "window" | "state" | "full-and-state" | "none";

/** Words in the names of layers, the particular first; any other layer keeps a full cache. */
const kindsByWord: readonly (readonly [RegExp, LayerKind])[] = [
  [/sliding|chunked|local|window|swa/i, "window"],
  [/hybrid/i, "full-and-state"],
  [/linear|mamba|conv|recurrent|delta|kda|lightning|ssm|rwkv|lstm/i, "state"],
  [/^(mlp|moe|ffn|no_op|identity)$/i, "none"],
];

const kindsBySign: Readonly<Record<string, LayerKind>> = { M: "state", "*": "full", "-": "none", E: "none" };

/** Types whose layers have no attention at all, and one whose layers have attention and a state side by side. */
const kindsByType: ReadonlyMap<string, LayerKind> = new Map(
  Object.entries({
    mamba: "state",
    mamba2: "state",
    falcon_mamba: "state",
    rwkv: "state",
    xlstm: "state",
    falcon_h1: "full-and-state",
  }),
);

/** Says of each layer what it keeps, from whichever of the many fields for it a config has. */
export function listLayerKinds(fields: ConfigFields, type: ModelType, layers: number): readonly LayerKind[] {
  const found = findKinds(fields, type, layers);
  const at = (layer: number) => found[layer] ?? (found.length === 1 ? found[0] : undefined) ?? "full";
  // The last layers of some models look at the cache of earlier ones.
  const shared = readCount(fields, ["num_kv_shared_layers"]) ?? 0;
  const own = shared < layers ? layers - shared : layers;
  return Array.from({ length: layers }, (_, layer) => (layer < own ? at(layer) : "none"));
}

function findKinds(fields: ConfigFields, type: ModelType, layers: number): readonly LayerKind[] {
  const fullAt = (indexes: readonly unknown[], from = 0) => {
    const chosen = new Set(indexes.map(Number));
    return fullWhere(layers, (layer) => chosen.has(layer + from), "state");
  };
  const byType = kindsByType.get(type.name);
  if (byType !== undefined) return [byType];

  const names = readList(fields, ["layer_types", "layers_block_type"]);
  if (names !== null) return names.map((name) => kindOfName(String(name)));
  const repeated = readList(fields, ["block_types"])?.map((name) => kindOfName(String(name)));
  if (repeated !== undefined) return repeat(repeated, layers);
  const signs = fields["hybrid_override_pattern"];
  if (typeof signs === "string" && /[M*]/.test(signs)) {
    return Array.from(signs).flatMap((sign) => kindsBySign[sign] ?? []);
  }
  const blocks = readList(fields, ["block_configs"]);
  if (blocks !== null) return blocks.map(kindOfBlock);

  const fullLayers = readList(fields, ["attn_layer_indices", "full_attn_idxs"]);
  if (fullLayers !== null) return fullAt(fullLayers);
  // Kimi Linear counts its layers from 1.
  const kimi = readList(asFields(fields["linear_attn_config"]) ?? {}, ["full_attn_layers"]);
  if (kimi !== null) return fullAt(kimi, 1);
  const period = readCount(fields, ["attn_layer_period"]);
  if (period !== null)
    return fullWhere(layers, (layer) => layer % period === Number(fields["attn_layer_offset"] ?? 0), "state");
  const interval = readCount(fields, [
    "full_attention_interval",
    ...(type.hasState ? ["layer_group_size"] : []),
  ]);
  if (interval !== null) return fullWhere(layers, (layer) => (layer + 1) % interval === 0, "state");
  const flags = readList(fields, ["attn_type_list"]);
  if (flags !== null) return flags.map((flag) => (Number(flag) === 1 ? "full" : "state"));
  if (type.hasState && type.fullEvery !== null) {
    const { fullEvery } = type;
    return fullWhere(layers, (layer) => (layer + 1) % fullEvery === 0, "state");
  }

  const windows = readList(fields, ["hybrid_layer_pattern"]);
  if (windows !== null) return windows.map((flag) => (Number(flag) === 1 ? "window" : "full"));
  const rotated = readList(fields, ["no_rope_layers"]);
  if (rotated !== null && readCount(fields, ["attention_chunk_size"]) !== null) {
    return rotated.map((flag) => (Number(flag) === 1 ? "window" : "full"));
  }
  return findWindows(fields, type, layers);
}

/** A window in every layer but each n-th; in all layers where no pattern is known, as vLLM has it. */
function findWindows(fields: ConfigFields, type: ModelType, layers: number): readonly LayerKind[] {
  if (findWindowTokens(fields, type) === null) return ["full"];
  const pattern = fields["sliding_window_pattern"];
  if (typeof pattern === "string" && /^[LG]+$/.test(pattern)) {
    const kinds = Array.from(pattern, (sign): LayerKind => (sign === "G" ? "full" : "window"));
    return repeat(kinds, layers);
  }
  const names = ["sliding_window_pattern", "_sliding_window_pattern", "no_rope_layer_interval"];
  const fullEvery = readCount(fields, names) ?? type.fullEvery;
  if (fullEvery !== null) return fullWhere(layers, (layer) => (layer + 1) % fullEvery === 0, "window");
  const firstWindowed = fields["use_sliding_window"] === true ? (fields["max_window_layers"] ?? 0) : 0;
  return fullWhere(layers, (layer) => layer < Number(firstWindowed), "window");
}

/** How far back the layers with a window look; `null` where no field says it, or where the window is turned off. */
export function findWindowTokens(fields: ConfigFields, type: ModelType): number | null {
  const usesWindow = fields["use_sliding_window"];
  if (usesWindow === false || (type.name.startsWith("qwen") && usesWindow !== true)) return null;
  const names = ["sliding_window", "attention_chunk_size", "attention_window_size", "sliding_window_size"];
  const said = readCount(fields, names);
  const isNull = names.some((name) => fields[name] === null);
  return said ?? (isNull ? null : type.windowTokens);
}

function fullWhere(layers: number, fits: (layer: number) => boolean, other: LayerKind): readonly LayerKind[] {
  return Array.from({ length: layers }, (_, layer) => (fits(layer) ? "full" : other));
}

function repeat(kinds: readonly LayerKind[], layers: number): readonly LayerKind[] {
  return Array.from({ length: layers }, (_, layer) => kinds[layer % kinds.length] ?? "full");
}

function kindOfName(name: string): LayerKind {
  return kindsByWord.find(([words]) => words.test(name))?.[1] ?? "full";
}

function kindOfBlock(block: unknown): LayerKind {
  const fields = asFields(block) ?? {};
  const attention = asFields(fields["attention"]) ?? {};
  if (typeof fields["block_type"] === "string") return kindOfName(fields["block_type"]);
  const isReplaced = attention["no_op"] === true || attention["replace_with_linear"] === true;
  return isReplaced ? "none" : "full";
}
