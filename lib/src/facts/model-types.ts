import { z } from "zod";
import { count, day, orNull, sources, text, yesOrNo } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

const modelTypeSchema = z.object({
  /** `model_type` of a `config.json`, or of its part that writes. */
  name: text,
  layers: orNull(count),
  attentionHeads: orNull(count),
  /** `null` where they are as many as the attention heads. */
  kvHeads: orNull(count),
  /** `null` where it is the hidden size, shared out over the heads. */
  headDimension: orNull(count),
  hiddenSize: orNull(count),
  contextTokens: orNull(count),
  windowTokens: orNull(count),
  /** One layer in this many keeps a whole cache, the others a window or a state; `null` where no such rule holds. */
  fullEvery: orNull(count),
  /** Whether layers without a cache keep a state instead. */
  hasState: yesOrNo,
  observed: day,
  sources,
});

/** What a type of model has where its `config.json` leaves a field out. */
export type ModelType = Omit<z.output<typeof modelTypeSchema>, "observed" | "sources">;

/** Returns the types of models of `data/model-types.csv`, each with its day and sources. */
export function loadModelTypes(options: FactsOptions = {}) {
  return readFacts("model-types.csv", modelTypeSchema, options);
}

/** Finds a type of model by its name in a `config.json` (`data/model-types.csv`); one without defaults where it is not known. */
export function findModelType(name: string): ModelType {
  const known = loadModelTypes().find((type) => type.name === name);
  if (known !== undefined) return known;
  return {
    name,
    layers: null,
    attentionHeads: null,
    kvHeads: null,
    headDimension: null,
    hiddenSize: null,
    contextTokens: null,
    windowTokens: null,
    fullEvery: null,
    hasState: /hybrid|linear|mamba|ssm|next/.test(name),
  };
}
