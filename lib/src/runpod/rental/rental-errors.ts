import { WorkbookError } from "../../errors.ts";
import type { FailedStart } from "../../facts/index.ts";

/** Why a pod or an endpoint did not become ready, in one word. */
export type NotReadyProblem =
  | FailedStart
  | "crash-loop"
  | "container-ended"
  | "pod-gone"
  | "endpoint-gone"
  | "throttled"
  | "wrong-model"
  | "key-refused"
  | "no-answer"
  | "too-slow"
  | "interrupted";

/** What a {@link NotReadyError} is made of. */
export interface NotReadyErrorOptions {
  id: string;
  problem: NotReadyProblem;
  remedy: string;
  /** The line of a log on which the diagnosis rests; `null` where it rests on something else. */
  logLine?: string | null;
  cause?: unknown;
}

/** A rental did not become ready, or nobody waited for it any longer; unless it is gone, it can still cost money. */
export class NotReadyError extends WorkbookError {
  override name = "NotReadyError";
  readonly problem: NotReadyProblem;
  /** The line of a log on which the diagnosis rests; `null` where it rests on something else. */
  readonly logLine: string | null;

  constructor(message: string, options: NotReadyErrorOptions) {
    super(message, options);
    this.problem = options.problem;
    this.logLine = options.logLine ?? null;
  }
}

/** Why one GPU type did not become a pod. */
export interface FailedCandidate {
  gpuTypeId: string;
  reason: string;
  /** It was not tried, since it costs more than the ceiling. */
  isAboveCeiling?: true;
}

/** What a {@link CreateRentalError} is made of. */
export interface CreateRentalErrorOptions {
  attempts?: readonly FailedCandidate[];
  remedy: string;
  cause?: unknown;
}

/** Nothing was rented, or what was rented was not kept; the message says why. */
export class CreateRentalError extends WorkbookError {
  override name = "CreateRentalError";
  /** What was tried, and why each failed; empty where the reason is another. */
  readonly attempts: readonly FailedCandidate[];

  constructor(message: string, options: CreateRentalErrorOptions) {
    super(message, options);
    this.attempts = options.attempts ?? [];
  }
}
