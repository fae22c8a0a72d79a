import { loadGpuPrices, loadGpus, loadServerlessPrices } from "workbook/facts";

/** A GPU type as the stand-in rents it out; prices are for one card, and `null` where that cloud does not have it. */
export type RehearsedGpu = ReturnType<typeof readCatalog>[number];

/** CUDA versions that the hosts report, oldest first. */
const hostCudaVersions = ["12.4", "12.8", "13.0"] as const;

/** Where the stand-in's hosts stand. */
export const dataCenterNames: Readonly<Record<string, string>> = {
  "CA-MTL-1": "Canada Montreal 1",
  "EU-RO-1": "Europe Romania 1",
  "EU-SE-1": "Europe Sweden 1",
  "US-KS-2": "US Kansas 2",
};

const maxCardsPerPod = 8;
let catalog: readonly RehearsedGpu[] | undefined;

/**
 * Returns the cards of the stand-in's catalog: those of `data/gpus.csv` that `data/prices.csv` has a price of.
 *
 * Prices are those that plans take, where nobody gives them an offer. Stock and data centers are made up.
 */
export function rehearsedGpus(): readonly RehearsedGpu[] {
  catalog ??= readCatalog();
  return catalog;
}

function readCatalog() {
  const pools = loadServerlessPrices();
  const prices = loadGpuPrices();
  const podPrice = (id: string, cloud: "SECURE" | "COMMUNITY") =>
    prices.find((price) => price.gpuId === id && price.cloud === cloud)?.usdPerHour ?? null;
  const cards = loadGpus().map((gpu) => {
    const { id, name, memoryGb, serverlessPool: pool } = gpu;
    const usdPerSecond = pools.find((one) => one.pool === pool)?.usdPerGpuSecond ?? null;
    return {
      id,
      name,
      pool,
      memoryGb,
      secureUsdPerHour: podPrice(id, "SECURE"),
      communityUsdPerHour: podPrice(id, "COMMUNITY"),
      serverlessUsdPerHour: usdPerSecond === null ? null : usdPerSecond * 3_600,
      // The large cards are the ones that run out.
      stock: memoryGb >= 80 ? "LOW" : memoryGb >= 48 ? "MEDIUM" : "HIGH",
      dataCenterIds: name === "A40" ? ["CA-MTL-1", "EU-SE-1"] : Object.keys(dataCenterNames),
    };
  });
  return cards.filter(
    ({ secureUsdPerHour, communityUsdPerHour, serverlessUsdPerHour }) =>
      (secureUsdPerHour ?? communityUsdPerHour ?? serverlessUsdPerHour) !== null,
  );
}

/** What a pod or a worker asks of its host. */
interface HostRequest {
  count: number;
  dataCenterIds: readonly string[];
  allowedCudaVersions: readonly string[];
  minCudaVersion: string | null;
}

/** Where a pod or a worker runs, and what it costs per hour. */
export interface Place {
  usdPerHour: number;
  dataCenterId: string;
  cudaVersion: string;
}

/** What a pod asks of its host. */
export interface PodPlacement extends HostRequest {
  gpuTypeId: string;
  cloud: "SECURE" | "COMMUNITY";
}

/** Finds a host for a pod; `null` where there is none. */
export function placePod(placement: PodPlacement): Place | null {
  const card = rehearsedGpus().find(({ id }) => id === placement.gpuTypeId);
  if (card === undefined) return null;
  const isSecure = placement.cloud === "SECURE";
  return findHost(card, placement, isSecure ? card.secureUsdPerHour : card.communityUsdPerHour);
}

/** What a serverless worker asks of its host. */
export interface WorkerPlacement extends HostRequest {
  /** In order of preference. */
  pools: readonly string[];
  excludedTypes: readonly string[];
}

/** Finds a host for a worker in the first of its pools that has one; `hasStock` says which cards are free. */
export function placeWorker(
  placement: WorkerPlacement,
  hasStock: (gpuTypeId: string) => boolean,
): (Place & { gpuTypeId: string }) | null {
  for (const pool of placement.pools) {
    for (const card of rehearsedGpus()) {
      if (card.pool !== pool || placement.excludedTypes.includes(card.id)) continue;
      const place = findHost(card, placement, card.serverlessUsdPerHour);
      if (place !== null && hasStock(card.id)) return { ...place, gpuTypeId: card.id };
    }
  }
  return null;
}

function findHost(card: RehearsedGpu, request: HostRequest, usdPerCardHour: number | null): Place | null {
  const { count, dataCenterIds, allowedCudaVersions, minCudaVersion } = request;
  const dataCenterId = card.dataCenterIds.find(
    (id) => dataCenterIds.length === 0 || dataCenterIds.includes(id),
  );
  const cudaVersion = hostCudaVersions.findLast(
    (version) =>
      (allowedCudaVersions.length === 0 || allowedCudaVersions.includes(version)) &&
      (minCudaVersion === null || compareVersions(version, minCudaVersion) >= 0),
  );
  if (usdPerCardHour === null || count > maxCardsPerPod) return null;
  if (dataCenterId === undefined || cudaVersion === undefined) return null;
  return { usdPerHour: usdPerCardHour * count, dataCenterId, cudaVersion };
}

/** Compares `major.minor` by number, so that 12.11 is above 12.2. */
function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** A GPU type as the API shows it; with its stock where that was asked for. */
export function describeGpu(card: RehearsedGpu, options: { withAvailability: boolean }): object {
  const { secureUsdPerHour, communityUsdPerHour, serverlessUsdPerHour, stock: availability } = card;
  const [secure, community] = [secureUsdPerHour !== null, communityUsdPerHour !== null];
  const stock = {
    availability,
    dataCenters: card.dataCenterIds.map((id) => ({ id, name: dataCenterNames[id] ?? id, availability })),
    cudaVersions: hostCudaVersions.map((version) => ({ version, available: true })),
  };
  return {
    id: card.id,
    name: card.name,
    pool: card.pool,
    manufacturer: "NVIDIA",
    memory: card.memoryGb,
    secure,
    community,
    price: {
      secure: secureUsdPerHour ?? 0,
      community: communityUsdPerHour ?? 0,
      ...(serverlessUsdPerHour === null ? {} : { serverless: serverlessUsdPerHour }),
    },
    maxCount: { secure: secure ? maxCardsPerPod : 0, community: community ? maxCardsPerPod : 0 },
    ...(options.withAvailability ? stock : {}),
  };
}
