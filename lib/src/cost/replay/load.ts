import type { Trace } from "../../traffic/index.ts";
import type { Capacity } from "../capacity.ts";
import { ownCachedShare } from "../own-cache.ts";

/** The requests of a trace as work for a group, and where their waits are written; one entry for each request. */
export interface Load {
  arrivalSeconds: Float64Array;
  /** What a request takes of a group's time: reading and writing. */
  workSeconds: Float64Array;
  /** How long it is in the works alone on a machine: nobody writes as fast alone as all streams together. */
  aloneSeconds: Float64Array;
  totalWorkSeconds: number;
  /** Input tokens that a group reads: those in its prefix cache it does not. */
  readTokens: Float64Array;
  secondsPerReadToken: number;
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

/** Computes the work of each request: tokens to read ÷ prefill rate + output tokens ÷ decode rate. */
export function prepareLoad(
  trace: Trace,
  capacity: Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond" | "streams" | "warm">,
): Load {
  const { arrivalSeconds, inputTokens, cachedInputTokens, outputTokens } = trace;
  const { spanSeconds, startSecondOfWeek } = trace;
  const unread = ownCachedShare(1, capacity);
  const readTokens =
    cachedInputTokens === undefined
      ? inputTokens
      : inputTokens.map((tokens, index) => tokens - unread * (cachedInputTokens[index] ?? 0));
  const secondsPerReadToken = 1 / capacity.prefillTokensPerSecond;
  const secondsPerOutputToken = 1 / capacity.decodeTokensPerSecond;
  const requests = arrivalSeconds.length;
  const workSeconds = new Float64Array(requests);
  const aloneSeconds = new Float64Array(requests);
  const streams = Math.max(1, capacity.streams ?? 1);
  let totalWorkSeconds = 0;
  for (let index = 0; index < requests; index++) {
    const reading = (readTokens[index] ?? 0) * secondsPerReadToken;
    const writing = (outputTokens[index] ?? 0) * secondsPerOutputToken;
    const work = reading + writing;
    workSeconds[index] = work;
    aloneSeconds[index] = reading + writing * streams;
    totalWorkSeconds += work;
  }
  return {
    arrivalSeconds,
    workSeconds,
    aloneSeconds,
    totalWorkSeconds,
    readTokens,
    secondsPerReadToken,
    spanSeconds,
    startSecondOfWeek,
    waitSeconds: new Float64Array(requests),
  };
}

/** Counts the requests whose wait and own reading together exceed a time to the first token. */
export function countOver(load: Load, timeToFirstTokenMs: number): number {
  const { waitSeconds, readTokens, secondsPerReadToken } = load;
  const target = timeToFirstTokenMs / 1_000;
  let over = 0;
  for (let index = 0; index < waitSeconds.length; index++) {
    const toFirstToken = (waitSeconds[index] ?? 0) + (readTokens[index] ?? 0) * secondsPerReadToken;
    if (toFirstToken > target) over++;
  }
  return over;
}
