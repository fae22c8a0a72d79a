import { InputError } from "../errors.ts";
import { requireNumber } from "../require-number.ts";
import { averageApiPrices, type CachedInput } from "./api-bill.ts";
import type { Capacity } from "./capacity.ts";
import { wholeGroups } from "./machine-staircase.ts";
import { ownCachedShare } from "./own-cache.ts";

/** A pile of work that must be done by a deadline, and both prices; money in USD. */
export interface BatchInput extends CachedInput {
  inputTokens: number;
  outputTokens: number;
  /** From renting to the last token. */
  deadlineHours: number;
  /** What one group of GPUs can do. */
  capacity: Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond" | "warm">;
  /** One group that holds the model once, all its GPUs together. */
  gpuUsdPerHour: number;
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  /** From renting to the first token, paid for. Default 0. */
  startMinutes?: number;
  /** What a batch is cheaper by at the API: 0.5 is half price. Default 0. */
  batchDiscount?: number;
}

/** What a pile of work costs on machines that are rented for it alone, and at an API. */
export interface BatchBill {
  /** The fewest that are done in time. */
  groups: number;
  /** For which each of them is rented, start-up included. */
  hours: number;
  machineUsd: number;
  apiUsd: number;
  cheaper: "machine" | "api";
}

/**
 * Computes what it costs to have so many tokens read and written by a deadline: the fewest whole groups, all at full load.
 *
 * Work = input ÷ prefill rate + output ÷ decode rate, shared evenly by the groups; each is paid from its start-up on. What a
 * group has in its cache it does not read; at the API a cached token of a batch costs what every token of it does.
 *
 * @throws InputError that names the field, or says that the deadline is over before a machine has started.
 */
export function priceBatch(input: BatchInput): BatchBill {
  const { startMinutes = 0, batchDiscount = 0, capacity, deadlineHours, gpuUsdPerHour } = input;
  const { inputTokens, outputTokens, inputUsdPerMillion, outputUsdPerMillion } = input;
  const { prefillTokensPerSecond, decodeTokensPerSecond } = capacity;
  const { cachedInputShare = 0, cachedInputUsdPerMillion = inputUsdPerMillion } = input;
  const { ownCachedInputShare = ownCachedShare(cachedInputShare, capacity) } = input;
  const aboveZero = {
    deadlineHours,
    gpuUsdPerHour,
    inputUsdPerMillion,
    outputUsdPerMillion,
    cachedInputUsdPerMillion,
  };
  const rates = { prefillTokensPerSecond, decodeTokensPerSecond };
  requireNumber("priceBatch", { ...aboveZero, ...rates }, { above: 0, endless: true });
  requireNumber("priceBatch", { inputTokens, outputTokens, startMinutes }, { from: 0 });
  requireNumber("priceBatch", { batchDiscount }, { from: 0, below: 1 });
  requireNumber("priceBatch", { cachedInputShare, ownCachedInputShare }, { from: 0, to: 1 });
  if (startMinutes / 60 >= deadlineHours) {
    throw new InputError(
      `priceBatch: the deadline of ${deadlineHours} hours is over before a machine has started (${startMinutes} minutes).`,
      { remedy: "Give more hours, or fewer startMinutes." },
    );
  }
  const readTokens = inputTokens * (1 - ownCachedInputShare);
  const workHours = (readTokens / prefillTokensPerSecond + outputTokens / decodeTokensPerSecond) / 3_600;
  const { groups, hours } = shareWork({ workHours, deadlineHours, startMinutes });
  const machineUsd = groups * hours * gpuUsdPerHour;
  const prices = averageApiPrices({
    inputUsdPerMillion,
    outputUsdPerMillion,
    cachedInputShare,
    cachedInputUsdPerMillion,
    batchShare: batchDiscount > 0 ? 1 : 0,
    batchDiscount,
  });
  const apiUsd =
    (inputTokens * prices.inputUsdPerMillion + outputTokens * prices.outputUsdPerMillion) / 1_000_000;
  return { groups, hours, machineUsd, apiUsd, cheaper: machineUsd < apiUsd ? "machine" : "api" };
}

/** Shares work that takes one group so many hours out over the fewest that end in time; `hours` is for each, start included. */
export function shareWork(work: { workHours: number; deadlineHours: number; startMinutes: number }): {
  groups: number;
  hours: number;
} {
  const startHours = work.startMinutes / 60;
  const groups = wholeGroups(work.workHours / (work.deadlineHours - startHours));
  return { groups, hours: startHours + work.workHours / groups };
}
