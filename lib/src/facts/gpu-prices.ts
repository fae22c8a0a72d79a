import { loadPriceBook } from "./prices.ts";
import type { FactsOptions } from "./read-facts.ts";

/** What one GPU cost by the hour on the day on which somebody read it. */
export type GpuPrice = {
  gpuId: string;
  cloud: "SECURE" | "COMMUNITY";
  /** For one card, without storage. */
  usdPerHour: number;
  observed: string;
  sources: readonly string[];
};

const clouds = { gpu_hour_secure: "SECURE", gpu_hour_community: "COMMUNITY" } as const;

/**
 * Returns published on-demand prices of RunPod's GPUs that nothing later contradicts (`data/prices.csv`).
 *
 * The live catalogue knows better.
 */
export function loadGpuPrices(options: FactsOptions = {}): readonly GpuPrice[] {
  return loadPriceBook(options).prices.flatMap((price): GpuPrice[] => {
    const { provider, gpu, kind, value, observed, status, sources } = price;
    if (provider !== "runpod" || status !== "current" || gpu === null) return [];
    if (kind !== "gpu_hour_secure" && kind !== "gpu_hour_community") return [];
    return [{ gpuId: gpu, cloud: clouds[kind], usdPerHour: value, observed, sources }];
  });
}
