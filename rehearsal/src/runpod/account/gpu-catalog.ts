/** A GPU type as the stand-in rents it out. */
export interface RehearsedGpu {
  id: string;
  name: string;
  pool: string | null;
  memoryGb: number;
  /** 0 where that cloud does not have it. */
  secureUsdPerHour: number;
  communityUsdPerHour: number;
  serverlessUsdPerHour: number | null;
  maxCount: number;
  /** The cards that people want most are the ones that are short. */
  stock: "LOW" | "MEDIUM" | "HIGH";
  dataCenterIds: readonly string[];
}

const everywhere = ["CA-MTL-1", "EU-RO-1", "EU-SE-1", "US-KS-2"];

/**
 * The cards of the stand-in's catalog, with the newest list prices that could be read, in USD per hour for one card.
 *
 * Sources: RunPod's price page as read by datareceipts/data-receipts (2026-11-09), api-evangelist/runpod (2026-10-07),
 * tgarg01/silybench-data (2026-09-25), privum/ai-compute-prices (2026-08-19: A40), skypilot-catalog (2026-07-01: L40,
 * RTX PRO 6000) and carsonpo/gpus (2025-07-13: A6000, RTX 6000 Ada, L4, RTX 5090). A rehearsal only needs prices of
 * the right size; a real run reads them live.
 */
export const rehearsedGpus: readonly RehearsedGpu[] = [
  gpu("NVIDIA A40", "A40", "AMPERE_48", 48, [0.44, 0, 1.22], "HIGH", ["CA-MTL-1", "EU-SE-1"]),
  gpu("NVIDIA RTX A6000", "RTX A6000", "AMPERE_48", 48, [0.49, 0.33, 1.22], "MEDIUM", everywhere),
  gpu("NVIDIA L4", "L4", "ADA_24", 24, [0.43, 0, 0.68], "HIGH", ["EU-RO-1", "US-KS-2"]),
  gpu("NVIDIA GeForce RTX 4090", "RTX 4090", "ADA_24", 24, [0.74, 0.34, 1.1], "HIGH", everywhere),
  gpu("NVIDIA GeForce RTX 5090", "RTX 5090", "ADA_32_PRO", 32, [0.89, 0.69, null], "MEDIUM", ["EU-RO-1"]),
  gpu("NVIDIA L40", "L40", "ADA_48_PRO", 48, [0.82, 0.69, 1.9], "MEDIUM", ["EU-RO-1"]),
  gpu("NVIDIA L40S", "L40S", "ADA_48_PRO", 48, [1.09, 0.79, 1.9], "MEDIUM", ["EU-RO-1", "US-KS-2"]),
  gpu("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada", "ADA_48_PRO", 48, [0.77, 0.74, 1.9], "LOW", [
    "EU-RO-1",
  ]),
  gpu("NVIDIA A100 80GB PCIe", "A100 PCIe", "AMPERE_80", 80, [1.79, 1.19, 2.72], "LOW", ["CA-MTL-1"]),
  gpu("NVIDIA A100-SXM4-80GB", "A100 SXM", "AMPERE_80", 80, [1.79, 1.39, 2.72], "MEDIUM", ["US-KS-2"]),
  gpu("NVIDIA H100 PCIe", "H100 PCIe", "ADA_80_PRO", 80, [2.89, 1.99, 4.18], "LOW", ["EU-RO-1"]),
  gpu("NVIDIA H100 80GB HBM3", "H100 SXM", "ADA_80_PRO", 80, [3.99, 2.69, 4.18], "LOW", ["US-KS-2"]),
  gpu("NVIDIA H100 NVL", "H100 NVL", null, 94, [3.19, 2.59, null], "LOW", ["US-KS-2"]),
  gpu(
    "NVIDIA RTX PRO 6000 Blackwell Server Edition",
    "RTX PRO 6000",
    "BLACKWELL_96",
    96,
    [2.09, 0, 4],
    "MEDIUM",
    ["EU-RO-1"],
  ),
  gpu("NVIDIA H200", "H200 SXM", "HOPPER_141", 141, [4.59, 3.59, 5.58], "LOW", ["EU-SE-1"]),
  gpu("NVIDIA B200", "B200", "BLACKWELL_180", 180, [6.79, 5.98, 8.64], "LOW", ["US-KS-2"]),
];

/** CUDA versions that the hosts report, oldest first. */
export const hostCudaVersions = ["12.4", "12.8", "13.0"] as const;

/** Where the stand-in's hosts stand. */
export const dataCenterNames: Readonly<Record<string, string>> = {
  "CA-MTL-1": "Canada Montreal 1",
  "EU-RO-1": "Europe Romania 1",
  "EU-SE-1": "Europe Sweden 1",
  "US-KS-2": "US Kansas 2",
};

