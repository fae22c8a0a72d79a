/** Input that was sent before: a share of it is in both sides' caches alike, unless `ownCachedInputShare` says otherwise. */
export interface CachedInput {
  /** Share of the input that a cache holds, at the API and on the machine. Default 0. */
  cachedInputShare?: number;
  /** What the API asks for a million of these, in USD; absent: its full price. */
  cachedInputUsdPerMillion?: number;
  /** Another share for the machine, which does not read what its prefix cache holds. Default: `cachedInputShare`, as far as its cache was measured to save it. */
  ownCachedInputShare?: number;
}

/** What an API asks for a million tokens, in USD, and which part of the traffic gets it cheaper. */
export interface ApiCosts {
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  /** Share of the input tokens that the API finds in its cache. */
  cachedInputShare: number;
  /** Price of those in USD; `null`: no discount. */
  cachedInputUsdPerMillion: number | null;
  /** Share of all tokens that can wait for a batch. */
  batchShare: number;
  /** What a batch is cheaper by: 0.5 is half price. */
  batchDiscount: number;
}

/** Computes average prices in USD per million tokens; a batch pays the batch price whether it was cached or not. */
export function averageApiPrices(costs: ApiCosts) {
  const { inputUsdPerMillion, outputUsdPerMillion, batchShare, batchDiscount } = costs;
  // As a difference, so that no discount leaves the price just as it was.
  const discount = inputUsdPerMillion - (costs.cachedInputUsdPerMillion ?? inputUsdPerMillion);
  const live = inputUsdPerMillion - discount * costs.cachedInputShare;
  const mix = (now: number, list: number) => now * (1 - batchShare) + list * (1 - batchDiscount) * batchShare;
  return {
    inputUsdPerMillion: mix(live, inputUsdPerMillion),
    outputUsdPerMillion: mix(outputUsdPerMillion, outputUsdPerMillion),
  };
}
