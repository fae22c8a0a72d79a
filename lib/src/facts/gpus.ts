import { z } from "zod";
import { count, day, orNull, positive, sources, text, yesOrNo } from "./columns.ts";
import { linkSchema } from "./links.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

const gpuSchema = z.object({
  /** As Runpod's catalogue spells it, for example `NVIDIA A40`. */
  id: text,
  /** What people call it: `A40`. */
  name: text,
  /** The size that it is sold under. */
  memoryGb: count,
  /** The total that the driver reports, rounded down; `null` where nobody published it. */
  usableMemoryGib: orNull(positive),
  memoryBandwidthGbPerSecond: positive,
  /** 16-bit matrix rate without sparsity, accumulating in 32 bits; `null` where sources disagree. */
  bf16DenseTflops: orNull(positive),
  /** Whether it computes in FP8; others unpack FP8 weights as they read them: less to read, the same arithmetic. */
  fp8: yesOrNo,
  computeCapability: positive,
  /** Whether all cards of a pod are linked by NVLink. */
  nvlink: yesOrNo,
  interconnect: text,
  /** The row of `links.csv` for a machine whose cards reach one another directly (peer-to-peer). */
  link: linkSchema,
  serverlessPool: orNull(z.string()),
  note: z.string().default(""),
  /** The day on which the row was last compared with its sources. */
  observed: day,
  sources,
});

/** A GPU that Runpod rents out, as far as planning and ceilings need it; per card. */
export type Gpu = z.output<typeof gpuSchema>;

/** Returns the GPUs that the workbook knows, in the order of the table (`data/gpus.csv`). */
export function loadGpus(options: FactsOptions = {}): readonly Gpu[] {
  return readFacts("gpus.csv", gpuSchema, options);
}

/** Finds a GPU by Runpod's id or by its short name, in any case; `null` where nothing is so named. */
export function findGpu<Named extends { id: string; name: string }>(
  wanted: string,
  gpus: readonly Named[],
): Named | null {
  const plain = wanted.trim().toLowerCase();
  const byId = gpus.find(({ id }) => id.toLowerCase() === plain);
  return byId ?? gpus.find(({ name }) => name.toLowerCase() === plain) ?? null;
}
