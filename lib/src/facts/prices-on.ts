import { InputError } from "../errors.ts";
import { daysBetween, requireDay } from "./days.ts";
import type { Price } from "./prices.ts";

/**
 * Returns the prices that held on a day, one for each provider, product and kind.
 *
 * A price holds from its first day, or else from when it was observed, to its last one. A replaced or ended price
 * without a last day counts until the next price of the same thing, and never past the day on which it was seen last.
 * Where several hold, one that nothing contradicts comes first, then the youngest.
 *
 * @throws InputError where the date is no day such as `2026-11-23`.
 */
export function pricesOn(prices: readonly Price[], date: string): Price[] {
  requireDay("pricesOn", "date", date);
  const best = new Map<string, Price>();
  for (const price of prices) {
    if (!holdsOn(price, date)) continue;
    const key = seriesOf(price);
    const known = best.get(key);
    if (known === undefined || compare(price, known) > 0) best.set(key, price);
  }
  return [...best.values()];
}

/** Says how many days before a day somebody last saw a price; never less than 0. */
export function priceAgeDays(price: Pick<Price, "observed">, date: string): number {
  requireDay("priceAgeDays", "date", date);
  return Math.max(0, daysBetween(price.observed, date));
}

function holdsOn(price: Price, date: string): boolean {
  const start = price.from ?? price.observed;
  // An ended offer whose first day nobody knows is seen only up to the day on which it was read.
  const seenOnly = price.status === "retired" && price.to === null;
  const end = seenOnly ? price.observed : price.to;
  return date >= start && (end === null || date <= end);
}

function seriesOf(price: Price): string {
  return [price.provider, price.model, price.gpu, price.product, price.kind].join("|");
}

function compare(one: Price, other: Price): number {
  const doubt = Number(one.status !== "unknown") - Number(other.status !== "unknown");
  if (doubt !== 0) return doubt;
  return (one.from ?? one.observed).localeCompare(other.from ?? other.observed);
}

/** The lowest, the middle and the highest of several prices, and who asks for them. */
export interface PriceSpread {
  lowest: number;
  median: number;
  highest: number;
  count: number;
  lowestProvider: string;
  highestProvider: string;
}

/**
 * Computes the spread of prices of one kind over their providers; the unit is that of the prices.
 *
 * @throws InputError where there is no price, or where units are mixed.
 */
export function priceSpread(prices: readonly Pick<Price, "provider" | "unit" | "value">[]): PriceSpread {
  const sorted = prices.toSorted((one, other) => one.value - other.value);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) {
    throw new InputError("priceSpread: there is no price.", {
      remedy: "Choose another model or day: loadPriceBook().prices has them all.",
    });
  }
  const units = [...new Set(prices.map((price) => price.unit))];
  if (units.length > 1) {
    throw new InputError(`priceSpread: the prices are in ${units.join(" and ")}.`, {
      remedy: "Give prices of one kind.",
    });
  }
  return {
    lowest: first.value,
    median: median(sorted.map((price) => price.value)),
    highest: last.value,
    count: sorted.length,
    lowestProvider: first.provider,
    highestProvider: last.provider,
  };
}

/** Returns the middle of sorted numbers; `NaN` for none. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
