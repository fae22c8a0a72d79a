import { InputError } from "../errors.ts";
import type { PlannedMemory } from "../runpod/index.ts";
import { chooseContext } from "./choose-context.ts";
import type { ChosenGpu } from "./choose-gpus.ts";
import {
  canSplit,
  countSequences,
  fitMemory,
  type MemoryFitInput,
  memoryUtilisation,
  overheadGibPerGpu,
} from "./memory-fit.ts";
import type { ModelShape } from "./model-shape.ts";
import type { CheckedRequest } from "./plan-request.ts";
import { suggestFits } from "./suggest-fits.ts";

/** A model that has found its place: which GPUs hold it, and with how much context on each of them. */
export interface Placement {
  /** Those of the GPUs asked for that hold the model. */
  gpus: readonly ChosenGpu[];
  /** The first of them, which is tried first. */
  preferred: ChosenGpu;
  maxModelTokens: number;
  /** On the smallest of them. */
  memory: PlannedMemory;
  /** Whether the smallest of them would hold the model on its own. */
  fitsOneGpu: boolean;
  warnings: readonly string[];
}

/**
 * Places a model on the GPUs asked for; those that are too small are left out with a warning.
 *
 * @throws InputError where none holds it, or where it cannot be split that way; it says what would fit.
 */
export function placeModel(
  model: ModelShape,
  gpus: readonly ChosenGpu[],
  request: CheckedRequest,
): Placement {
  const { gpuCount, kvCacheDtype, maxModelTokens: wantedTokens } = request;
  requireSplit(model, gpuCount);
  const memoryInput = (gpu: ChosenGpu): MemoryFitInput => ({
    model,
    usableMemoryGibPerGpu: gpu.usableMemoryGib,
    gpuCount,
    kvCacheDtype,
  });
  const holding = gpus.filter((gpu) => chooseContext(memoryInput(gpu), undefined) !== null);
  const [smallest] = holding.toSorted((one, other) => one.usableMemoryGib - other.usableMemoryGib);
  const [preferred] = holding;
  if (smallest === undefined || preferred === undefined) throw doesNotFit(model, gpus, gpuCount);
  const input = memoryInput(smallest);
  const context = chooseContext(input, wantedTokens);
  if (context === null) throw doesNotFit(model, gpus, gpuCount);
  const { maxModelTokens } = context;
  const tooSmall = gpus.filter((gpu) => !holding.includes(gpu)).map((gpu) => gpu.displayName);
  const leftOut = `Left out, because the model does not fit there: ${gpuCount} × ${tooSmall.join(", ")}.`;
  return {
    gpus: holding,
    preferred,
    maxModelTokens,
    memory: {
      ...fitMemory(input),
      gpuTypeId: smallest.gpuTypeId,
      usableGib: smallest.usableMemoryGib * memoryUtilisation * gpuCount,
      sequencesAtMaxModelTokens: countSequences(input, maxModelTokens),
    },
    fitsOneGpu: chooseContext({ ...input, gpuCount: 1 }, undefined) !== null,
    warnings: [...(tooSmall.length > 0 ? [leftOut] : []), ...context.warnings],
  };
}

function requireSplit(model: ModelShape, gpuCount: number): void {
  if (canSplit(model, gpuCount)) return;
  const possible = [1, 2, 3, 4, 5, 6, 7, 8].filter((count) => canSplit(model, count));
  throw new InputError(
    `planPod: gpuCount is ${gpuCount}, over which ${model.id} with its ${model.attentionHeads} attention and ` +
      `${model.kvHeads} KV heads cannot be split evenly.`,
    { remedy: `Possible are ${possible.join(", ")}.` },
  );
}

function doesNotFit(model: ModelShape, gpus: readonly ChosenGpu[], gpuCount: number): InputError {
  const [largest] = gpus.toSorted((one, other) => other.usableMemoryGib - one.usableMemoryGib);
  const suggestions = largest === undefined ? [] : suggestFits({ model, gpu: largest, gpuCount });
  const budgetGib = ((largest?.usableMemoryGib ?? 0) * memoryUtilisation - overheadGibPerGpu) * gpuCount;
  const names = gpus.map((gpu) => `${gpuCount} × ${gpu.displayName}`).join(", ");
  return new InputError(
    `planPod: ${model.id} does not fit the gpus asked for (${names}): its weights alone take ` +
      `${Math.ceil(model.weightsGb)} GB, and vLLM may use ${gibToGb(budgetGib)} GB there.`,
    {
      remedy:
        suggestions.length > 0
          ? suggestions.join(" ")
          : "Take a larger kind of GPU (listGpus() shows them), or a smaller model.",
    },
  );
}

function gibToGb(gib: number): number {
  return Math.max(0, Math.floor((gib * 2 ** 30) / 1e9));
}
