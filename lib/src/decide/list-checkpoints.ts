import { loadModels, type ModelShape, weightBits } from "../facts/index.ts";
import type { Bits } from "./decide-types.ts";

/** What a machine would load to serve a model. */
export interface Checkpoint {
  shape: ModelShape;
  bits: Bits;
  /** The model's own weights, a quantised checkpoint of somebody else, or the own ones that vLLM quantises while loading. */
  made: "own" | "quantised" | "while loading";
}

const bitsOf: Record<ModelShape["precision"], Bits | null> = {
  ...weightBits,
  // Nobody has published how fast these are off Blackwell.
  nvfp4: null,
  unknown: null,
};

/** Embeddings and output head stay at 16 bits: of 141.1 GB of Llama 70B 72.7 remain (nvidia/Llama-3.3-70B-Instruct-FP8). */
const fp8Share = 0.515;

/** Lists what could be loaded: the model's own weights, and the smallest checkpoint of the tables for each other precision. */
export function listCheckpoints(model: ModelShape): Checkpoint[] {
  const own = bitsOf[model.precision];
  const quantised = loadModels()
    .filter(({ baseId }) => baseId?.toLowerCase() === model.id.toLowerCase())
    .toSorted((one, other) => one.weightsGb - other.weightsGb)
    .flatMap((shape): Checkpoint[] => {
      const bits = bitsOf[shape.precision];
      return bits === null ? [] : [{ shape, bits, made: "quantised" }];
    });
  const smallest = new Map(quantised.toReversed().map((checkpoint) => [checkpoint.bits, checkpoint]));
  const listed = [...smallest.values()];
  if (own === null) return listed;
  const all: Checkpoint[] = [{ shape: model, bits: own, made: "own" }, ...listed];
  if (own !== "16-bit" || smallest.has("fp8")) return all;
  const shape: ModelShape = { ...model, precision: "fp8", weightsGb: model.weightsGb * fp8Share };
  return [...all, { shape, bits: "fp8", made: "while loading" }];
}
