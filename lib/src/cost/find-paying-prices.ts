import type { AssessmentNumbers, Evaluation } from "./evaluate.ts";
import { groupUsdPerHour, paidShareOfStartUp } from "./machine-bill.ts";

/** The prices from which a machine would pay that never does; each alone, the rest as it is. */
export interface PayingPrices {
  /** At or below this many USD per hour for a group of GPUs; `null`: not even a free one would pay. */
  gpuUsdPerHour: number | null;
  /** At or above this many USD for a million output tokens with their input. */
  apiUsdPerMillionOutputTokens: number;
  /** How many times the API's present prices that is. */
  apiPriceFactor: number;
}

/** Computes from which prices one fully loaded group, with the spare ones and people, costs what the API would. */
export function findPayingPrices(numbers: AssessmentNumbers, typical: Evaluation): PayingPrices | null {
  const { groupEarnsUsdPerHour: earns, apiUsdPerMillionOutputTokens: api } = typical;
  if (earns === null) return null;
  const { hoursPerMonth, peopleUsdPerMonth, storageUsdPerMonth } = numbers;
  const groups = 1 + numbers.spareGroups;
  const people = peopleUsdPerMonth / hoursPerMonth;
  const storage = (groups * storageUsdPerMonth) / hoursPerMonth;
  const gpu = (earns - people - storage) / (groups * (1 + paidShareOfStartUp(numbers)));
  const apiPriceFactor = (groups * groupUsdPerHour(numbers) + people) / earns;
  return {
    gpuUsdPerHour: gpu > 0 ? gpu : null,
    apiUsdPerMillionOutputTokens: api * apiPriceFactor,
    apiPriceFactor,
  };
}
