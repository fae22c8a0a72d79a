import { WorkbookError } from "../errors.ts";
import { loadPriceBook, type PriceKind } from "./prices.ts";
import type { FactsOptions } from "./read-facts.ts";

/** What RunPod charges for storage, in USD per GB and month. */
export interface StoragePrices {
  /** Temporary disk of a pod, charged while it runs. */
  containerDiskUsdPerGbMonth: number;
  /** Disk of a pod that outlives a stop: dearer while the pod is stopped. */
  volumeDiskUsdPerGbMonth: number;
  stoppedVolumeDiskUsdPerGbMonth: number;
  /** Network volume, charged with or without a pod, up to `networkVolumeFirstGb`. */
  networkVolumeUsdPerGbMonth: number;
  networkVolumeFirstGb: number;
  /** Network volume, what exceeds that. */
  networkVolumeBeyondUsdPerGbMonth: number;
  observed: string;
  sources: readonly string[];
}

/**
 * Returns what RunPod charges for storage (`data/prices.csv`).
 *
 * @throws WorkbookError where the price book lacks one of the rows.
 */
export function loadStoragePrices(options: FactsOptions = {}): StoragePrices {
  const current = loadPriceBook(options).prices.filter(
    ({ provider, status }) => provider === "runpod" && status === "current",
  );
  const find = (product: string, kind: PriceKind) => {
    const price = current.find((one) => one.product === product && one.kind === kind);
    if (price !== undefined) return price;
    throw new WorkbookError(`prices.csv has no current row of RunPod's ${product} (${kind}).`, {
      remedy: "The table belongs to the workbook: restore it from its repository.",
    });
  };
  const container = find("container disk", "storage_gb_month_running");
  return {
    containerDiskUsdPerGbMonth: container.value,
    volumeDiskUsdPerGbMonth: find("volume disk", "storage_gb_month_running").value,
    stoppedVolumeDiskUsdPerGbMonth: find("volume disk", "storage_gb_month_stopped").value,
    networkVolumeUsdPerGbMonth: find("network volume, first 1 TB", "storage_gb_month_running").value,
    networkVolumeFirstGb: 1_000,
    networkVolumeBeyondUsdPerGbMonth: find("network volume, above 1 TB", "storage_gb_month_running").value,
    observed: container.observed,
    sources: container.sources,
  };
}

/** Hours in an average month (365 × 24 ÷ 12): what turns a monthly price into an hourly one. */
export const hoursPerMonth = 730;

/** Hours in a month of 31 days: nobody can rent or work for more of them in a month. */
export const mostHoursPerMonth = 31 * 24;
