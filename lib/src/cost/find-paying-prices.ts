import type { AssessmentNumbers, Evaluation } from "./evaluate.ts";
import { groupUsdPerHour, paidShareOfStartUp } from "./machine-bill.ts";

/** The prices from which a machine would pay that never does; each alone, the rest as it is. */
export interface PayingPrices {
  /** At or below this many USD per hour for a group of GPUs (with fixed costs below); `null`: not even a free one pays. */
  gpuUsdPerHour: number | null;
  /** At or above this many USD for a million output tokens with their input (with fixed costs above). */
  apiUsdPerMillionOutputTokens: number;
  /** How many times the API's present prices that is. */
  apiPriceFactor: number;
}

/**
 * Computes from which prices a fully loaded group costs what the API would.
 *
 * People and spare groups do not count: where each further group gains something, enough of them carry any fixed cost.
 */
export function findPayingPrices(numbers: AssessmentNumbers, typical: Evaluation): PayingPrices | null {
  const { groupEarnsUsdPerHour: earns, apiUsdPerMillionOutputTokens: api } = typical;
  if (earns === null) return null;
  const storage = numbers.storageUsdPerMonth / numbers.hoursPerMonth;
  const gpu = (earns - storage) / (1 + paidShareOfStartUp(numbers));
  const apiPriceFactor = groupUsdPerHour(numbers) / earns;
  return {
    gpuUsdPerHour: gpu > 0 ? gpu : null,
    apiUsdPerMillionOutputTokens: api * apiPriceFactor,
    apiPriceFactor,
  };
}
