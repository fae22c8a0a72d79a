import { InputError } from "../errors.ts";
import type { Model, Precision } from "./models.ts";

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

/** What planning needs to know of a checkpoint: how much memory it takes, and how it can be split. */
export interface ModelShape
  extends Pick<Model, "id" | "layers" | "attentionHeads" | "kvHeads" | "headDimension" | "contextTokens">,
    Pick<Model, "windowTokens" | "windowedLayers" | "latentDimension" | "weightsGb" | "downloadGb" | "gated">,
    Pick<Model, "vllmArguments">,
    Partial<Pick<Model, "toolParser">>,
    Partial<Pick<Model, "cacheLayers" | "windowedKvHeads" | "windowedHeadDimension" | "stateMb">>,
    Partial<Pick<Model, "sparseAttention" | "expertSize" | "feedForwardSize" | "quantisationBlock">>,
    Partial<Pick<Model, "hiddenSize" | "vocabularySize" | "experts">> {
  precision: Precision | "unknown";
  /** Whether the checkpoint can chat; `null` where that is not known. */
  chatTemplate: boolean | null;
  /** What the layers keep, kind by kind, where the fields above cannot say it: then it stands in their place. */
  caches?: readonly LayerCache[];
  /** Whether its config asks for a cache of 8 bits, which vLLM then takes by itself. */
  fp8Cache?: boolean;
  /** What is not known of it, so that its memory is computed roughly, or it may not start. */
  doubts?: readonly ShapeDoubt[];
}

/**
 * What a shape leaves open: the state of layers without a cache, or what the layers keep, is known roughly; a field was
 * missing and has the value that its type of model has; the longest context was not said; the repository brings code of its
 * own for a type that Transformers may not know.
 */
export type ShapeDoubt =
  | "state-estimated"
  | "cache-estimated"
  | "type-defaults"
  | "context-assumed"
  | "own-code";

/** What the indexer of sparse attention keeps of a token: a key of 8 bits a number and its scale, as numbers of 16 bits. */
export function indexNumbers(keyDimension = 128): number {
  return (keyDimension + 4) / 2;
}

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
      numbersPerHead: indexNumbers(),
    },
    {
      layers: windowedLayers,
      kvHeads: shape.windowedKvHeads ?? kvHeads,
      numbersPerHead: 2 * (shape.windowedHeadDimension ?? headDimension),
      windowTokens,
    },
  ].filter(({ layers }) => layers > 0);
}

/**
 * Checks that a text can be a model's name on Hugging Face, before it becomes part of an address or of an argument.
 *
 * @throws InputError that names the caller and the text.
 */
export function requireModelName(id: string, caller: string): void {
  const part = /^[A-Za-z0-9_][\w.-]*$/;
  const parts = id.split("/");
  if (parts.length === 2 && parts.every((name) => part.test(name))) return;
  throw new InputError(`${caller}: model is "${id}", which is not a name on Hugging Face.`, {
    remedy: "Give owner and name, for example meta-llama/Llama-3.1-8B-Instruct.",
    field: "model",
  });
}
