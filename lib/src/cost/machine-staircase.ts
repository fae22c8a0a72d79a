import { requireNumber } from "../require-number.ts";

/** What a load costs on whole groups of GPUs. */
export interface MachineStep {
  /** Groups that run: as many as the load needs, one at least, and the spare ones. */
  groups: number;
  usdPerHour: number;
  /** Part of what the working groups could do, 0 to 1. */
  utilisation: number;
  /** With the input that belongs to them; `null` without load. */
  usdPerMillionOutputTokens: number | null;
  /** How many times the price at full load a token costs; `null` without load. */
  penalty: number | null;
}

/**
 * Computes what a steady load costs on whole groups: a staircase, where an API's bill is a line.
 *
 * Rates are output tokens per second, at the mix and the latency for which `groupOutputTokensPerSecond` holds.
 *
 * @throws InputError that names the field, where a value is negative or not finite.
 */
export function machineStaircase(input: {
  outputTokensPerSecond: number;
  groupOutputTokensPerSecond: number;
  groupUsdPerHour: number;
  spareGroups?: number;
}): MachineStep {
  const { outputTokensPerSecond: load, groupOutputTokensPerSecond: capacity, spareGroups = 0 } = input;
  const { groupUsdPerHour } = input;
  requireNumber(
    "machineStaircase",
    { outputTokensPerSecond: load, groupUsdPerHour, spareGroups },
    { from: 0 },
  );
  requireNumber("machineStaircase", { groupOutputTokensPerSecond: capacity }, { above: 0 });
  const working = wholeGroups(load / capacity);
  const groups = working + spareGroups;
  const usdPerHour = groups * groupUsdPerHour;
  const usdPerMillion = load === 0 ? null : (usdPerHour / (load * 3_600)) * 1_000_000;
  const fullUsdPerMillion = (groupUsdPerHour / (capacity * 3_600)) * 1_000_000;
  return {
    groups,
    usdPerHour,
    utilisation: Math.min(1, load / (working * capacity)),
    usdPerMillionOutputTokens: usdPerMillion,
    penalty: usdPerMillion === null || fullUsdPerMillion === 0 ? null : usdPerMillion / fullUsdPerMillion,
  };
}

/** Rounds a number of groups up to whole ones, one at least; a rounding error of the division adds none. */
export function wholeGroups(share: number): number {
  return Math.max(1, Math.ceil(share * (1 - 1e-12)));
}
