import { WorkbookError } from "../../errors.ts";
import type { FailedStart } from "../../facts/index.ts";
import { stillCosts } from "./pod.ts";

/** Why a pod did not become ready, in one word. */
export type PodProblem =
  | FailedStart
  | "crash-loop"
  | "container-ended"
  | "pod-gone"
  | "wrong-model"
  | "key-refused"
  | "no-answer"
  | "too-slow"
  | "interrupted";

/** A pod did not become ready, or nobody waited for it any longer; unless it is gone, it still costs money. */
export class PodNotReadyError extends WorkbookError {
  override name = "PodNotReadyError";
  readonly problem: PodProblem;
  readonly podId: string;
  /** The log line on which the diagnosis rests; `null` where it rests on something else. */
  readonly logLine: string | null;

  constructor(
    message: string,
    options: {
      problem: PodProblem;
      pod: { id: string; usdPerHour: number | null };
      remedy: string;
      logLine?: string | null;
      cause?: unknown;
    },
  ) {
    const { problem, pod, remedy, logLine = null, cause } = options;
    const isGone = problem === "pod-gone";
    super(message, { remedy: isGone ? remedy : `${remedy} ${stillCosts(pod)}`, cause });
    this.problem = problem;
    this.podId = pod.id;
    this.logLine = logLine;
  }
}

/** The error for a pod that still exists. */
export function notReady(
  pod: { id: string; cost: number | null },
  problem: PodProblem,
  options: { message: string; remedy: string; logLine?: string | null; cause?: unknown },
): PodNotReadyError {
  const { message, remedy, logLine = null, cause } = options;
  const { id, cost: usdPerHour } = pod;
  return new PodNotReadyError(message, { problem, pod: { id, usdPerHour }, remedy, logLine, cause });
}

/** The error for a pod that is gone. */
export function podGone(podId: string): PodNotReadyError {
  return new PodNotReadyError(`The pod ${podId} does not exist any more.`, {
    problem: "pod-gone",
    pod: { id: podId, usdPerHour: 0 },
    remedy: "It was ended by somebody, by its deadline, or by RunPod. Create another with createPod().",
  });
}
