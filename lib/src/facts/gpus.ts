import { z } from "zod";
import { count, day, orNull, positive, sources, yesOrNo } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

/** A GPU that RunPod rents out, as far as planning and ceilings need it; per card. */
export type Gpu = {
  /** As RunPod's catalogue spells it, for example `NVIDIA A40`. */
  id: string;
  /** What people call it: `A40`. */
  name: string;
  /** The size that it is sold under. */
  memoryGb: number;
  /** The total that the driver reports, rounded down; `null` where nobody published it. */
  usableMemoryGib: number | null;
  memoryBandwidthGbPerSecond: number;
  /** 16-bit matrix rate without sparsity, accumulating in 32 bits; `null` where sources disagree. */
  bf16DenseTflops: number | null;
  /** Whether it computes in FP8; others use FP8 weights only to save memory. */
  fp8: boolean;
  computeCapability: number;
  /** Whether all cards of a pod are linked by NVLink. */
  nvlink: boolean;
  interconnect: string;
  serverlessPool: string | null;
  note: string;
  /** The day on which the row was last compared with its sources. */
  observed: string;
  sources: readonly string[];
};

const gpuSchema: z.ZodType<Gpu> = z
  .object({
    id: z.string("is missing"),
    name: z.string("is missing"),
    memory_gb: count,
    usable_memory_gib: orNull(positive),
    memory_bandwidth_gb_per_second: positive,
    bf16_dense_tflops: orNull(positive),
    fp8: yesOrNo,
    compute_capability: positive,
    nvlink: yesOrNo,
    interconnect: z.string("is missing"),
    serverless_pool: orNull(z.string()),
    note: z.string().default(""),
    observed: day,
    sources,
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    memoryGb: row.memory_gb,
    usableMemoryGib: row.usable_memory_gib,
    memoryBandwidthGbPerSecond: row.memory_bandwidth_gb_per_second,
    bf16DenseTflops: row.bf16_dense_tflops,
    fp8: row.fp8,
    computeCapability: row.compute_capability,
    nvlink: row.nvlink,
    interconnect: row.interconnect,
    serverlessPool: row.serverless_pool,
    note: row.note,
    observed: row.observed,
    sources: row.sources,
  }));

/** Returns the GPUs that the workbook knows, in the order of the table (`data/gpus.csv`). */
export function loadGpus(options: FactsOptions = {}): readonly Gpu[] {
  return readFacts("gpus.csv", gpuSchema, options);
}
