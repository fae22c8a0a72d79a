import { InputError } from "../errors.ts";
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
  requireDay("pricesOn", date);
  return [...Map.groupBy(prices, seriesOf).values()].flatMap((series) => {
    const holding = series.filter((price) => holdsOn(price, { date, series }));
    return holding.toSorted(compare).slice(-1);
  });
}

/** A price that nobody has looked at for longer is named as old: prices moved twice between August and November 2026. */
export const mostPriceAgeDays = 60;

/** Says how many days before a day somebody last saw a price; never less than 0. */
export function priceAgeDays(price: Pick<Price, "observed">, date: string): number {
  requireDay("priceAgeDays", date);
  return Math.max(0, Math.round((Date.parse(date) - Date.parse(price.observed)) / 86_400_000));
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
  return doubt || startOf(one).localeCompare(startOf(other));
}

function requireDay(caller: string, date: string): void {
  if (/^\d{4}-\d\d-\d\d$/.test(date) && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date)) return;
  throw new InputError(`${caller}: date is ${JSON.stringify(date)}, which is not a calendar day.`, {
    remedy: 'Give date a day such as "2026-11-23".',
    problem: "out-of-range",
    field: "date",
  });
}
