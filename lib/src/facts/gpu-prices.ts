import { z } from "zod";
import { day, positive, sources } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

/** What one GPU cost by the hour on the day on which somebody read it. */
export type GpuPrice = {
  gpuId: string;
  cloud: "SECURE" | "COMMUNITY";
  /** For one card, without storage. */
  usdPerHour: number;
  observed: string;
  sources: readonly string[];
};

const gpuPriceSchema: z.ZodType<GpuPrice> = z
  .object({
    gpu_id: z.string("is missing"),
    cloud: z.enum(["SECURE", "COMMUNITY"], "takes SECURE or COMMUNITY"),
    usd_per_hour: positive,
    observed: day,
    sources,
  })
  .transform((row) => ({
    gpuId: row.gpu_id,
    cloud: row.cloud,
    usdPerHour: row.usd_per_hour,
    observed: row.observed,
    sources: row.sources,
  }));

/** Returns published on-demand prices of RunPod's GPUs (`data/gpu-prices.csv`); the live catalogue knows better. */
export function loadGpuPrices(options: FactsOptions = {}): readonly GpuPrice[] {
  return readFacts("gpu-prices.csv", gpuPriceSchema, options);
}
