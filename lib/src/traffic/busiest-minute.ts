import type { Trace } from "./trace.ts";

/** Requests per second in the busiest minute of a trace, counted in minutes from its beginning. */
export function busiestMinute({
  arrivalSeconds,
  spanSeconds,
}: Pick<Trace, "arrivalSeconds" | "spanSeconds">): number {
  let [minute, count, most] = [0, 0, 0];
  for (const arrival of arrivalSeconds) {
    const own = Math.floor(arrival / 60);
    count = own === minute ? count + 1 : 1;
    minute = own;
    if (count > most) most = count;
  }
  return most / Math.min(60, spanSeconds);
}
