import { countOver, type Load } from "./load.ts";
import type { ReplayLatencyTarget } from "./replay-input.ts";
import { hasMoreLate } from "./serve-with-pods.ts";

/** More are not tried: whoever needs them needs more than this model of a queue. */
export const mostPods = 1_000;

/** Finds the fewest pods, always on, that keep to a target; requests whose own reading takes too long do not count. */
export function findEnoughPods(load: Load, target: ReplayLatencyTarget): number {
  const { timeToFirstTokenMs, percentile } = target;
  load.waitSeconds.fill(0);
  const hopeless = countOver(load, timeToFirstTokenMs);
  const allowed = hopeless + Math.floor(load.arrivalSeconds.length * (1 - percentile / 100) + 1e-9);
  const isEnough = (pods: number) => !hasMoreLate(load, { pods, timeToFirstTokenMs, allowed });
  const perSecond = load.totalWorkSeconds / load.spanSeconds;
  let enough = Math.min(mostPods, Math.max(1, Math.ceil(perSecond)));
  let tooFew = 0;
  while (!isEnough(enough)) {
    if (enough === mostPods) return mostPods;
    tooFew = enough;
    enough = Math.min(mostPods, enough * 2);
  }
  // More pods never make anybody wait longer, so the fewest lie where the answer changes.
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
