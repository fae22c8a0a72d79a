import { averageApiPrices } from "./api-bill.ts";
import type { AssessmentRanges } from "./assess-input.ts";
import { type BreakEven, breakEven } from "./break-even.ts";
import type { Capacity } from "./capacity.ts";
import { outputTokensPerSecondAt } from "./judge-capacity.ts";
import { groupUsdPerHour, type MachineBill, machineBill, paidShareOfStartUp } from "./machine-bill.ts";
import { wholeGroups } from "./machine-staircase.ts";
import { ownCachedShare } from "./own-cache.ts";

/** The figures of an assessment with one value each. */
export type AssessmentNumbers = {
  [Field in keyof AssessmentRanges]: null extends AssessmentRanges[Field] ? number | null : number;
} & { spareGroups: number };

/** The rates of one group; `null` where nobody knows them. */
export type Rates = Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond">;

/** What one set of figures comes to. */
export interface Evaluation {
  breakEven: BreakEven;
  bill: MachineBill;
  /** Working groups at the break-even; `null` where no number of them pays, or the rates are not known. */
  groups: number | null;
  /** What one group gives at the mix, in output tokens per second; `null` where the rates are not known. */
  groupOutputTokensPerSecond: number | null;
  /** Which part of the input the machine does not read. */
  ownCachedInputShare: number;
  /** The break-even as a part of what the working groups can do; above 1 it cannot be reached. */
  utilisationNeeded: number | null;
  /** One million output tokens with their input, in USD: at the API, and on a machine at full load. */
  apiUsdPerMillionOutputTokens: number;
  machineUsdPerMillionOutputTokens: number | null;
  /** What one working group saves the API's bill in an hour at full load, in USD. */
  groupEarnsUsdPerHour: number | null;
}

/**
 * Computes the break-even of one set of figures with all its costs, on the fewest whole groups that reach it.
 *
 * With g working groups the bill is (g + spare) × group + people, and at full load they save g × earnings of the API's
 * bill: so g = (spare × group + people) ÷ (earnings − group), rounded up, and none where earnings ≤ group.
 */
export function evaluate(
  numbers: AssessmentNumbers,
  rates: (Rates & { warm?: Capacity["warm"] | undefined }) | null,
): Evaluation {
  const { inputTokensPerOutputToken: mix, hoursPerMonth } = numbers;
  const prices = averageApiPrices(numbers);
  const group = groupUsdPerHour(numbers);
  const people = numbers.peopleUsdPerMonth / hoursPerMonth;
  const api = prices.outputUsdPerMillion + mix * prices.inputUsdPerMillion;

  const ownCachedInputShare =
    numbers.ownCachedInputShare ?? ownCachedShare(numbers.cachedInputShare, rates ?? {});
  const rate = rates && outputTokensPerSecondAt(rates, mix * (1 - ownCachedInputShare));
  const earns = rate === null ? null : (rate * 3_600 * api) / 1_000_000;
  // At the very edge, where a group earns just what it costs, one group is right and rounding must not say never.
  const margin = earns === null ? null : earns - group;
  const fixed = numbers.spareGroups * group + people;
  const groups = chooseGroups({ fixed, margin, group });

  const bill = machineBill(numbers, groups ?? 1);
  const result = breakEven({
    gpuUsdPerHour: bill.totalUsdPerHour,
    ...prices,
    inputTokensPerOutputToken: mix,
    wordsPerToken: numbers.wordsPerToken,
    ownCachedInputShare,
  });
  const machineAtFullLoad =
    rate === null ? null : (bill.totalUsdPerHour / ((groups ?? 1) * rate * 3_600)) * 1_000_000;
  return {
    breakEven: result,
    bill,
    groups,
    groupOutputTokensPerSecond: rate,
    ownCachedInputShare,
    utilisationNeeded: rate === null ? null : result.outputTokensPerSecond / ((groups ?? 1) * rate),
    apiUsdPerMillionOutputTokens: api,
    machineUsdPerMillionOutputTokens: machineAtFullLoad,
    groupEarnsUsdPerHour: earns,
  };
}

function chooseGroups(options: { fixed: number; margin: number | null; group: number }): number | null {
  const { fixed, margin, group } = options;
  if (margin === null) return null;
  if (fixed === 0) return margin >= -group * 1e-12 ? 1 : null;
  return margin > group * 1e-12 ? wholeGroups(fixed / margin) : null;
}

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
