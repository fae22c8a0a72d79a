import { loadGpuPrices } from "../../facts/index.ts";
import { compareVersions, type GpuOffer } from "../../serving/index.ts";
import { showWaiting } from "../../show/index.ts";
import type { RunPodClient } from "../client/client.ts";
import type { RunPodGpuType } from "../client/schemas.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";

/**
 * Lists the kinds of GPU that Runpod offers now, the cheapest first: memory, price, stock and CUDA versions.
 *
 * Stock and CUDA versions are for pods with `gpuCount` cards; prices are for one card. Stock is a hint, no promise.
 *
 * @example table(await listGpus(), { columns: ["name", "memoryGb", "secureUsdPerHour", "stock", "cudaVersions"] });
 * @throws RunPodError where the account cannot be asked, SettingsError where no key is set.
 */
export async function listGpus(
  options: {
    gpuCount?: number;
    cloud?: "SECURE" | "COMMUNITY";
    client?: Pick<RunPodClient, "listGpuTypes">;
  } & AccountOptions = {},
): Promise<GpuOffer[]> {
  const { gpuCount = 1, cloud = "SECURE", signal } = options;
  const { client: given } = options;
  const { client, target } =
    given === undefined ? await openRunPod(options) : { client: given, target: null };
  const types = await showWaiting("Asking Runpod for its GPUs", () =>
    client.listGpuTypes({ gpuCount, cloud, signal }),
  );
  const field = cloud === "SECURE" ? "secureUsdPerHour" : "communityUsdPerHour";
  const price = (offer: GpuOffer) => offer[field] ?? Number.POSITIVE_INFINITY;
  const offers = types.map(toOffer).toSorted((one, other) => price(one) - price(other));
  if (target !== "rehearsal") return offers;
  // The stand-in takes its prices from the price book: somebody read each, on a day.
  const readings = loadGpuPrices();
  return offers.map((offer) => {
    const simulated = { ...offer, isSimulated: true };
    const reading = readings.find((one) => one.gpuId === offer.id && one.cloud === cloud);
    return reading === undefined
      ? simulated
      : { ...simulated, observed: reading.observed, source: reading.sources[0] ?? "" };
  });
}

function toOffer(type: RunPodGpuType): GpuOffer {
  return {
    id: type.id,
    name: type.name,
    memoryGb: type.memory,
    secureUsdPerHour: type.secure ? realPrice(type.price.secure) : null,
    communityUsdPerHour: type.community ? realPrice(type.price.community) : null,
    stock: type.availability ?? null,
    cudaVersions: (type.cudaVersions ?? [])
      .filter((cuda) => cuda.available !== false)
      .map((cuda) => cuda.version)
      .toSorted(compareVersions),
    maxGpuCount: type.maxCount?.secure ?? 0,
  };
}

/** A price of 0 means that the GPU is not offered there. */
function realPrice(usdPerHour: number | null | undefined): number | null {
  return usdPerHour === null || usdPerHour === undefined || usdPerHour <= 0 ? null : usdPerHour;
}
