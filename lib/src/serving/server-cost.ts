import { hoursPerMonth, loadStoragePrices } from "../facts/index.ts";

/** What a pod costs while it runs, in USD per hour; all figures are computed from list prices. */
export interface PodCost {
  gpuUsdPerHour: number;
  /** Container disk, and network volume where there is one. */
  storageUsdPerHour: number;
  usdPerHour: number;
  worstCaseUsd: number;
}

/**
 * Computes what a pod costs by the hour and until its deadline.
 *
 * GPU price × count + disk, all of it × time. A network volume goes on costing money after the pod.
 */
export function computePodCost(input: {
  /** For one card. */
  usdPerGpuHour: number;
  gpuCount: number;
  containerDiskGb: number;
  networkVolumeGb: number | null;
  deadlineMinutes: number;
}): PodCost {
  const gpuUsdPerHour = input.usdPerGpuHour * input.gpuCount;
  const storage = storageUsdPerHour(input);
  const usdPerHour = gpuUsdPerHour + storage;
  return {
    gpuUsdPerHour,
    storageUsdPerHour: storage,
    usdPerHour,
    worstCaseUsd: (usdPerHour * input.deadlineMinutes) / 60,
  };
}

/** Computes what a pod's disks cost while it runs, in USD per hour. */
export function storageUsdPerHour(disks: {
  containerDiskGb: number;
  networkVolumeGb: number | null;
}): number {
  const diskUsdPerMonth = disks.containerDiskGb * loadStoragePrices().containerDiskUsdPerGbMonth;
  return (diskUsdPerMonth + networkVolumeUsdPerMonth(disks.networkVolumeGb ?? 0)) / hoursPerMonth;
}

/** Computes what a network volume costs by the month, with or without a pod, in USD. */
export function networkVolumeUsdPerMonth(sizeGb: number): number {
  const storagePrices = loadStoragePrices();
  const { networkVolumeFirstGb: first } = storagePrices;
  return (
    Math.min(sizeGb, first) * storagePrices.networkVolumeUsdPerGbMonth +
    Math.max(0, sizeGb - first) * storagePrices.networkVolumeBeyondUsdPerGbMonth
  );
}
