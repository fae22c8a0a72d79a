import { z } from "zod";
import { day, positive, sources, text } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

const share = positive.max(1, "must be 1 at most");

const kernelsSchema = z.object({
  /** The short name of a card of `gpus.csv`. */
  gpu: text,
  /** Share of the memory bandwidth that products of few rows reach, with weights of 16, 8 and 4 bits. */
  thinShare: share,
  eightBitThinShare: share,
  fourBitThinShare: share,
  /** Share of the arithmetic that products of many rows reach: of the 16-bit rate, and of twice that rate in 8 bits. */
  wideShare: share,
  eightBitWideShare: share,
  /** Share of the bandwidth while keys and values are read. */
  cacheReadShare: share,
  /** The shares of arithmetic for products with the weights of experts. */
  expertWideShare: share,
  eightBitExpertWideShare: share,
  /** Starting and joining the kernels of a layer, in microseconds. */
  layerUs: positive,
  note: z.string().default(""),
  observed: day,
  sources,
});

/** What the kernels of vLLM reach on a card. */
export type KernelShares = z.output<typeof kernelsSchema>;

/** Returns what kernels reach, card by card (`data/kernels.csv`). */
export function loadKernels(options: FactsOptions = {}): readonly KernelShares[] {
  return readFacts("kernels.csv", kernelsSchema, options);
}
