import { requireNumber } from "../require-number.ts";
import type { AssessmentNumbers, Evaluation } from "./evaluate.ts";
import { groupUsdPerHour } from "./machine-bill.ts";
import { machineStaircase } from "./machine-staircase.ts";

/** Both bills at one steady load, in USD by the month of working hours. */
export interface LoadBill {
  outputTokensPerSecond: number;
  /** Working and spare groups together. */
  groups: number;
  /** Part of what the working groups could do, 0 to 1. */
  utilisation: number;
  machineUsdPerMonth: number;
  apiUsdPerMonth: number;
  cheaper: "machine" | "api";
}

/** Prices a steady load on whole groups and at the API; `null` without a load, or a capacity within the latency target. */
export function priceLoad(options: {
  outputTokensPerSecond: number | undefined;
  numbers: AssessmentNumbers;
  typical: Evaluation;
  /** Whether the capacity keeps to the latency target. */
  isWithin: boolean;
}): LoadBill | null {
  const { outputTokensPerSecond: load, numbers, typical, isWithin } = options;
  if (load === undefined) return null;
  requireNumber("assessBreakEven", { outputTokensPerSecond: load }, { from: 0 });
  if (typical.groupOutputTokensPerSecond === null || !isWithin) return null;
  const step = machineStaircase({
    outputTokensPerSecond: load,
    groupOutputTokensPerSecond: typical.groupOutputTokensPerSecond,
    groupUsdPerHour: groupUsdPerHour(numbers),
    spareGroups: numbers.spareGroups,
  });
  const machineUsdPerMonth = step.usdPerHour * numbers.hoursPerMonth + numbers.peopleUsdPerMonth;
  const tokensPerMonth = load * 3_600 * numbers.hoursPerMonth;
  const apiUsdPerMonth = (tokensPerMonth * typical.apiUsdPerMillionOutputTokens) / 1_000_000;
  return {
    outputTokensPerSecond: load,
    groups: step.groups,
    utilisation: step.utilisation,
    machineUsdPerMonth,
    apiUsdPerMonth,
    cheaper: machineUsdPerMonth < apiUsdPerMonth ? "machine" : "api",
  };
}
