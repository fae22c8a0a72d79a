import type { MeasuredLevel } from "./level-figures.ts";
import { addCounters } from "./server-counters.ts";

/** Joins two parts of a level that were measured one after the other; of the client it keeps the worse of each figure. */
export function joinMeasured(one: MeasuredLevel, later: MeasuredLevel): MeasuredLevel {
  const worse = (figure: keyof MeasuredLevel["client"]) => Math.max(one.client[figure], later.client[figure]);
  return {
    streams: later.streams,
    loads: [...one.loads, ...later.loads],
    client: {
      cpuShare: worse("cpuShare"),
      eventLoopDelayMs: worse("eventLoopDelayMs"),
      eventLoopUtilization: worse("eventLoopUtilization"),
      eventsPerRead: worse("eventsPerRead"),
      cpuMicrosecondsPerEvent: worse("cpuMicrosecondsPerEvent"),
      memoryMb: worse("memoryMb"),
      dispatchDelayMs: worse("dispatchDelayMs"),
    },
    server: one.server && later.server && addCounters(later.server, one.server),
    notes: [...new Set([...one.notes, ...later.notes])],
  };
}
