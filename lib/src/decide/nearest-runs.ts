import { findModel, loadPublishedThroughput, type PublishedThroughput } from "../facts/index.ts";
import type { ForecastInput } from "../serving/index.ts";

/** What a published run is compared with. */
type Wanted = Pick<ForecastInput, "gpu" | "gpuCount" | "precision" | "inputTokens" | "outputTokens"> & {
  model: ForecastInput["model"];
};

/** A run on other cards is as far away as one of a model four times the size. */
const otherCard = 2;

/**
 * Returns the published runs of vLLM that come nearest to a machine, its model and its load: by size, card, number of cards,
 * bits, and lengths of requests, each in factors of two.
 */
export function nearestRuns(wanted: Wanted, options: { count?: number } = {}): PublishedThroughput[] {
  const { gpu, gpuCount, precision, inputTokens, outputTokens } = wanted;
  const size = typeof wanted.model === "string" ? findModel(wanted.model)?.parametersBillion : undefined;
  const distance = (run: PublishedThroughput) =>
    (run.gpu === gpu ? 0 : otherCard) +
    twofold(run.gpuCount, gpuCount) +
    2 * twofold(run.parametersBillion, size) +
    (run.precision === precision ? 0 : 1) +
    (twofold(run.inputTokensMean, inputTokens) + twofold(run.outputTokensMean, outputTokens)) / 4;
  return loadPublishedThroughput()
    .filter((run) => run.engine === "vllm" && run.outputTokensPerSecond !== null && run.split !== "layers")
    .toSorted((one, other) => distance(one) - distance(other))
    .slice(0, options.count ?? 3);
}

/** How many times one is twice the other; where one is not known, three times. */
function twofold(one: number | null | undefined, other: number | null | undefined): number {
  return one && other ? Math.abs(Math.log2(one / other)) : 3;
}
