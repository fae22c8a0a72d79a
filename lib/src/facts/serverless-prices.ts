import { type Gpu, loadGpus } from "./gpus.ts";
import { loadPriceBook, type Price } from "./prices.ts";
import type { FactsOptions } from "./read-facts.ts";

/** What one GPU of a pool of RunPod's serverless cost on the day on which somebody read it. */
export type ServerlessPrice = {
  /** As RunPod's catalogue spells it, for example `AMPERE_48`. */
  pool: string;
  /** The cards of the pool that the workbook knows, as RunPod spells them. */
  gpuIds: readonly string[];
  /** For one GPU, from the start of the worker to its end; `null` where nobody published one. */
  usdPerGpuSecond: number | null;
  observed: string | null;
  sources: readonly string[];
};

/**
 * Returns RunPod's serverless pools with their published price by the second (`data/gpus.csv`, `data/prices.csv`).
 *
 * It is the price of workers that come and go. Cheaper ones for workers that always run are not published any more
 * (RunPod grants them case by case), so a minimum of workers is computed with this one too.
 */
export function loadServerlessPrices(options: FactsOptions = {}): readonly ServerlessPrice[] {
  const gpus = loadGpus(options);
  const rows = loadPriceBook(options).prices.filter(
    ({ provider, kind, status }) =>
      provider === "runpod" && kind === "gpu_second_serverless_flex" && status === "current",
  );
  const pools = [...new Set(gpus.flatMap(({ serverlessPool }) => serverlessPool ?? []))];
  return pools.map((pool): ServerlessPrice => {
    const cards = gpus.filter(({ serverlessPool }) => serverlessPool === pool);
    const price = rows
      .filter((row) => cards.some((card) => isPriceOf(row, card)))
      .toSorted((one, other) => other.observed.localeCompare(one.observed))[0];
    return {
      pool,
      gpuIds: cards.map(({ id }) => id),
      usdPerGpuSecond: price?.value ?? null,
      observed: price?.observed ?? null,
      sources: price?.sources ?? [],
    };
  });
}

/** The price list names the cards of a row in short: `L4, A5000, 3090 24GB`. */
function isPriceOf(row: Price, card: Gpu): boolean {
  if (row.gpu === card.id) return true;
  const names = row.product.replace(/( PRO)? \d+GB$/, "").split(", ");
  return names.some((name) => card.name === name || card.name.endsWith(` ${name}`));
}
