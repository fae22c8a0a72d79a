import { WorkbookError } from "../../errors.ts";
import type { Refusal } from "../../facts/index.ts";

/** Why a call to Runpod's API failed, in one word. */
export type RunPodProblem = Refusal | "no-answer" | "interrupted" | "unreadable-answer";

/** A call to Runpod's API did not work; the message names the call, what the API said and what to do next. */
export class RunPodError extends WorkbookError {
  override name = "RunPodError";
  readonly problem: RunPodProblem;
  /** For example `POST /pods`. */
  readonly call: string;
  /** `null` where no answer came. */
  readonly status: number | null;
  /** What the API said, without secrets; empty where it said nothing. */
  readonly detail: string;
  /** Runpod's own id of the call, for its support. */
  readonly requestId: string | null;
  /** Whether the call may have had its effect all the same. */
  readonly mayHaveHappened: boolean;

  constructor(
    message: string,
    options: {
      problem: RunPodProblem;
      call: string;
      remedy: string;
      status?: number | null;
      detail?: string;
      requestId?: string | null;
      mayHaveHappened?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { remedy: options.remedy, cause: options.cause });
    this.problem = options.problem;
    this.call = options.call;
    this.status = options.status ?? null;
    this.detail = options.detail ?? "";
    this.requestId = options.requestId ?? null;
    this.mayHaveHappened = options.mayHaveHappened ?? false;
  }
}

/** Whether an error says that the thing that was asked for does not exist (any more). */
export function isNotFound(error: unknown): boolean {
  return error instanceof RunPodError && error.problem === "not-found";
}
