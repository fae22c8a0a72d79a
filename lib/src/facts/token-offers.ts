import type { Price, PriceBook, PriceKind } from "./prices.ts";
import { pricesOn } from "./prices-on.ts";
import { isRouter } from "./providers.ts";

/** What one provider asked for the tokens of one model on a day; prices in USD per million tokens. */
export interface TokenOffer
  extends Pick<Price, "provider" | "product" | "status" | "from" | "to" | "observed" | "sources"> {
  model: string;
  /** A router resells what hosts offer: beside them it would count one price twice. */
  isRouter: boolean;
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  /** `null` where nobody published one. */
  cachedInputUsdPerMillion: number | null;
  batchInputUsdPerMillion: number | null;
  batchOutputUsdPerMillion: number | null;
}

/**
 * Returns every provider's prices for the tokens of a model on a day, the dearest mix of one to one first.
 *
 * Only offers with both an input and an output price; `status` says how far to trust each.
 *
 * @throws InputError where the date is no day such as `2026-11-23`.
 */
export function tokenOffers(book: PriceBook, options: { model: string; date: string }): TokenOffer[] {
  const { model, date } = options;
  const wanted = model.toLowerCase();
  const prices = pricesOn(
    book.prices.filter((price) => price.model?.toLowerCase() === wanted),
    date,
  );
  return [...Map.groupBy(prices, ({ provider, product }) => `${provider}|${product}`).values()]
    .flatMap((ofProduct) => toOffer(new Map(ofProduct.map((price) => [price.kind, price]))) ?? [])
    .toSorted((one, other) => usdPerPair(other) - usdPerPair(one));
}

function usdPerPair({ inputUsdPerMillion, outputUsdPerMillion }: TokenOffer): number {
  return inputUsdPerMillion + outputUsdPerMillion;
}

// The one to trust least first: an offer is as old and as doubtful as the weaker of its prices.
const statuses: readonly Price["status"][] = ["unknown", "retired", "deprecated", "current"];

function toOffer(kinds: ReadonlyMap<PriceKind, Price>): TokenOffer | undefined {
  const input = kinds.get("input_tokens");
  const output = kinds.get("output_tokens");
  if (input === undefined || output === undefined || input.model === null) return undefined;
  const { provider, model, product, from, to } = input;
  return {
    provider,
    model,
    isRouter: isRouter(provider),
    product,
    inputUsdPerMillion: input.value,
    outputUsdPerMillion: output.value,
    cachedInputUsdPerMillion: kinds.get("cached_input_tokens")?.value ?? null,
    batchInputUsdPerMillion: kinds.get("batch_input_tokens")?.value ?? null,
    batchOutputUsdPerMillion: kinds.get("batch_output_tokens")?.value ?? null,
    status: statuses.find((status) => [input.status, output.status].includes(status)) ?? input.status,
    from,
    to,
    observed: input.observed < output.observed ? input.observed : output.observed,
    sources: [...new Set([...input.sources, ...output.sources])],
  };
}
