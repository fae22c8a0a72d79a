import { setTimeout as delay } from "node:timers/promises";

/** What decides whether and when a call is made again; tests hand in their own clock and dice. */
export interface RetryRules {
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

const mostAttempts = 4;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
const longestRetryAfterMs = 60_000;

/**
 * Says how long to wait before the next attempt, in milliseconds, or `null` where there must be none.
 *
 * A 429 is tried again for every method, since nothing has happened. After a 5xx or a broken connection only GET and
 * DELETE are: a POST or PATCH may have had its effect, and a second one would rent a second pod.
 */
export function retryDelayMs(
  failed: {
    /** 1 for the first. */
    attempt: number;
    method: string;
    /** `null`: the network failed, no answer came. */
    status: number | null;
    retryAfter: string | null;
  },
  random: () => number,
): number | null {
  const { attempt, method, status, retryAfter } = failed;
  if (attempt >= mostAttempts) return null;
  const isHarmless = method === "GET" || method === "DELETE";
  const isPassing = status === null || status >= 500;
  if (status !== 429 && !(isHarmless && isPassing)) return null;
  const askedMs = readRetryAfterMs(retryAfter);
  if (askedMs !== null) return Math.min(askedMs, longestRetryAfterMs);
  const waitMs = Math.min(firstWaitMs * 2 ** (attempt - 1), longestWaitMs);
  // Equal jitter: many clients that failed together do not come back together.
  return waitMs / 2 + (waitMs / 2) * random();
}

function readRetryAfterMs(value: string | null): number | null {
  if (value === null) return null;
  const seconds = Number(value);
  if (value.trim() !== "" && Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

/** Waits; an interrupted wait ends at once and without an error: whoever waits looks at the signal. */
export async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
