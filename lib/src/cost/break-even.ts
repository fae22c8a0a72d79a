import { type NumberRange, requireNumber } from "../require-number.ts";
import { averageApiPrices, type CachedInput } from "./api-bill.ts";

/** English prose: words a token. */
export const englishWordsPerToken = 0.72;

/** The two bills that are compared: a machine by the hour, and an API by the token. */
export interface BreakEvenInput extends CachedInput {
  /** Dollars per hour for the whole machine, all its GPUs together. */
  gpuUsdPerHour: number;
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  /** The mix: 1 means as many tokens in as out, 0 means output only. */
  inputTokensPerOutputToken: number;
  /** English prose has about 0.72 words a token; code and other languages have fewer. Default 0.72. */
  wordsPerToken?: number;
}

/** The load at which both bills are equal; all figures are computed, and not rounded. */
export interface BreakEven {
  inputTokensPerHour: number;
  outputTokensPerHour: number;
  totalTokensPerHour: number;
  inputTokensPerSecond: number;
  /** What the machine reads of the input: the rest is in its own prefix cache. */
  readTokensPerSecond: number;
  outputTokensPerSecond: number;
  totalTokensPerSecond: number;
  /** Input and output together. */
  totalWordsPerHour: number;
  /** What one output token costs at the API together with the input tokens that belong to it, per million. */
  usdPerMillionOutputTokensWithInput: number;
}

/**
 * Computes the load above which a rented machine is cheaper than an API that charges per token.
 *
 * Per hour: outputTokens = gpuUsdPerHour × 1,000,000 ÷ (outputUsdPerMillion + mix × inputUsdPerMillion), and
 * inputTokens = mix × outputTokens, where the cached share of the input has its own price. It assumes a machine that is rented only while it works, at a steady load.
 *
 * @throws InputError that names the field, where a value is negative, not finite, or makes the bill per token nothing.
 */
export function breakEven(input: BreakEvenInput): BreakEven {
  const { gpuUsdPerHour, inputUsdPerMillion, outputUsdPerMillion, inputTokensPerOutputToken } = input;
  const { wordsPerToken = englishWordsPerToken, cachedInputShare = 0, cachedInputUsdPerMillion } = input;
  const { ownCachedInputShare = cachedInputShare } = input;
  const check = (fields: Record<string, number>, range: NumberRange) =>
    requireNumber("breakEven", fields, range);
  check({ gpuUsdPerHour }, { above: 0, meaning: "the price of the machine in dollars per hour" });
  check(
    { inputUsdPerMillion, outputUsdPerMillion },
    { above: 0, meaning: "a price in dollars per million tokens" },
  );
  check(
    { inputTokensPerOutputToken },
    { from: 0, meaning: "a number of input tokens for each output token" },
  );
  check({ wordsPerToken }, { above: 0, meaning: "a number of words for each token" });

  check({ cachedInputShare, ownCachedInputShare }, { from: 0, to: 1, meaning: "a share of the input" });
  if (cachedInputUsdPerMillion !== undefined) {
    check({ cachedInputUsdPerMillion }, { above: 0, meaning: "a price in dollars per million tokens" });
  }

  const prices = averageApiPrices({
    inputUsdPerMillion,
    outputUsdPerMillion,
    cachedInputShare,
    cachedInputUsdPerMillion: cachedInputUsdPerMillion ?? null,
    batchShare: 0,
    batchDiscount: 0,
  });
  const usdPerMillion = outputUsdPerMillion + inputTokensPerOutputToken * prices.inputUsdPerMillion;
  const outputTokensPerHour = (gpuUsdPerHour * 1_000_000) / usdPerMillion;
  const inputTokensPerHour = inputTokensPerOutputToken * outputTokensPerHour;
  const totalTokensPerHour = inputTokensPerHour + outputTokensPerHour;
  return {
    inputTokensPerHour,
    outputTokensPerHour,
    totalTokensPerHour,
    inputTokensPerSecond: inputTokensPerHour / 3_600,
    readTokensPerSecond: (inputTokensPerHour * (1 - ownCachedInputShare)) / 3_600,
    outputTokensPerSecond: outputTokensPerHour / 3_600,
    totalTokensPerSecond: totalTokensPerHour / 3_600,
    totalWordsPerHour: totalTokensPerHour * wordsPerToken,
    usdPerMillionOutputTokensWithInput: usdPerMillion,
  };
}
