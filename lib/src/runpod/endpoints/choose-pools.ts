import { InputError } from "../../errors.ts";
import { loadGpus, loadServerlessPrices } from "../../facts/index.ts";
import type { PoolOffer } from "./pool-offer.ts";

/** A pool that was asked for, with its cards and its price. */
export interface ChosenPool {
  id: string;
  gpuTypeIds: readonly string[];
  /** Those of its cards that are not wanted. */
  unwantedGpuTypeIds: readonly string[];
  /** For one GPU; `null` where nobody published one. */
  usdPerGpuHour: number | null;
  /** The day on which that price was published; `null` where it is live, or not known. */
  priceObserved: string | null;
  /** What Runpod offers now; `null` where nobody asked. */
  stock: string | null;
  /** Whether only a rehearsal offers it. */
  isSimulated: boolean;
}

/**
 * Finds the pools asked for, without the cards that are not wanted, with their price: the live one, else the published one.
 *
 * @throws InputError for a pool that is neither in the table nor in the offers, and where no card is left.
 */
export function choosePools(request: {
  pools: readonly string[];
  excludedGpus: readonly string[];
  offers?: readonly PoolOffer[];
}): ChosenPool[] {
  const { pools, excludedGpus, offers = [] } = request;
  const published = loadServerlessPrices();
  const chosen = [...new Set(pools)].map((id): ChosenPool => {
    const known = published.find(({ pool }) => pool === id);
    const offer = offers.find(({ pool }) => pool === id);
    if (known === undefined && offer === undefined) {
      const names = [...new Set([...published, ...offers].map(({ pool }) => pool))].join(", ");
      throw new InputError(`planEndpoint: pools has "${id}", which the workbook does not know.`, {
        remedy: `Known are ${names}. listServerlessPools() shows Runpod's own list; give it as offers.`,
        field: "pools",
      });
    }
    const secondUsd = known?.usdPerGpuSecond ?? null;
    const live = offer?.usdPerGpuHour ?? null;
    const cards = offer?.gpuTypeIds ?? known?.gpuIds ?? [];
    return {
      id,
      gpuTypeIds: cards.filter((card) => !excludedGpus.includes(card)),
      unwantedGpuTypeIds: cards.filter((card) => excludedGpus.includes(card)),
      usdPerGpuHour: live ?? (secondUsd === null ? null : secondUsd * 3_600),
      priceObserved: live === null ? (known?.observed ?? null) : null,
      stock: offer?.stock ?? null,
      isSimulated: offer?.isSimulated ?? false,
    };
  });
  const known = loadGpus().map(({ id }) => id);
  for (const { id, gpuTypeIds } of chosen) {
    const unknown = gpuTypeIds.find((card) => !known.includes(card));
    if (unknown === undefined) continue;
    throw new InputError(
      `planEndpoint: pools has "${id}" with the card "${unknown}", which the workbook does not know.`,
      { remedy: `Leave the card out: excludedGpus: ["${unknown}"].`, field: "pools" },
    );
  }
  if (chosen.every(({ gpuTypeIds }) => gpuTypeIds.length === 0)) {
    throw new InputError("planEndpoint: excludedGpus leaves no card in the pools.", {
      remedy: "Take one out of excludedGpus, or add a pool.",
      field: "excludedGpus",
    });
  }
  return chosen;
}
