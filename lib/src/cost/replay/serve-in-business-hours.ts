import type { Load, Served } from "./load.ts";
import { openingHours } from "./opening-hours.ts";
import type { BusinessHoursPolicy } from "./policy.ts";
import { replaceFirst } from "./serve-with-pods.ts";

/**
 * Serves a load on pods that exist at certain hours, and are paid for these and for a start before each opening. What comes
 * outside of them, or is not done at closing time, goes on at the next opening.
 */
export function serveInBusinessHours(
  load: Load,
  policy: Required<BusinessHoursPolicy> & { pods: number },
): Served {
  const { arrivalSeconds, workSeconds, waitSeconds, spanSeconds, startSecondOfWeek: offset } = load;
  const { pods, startMinutes } = policy;
  const hours = openingHours(policy);
  const free = new Float64Array(pods);
  let [lastBegin, lastOpenSeconds] = [0, 0];
  for (let index = 0; index < arrivalSeconds.length; index++) {
    const arrival = offset + (arrivalSeconds[index] ?? 0);
    const start = Math.max(hours.openUntil(arrival), free[0] ?? 0);
    // The clock's rounding must not make a request begin before it arrived.
    lastBegin = Math.max(hours.wallAt(start), arrival);
    waitSeconds[index] = lastBegin - arrival;
    const finish = start + (workSeconds[index] ?? 0);
    replaceFirst(free, finish);
    if (finish > lastOpenSeconds) lastOpenSeconds = finish;
  }
  const lastFinishSeconds = Math.max(lastBegin, hours.doneAt(lastOpenSeconds)) - offset;
  const end = offset + Math.max(spanSeconds, lastFinishSeconds);
  const openings = hours.openingsBefore(end) - hours.openingsBefore(offset);
  const openSeconds = hours.openUntil(end) - hours.openUntil(offset);
  return {
    lastFinishSeconds,
    paidSeconds: pods * (openSeconds + openings * startMinutes * 60),
    coldStarts: pods * openings,
    mostGroups: pods,
  };
}

/** Groups times seconds that are paid in a week, whatever the load. */
export function paidSecondsPerWeek(policy: Required<BusinessHoursPolicy> & { pods: number }): number {
  const { pods, startMinutes } = policy;
  const { openSecondsPerWeek, openingsPerWeek } = openingHours(policy);
  return pods * (openSecondsPerWeek + openingsPerWeek * startMinutes * 60);
}
