import { WorkbookError } from "../../errors.ts";
import type { PodProblem } from "../pods/pod-not-ready-error.ts";
import { mayStillCost } from "./serverless-endpoint.ts";

/** Why an endpoint did not become ready, in one word: what can happen to a pod, and what only workers meet. */
export type EndpointWaitProblem = PodProblem | "throttled" | "endpoint-gone";

/** An endpoint did not become ready, or nobody waited for it any longer; unless it is gone, it can still cost money. */
export class EndpointNotReadyError extends WorkbookError {
  override name = "EndpointNotReadyError";
  readonly problem: EndpointWaitProblem;
  readonly endpointId: string;
  /** The line of a worker's log on which the diagnosis rests; `null` where it rests on something else. */
  readonly logLine: string | null;

  constructor(
    message: string,
    options: {
      problem: EndpointWaitProblem;
      endpoint: { id: string; maxUsdPerHour: number | null };
      remedy: string;
      logLine?: string | null;
      cause?: unknown;
    },
  ) {
    const { problem, endpoint, remedy, logLine = null, cause } = options;
    super(message, {
      remedy: problem === "endpoint-gone" ? remedy : `${remedy} ${mayStillCost(endpoint)}`,
      cause,
    });
    this.problem = problem;
    this.endpointId = endpoint.id;
    this.logLine = logLine;
  }
}

/** The error for an endpoint that is gone. */
export function endpointGone(id: string): EndpointNotReadyError {
  return new EndpointNotReadyError(`The endpoint ${id} does not exist any more.`, {
    problem: "endpoint-gone",
    endpoint: { id, maxUsdPerHour: 0 },
    remedy: "It was deleted by somebody, or at its deadline. Make another with createEndpoint().",
  });
}
