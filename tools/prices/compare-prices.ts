import { findValueMistake, type Price, type PriceKind } from "../../lib/src/facts/index.ts";
import type { FoundPrice } from "./price-adapters.ts";

/** What the sources of a refresh say about one price of the book. */
interface PriceComparison {
  provider: string;
  product: string;
  kind: PriceKind;
  bookValue: number;
  /** What each source says, by its name. */
  found: Readonly<Record<string, number>>;
}

/** How the sources of a refresh compare with the book and with each other. */
export interface PriceDifferences {
  /** Every source that has the price says something else than the book. */
  changes: readonly PriceComparison[];
  /** The sources differ by more than 5 %. */
  disagreements: readonly PriceComparison[];
  /** Prices of the book that a source has, whatever it says. */
  compared: number;
  /** What cannot be a price, or could not be read, one sentence each; it is left out. */
  problems: readonly string[];
}

// Rounding in a list is no change of the price.
const sameWithin = 0.005;
const agreeWithin = 0.05;

/** Compares what sources found, by their name, with the prices that hold today. */
export function comparePrices(
  prices: readonly Price[],
  foundBySource: Readonly<Record<string, readonly FoundPrice[]>>,
): PriceDifferences {
  const problems: string[] = [];
  const found = new Map<string, Record<string, number>>();
  const known = new Set(prices.map(keyOfPrice));
  for (const [source, list] of Object.entries(foundBySource)) {
    const nearest = new Map<string, number>();
    for (const one of list) {
      const key = keyOf(one.provider, one.product, one.kind);
      // A list has variants of a product under longer paths, such as one for each region: the shortest is the product.
      if (!known.has(key) || one.product.length >= (nearest.get(key) ?? Number.POSITIVE_INFINITY)) continue;
      nearest.set(key, one.product.length);
      const mistake = findValueMistake(one.kind, one.value);
      if (mistake === null) found.set(key, { ...found.get(key), [source]: one.value });
      else problems.push(`${source}: ${one.provider}, ${one.product}, ${one.kind} ${mistake}.`);
    }
  }
  const comparisons = prices.flatMap((price): PriceComparison[] => {
    const said = found.get(keyOfPrice(price));
    if (said === undefined) return [];
    const { provider, product, kind, value } = price;
    return [{ provider, product, kind, bookValue: value, found: said }];
  });
  return {
    changes: comparisons.filter(
      (one) => !Object.values(one.found).some((value) => near(value, one.bookValue, sameWithin)),
    ),
    disagreements: comparisons.filter((one) => {
      const values = Object.values(one.found);
      return !near(Math.min(...values), Math.max(...values), agreeWithin);
    }),
    compared: comparisons.length,
    problems,
  };
}

function near(one: number, other: number, share: number): boolean {
  return Math.abs(one - other) <= share * Math.min(one, other);
}

function keyOfPrice(price: Price): string {
  return keyOf(price.provider, price.gpu ?? price.product, price.kind);
}

// Lists put owners and paths before a name, or leave them out.
function keyOf(provider: string, product: string, kind: PriceKind): string {
  return [provider, product.toLowerCase().split("/").at(-1), kind].join("|");
}
