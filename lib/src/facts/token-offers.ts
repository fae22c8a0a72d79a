import type { Price, PriceBook, PriceKind, PriceStatus } from "./prices.ts";
import { pricesOn } from "./prices-on.ts";

/** What one provider asked for the tokens of one model on a day; prices in USD per million tokens. */
export interface TokenOffer {
  provider: string;
  model: string;
  product: string;
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  /** `null` where nobody published one. */
  cachedInputUsdPerMillion: number | null;
  batchInputUsdPerMillion: number | null;
  batchOutputUsdPerMillion: number | null;
  status: PriceStatus;
  from: string | null;
  to: string | null;
  observed: string;
  sources: readonly string[];
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
  const products = new Map<string, Map<PriceKind, Price>>();
  for (const price of prices) {
    const key = `${price.provider}|${price.product}`;
    const kinds = products.get(key) ?? new Map<PriceKind, Price>();
    products.set(key, kinds.set(price.kind, price));
  }
  return [...products.values()]
    .flatMap((kinds) => toOffer(kinds) ?? [])
    .toSorted(
      (one, other) =>
        other.inputUsdPerMillion +
        other.outputUsdPerMillion -
        one.inputUsdPerMillion -
        one.outputUsdPerMillion,
    );
}

function toOffer(kinds: ReadonlyMap<PriceKind, Price>): TokenOffer | undefined {
  const input = kinds.get("input_tokens");
  const output = kinds.get("output_tokens");
  if (input === undefined || output === undefined || input.model === null) return undefined;
  return {
    provider: input.provider,
    model: input.model,
    product: input.product,
    inputUsdPerMillion: input.value,
    outputUsdPerMillion: output.value,
    cachedInputUsdPerMillion: kinds.get("cached_input_tokens")?.value ?? null,
    batchInputUsdPerMillion: kinds.get("batch_input_tokens")?.value ?? null,
    batchOutputUsdPerMillion: kinds.get("batch_output_tokens")?.value ?? null,
    status: input.status,
    from: input.from,
    to: input.to,
    observed: input.observed,
    sources: [...new Set([...input.sources, ...output.sources])],
  };
}
