import { InputError } from "../errors.ts";
import { findGpu, type Gpu, loadGpuPrices, loadGpus } from "../facts/index.ts";
import type { Caller } from "./caller.ts";

/** A kind of GPU as Runpod offers it at this moment; a type, so that `table` takes it for a row. */
export type GpuOffer = {
  /** As Runpod's catalogue spells it. */
  id: string;
  name: string;
  memoryGb: number;
  /** For one card in Runpod's own data centres, without storage; `null` where it is not offered there. */
  secureUsdPerHour: number | null;
  /** For one card at Runpod's partners; `null` where it is not offered there. */
  communityUsdPerHour: number | null;
  /** How much is free now: `NONE`, `LOW`, `MEDIUM` or `HIGH`; `null` where the catalogue does not say. */
  stock: string | null;
  /** CUDA versions of hosts with free capacity, lowest first; empty where the catalogue does not say. */
  cudaVersions: readonly string[];
  /** Most cards of one pod in Runpod's own data centres. */
  maxGpuCount: number;
  /** When the price was seen and where it stands; absent: the catalogue, now. A rehearsal's are those of the price book. */
  observed?: string;
  source?: string;
  /** Whether a rehearsal offers it: then its stock is made up. */
  isSimulated?: boolean;
};

/** A kind of GPU to try, in the order of the plan. */
export interface GpuCandidate {
  /** As Runpod's catalogue spells it, for example `NVIDIA A40`. */
  gpuTypeId: string;
  displayName: string;
  /** For one GPU, from the plan's own (dated) facts; `null` where they have none. */
  usdPerHour: number | null;
  /** The day on which that price was published; `null` where it is live, or not known. */
  priceObserved: string | null;
  /** Whether only a rehearsal offers it. */
  isSimulated: boolean;
}

/** A kind of GPU that was asked for, with what planning needs to know of it. */
export interface ChosenGpu extends GpuCandidate {
  usableMemoryGib: number;
  /** Whether that is an estimate from the nominal size. */
  memoryEstimated: boolean;
  /** `null` for a GPU that only the live catalogue knows. */
  facts: Gpu | null;
  /** What Runpod offers now; `null` where nobody asked. */
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
  caller: Caller;
}): ChosenGpu[] {
  const { gpus, cloud, offers = [], caller } = options;
  const known = loadGpus();
  const prices = loadGpuPrices();
  const chosen = gpus.map((wanted): ChosenGpu => {
    const facts = findGpu(wanted, known);
    const offer = findGpu(facts?.id ?? wanted, offers);
    const found = facts ?? offer;
    if (found === null) throw unknownGpu(wanted, [...known, ...offers], caller);
    const live = cloud === "SECURE" ? offer?.secureUsdPerHour : offer?.communityUsdPerHour;
    const published = prices.find(
      (price) => live === undefined && price.gpuId === found.id && price.cloud === cloud,
    );
    return {
      gpuTypeId: found.id,
      displayName: found.name,
      usdPerHour: live ?? published?.usdPerHour ?? null,
      priceObserved: published?.observed ?? offer?.observed ?? null,
      isSimulated: offer?.isSimulated ?? false,
      usableMemoryGib: facts?.usableMemoryGib ?? Math.floor(found.memoryGb * usableShare * 100) / 100,
      memoryEstimated: facts?.usableMemoryGib == null,
      facts,
      offer,
    };
  });
  return [...new Map(chosen.map((gpu) => [gpu.gpuTypeId, gpu])).values()];
}

/** Writes the names of cards as a list in one line. */
export function namesOf(gpus: readonly ChosenGpu[]): string {
  return gpus.map(({ displayName }) => displayName).join(", ");
}

function unknownGpu(wanted: string, known: readonly { id: string }[], caller: Caller): InputError {
  const words = wanted
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1 && word !== "nvidia");
  const ids = [...new Set(known.map((gpu) => gpu.id))];
  const close = ids.filter((id) => words.some((word) => id.toLowerCase().includes(word)));
  const named = (close.length > 0 ? close : ids).slice(0, 6).join(", ");
  const verb = caller.takesOneKind ? "is" : "has";
  return new InputError(
    `${caller.name}: ${caller.gpus} ${verb} "${wanted}", which the workbook does not know.`,
    {
      field: caller.gpus,
      remedy: `${close.length > 0 ? "Close to it" : "Known, among others"}: ${named}. listGpus() shows Runpod's own list; give it as offers.`,
    },
  );
}
