import { InputError } from "../errors.ts";
import type { Capacity } from "./capacity.ts";
import { wholeGroups } from "./machine-staircase.ts";

/** A pile of work that must be done by a deadline, and both prices; money in USD. */
export interface BatchInput {
  inputTokens: number;
  outputTokens: number;
  /** From renting to the last token. */
  deadlineHours: number;
  /** What one group of GPUs can do. */
  capacity: Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond">;
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
 * Work = input ÷ prefill rate + output ÷ decode rate, shared evenly by the groups; each is paid from its start-up on.
 *
 * @throws InputError that names the field, or says that the deadline is over before a machine has started.
 */
export function priceBatch(input: BatchInput): BatchBill {
  const { startMinutes = 0, batchDiscount = 0, capacity, deadlineHours, gpuUsdPerHour } = input;
  const { inputTokens, outputTokens, inputUsdPerMillion, outputUsdPerMillion } = input;
  const { prefillTokensPerSecond, decodeTokensPerSecond } = capacity;
  requireAboveZero({ deadlineHours, gpuUsdPerHour, inputUsdPerMillion, outputUsdPerMillion });
  requireAboveZero({ prefillTokensPerSecond, decodeTokensPerSecond });
  requireAtLeastZero({ inputTokens, outputTokens, startMinutes, batchDiscount });
  const startHours = startMinutes / 60;
  if (startHours >= deadlineHours) {
    throw new InputError(
      `priceBatch: the deadline of ${deadlineHours} hours is over before a machine has started (${startMinutes} minutes).`,
      { remedy: "Give more hours, or fewer startMinutes." },
    );
  }
  const workHours = (inputTokens / prefillTokensPerSecond + outputTokens / decodeTokensPerSecond) / 3_600;
  const groups = wholeGroups(workHours / (deadlineHours - startHours));
  const hours = startHours + workHours / groups;
  const machineUsd = groups * hours * gpuUsdPerHour;
  const listUsd = (inputTokens * inputUsdPerMillion + outputTokens * outputUsdPerMillion) / 1_000_000;
  const apiUsd = listUsd * (1 - batchDiscount);
  return { groups, hours, machineUsd, apiUsd, cheaper: machineUsd < apiUsd ? "machine" : "api" };
}

function requireAboveZero(fields: Readonly<Record<string, number>>): void {
  for (const [field, value] of Object.entries(fields)) {
    // An endless rate or deadline is none of the mistakes.
    if (value > 0) continue;
    throw new InputError(`priceBatch: ${field} is ${value}.`, {
      remedy: `Give ${field} a number above 0.`,
    });
  }
}

function requireAtLeastZero(fields: Readonly<Record<string, number>>): void {
  for (const [field, value] of Object.entries(fields)) {
    const isShare = field === "batchDiscount";
    if (value >= 0 && Number.isFinite(value) && (!isShare || value < 1)) continue;
    throw new InputError(`priceBatch: ${field} is ${value}.`, {
      remedy: `Give ${field} a finite number of at least 0${isShare ? " and below 1" : ""}.`,
    });
  }
}
