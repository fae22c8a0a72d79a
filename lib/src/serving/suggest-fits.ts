import { loadGpus, loadModels, type ModelShape, toModelShape } from "../facts/index.ts";
import type { Caller } from "./caller.ts";
import { chooseContext } from "./choose-context.ts";
import { type ChosenGpu, chooseGpus } from "./choose-gpus.ts";
import { canSplit, fitMemory } from "./memory-fit.ts";

const machineSizes = [1, 2, 4, 8];

/** A shorter context is hardly worth a card. */
const usefulContextTokens = 8_192;

/** Says in sentences what would hold a model that does not fit, the nearest way first; empty where nothing does. */
export function suggestFits(options: {
  model: ModelShape;
  gpu: ChosenGpu;
  gpuCount: number;
  caller: Caller;
}): string[] {
  const { model, gpu, gpuCount, caller } = options;
  const same = findSmallestMachine(model, gpu);
  const quantised = loadModels()
    .filter((other) => other.baseId === model.id)
    .flatMap((other) => {
      const fit = findSmallestMachine(toModelShape(other), gpu);
      return fit === null ? [] : [{ id: other.id, precision: other.precision, ...fit }];
    })
    .toSorted((one, other) => one.gpuCount - other.gpuCount);
  const sentences = quantised
    .slice(0, 2)
    .map(
      ({ id, precision, gpuCount: count, kvCacheTokens }) =>
        `${id} (${precision}) fits ${count} × ${gpu.displayName}, with ${inWords(kvCacheTokens)} tokens of KV cache.`,
    );
  if (same !== null && same.gpuCount !== gpuCount) {
    sentences.unshift(
      `${same.gpuCount} × ${gpu.displayName} hold it (${caller.gpuCount}: ${same.gpuCount}), with ${inWords(same.kvCacheTokens)} tokens of KV cache.`,
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

/** The fewest of one, two, four or eight GPUs that hold the model with 8,192 tokens, or with its whole context. */
export function findSmallestMachine(
  model: ModelShape,
  gpu: ChosenGpu,
): { gpuCount: number; maxModelTokens: number; kvCacheTokens: number } | null {
  for (const gpuCount of machineSizes) {
    if (!canSplit(model, gpuCount)) continue;
    const input = { model, gpuCount, usableMemoryGibPerGpu: gpu.usableMemoryGib };
    const context = chooseContext(input);
    const { maxModelTokens = 0 } = context ?? {};
    if (context !== null && maxModelTokens >= Math.min(usefulContextTokens, model.contextTokens)) {
      return { gpuCount, maxModelTokens, kvCacheTokens: fitMemory(input).kvCacheTokens };
    }
  }
  return null;
}

function inWords(tokens: number): string {
  return `about ${(Math.floor(tokens / 100) * 100).toLocaleString("en-US")}`;
}
