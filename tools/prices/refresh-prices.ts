import { join } from "node:path";
import { loadPriceBook, type PriceBook, priceAgeDays, pricesOn } from "../../lib/src/facts/index.ts";
import { loadSettings } from "../../lib/src/settings.ts";
import { cutEnd } from "../../lib/src/words/index.ts";
import { comparePrices, type PriceDifferences } from "./compare-prices.ts";
import { type FetchedPriceList, fetchPriceList, type PriceSource } from "./fetch-price-list.ts";
import { adaptLiteLlm, adaptModelsDev, adaptOpenRouter, adaptRunpod } from "./price-adapters.ts";

/** What to ask, and where to keep it. */
export interface RefreshPricesOptions {
  /** Whether the network may be asked. */
  online: boolean;
  sources?: readonly PriceSource[];
  book?: PriceBook;
  /** Default: `prices` in the state folder. */
  cacheFolder?: string;
  /** For each list; default 15,000. */
  timeoutMs?: number;
  /** A day such as `2026-11-23`; default: the clock's. */
  today?: string;
}

/** What the lists on the network say about the price book, which itself stays as it is. */
export interface PriceRefresh extends PriceDifferences {
  /** In a sentence or two: how old the book is, who was asked, what differs. */
  summary: string;
  /** Days since the youngest observation of the book; `null` for an empty one. */
  bookAgeDays: number | null;
  sources: readonly Omit<FetchedPriceList, "prices">[];
}

/**
 * Asks price lists on the network, and says where they differ from the price book and from each other.
 *
 * Runpod's catalogue (only with a key), models.dev, OpenRouter and LiteLLM. It needs no network: without one it says
 * how old the book is. The book is reviewed by people, so nothing is written into it.
 */
export async function refreshPrices(options: RefreshPricesOptions): Promise<PriceRefresh> {
  const { online, timeoutMs = 15_000, book = loadPriceBook() } = options;
  const { today = new Date().toISOString().slice(0, 10) } = options;
  const sources = online ? (options.sources ?? ownSources()) : [];
  const cacheFolder = options.cacheFolder ?? join(loadSettings().stateFolder, "prices");
  const lists = await Promise.all(
    sources.map((source) => fetchPriceList(source, { cacheFolder, today, timeoutMs })),
  );
  const found = Object.fromEntries(lists.map(({ name, prices }) => [name, prices]));
  const differences = comparePrices(pricesOn(book.prices, today), found);
  const observed = book.newestObservation;
  const bookAgeDays = observed === null ? null : priceAgeDays({ observed }, today);
  return {
    ...differences,
    problems: [
      ...lists.flatMap(({ name, leftOut }) => (leftOut === null ? [] : [`${name}: ${leftOut}`])),
      ...differences.problems,
    ],
    summary: summarise({ online, lists, differences, bookAgeDays }),
    bookAgeDays,
    sources: lists.map(({ prices: _, ...list }) => list),
  };
}

function ownSources(): PriceSource[] {
  const { runpodApiUrl, runpodApiKey } = loadSettings();
  const runpod: PriceSource = {
    name: "runpod",
    url: `${cutEnd(runpodApiUrl, "/")}/catalog/gpus`,
    headers: { authorization: `Bearer ${runpodApiKey}` },
    adapt: adaptRunpod,
  };
  return [
    ...(runpodApiKey === null ? [] : [runpod]),
    { name: "models.dev", url: "https://models.dev/api.json", adapt: adaptModelsDev },
    { name: "openrouter", url: "https://openrouter.ai/api/v1/models", adapt: adaptOpenRouter },
    {
      name: "litellm",
      url: "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
      adapt: adaptLiteLlm,
    },
  ];
}

function summarise(options: {
  online: boolean;
  lists: readonly FetchedPriceList[];
  differences: PriceDifferences;
  bookAgeDays: number | null;
}): string {
  const { online, lists, differences, bookAgeDays } = options;
  const age =
    bookAgeDays === null ? "The price book is empty." : `The price book is ${bookAgeDays} days old.`;
  if (!online) return `${age} Nobody was asked: a rehearsal sends nothing from this machine.`;
  const read = lists.filter(({ state }) => state !== "failed").map((list) => list.name);
  if (read.length === 0) return `${age} No price list could be read.`;
  const { compared, changes, disagreements } = differences;
  return (
    `${age} Compared ${compared} of its prices with ${read.join(", ")}: ` +
    `${changes.length} differ, and on ${disagreements.length} the lists disagree among themselves.`
  );
}
