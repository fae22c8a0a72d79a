/** What RunPod charges for storage, in USD per GB and month. */
export const storagePrices = {
  /** Temporary disk of a pod, charged while it runs. */
  containerDiskUsdPerGbMonth: 0.1,
  /** Network volume, charged with or without a pod, up to `networkVolumeFirstGb`. */
  networkVolumeUsdPerGbMonth: 0.07,
  networkVolumeFirstGb: 1_000,
  /** Network volume, what exceeds that. */
  networkVolumeBeyondUsdPerGbMonth: 0.05,
  observed: "2026-08-20",
  sources: ["https://github.com/runpod/docs/blob/a900806e/pods/pricing.mdx"],
} as const;

/** Hours in an average month: what turns a monthly price into an hourly one. */
export const hoursPerMonth = 730;
