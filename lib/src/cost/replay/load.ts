import type { Trace } from "../../traffic/index.ts";
import type { Capacity } from "../capacity.ts";

/** The requests of a trace as work for a group, and where their waits are written; one entry for each request. */
export interface Load {
  arrivalSeconds: Float64Array;
  /** What a request takes of a group's time: reading and writing. */
  workSeconds: Float64Array;
  totalWorkSeconds: number;
  inputTokens: Float64Array;
  secondsPerInputToken: number;
  spanSeconds: number;
  startSecondOfWeek: number;
  /** Scratch: each policy in turn writes its waits here. */
  waitSeconds: Float64Array;
}

/** How a policy got through a load; its waits are in `load.waitSeconds`. */
export interface Served {
  /** When the last request was done. */
  lastFinishSeconds: number;
  /** Time for which groups are paid, added up over groups. */
  paidSeconds: number;
  coldStarts: number;
  /** Groups at once, at most. */
  mostGroups: number;
}

/** Computes the work of each request: input tokens ÷ prefill rate + output tokens ÷ decode rate. */
export function prepareLoad(
  trace: Trace,
  capacity: Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond">,
): Load {
  const { arrivalSeconds, inputTokens, outputTokens, spanSeconds, startSecondOfWeek } = trace;
  const secondsPerInputToken = 1 / capacity.prefillTokensPerSecond;
  const secondsPerOutputToken = 1 / capacity.decodeTokensPerSecond;
  const requests = arrivalSeconds.length;
  const workSeconds = new Float64Array(requests);
  let totalWorkSeconds = 0;
  for (let index = 0; index < requests; index++) {
    const work =
      (inputTokens[index] ?? 0) * secondsPerInputToken + (outputTokens[index] ?? 0) * secondsPerOutputToken;
    workSeconds[index] = work;
    totalWorkSeconds += work;
  }
  return {
    arrivalSeconds,
    workSeconds,
    totalWorkSeconds,
    inputTokens,
    secondsPerInputToken,
    spanSeconds,
    startSecondOfWeek,
    waitSeconds: new Float64Array(requests),
  };
}

/** Counts the requests whose wait and own reading together exceed a time to the first token. */
export function countOver(load: Load, timeToFirstTokenMs: number): number {
  const { waitSeconds, inputTokens, secondsPerInputToken } = load;
  const target = timeToFirstTokenMs / 1_000;
  let over = 0;
  for (let index = 0; index < waitSeconds.length; index++) {
    const toFirstToken = (waitSeconds[index] ?? 0) + (inputTokens[index] ?? 0) * secondsPerInputToken;
    if (toFirstToken > target) over++;
  }
  return over;
}
