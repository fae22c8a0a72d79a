import { InputError } from "../errors.ts";
import { type Gpu, type GpuPrice, loadGpuPrices, loadGpus } from "../facts/index.ts";
import type { GpuCandidate } from "../runpod/index.ts";
import type { GpuOffer } from "./gpu-offer.ts";

/** A kind of GPU that was asked for, with what planning needs to know of it. */
export interface ChosenGpu extends GpuCandidate {
  usableMemoryGib: number;
  /** Whether that is an estimate from the nominal size. */
  memoryEstimated: boolean;
  /** `null` for a GPU that only the live catalogue knows. */
  facts: Gpu | null;
  /** What RunPod offers now; `null` where nobody asked. */
  offer: GpuOffer | null;
}

/** Of the nominal size, what drivers report at least; the A40 and the L4 with ECC are the lowest known. */
const usableShare = 0.93;

/**
 * Finds the kinds of GPU asked for, by id or short name, with their price: the live one, else the published one.
 *
 * @throws InputError for a GPU that is neither in the table nor in the offers, with the names that come close.
 */
export function chooseGpus(options: {
  gpus: readonly string[];
  cloud: "SECURE" | "COMMUNITY";
  offers?: readonly GpuOffer[] | undefined;
}): ChosenGpu[] {
  const { gpus, cloud, offers = [] } = options;
  const known = loadGpus();
  const prices = loadGpuPrices();
  const chosen = gpus.map((wanted): ChosenGpu => {
    const facts = findByName(known, wanted);
    const offer = findByName(offers, facts?.id ?? wanted);
    const found = facts ?? offer;
    if (found === undefined) throw unknownGpu(wanted, [...known, ...offers]);
    const live = cloud === "SECURE" ? offer?.secureUsdPerHour : offer?.communityUsdPerHour;
    const published = live === undefined ? newestPrice(prices, found.id, cloud) : undefined;
    return {
      gpuTypeId: found.id,
      displayName: found.name,
      usdPerHour: live ?? published?.usdPerHour ?? null,
      priceObserved: published?.observed ?? null,
      usableMemoryGib: facts?.usableMemoryGib ?? Math.floor(found.memoryGb * usableShare * 100) / 100,
      memoryEstimated: facts === undefined || facts.usableMemoryGib === null,
      facts: facts ?? null,
      offer: offer ?? null,
    };
  });
  return [...new Map(chosen.map((gpu) => [gpu.gpuTypeId, gpu])).values()];
}

function findByName<Named extends { id: string; name: string }>(
  list: readonly Named[],
  wanted: string,
): Named | undefined {
  const plain = wanted.trim().toLowerCase();
  return (
    list.find((entry) => entry.id.toLowerCase() === plain) ??
    list.find((entry) => entry.name.toLowerCase() === plain)
  );
}

function newestPrice(
  prices: readonly GpuPrice[],
  gpuId: string,
  cloud: "SECURE" | "COMMUNITY",
): GpuPrice | undefined {
  return prices
    .filter((price) => price.gpuId === gpuId && price.cloud === cloud)
    .toSorted((one, other) => other.observed.localeCompare(one.observed))[0];
}

function unknownGpu(wanted: string, known: readonly { id: string }[]): InputError {
  const words = wanted
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1 && word !== "nvidia");
  const ids = [...new Set(known.map((gpu) => gpu.id))];
  const close = ids.filter((id) => words.some((word) => id.toLowerCase().includes(word)));
  const named = (close.length > 0 ? close : ids).slice(0, 6).join(", ");
  return new InputError(`planPod: gpus has "${wanted}", which the workbook does not know.`, {
    remedy: `${close.length > 0 ? "Close to it" : "Known, among others"}: ${named}. listGpus() shows RunPod's own list; give it as offers.`,
  });
}
