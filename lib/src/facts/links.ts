import { z } from "zod";
import { count, day, positive, sources } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

/** How the cards of one machine exchange data; without peer-to-peer they do so through the memory of the host. */
export const linkSchema = z.enum(
  ["nvlink3", "nvlink4", "nvlink5", "pcie4", "pcie5", "no-peer-to-peer"],
  "takes nvlink3, nvlink4, nvlink5, pcie4, pcie5 or no-peer-to-peer",
);

const linkSpeedSchema = z.object({
  link: linkSchema,
  gpuCount: count,
  /** What the smallest all-reduce takes, in microseconds. */
  latencyUs: positive,
  /** Bus bandwidth of a large all-reduce, as NVIDIA's nccl-tests count it. */
  busGbPerSecond: positive,
  note: z.string().default(""),
  observed: day,
  sources,
});

/** How fast the cards of a machine add up their parts (all-reduce), by the kind of link and their number. */
export type LinkSpeed = z.output<typeof linkSpeedSchema>;

/** Returns the speeds of links (`data/links.csv`). */
export function loadLinks(options: FactsOptions = {}): readonly LinkSpeed[] {
  return readFacts("links.csv", linkSpeedSchema, options);
}
