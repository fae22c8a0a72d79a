import { InputError } from "../errors.ts";
import type { Price, PriceBook } from "./prices.ts";
import { pricesOn } from "./prices-on.ts";

/** Which price is meant; what is left out is not compared. */
export type WantedPrice = Partial<Pick<Price, "provider" | "model" | "gpu" | "product" | "kind">> & {
  /** A day such as `2026-11-23`. */
  date: string;
};

/**
 * Finds the price that held on a day; of several the cheapest of those that nothing contradicts.
 *
 * @throws InputError that says what the book lacks, and from when it has such prices.
 */
export function findPrice({ prices }: PriceBook, { date, ...wanted }: WantedPrice): Price {
  const fields = Object.entries(wanted) as [keyof typeof wanted, string | null][];
  const matching = prices.filter((price) => fields.every(([field, value]) => price[field] === value));
  const doubt = ({ status }: Price) => Number(status === "unknown");
  const [found] = pricesOn(matching, date).toSorted(
    (one, other) => doubt(one) - doubt(other) || one.value - other.value,
  );
  if (found !== undefined) return found;
  const [first] = matching.map(({ from, observed }) => from ?? observed).toSorted();
  const what = fields.map(([field, value]) => `${field} ${value}`).join(", ");
  throw new InputError(`findPrice: on ${date} the price book has no price with ${what}.`, {
    remedy:
      first === undefined
        ? "Look for another spelling: loadPriceBook().prices has them all."
        : `The first one that it has is of ${first}: choose another day.`,
  });
}
