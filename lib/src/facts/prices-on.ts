import { InputError } from "../errors.ts";
import { daysBetween, requireDay } from "./days.ts";
import type { Price } from "./prices.ts";

/**
 * Returns the prices that held on a day, one for each provider, product and kind.
 *
 * A price holds from its first day, or else from when it was observed, to its last one. A replaced price without a last
 * day holds until the next price of the same thing, however long nobody read it (`priceAgeDays` tells); one that ended
 * without a next one holds to the day on which it was seen last. Where several hold, one that nothing contradicts comes
 * first, then the youngest.
 *
 * @throws InputError where the date is no day such as `2026-11-23`.
 */
export function pricesOn(prices: readonly Price[], date: string): Price[] {
  requireDay("pricesOn", "date", date);
  const series = new Map<string, Price[]>();
  for (const price of prices) {
    const key = seriesOf(price);
    series.set(key, [...(series.get(key) ?? []), price]);
  }
  return [...series.values()].flatMap((ofOne) => {
    const holding = ofOne.filter((price) => holdsOn(price, { date, series: ofOne }));
    return holding.toSorted(compare).slice(-1);
  });
}

/** Says how many days before a day somebody last saw a price; never less than 0. */
export function priceAgeDays(price: Pick<Price, "observed">, date: string): number {
  requireDay("priceAgeDays", "date", date);
  return Math.max(0, daysBetween(price.observed, date));
}

function holdsOn(price: Price, { date, series }: { date: string; series: readonly Price[] }): boolean {
  const start = startOf(price);
  if (date < start) return false;
  if (price.to !== null) return date <= price.to;
  if (price.status !== "retired" || date <= price.observed) return true;
  const later = series.map(startOf).filter((other) => other > start);
  return later.length > 0 && later.every((next) => date < next);
}

function startOf({ from, observed }: Price): string {
  return from ?? observed;
}

function seriesOf(price: Price): string {
  return [price.provider, price.model, price.gpu, price.product, price.kind].join("|");
}

function compare(one: Price, other: Price): number {
  const doubt = Number(one.status !== "unknown") - Number(other.status !== "unknown");
  if (doubt !== 0) return doubt;
  return startOf(one).localeCompare(startOf(other));
}

/** The lowest, the middle and the highest of several prices, and who asks for them; each provider counts once. */
export interface PriceSpread {
  lowest: number;
  median: number;
  highest: number;
  /** Providers. */
  count: number;
  lowestProvider: string;
  highestProvider: string;
}

/**
 * Computes the spread of prices of one kind over their providers; the unit is that of the prices.
 *
 * A provider with several products counts once, by the cheapest of those that nothing contradicts.
 *
 * @throws InputError where there is no price, or where units are mixed.
 */
export function priceSpread(prices: readonly SpreadPrice[]): PriceSpread {
  const sorted = oneOfEachProvider(prices).toSorted((one, other) => one.value - other.value);
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

type SpreadPrice = Pick<Price, "provider" | "unit" | "value" | "status">;

function oneOfEachProvider(prices: readonly SpreadPrice[]): SpreadPrice[] {
  const doubt = ({ status }: SpreadPrice) => Number(status === "unknown");
  const ranked = prices.toSorted((one, other) => doubt(one) - doubt(other) || one.value - other.value);
  return ranked.filter(
    ({ provider }, place) => ranked.findIndex((other) => other.provider === provider) === place,
  );
}

/** Returns the middle of sorted numbers; `NaN` for none. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
