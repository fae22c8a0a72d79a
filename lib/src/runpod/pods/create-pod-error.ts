import { WorkbookError } from "../../errors.ts";
import type { RunPodAccount } from "../client/client.ts";
import { RunPodError } from "../client/runpod-error.ts";

/** Why one GPU type did not become a pod. */
export interface FailedCandidate {
  gpuTypeId: string;
  reason: string;
}

/** No pod came about; the message lists what was tried and why each failed. */
export class CreatePodError extends WorkbookError {
  override name = "CreatePodError";
  readonly attempts: readonly FailedCandidate[];

  constructor(
    message: string,
    options: { attempts: readonly FailedCandidate[]; remedy: string; cause?: unknown },
  ) {
    super(message, options);
    this.attempts = options.attempts;
  }
}

/** One error for a plan that could not be carried out with any of its candidates. */
export function allFailed(attempts: readonly FailedCandidate[], cause?: unknown): CreatePodError {
  const list = attempts.map(({ gpuTypeId, reason }) => `${gpuTypeId}: ${reason}`).join("; ");
  const isOverCeiling = attempts.every(({ reason }) => reason.includes("above the ceiling"));
  return new CreatePodError(`No pod could be rented. ${list}.`, {
    attempts,
    remedy: isOverCeiling
      ? "Raise the ceiling, or plan with a cheaper GPU; listGpus() shows prices."
      : "Name more GPU types in the plan, or try again later; listGpus() shows prices and stock.",
    cause,
  });
}

/** The error for a call after which nobody knows whether there is a pod. */
export function unclear(error: RunPodError, attempts: readonly FailedCandidate[]): CreatePodError {
  return new CreatePodError(`Whether a pod was rented is not known: ${error.problemText}`, {
    attempts,
    remedy:
      "No pod of that name shows so far, and one that shows up late is ended by the next command. " +
      "Look with listPods() in a minute, then try again.",
    cause: error,
  });
}

/** The error for an interrupt before anything was rented. */
export function interruptedBefore(attempts: readonly FailedCandidate[]): CreatePodError {
  return new CreatePodError("Renting the pod was interrupted before anything was rented.", {
    attempts,
    remedy: "Run the cell again when you want it.",
  });
}

/** Adds to a refusal for want of money how much is missing, in dollars, where the balance is known. */
export function withMissingMoney(
  error: RunPodError,
  { account, usdPerHour }: { account: RunPodAccount | null; usdPerHour: number | null },
): RunPodError {
  const balanceUsd = account?.balanceUsd ?? null;
  if (balanceUsd === null || usdPerHour === null) return error;
  const missing = Math.max(0.01, usdPerHour - balanceUsd).toFixed(2);
  const { problem, call, status, detail, requestId, remedy } = error;
  const sums = `The balance is $${balanceUsd.toFixed(2)}, and an hour of this pod costs $${usdPerHour.toFixed(2)}`;
  return new RunPodError(`${error.problemText} ${sums}: at least $${missing} is missing.`, {
    ...{ problem, call, status, detail, requestId, remedy },
    cause: error,
  });
}
