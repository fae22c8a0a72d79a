import type { Roofline } from "../serving/index.ts";
import type { Capacity } from "./capacity.ts";

/**
 * Makes a capacity of a computed ceiling: the most that its points write, and what its arithmetic lets it read.
 *
 * Where the card's arithmetic is not known, reading is endless. A ceiling can prove that something is impossible only.
 */
export function rooflineCapacity(ceiling: Roofline): Capacity {
  const { points, prefillTokensPerSecond, source, date, model, gpu, gpuCount, assumptions } = ceiling;
  return {
    prefillTokensPerSecond: prefillTokensPerSecond ?? Number.POSITIVE_INFINITY,
    decodeTokensPerSecond: Math.max(...points.map(({ outputTokensPerSecond }) => outputTokensPerSecond)),
    atLatency: null,
    isLimit: true,
    kind: "computed",
    source,
    date,
    model,
    gpu,
    gpuCount,
    note: assumptions,
  };
}
