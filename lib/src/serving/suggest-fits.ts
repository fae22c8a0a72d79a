import { loadGpus, loadModels } from "../facts/index.ts";
import { chooseContext } from "./choose-context.ts";
import { type ChosenGpu, chooseGpus } from "./choose-gpus.ts";
import { canSplit, fitMemory } from "./memory-fit.ts";
import { type ModelShape, toModelShape } from "./model-shape.ts";

const machineSizes = [1, 2, 4, 8];

/**
 * Says what would hold a model that does not fit: more GPUs of the same kind, or a quantised form of it.
 *
 * @returns whole sentences, the nearest way first; empty where nothing on one machine of this kind holds it.
 */
export function suggestFits(options: { model: ModelShape; gpu: ChosenGpu; gpuCount: number }): string[] {
  const { model, gpu, gpuCount } = options;
  const same = findSmallest(model, gpu);
  const quantised = loadModels()
    .filter((other) => other.baseId === model.id)
    .map((other) => ({ other, fit: findSmallest(toModelShape(other), gpu) }))
    .flatMap(({ other, fit }) => (fit === null ? [] : [{ id: other.id, precision: other.precision, ...fit }]))
    .toSorted((one, other) => one.count - other.count);
  const sentences: string[] = [];
  if (same !== null && same.count !== gpuCount) {
    sentences.push(
      `${same.count} × ${gpu.displayName} hold it (gpuCount: ${same.count}), with ${inWords(same.kvCacheTokens)} tokens of KV cache.`,
    );
  }
  for (const { id, precision, count, kvCacheTokens } of quantised.slice(0, 2)) {
    sentences.push(
      `${id} (${precision}) fits ${count} × ${gpu.displayName}, with ${inWords(kvCacheTokens)} tokens of KV cache.`,
    );
  }
  return sentences.length > 0 ? sentences : suggestOtherGpu(model);
}

/** The kind of GPU whose smallest machine for this model is the cheapest, by published prices. */
function suggestOtherGpu(model: ModelShape): string[] {
  const [cheapest] = chooseGpus({ gpus: loadGpus().map(({ id }) => id), cloud: "SECURE" })
    .flatMap((gpu) => {
      const fit = gpu.usdPerHour === null ? null : findSmallest(model, gpu);
      return fit === null ? [] : [{ gpu, ...fit, usdPerHour: (gpu.usdPerHour ?? 0) * fit.count }];
    })
    .toSorted((one, other) => one.usdPerHour - other.usdPerHour);
  if (cheapest === undefined) return [];
  const { gpu, count, usdPerHour } = cheapest;
  return [
    `${count} × ${gpu.displayName} hold it, at about ${usdPerHour.toFixed(2)} USD an hour (price of ${gpu.priceObserved}).`,
  ];
}

/** The fewest GPUs of this kind that hold the model with a useful context. */
function findSmallest(model: ModelShape, gpu: ChosenGpu): { count: number; kvCacheTokens: number } | null {
  for (const gpuCount of machineSizes) {
    if (!canSplit(model, gpuCount)) continue;
    const input = { model, gpuCount, usableMemoryGibPerGpu: gpu.usableMemoryGib };
    const context = chooseContext(input, undefined);
    const useful = Math.min(8_192, model.contextTokens);
    if (context !== null && context.maxModelTokens >= useful) {
      return { count: gpuCount, kvCacheTokens: fitMemory(input).kvCacheTokens };
    }
  }
  return null;
}

function inWords(tokens: number): string {
  return `about ${(Math.floor(tokens / 100) * 100).toLocaleString("en-US")}`;
}
