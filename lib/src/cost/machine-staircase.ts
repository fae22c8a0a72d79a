import { requireNumber } from "../require-number.ts";

/** What a load costs on whole groups of GPUs. */
export interface MachineStep {
  /** Groups that run: as many as the load needs, one at least, and the spare ones. */
  groups: number;
  usdPerHour: number;
  /** Part of what the working groups could do, 0 to 1. */
  utilisation: number;
}

/** Computes what a steady load costs on whole groups; throws an InputError where a value is negative or not finite. */
export function machineStaircase(input: {
  outputTokensPerSecond: number;
  groupOutputTokensPerSecond: number;
  groupUsdPerHour: number;
  spareGroups: number;
}): MachineStep {
  const { outputTokensPerSecond, groupOutputTokensPerSecond, groupUsdPerHour, spareGroups } = input;
  requireNumber("machineStaircase", { outputTokensPerSecond, groupUsdPerHour, spareGroups }, { from: 0 });
  requireNumber("machineStaircase", { groupOutputTokensPerSecond }, { above: 0 });
  const working = wholeGroups(outputTokensPerSecond / groupOutputTokensPerSecond);
  const groups = working + spareGroups;
  return {
    groups,
    usdPerHour: groups * groupUsdPerHour,
    utilisation: Math.min(1, outputTokensPerSecond / (working * groupOutputTokensPerSecond)),
  };
}

/** Rounds a number of groups up to whole ones, one at least; a rounding error of the division adds none. */
export function wholeGroups(share: number): number {
  return Math.max(1, Math.ceil(share * (1 - 1e-12)));
}
