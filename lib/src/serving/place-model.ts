import { InputError } from "../errors.ts";
import type { ModelShape } from "../facts/index.ts";
import type { AdapterRoom } from "./adapters.ts";
import type { Caller } from "./caller.ts";
import { leaveOutWithoutKernels } from "./card-kernels.ts";
import { chooseContext, suggestFits } from "./choose-context.ts";
import { type ChosenGpu, namesOf } from "./choose-gpus.ts";
import {
  countSequences,
  fitMemory,
  type MemoryFit,
  type MemoryFitInput,
  memoryUtilisation,
  overheadGibPerGpu,
} from "./memory-fit.ts";
import { requireSplit } from "./split-model.ts";

/** How a model fits into the memory of the planned GPUs; computed, for the smallest of the candidates. */
export interface PlannedMemory extends MemoryFit {
  gpuTypeId: string;
  /** Memory that vLLM may use on all GPUs together, in GiB. */
  usableGib: number;
  /** Conversations of `maxModelTokens` that fit at the same time. */
  sequencesAtMaxModelTokens: number;
}

/** A model that has found its place: which GPUs hold it, and with how much context on each of them. */
export type Placement = ReturnType<typeof placeModel>;

interface PlacementRequest {
  model: ModelShape;
  gpus: readonly ChosenGpu[];
  gpuCount: number;
  kvCacheDtype: "auto" | "fp8";
  maxModelTokens: number | undefined;
  extraArguments: readonly string[];
  adapterRoom: AdapterRoom;
  caller: Caller;
}

/**
 * Places a model on the GPUs asked for; those that are too small are left out with a warning.
 *
 * @throws InputError where none holds it or runs it, or where it cannot be split that way; it says what would fit.
 */
export function placeModel(options: PlacementRequest) {
  const { model, gpuCount, kvCacheDtype, adapterRoom } = options;
  const { gpus, warnings } = leaveOutWithoutKernels(options);
  const memoryInput = (gpu: ChosenGpu, count = gpuCount): MemoryFitInput => ({
    model,
    usableMemoryGibPerGpu: gpu.usableMemoryGib,
    gpuCount: count,
    kvCacheDtype,
    adapterRoom,
  });
  const holds = (count: number) => gpus.some((gpu) => chooseContext(memoryInput(gpu, count)) !== null);
  requireSplit({ ...options, holds });
  const holding = gpus.filter((gpu) => chooseContext(memoryInput(gpu)) !== null);
  const [smallest] = holding.toSorted((one, other) => one.usableMemoryGib - other.usableMemoryGib);
  const [preferred] = holding;
  const input = smallest && memoryInput(smallest);
  const context = input && chooseContext(input, options);
  if (!(smallest && preferred && input && context)) throw doesNotFit({ ...options, gpus });
  const { maxModelTokens } = context;
  const tooSmall = namesOf(gpus.filter((gpu) => !holding.includes(gpu)));
  const leftOut = `Left out, because the model does not fit there: ${gpuCount} × ${tooSmall}.`;
  return {
    /** Those of the GPUs asked for that hold the model. */
    gpus: holding,
    /** The first of them, which is tried first. */
    preferred,
    maxModelTokens,
    /** On the smallest of them. */
    memory: {
      ...fitMemory(input),
      gpuTypeId: smallest.gpuTypeId,
      usableGib: smallest.usableMemoryGib * memoryUtilisation * gpuCount,
      sequencesAtMaxModelTokens: countSequences(input, maxModelTokens),
    },
    /** Whether the smallest of them would hold the model on its own, with the same context. */
    fitsOneGpu: fitMemory({ ...input, gpuCount: 1 }).longestContextTokens >= maxModelTokens,
    warnings: [...warnings, ...(tooSmall !== "" ? [leftOut] : []), ...context.warnings],
  };
}

function doesNotFit({ model, gpus, gpuCount, adapterRoom, caller }: PlacementRequest): InputError {
  const [largest] = gpus.toSorted((one, other) => other.usableMemoryGib - one.usableMemoryGib);
  const suggestions =
    largest === undefined ? [] : suggestFits({ model, gpu: largest, gpuCount, adapterRoom, caller });
  const budgetGib = ((largest?.usableMemoryGib ?? 0) * memoryUtilisation - overheadGibPerGpu) * gpuCount;
  const budgetGb = Math.max(0, Math.floor((budgetGib * 2 ** 30) / 1e9));
  const names = gpus.map((gpu) => `${gpuCount} × ${gpu.displayName}`).join(", ");
  return new InputError(
    `${caller.name}: ${model.id} does not fit the ${caller.gpus} asked for (${names}): its weights alone take ` +
      `${Math.ceil(model.weightsGb)} GB, and vLLM may use ${budgetGb} GB there.`,
    {
      remedy:
        suggestions.join(" ") || "Take a larger kind of GPU (listGpus() shows them), or a smaller model.",
      problem: "does-not-fit",
      field: caller.gpus,
    },
  );
}
