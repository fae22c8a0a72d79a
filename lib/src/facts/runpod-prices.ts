import { WorkbookError } from "../errors.ts";
import { type Gpu, loadGpus } from "./gpus.ts";
import { loadPriceBook, type Price, type PriceBook, type PriceKind } from "./prices.ts";
import { pricesOn } from "./prices-on.ts";
import type { FactsOptions } from "./read-facts.ts";

/** Which prices: of another book than the library's own, and of those that held on a day; default: the current ones. */
interface PriceOptions extends FactsOptions {
  book?: PriceBook;
  date?: string;
}

/** Hours in an average month (365 × 24 ÷ 12): what turns a monthly price into an hourly one. */
export const hoursPerMonth = 730;

/** Hours in a month of 31 days: nobody can rent or work for more of them in a month. */
export const mostHoursPerMonth = 31 * 24;

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
 * Returns published on-demand prices of Runpod's GPUs (`data/prices.csv`), the newest of each card and cloud; the live
 * catalogue knows better.
 */
export function loadGpuPrices(options: PriceOptions = {}): readonly GpuPrice[] {
  const prices = currentPrices(options).flatMap(({ gpu, kind, value, observed, sources }): GpuPrice[] => {
    if (gpu === null || (kind !== "gpu_hour_secure" && kind !== "gpu_hour_community")) return [];
    return [{ gpuId: gpu, cloud: clouds[kind], usdPerHour: value, observed, sources }];
  });
  const oldestFirst = prices.toSorted((one, other) => one.observed.localeCompare(other.observed));
  return [...new Map(oldestFirst.map((price) => [`${price.gpuId}|${price.cloud}`, price])).values()];
}

/** What one GPU of a pool of Runpod's serverless cost on the day on which somebody read it. */
export type ServerlessPrice = {
  /** As Runpod's catalogue spells it, for example `AMPERE_48`. */
  pool: string;
  /** The cards of the pool that the workbook knows, as Runpod spells them. */
  gpuIds: readonly string[];
  /** For one GPU, from the start of the worker to its end; `null` where nobody published one. */
  usdPerGpuSecond: number | null;
  observed: string | null;
  sources: readonly string[];
};

/**
 * Returns Runpod's serverless pools with their published price by the second (`data/gpus.csv`, `data/prices.csv`).
 *
 * It is the price of workers that come and go. Cheaper ones for workers that always run are not published any more
 * (Runpod grants them case by case), so a minimum of workers is computed with this one too.
 */
export function loadServerlessPrices(options: PriceOptions = {}): readonly ServerlessPrice[] {
  const gpus = loadGpus(options);
  const rows = currentPrices(options).filter(({ kind }) => kind === "gpu_second_serverless_flex");
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

/** What Runpod charges for storage, in USD per GB and month. */
export interface StoragePrices {
  /** Temporary disk of a pod, charged while it runs. */
  containerDiskUsdPerGbMonth: number;
  /** Disk of a pod that outlives a stop: dearer while the pod is stopped. */
  volumeDiskUsdPerGbMonth: number;
  stoppedVolumeDiskUsdPerGbMonth: number;
  /** Network volume, charged with or without a pod, up to `networkVolumeFirstGb`. */
  networkVolumeUsdPerGbMonth: number;
  networkVolumeFirstGb: number;
  /** Network volume, what exceeds that. */
  networkVolumeBeyondUsdPerGbMonth: number;
  observed: string;
  sources: readonly string[];
}

/**
 * Returns what Runpod charges for storage (`data/prices.csv`).
 *
 * @throws WorkbookError where the price book lacks one of the rows.
 */
export function loadStoragePrices(options: FactsOptions = {}): StoragePrices {
  const current = currentPrices(options);
  const find = (product: string, kind: PriceKind) => {
    const price = current.find((one) => one.product === product && one.kind === kind);
    if (price !== undefined) return price;
    throw new WorkbookError(`prices.csv has no current row of Runpod's ${product} (${kind}).`, {
      remedy: "The table belongs to the workbook: restore it from its repository.",
    });
  };
  const container = find("container disk", "storage_gb_month_running");
  return {
    containerDiskUsdPerGbMonth: container.value,
    volumeDiskUsdPerGbMonth: find("volume disk", "storage_gb_month_running").value,
    stoppedVolumeDiskUsdPerGbMonth: find("volume disk", "storage_gb_month_stopped").value,
    networkVolumeUsdPerGbMonth: find("network volume, first 1 TB", "storage_gb_month_running").value,
    networkVolumeFirstGb: 1_000,
    networkVolumeBeyondUsdPerGbMonth: find("network volume, above 1 TB", "storage_gb_month_running").value,
    observed: container.observed,
    sources: container.sources,
  };
}

function currentPrices({ date, ...options }: PriceOptions): Price[] {
  const { prices } = options.book ?? loadPriceBook(options);
  const ofRunpod = prices.filter(({ provider }) => provider === "runpod");
  return date === undefined
    ? ofRunpod.filter(({ status }) => status === "current")
    : pricesOn(ofRunpod, date);
}
