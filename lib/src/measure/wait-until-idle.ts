import { setTimeout as delay } from "node:timers/promises";
import type { ServerCounters } from "./measurement.ts";
import { readServerCounters } from "./server-counters.ts";

/**
 * Waits until the server, or several, work on nothing any more, and gives the counters then; `null` where there are none.
 *
 * Where it still works on something when the time is over, the counters say on how many requests.
 */
export async function waitUntilIdle(
  servers: Parameters<typeof readServerCounters>[0],
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<ServerCounters | null> {
  const { timeoutMs, signal } = options;
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    const counters = await readServerCounters(servers, signal === undefined ? {} : { signal });
    if (counters === null || countUnfinished(counters) === 0) return counters;
    if (performance.now() >= deadline || signal?.aborted === true) return counters;
    await delay(pauseMs);
  }
}

/** Requests that the server runs or queues. */
export function countUnfinished(counters: ServerCounters): number {
  return (counters.runningRequests ?? 0) + (counters.waitingRequests ?? 0);
}
