import { InputError } from "../errors.ts";
import { loadGpus, loadModels, type ModelShape } from "../facts/index.ts";
import { inWords } from "../words/index.ts";
import type { AdapterRoom } from "./adapters.ts";
import type { Caller } from "./caller.ts";
import { hasKernels } from "./card-kernels.ts";
import { type ChosenGpu, chooseGpus } from "./choose-gpus.ts";
import { fitMemory, type MemoryFitInput, memoryUtilisation } from "./memory-fit.ts";
import { canSplit } from "./split-model.ts";

/** Share of the computed room that a plan uses by itself: the computation is right to some per cent. */
const safeShare = 0.9;

/** Below this the model starts, but no conversation is worth it. */
const shortestContextTokens = 1_024;

/**
 * Chooses the context length to serve: the one asked for, else the model's own, else the longest that fits well.
 *
 * @returns `null` where the model does not fit at all.
 * @throws InputError where more was asked for than the model or the memory has.
 */
export function chooseContext(
  input: MemoryFitInput,
  wanted?: { maxModelTokens: number | undefined; caller: Caller },
): { maxModelTokens: number; warnings: string[] } | null {
  const { id, contextTokens } = input.model;
  const longest = fitMemory(input).longestContextTokens;
  const safe = findSafeContext(input);
  if (safe < Math.min(shortestContextTokens, contextTokens)) return null;
  if (wanted?.maxModelTokens !== undefined) {
    const { maxModelTokens, caller } = wanted;
    const beginning = `${caller.name}: maxModelTokens is ${inWords(maxModelTokens)}`;
    if (maxModelTokens > contextTokens) {
      throw new InputError(`${beginning}, more than ${id} was made for.`, {
        remedy: `Give ${inWords(contextTokens)} at most.`,
        problem: "out-of-range",
        field: "maxModelTokens",
      });
    }
    if (maxModelTokens > longest) {
      throw new InputError(`${beginning}, for which there is not enough memory: vLLM would not start.`, {
        remedy: `About ${inWords(roundDown(safe))} fit; for more give a larger ${caller.gpuCount}, or kvCacheDtype "fp8".`,
        problem: "does-not-fit",
        field: "maxModelTokens",
      });
    }
    const warning = `A context of ${inWords(maxModelTokens)} tokens just fits (about ${inWords(longest)} are left): vLLM may refuse to start.`;
    return { maxModelTokens, warnings: maxModelTokens > safe ? [warning] : [] };
  }
  if (safe >= contextTokens) return { maxModelTokens: contextTokens, warnings: [] };
  const maxModelTokens = roundDown(safe);
  const warning =
    `The model allows ${inWords(contextTokens)} tokens of context, for which there is not enough memory: ` +
    `with that, vLLM would not start. The plan sets ${inWords(maxModelTokens)} (about ${inWords(longest)} would just fit).`;
  return { maxModelTokens, warnings: [warning] };
}

/** The longest context that fits into the safe share of the cache. */
function findSafeContext(input: MemoryFitInput): number {
  const { kvCacheGib } = fitMemory(input);
  const reserveGibPerGpu = (Math.max(0, kvCacheGib) * (1 - safeShare)) / input.gpuCount;
  const usableMemoryGibPerGpu = input.usableMemoryGibPerGpu - reserveGibPerGpu / memoryUtilisation;
  return fitMemory({ ...input, usableMemoryGibPerGpu }).longestContextTokens;
}

// A round number, so that a plan reads well and does not change with every digit of a table.
function roundDown(tokens: number): number {
  const step = tokens >= 8_192 ? 4_096 : 1_024;
  return Math.max(shortestContextTokens, Math.floor(tokens / step) * step);
}

const machineSizes = [1, 2, 4, 8];

/** A shorter context is hardly worth a card. */
const usefulContextTokens = 8_192;

