import { hoursPerMonth, loadStoragePrices } from "../facts/index.ts";

/**
 * Computes what a pod costs by the hour and until its deadline, in USD from list prices; `null` without a price.
 *
 * GPU price × count + disk, all of it × time. A network volume goes on costing money after the pod.
 */
export function computePodCost(input: {
  /** For one card. */
  usdPerGpuHour: number | null;
  gpuCount: number;
  containerDiskGb: number;
  networkVolumeGb?: number | null;
  deadlineMinutes: number;
}): { usdPerHour: number | null; worstCaseUsd: number | null } {
  if (input.usdPerGpuHour === null) return { usdPerHour: null, worstCaseUsd: null };
  const usdPerHour = input.usdPerGpuHour * input.gpuCount + storageUsdPerHour(input);
  return { usdPerHour, worstCaseUsd: (usdPerHour * input.deadlineMinutes) / 60 };
}

/** Computes what a pod's disks cost while it runs, in USD per hour. */
export function storageUsdPerHour(disks: {
  containerDiskGb: number;
  networkVolumeGb?: number | null;
}): number {
  const diskUsdPerMonth = disks.containerDiskGb * loadStoragePrices().containerDiskUsdPerGbMonth;
  return (diskUsdPerMonth + networkVolumeUsdPerMonth(disks.networkVolumeGb ?? 0)) / hoursPerMonth;
}

/** Computes what a network volume costs by the month, with or without a pod, in USD. */
export function networkVolumeUsdPerMonth(sizeGb: number): number {
  const prices = loadStoragePrices();
  const dearGb = Math.min(sizeGb, prices.networkVolumeFirstGb);
  const cheapGb = sizeGb - dearGb;
  return dearGb * prices.networkVolumeUsdPerGbMonth + cheapGb * prices.networkVolumeBeyondUsdPerGbMonth;
}

/** Writes dollars for people, with what they are for; "not known" for `null`. */
export function sayUsd(usd: number | null, what: string): string {
  return usd === null ? "not known" : `$${usd.toFixed(2)} ${what}`;
}
