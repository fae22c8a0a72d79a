import { loadGpuPrices, loadGpus, loadServerlessPrices, type PriceBook } from "../facts/index.ts";
import {
  type ChosenGpu,
  chooseGpus,
  fitMachine,
  networkVolumeUsdPerMonth,
  storageUsdPerHour,
  suggestDiskGb,
} from "../serving/index.ts";
import type { Bits, DecideModel, Decision } from "./decide-types.ts";
import { type Checkpoint, listCheckpoints } from "./list-checkpoints.ts";

/** Cards that hold a model, with their prices; one machine holds it once. */
export interface Machine extends Checkpoint {
  /** The model that was asked for. */
  model: DecideModel;
  gpu: ChosenGpu;
  gpuCount: number;
  /** For one card. */
  gpuUsdPerHour: number;
  /** All cards, with the disk. */
  usdPerHour: number;
  /** For one worker of all cards; `null` where its pool has no price. */
  serverlessUsdPerSecond: number | null;
  /** A network volume that holds the weights for workers. */
  volumeUsdPerMonth: number;
  observed: string;
  sources: readonly string[];
}

const counts = [1, 2, 4, 8];

/** Lists the machines that hold a model: every priced card, one, two, four or eight of them, and every checkpoint. */
export function listMachines(options: {
  models: readonly DecideModel[];
  book: PriceBook;
  date: string;
  gpus: readonly string[] | undefined;
  maxGpuCount: number;
  precisions: readonly Bits[] | undefined;
  /** The longest request, prompt and answer together. */
  longestTokens: number;
}): { machines: Machine[]; leftOut: Decision["leftOut"] } {
  const { models, book, date, gpus = loadGpus().map(({ id }) => id), maxGpuCount, precisions } = options;
  const caller = { name: "decide", gpus: "gpus", gpuCount: "maxGpuCount" };
  const chosen = chooseGpus({ gpus, cloud: "SECURE", caller });
  const prices = loadGpuPrices({ book, date }).filter(({ cloud }) => cloud === "SECURE");
  const serverless = loadServerlessPrices({ book, date });
  const priced = chosen.flatMap((gpu) => {
    const price = prices.find(({ gpuId }) => gpuId === gpu.gpuTypeId);
    return price === undefined ? [] : [{ gpu, price }];
  });
  const unpriced = chosen.filter((gpu) => !priced.some((one) => one.gpu === gpu));
  const machines = models.flatMap((model) => {
    const checkpoints = listCheckpoints(model).filter(({ bits }) => precisions?.includes(bits) ?? true);
    return checkpoints.flatMap((checkpoint) => {
      const diskGb = suggestDiskGb(checkpoint.shape.downloadGb);
      const diskUsdPerHour = storageUsdPerHour({ containerDiskGb: diskGb });
      const volumeUsdPerMonth = networkVolumeUsdPerMonth(diskGb);
      return priced.flatMap(({ gpu, price }) => {
        const second = serverless.find(({ gpuIds }) => gpuIds.includes(gpu.gpuTypeId))?.usdPerGpuSecond;
        return counts.flatMap((gpuCount): Machine[] => {
          if (gpuCount > maxGpuCount) return [];
          const wanted = { maxModelTokens: Math.max(leastContextTokens, options.longestTokens) };
          const fit = fitMachine({ model: checkpoint.shape, gpu, gpuCount }, wanted);
          if (fit === null) return [];
          return [
            {
              ...checkpoint,
              model,
              gpu,
              gpuCount,
              gpuUsdPerHour: price.usdPerHour,
              usdPerHour: price.usdPerHour * gpuCount + diskUsdPerHour,
              serverlessUsdPerSecond: second == null ? null : second * gpuCount,
              volumeUsdPerMonth,
              observed: price.observed,
              sources: price.sources,
            },
          ];
        });
      });
    });
  });
  const homeless = models.filter((model) => !machines.some((machine) => machine.model === model));
  return {
    machines,
    leftOut: [
      ...(unpriced.length === 0
        ? []
        : [
            {
              what: unpriced.map(({ displayName }) => displayName).join(", "),
              why: `The price book has no price of them in Runpod's secure cloud on ${date}.`,
            },
          ]),
      ...homeless.map((model) => ({ what: model.id, why: sayHomeless(model, priced.length, maxGpuCount) })),
    ],
  };
}

/** Below this no conversation is worth it; a model with a shorter context of its own is taken with all of it. */
const leastContextTokens = 2_048;

function sayHomeless(model: DecideModel, cards: number, maxGpuCount: number): string {
  if (cards === 0) return "No card has a price, so no machine of your own can be priced.";
  const count = maxGpuCount === 1 ? "one card" : `up to ${maxGpuCount} cards`;
  return `Its ${Math.ceil(model.weightsGb)} GB of weights fit no machine of ${count} in any precision of the tables.`;
}
