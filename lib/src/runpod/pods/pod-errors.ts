import { sayIfSimulated } from "../../words/index.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { RunPodContext } from "../rental/context.ts";
import {
  CreateRentalError,
  type FailedCandidate,
  NotReadyError,
  type NotReadyErrorOptions,
} from "../rental/rental-errors.ts";

/** No pod came about; the message lists what was tried and why each failed. */
export class CreatePodError extends CreateRentalError {
  override name = "CreatePodError";
}

/** A pod did not become ready, or nobody waited for it any longer; unless it is gone, it still costs money. */
export class PodNotReadyError extends NotReadyError {
  override name = "PodNotReadyError";
  readonly podId: string;

  constructor(message: string, options: NotReadyErrorOptions) {
    super(message, options);
    this.podId = options.id;
  }
}

/** One error for a plan that could not be carried out with any of its candidates. */
export function allFailed(attempts: readonly FailedCandidate[], cause?: unknown): CreatePodError {
  const list = attempts.map(({ gpuTypeId, reason }) => `${gpuTypeId}: ${reason}`).join("; ");
  return new CreatePodError(`No pod could be rented. ${list}.`, {
    attempts,
    remedy: attempts.every(({ isAboveCeiling }) => isAboveCeiling === true)
      ? "Raise the ceiling, or plan with a cheaper GPU; listGpus() shows prices."
      : "Name more GPU types in the plan, or try again later; listGpus() shows prices and stock.",
    cause,
  });
}

/** Adds to a refusal for want of money how much is missing, in dollars, where that can be found out. */
export async function withMissingMoney(
  { client, target }: Pick<RunPodContext, "client" | "target">,
  { error, usdPerHour }: { error: RunPodError; usdPerHour: number | null },
): Promise<RunPodError> {
  if (error.problem !== "balance-too-low" || usdPerHour === null) return error;
  const balanceUsd = (await client.fetchAccount().catch(() => null))?.balanceUsd ?? null;
  if (balanceUsd === null) return error;
  const missing = Math.max(0.01, usdPerHour - balanceUsd).toFixed(2);
  const { problem, call, status, detail, requestId, remedy } = error;
  const sums = `The balance is $${balanceUsd.toFixed(2)}, and an hour of this pod costs $${usdPerHour.toFixed(2)}${sayIfSimulated(target === "rehearsal")}`;
  const message = `${error.problemText} ${sums}: at least $${missing} is missing.`;
  return new RunPodError(message, { problem, call, status, detail, requestId, remedy, cause: error });
}
