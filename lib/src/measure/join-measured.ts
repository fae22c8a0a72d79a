import type { MeasuredLevel } from "./level-figures.ts";
import { addCounters, mapValues } from "./server-counters.ts";

/** Joins two parts of a level that were measured one after the other; of the client it keeps the worse of each figure. */
export function joinMeasured(one: MeasuredLevel, later: MeasuredLevel): MeasuredLevel {
  return {
    streams: later.streams,
    loads: [...one.loads, ...later.loads],
    client: mapValues(one.client, (value, figure) => Math.max(value, later.client[figure])),
    server: one.server && later.server && addCounters(later.server, one.server),
    notes: [...new Set([...one.notes, ...later.notes])],
  };
}