/** What a pod asks of its host. */
export interface Placement {
  gpuTypeId: string;
  count: number;
  cloud: "SECURE" | "COMMUNITY";
  dataCenterIds: readonly string[];
  allowedCudaVersions: readonly string[];
  minCudaVersion: string | null;
}

/** Finds a host for a pod: its price per hour, place and CUDA version, or `null` where nobody has such a host. */
export function placePod(
  placement: Placement,
): { usdPerHour: number; dataCenterId: string; cudaVersion: string } | null {
  const { gpuTypeId, count, cloud, dataCenterIds, allowedCudaVersions, minCudaVersion } = placement;
  const card = rehearsedGpus.find(({ id }) => id === gpuTypeId);
  if (card === undefined || count > card.maxCount) return null;
  const usdPerHour = cloud === "SECURE" ? card.secureUsdPerHour : card.communityUsdPerHour;
  const dataCenterId = card.dataCenterIds.find(
    (id) => dataCenterIds.length === 0 || dataCenterIds.includes(id),
  );
  const cudaVersion = hostCudaVersions.findLast(
    (version) =>
      (allowedCudaVersions.length === 0 || allowedCudaVersions.includes(version)) &&
      (minCudaVersion === null || compareVersions(version, minCudaVersion) >= 0),
  );
  if (usdPerHour === 0 || dataCenterId === undefined || cudaVersion === undefined) return null;
  return { usdPerHour: usdPerHour * count, dataCenterId, cudaVersion };
}

/** What a serverless worker asks of its host. */
export interface WorkerPlacement
  extends Pick<Placement, "count" | "dataCenterIds" | "allowedCudaVersions" | "minCudaVersion"> {
  /** In order of preference. */
  pools: readonly string[];
  excludedTypes: readonly string[];
}

/** Finds a host for a worker in the first of its pools that has one; `hasStock` says which cards are to be had. */
export function placeWorker(
  placement: WorkerPlacement,
  hasStock: (gpuTypeId: string) => boolean,
): { gpuTypeId: string; usdPerHour: number; dataCenterId: string; cudaVersion: string } | null {
  const { pools, excludedTypes, count } = placement;
  for (const pool of pools) {
    const cards = rehearsedGpus.filter((card) => card.pool === pool && !excludedTypes.includes(card.id));
    for (const { id: gpuTypeId, serverlessUsdPerHour } of cards) {
      const place = placePod({ ...placement, gpuTypeId, cloud: "SECURE" });
      if (place === null || serverlessUsdPerHour === null || !hasStock(gpuTypeId)) continue;
      return { ...place, gpuTypeId, usdPerHour: serverlessUsdPerHour * count };
    }
  }
  return null;
}

/** A GPU type as the API shows it; with its stock where that was asked for. */
export function describeGpu(card: RehearsedGpu, options: { withAvailability: boolean }): object {
  const { secureUsdPerHour: secure, communityUsdPerHour: community, serverlessUsdPerHour } = card;
  const serverless = serverlessUsdPerHour === null ? {} : { serverless: serverlessUsdPerHour };
  const availability = {
    availability: card.stock,
    dataCenters: card.dataCenterIds.map((id) => ({
      id,
      name: dataCenterNames[id] ?? id,
      availability: card.stock,
    })),
    cudaVersions: hostCudaVersions.map((version) => ({ version, available: true })),
  };
  return {
    id: card.id,
    name: card.name,
    pool: card.pool,
    manufacturer: "NVIDIA",
    memory: card.memoryGb,
    secure: secure > 0,
    community: community > 0,
    price: { secure, community, ...serverless },
    maxCount: { secure: secure > 0 ? card.maxCount : 0, community: community > 0 ? card.maxCount : 0 },
    ...(options.withAvailability ? availability : {}),
  };
}

/** Compares `major.minor` by number, so that 12.11 is above 12.2. */
function compareVersions(one: string, other: string): number {
  const [major = 0, minor = 0] = one.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
  return major - otherMajor || minor - otherMinor;
}

function gpu(
  id: string,
  name: string,
  pool: string | null,
  memoryGb: number,
  [secureUsdPerHour, communityUsdPerHour, serverlessUsdPerHour]: [number, number, number | null],
  stock: RehearsedGpu["stock"],
  dataCenterIds: readonly string[],
): RehearsedGpu {
  return {
    id,
    name,
    pool,
    memoryGb,
    secureUsdPerHour,
    communityUsdPerHour,
    serverlessUsdPerHour,
    maxCount: 8,
    stock,
    dataCenterIds,
  };
}
