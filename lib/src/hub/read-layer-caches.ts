import { indexNumbers, type LayerCache, type ModelType } from "../facts/index.ts";
import { asFields, type ConfigFields, readCount, readList, toCount } from "./config-fields.ts";
import { findWindowTokens, type LayerKind } from "./layer-kinds.ts";

/** The heads of a model's attention, before layers differ from one another. */
export interface Heads {
  attentionHeads: number;
  kvHeads: number;
  headDimension: number;
}

/** Reads what each layer of a model keeps of a token, and puts layers together that keep the same. */
export function readLayerCaches(options: {
  fields: ConfigFields;
  type: ModelType;
  kinds: readonly LayerKind[];
  heads: Heads;
}): LayerCache[] {
  const { fields, type, kinds, heads } = options;
  const ratios = readList(fields, ["compress_ratios"]);
  if (ratios !== null) return mergeCaches(compressedCaches(kinds.length, ratios, fields, heads));
  const windowTokens = findWindowTokens(fields, type);
  const latentDimension = readLatentDimension(fields, type);
  const caches = kinds.flatMap((kind, layer): LayerCache[] => {
    if (kind === "state" || kind === "none") return [];
    // A window whose length nobody says is counted as none.
    const window = kind === "window" ? windowTokens : null;
    const index = indexCaches(fields, layer);
    if (latentDimension !== null) {
      return [{ layers: 1, kvHeads: 1, numbersPerHead: latentDimension, windowTokens: window }, ...index];
    }
    const { headDimension, valueDimension, kvHeads } = headsOf(fields, type, heads, kind === "window");
    const ofLayer = readKvHeadsOfLayer(fields, heads, layer) ?? kvHeads;
    const numbersPerHead = headDimension + valueDimension;
    return [{ layers: 1, kvHeads: ofLayer, numbersPerHead, windowTokens: window }, ...index];
  });
  return mergeCaches(caches);
}

/** With latent attention (DeepSeek's MLA): the numbers that a layer keeps of a token; else `null`. */
export function readLatentDimension(fields: ConfigFields, type: ModelType): number | null {
  const rank = readCount(fields, ["kv_lora_rank"]);
  // vLLM gives MiniCPM3 heads of its own in place of the latent vector (`models/minicpm3.py`).
  if (rank === null || type.name === "minicpm3") return null;
  return rank + (readCount(fields, ["qk_rope_head_dim"]) ?? 0);
}

/**
 * What a layer keeps to choose the tokens that it looks at: a key of 8 bits a number with DeepSeek V3.2, of 16 bits with
 * MiniMax M3. Some layers of GLM 5.2 take the choice of an earlier one.
 */
function indexCaches(fields: ConfigFields, layer: number): LayerCache[] {
  const cache = { layers: 1, kvHeads: 1, windowTokens: null };
  const sparse = asFields(fields["sparse_attention_config"]) ?? {};
  const size = readCount(sparse, ["sparse_index_dim"]);
  const flags = readList(sparse, ["sparse_attention_freq"]) ?? [];
  if (size !== null && Number(flags[layer] ?? 0) !== 0) return [{ ...cache, numbersPerHead: size }];
  if (readCount(fields, ["index_topk"]) === null || sharesIndex(fields, layer)) return [];
  return [{ ...cache, numbersPerHead: readIndexNumbers(fields) }];
}

/** Source: vLLM 0.32.0, `model_executor/models/deepseek_v2.py` (`_skip_topk`). */
function sharesIndex(fields: ConfigFields, layer: number): boolean {
  const pattern = fields["index_topk_pattern"];
  if (typeof pattern === "string") return pattern[layer] === "S";
  const every = readCount(fields, ["index_topk_freq"]) ?? 1;
  const from = toCount(fields["index_skip_topk_offset"]) ?? 2;
  return Math.max(layer - from + 1, 0) % every !== 0;
}

/** Whether an indexer chooses the tokens that are looked at, as in DeepSeek V3.2. */
export function isSparse(fields: ConfigFields): boolean {
  return readCount(fields, ["index_topk"]) !== null || readList(fields, ["compress_ratios"]) !== null;
}

function readIndexNumbers(fields: ConfigFields): number {
  return indexNumbers(readCount(fields, ["index_head_dim"]) ?? undefined);
}

/** DeepSeek V4: each layer keeps a short window, and of all tokens one vector for every few. */
function compressedCaches(
  layers: number,
  ratios: readonly unknown[],
  fields: ConfigFields,
  { headDimension }: Heads,
): LayerCache[] {
  const one = { layers: 1, kvHeads: 1 };
  const window = readCount(fields, ["sliding_window"]) ?? 128;
  return Array.from({ length: layers }, (_, layer) => toCount(ratios[layer]) ?? 1).flatMap((ratio) => [
    { ...one, numbersPerHead: headDimension, windowTokens: window },
    ...(ratio > 1 ? [{ ...one, numbersPerHead: headDimension / ratio, windowTokens: null }] : []),
    ...(ratio === 4
      ? [{ ...one, numbersPerHead: readIndexNumbers(fields) / ratio, windowTokens: null }]
      : []),
  ]);
}

/** Layers with a window may have other heads than those that see everything: Gemma 4 and MiMo name them differently. */
function headsOf(fields: ConfigFields, type: ModelType, heads: Heads, isWindowed: boolean) {
  const read = (...names: string[]) => readCount(fields, names);
  // What transformers 5.19.0 gives Gemma 4 where a config does not say it.
  const globalSize = read("global_head_dim") ?? (type.name.startsWith("gemma4") ? 512 : null);
  const headDimension = (isWindowed ? read("swa_head_dim") : globalSize) ?? heads.headDimension;
  const kvHeads =
    read(isWindowed ? "swa_num_key_value_heads" : "num_global_key_value_heads") ?? heads.kvHeads;
  const value = isWindowed ? read("swa_v_head_dim", "v_head_dim") : read("v_head_dim");
  return { headDimension, kvHeads, valueDimension: value ?? headDimension };
}

/** The KV heads of a layer where a config lists them one by one, or tells how many heads share one. */
function readKvHeadsOfLayer(fields: ConfigFields, { attentionHeads }: Heads, layer: number): number | null {
  const listed = readList(fields, ["num_key_value_heads", "num_kv_heads", "num_key_value_heads_per_layer"]);
  if (listed !== null) return toCount(listed[layer]);
  const block = asFields(readList(fields, ["block_configs"])?.[layer]);
  const attention = asFields(block?.["attention"]);
  if (attention === null) return null;
  const said = readCount(attention, ["num_key_value_heads"]);
  const shared = readCount(attention, ["n_heads_in_group"]);
  return said ?? (shared === null ? null : Math.max(1, Math.floor(attentionHeads / shared)));
}

function mergeCaches(caches: readonly LayerCache[]): LayerCache[] {
  const merged = new Map<string, LayerCache>();
  for (const cache of caches) {
    const { kvHeads, numbersPerHead, windowTokens } = cache;
    const key = JSON.stringify([kvHeads, numbersPerHead, windowTokens]);
    const before = merged.get(key);
    merged.set(key, { ...cache, layers: cache.layers + (before?.layers ?? 0) });
  }
  // Those that grow stand first, as in a shape that is written by its fields.
  return [...merged.values()].toSorted(
    (one, other) => Number(one.windowTokens !== null) - Number(other.windowTokens !== null),
  );
}
