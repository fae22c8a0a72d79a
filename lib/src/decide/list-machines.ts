import { loadGpuPrices, loadGpus, loadServerlessPrices, type PriceBook } from "../facts/index.ts";
import { findStartTimes, type SeenStart, type StartTimes } from "../runpod/index.ts";
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
  starts: StartTimes;
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
  starts: readonly SeenStart[];
}): { machines: Machine[]; leftOut: Decision["leftOut"] } {
  const { models, book, date, gpus = loadGpus().map(({ id }) => id), maxGpuCount, precisions } = options;
  const caller = { name: "decide", gpus: "gpus", gpuCount: "maxGpuCount" };
  const chosen = chooseGpus({ gpus, cloud: "SECURE", caller });
  const cards = priceCards(chosen, { book, date });
  const unpriced = chosen.filter((gpu) => !cards.some((card) => card.gpu === gpu));
  const maxModelTokens = Math.max(leastContextTokens, options.longestTokens);
  const most = { maxGpuCount, maxModelTokens, starts: options.starts };
  const machines = models.flatMap((model) =>
    listCheckpoints(model)
      .filter(({ bits }) => precisions?.includes(bits) ?? true)
      .flatMap((checkpoint) => placeCheckpoint({ ...checkpoint, model }, cards, most)),
  );
  const homeless = models.filter((model) => !machines.some((machine) => machine.model === model));
  const names = unpriced.map(({ displayName }) => displayName).join(", ");
  const why = `The price book has no price of them in Runpod's secure cloud on ${date}.`;
  return {
    machines,
    leftOut: [
      ...(unpriced.length === 0 ? [] : [{ what: names, why }]),
      ...homeless.map((model) => ({ what: model.id, why: sayHomeless(model, cards.length, maxGpuCount) })),
    ],
  };
}

/** A card with what an hour of it costs, and a second where a pool of workers has it. */
interface PricedCard extends Pick<Machine, "gpu" | "gpuUsdPerHour" | "observed" | "sources"> {
  usdPerSecond: number | null;
}

function priceCards(
  gpus: readonly ChosenGpu[],
  on: { book: PriceBook; date: string },
): readonly PricedCard[] {
  const prices = loadGpuPrices(on).filter(({ cloud }) => cloud === "SECURE");
  const serverless = loadServerlessPrices(on);
  return gpus.flatMap((gpu) => {
    const price = prices.find(({ gpuId }) => gpuId === gpu.gpuTypeId);
    if (price === undefined) return [];
    const pool = serverless.find(({ gpuIds }) => gpuIds.includes(gpu.gpuTypeId));
    const { usdPerHour: gpuUsdPerHour, observed, sources } = price;
    return [{ gpu, gpuUsdPerHour, usdPerSecond: pool?.usdPerGpuSecond ?? null, observed, sources }];
  });
}

function placeCheckpoint(
  checkpoint: Checkpoint & Pick<Machine, "model">,
  cards: readonly PricedCard[],
  {
    maxGpuCount,
    maxModelTokens,
    starts,
  }: { maxGpuCount: number; maxModelTokens: number; starts: readonly SeenStart[] },
): Machine[] {
  const diskGb = suggestDiskGb(checkpoint.shape.downloadGb);
  const diskUsdPerHour = storageUsdPerHour({ containerDiskGb: diskGb });
  const volumeUsdPerMonth = networkVolumeUsdPerMonth(diskGb);
  return cards.flatMap(({ usdPerSecond, ...card }) => {
    const fits = (gpuCount: number) =>
      fitMachine({ model: checkpoint.shape, gpu: card.gpu, gpuCount }, { maxModelTokens }) !== null;
    const possible = counts.filter((gpuCount) => gpuCount <= maxGpuCount && fits(gpuCount));
    return possible.map((gpuCount) => ({
      ...checkpoint,
      ...card,
      gpuCount,
      usdPerHour: card.gpuUsdPerHour * gpuCount + diskUsdPerHour,
      serverlessUsdPerSecond: usdPerSecond === null ? null : usdPerSecond * gpuCount,
      volumeUsdPerMonth,
      starts: findStartTimes(starts, { model: checkpoint.shape.id, gpu: card.gpu.gpuTypeId, gpuCount }),
    }));
  });
}

/** Below this no conversation is worth it; a model with a shorter context of its own is taken with all of it. */
const leastContextTokens = 2_048;

function sayHomeless(model: DecideModel, cards: number, maxGpuCount: number): string {
  if (cards === 0) return "No card has a price, so no machine of your own can be priced.";
  const count = maxGpuCount === 1 ? "one card" : `up to ${maxGpuCount} cards`;
  return `Its ${Math.ceil(model.weightsGb)} GB of weights fit no machine of ${count} in any precision of the tables.`;
}
