import type { ModelShape } from "./model-shape.ts";

/** Layers of one kind, and what each of them keeps of a token. */
export interface LayerCache {
  layers: number;
  /** Heads that a split shares out; each GPU has one at least. */
  kvHeads: number;
  /** What each head keeps of a token: its key and its value, counted in numbers. */
  numbersPerHead: number;
  /** How far back the layers look; `null` where they see everything. */
  windowTokens: number | null;
}

/** What the indexer of sparse attention keeps of a token: 128 numbers of 8 bits and a scale, as numbers of 16 bits. */
const indexNumbers = 66;

/** Lists what the layers of a model keep, kind by kind; layers without a cache are left out. */
export function listCaches(shape: ModelShape): readonly LayerCache[] {
  if (shape.caches !== undefined) return shape.caches;
  const { kvHeads, headDimension, latentDimension, windowTokens } = shape;
  const windowedLayers = windowTokens === null ? 0 : shape.windowedLayers;
  const growing = { layers: (shape.cacheLayers ?? shape.layers) - windowedLayers, windowTokens: null };
  const ofHeads = { ...growing, kvHeads, numbersPerHead: 2 * headDimension };
  return [
    // One vector for all heads, which every GPU keeps whole.
    latentDimension === null ? ofHeads : { ...growing, kvHeads: 1, numbersPerHead: latentDimension },
    {
      ...growing,
      layers: shape.sparseAttention ? growing.layers : 0,
      kvHeads: 1,
      numbersPerHead: indexNumbers,
    },
    {
      layers: windowedLayers,
      kvHeads: shape.windowedKvHeads ?? kvHeads,
      numbersPerHead: 2 * (shape.windowedHeadDimension ?? headDimension),
      windowTokens,
    },
  ].filter(({ layers }) => layers > 0);
}
