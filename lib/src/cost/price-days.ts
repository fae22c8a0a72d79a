import { mostPriceAgeDays, type Price, priceAgeDays } from "../facts/index.ts";

/** What a verdict's prices are of, such as `A40` or `Bedrock`, and the day on which somebody saw each. */
export type SeenPrices = Readonly<Record<string, Pick<Price, "observed">>>;

/** Says in a sentence which prices are older than 60 days on the reader's day; empty where none is. */
export function warnOfOldPrices(prices: SeenPrices, today: string): string {
  const old = Object.entries(prices)
    .map(([name, price]) => ({ name, age: priceAgeDays(price, today) }))
    .filter(({ age }) => age > mostPriceAgeDays)
    .map(({ name, age }) => `${name} seen ${age} days ago`);
  return old.length === 0
    ? ""
    : `Some prices are older than ${mostPriceAgeDays} days (${old.join(", ")}): look up today's before you decide.`;
}
