import type { Load, Served } from "./load.ts";
import { openingHours } from "./opening-hours.ts";
import type { BusinessHoursPolicy } from "./policy.ts";
import { replaceFirst } from "./serve-with-pods.ts";

const weekSeconds = 7 * 86_400;

/**
 * Serves a load on pods that exist at certain hours, and are paid for these and for a start before each opening. What comes
 * outside of them, or is not done at closing time, goes on at the next opening. Paid time and starts are those of a whole week,
 * in proportion to the trace's length: a trace of some hours can lie inside or outside of the opening hours.
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
  const podWeeks = (pods * spanSeconds) / weekSeconds;
  const coldStarts = podWeeks * hours.openingsPerWeek;
  return {
    lastFinishSeconds,
    paidSeconds: podWeeks * hours.openSecondsPerWeek + coldStarts * startMinutes * 60,
    coldStarts,
    mostGroups: pods,
  };
}