/** Says in sentences what would hold a model that does not fit, the nearest way first; empty where nothing does. */
export function suggestFits(options: {
  model: ModelShape;
  gpu: ChosenGpu;
  gpuCount: number;
  adapterRoom?: AdapterRoom | undefined;
  caller: Caller;
}): string[] {
  const { model, gpu, gpuCount, adapterRoom, caller } = options;
  const same = findSmallestMachine(model, gpu, { adapterRoom });
  const quantised = loadModels()
    .filter((other) => other.baseId === model.id)
    .flatMap((other) => {
      const fit = findSmallestMachine(other, gpu, { adapterRoom });
      return fit === null ? [] : [{ id: other.id, precision: other.precision, ...fit }];
    })
    .toSorted((one, other) => one.gpuCount - other.gpuCount);
  const sentences = quantised
    .slice(0, 2)
    .map(
      ({ id, precision, gpuCount: count, kvCacheTokens }) =>
        `${id} (${precision}) fits ${count} × ${gpu.displayName}, with ${roundedInWords(kvCacheTokens)} tokens of KV cache.`,
    );
  if (same !== null && same.gpuCount !== gpuCount) {
    sentences.unshift(
      `${same.gpuCount} × ${gpu.displayName} hold it (${caller.gpuCount}: ${same.gpuCount}), with ${roundedInWords(same.kvCacheTokens)} tokens of KV cache.`,
    );
  }
  return sentences.length > 0 ? sentences : suggestOtherGpu(model, caller);
}

/** The kind of GPU whose smallest machine for this model is the cheapest, by published prices. */
function suggestOtherGpu(model: ModelShape, caller: Caller): string[] {
  const [cheapest] = chooseGpus({ gpus: loadGpus().map(({ id }) => id), cloud: "SECURE", caller })
    .flatMap((gpu) => {
      const fit = gpu.usdPerHour === null ? null : findSmallestMachine(model, gpu);
      return fit === null ? [] : [{ gpu, ...fit, usdPerHour: (gpu.usdPerHour ?? 0) * fit.gpuCount }];
    })
    .toSorted((one, other) => one.usdPerHour - other.usdPerHour);
  if (cheapest === undefined) return [];
  const { gpu, gpuCount, usdPerHour } = cheapest;
  return [
    `${gpuCount} × ${gpu.displayName} hold it, at about ${usdPerHour.toFixed(2)} USD an hour (price of ${gpu.priceObserved}).`,
  ];
}

/** What a machine must hold beside the model. */
interface MachineWish {
  kvCacheDtype?: "auto" | "fp8";
  maxModelTokens?: number | undefined;
  adapterRoom?: AdapterRoom | undefined;
}

/**
 * The fewest of one, two, four or eight GPUs that hold the model with the context asked for, by default with 8,192
 * tokens, or with its whole context where that is shorter.
 */
export function findSmallestMachine(
  model: ModelShape,
  gpu: ChosenGpu,
  wanted: MachineWish = {},
): { gpuCount: number; maxModelTokens: number; kvCacheTokens: number } | null {
  for (const gpuCount of machineSizes) {
    const fit = fitMachine({ model, gpu, gpuCount }, wanted);
    if (fit !== null) return { gpuCount, ...fit };
  }
  return null;
}

/** Fits a model on so many GPUs of a kind, as `findSmallestMachine` does; `null` where it cannot run there. */
export function fitMachine(
  { model, gpu, gpuCount }: { model: ModelShape; gpu: ChosenGpu; gpuCount: number },
  wanted: MachineWish = {},
): { maxModelTokens: number; kvCacheTokens: number } | null {
  const { kvCacheDtype = "auto", maxModelTokens: needed = usefulContextTokens, adapterRoom } = wanted;
  if (!(hasKernels(model, gpu) && canSplit(model, gpuCount))) return null;
  const input = { model, gpuCount, usableMemoryGibPerGpu: gpu.usableMemoryGib, kvCacheDtype, adapterRoom };
  const context = chooseContext(input);
  if (context === null || context.maxModelTokens < Math.min(needed, model.contextTokens)) return null;
  return { maxModelTokens: context.maxModelTokens, kvCacheTokens: fitMemory(input).kvCacheTokens };
}

function roundedInWords(tokens: number): string {
  return `about ${inWords(Math.floor(tokens / 100) * 100)}`;
}
