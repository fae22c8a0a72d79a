import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { summarize } from "../statistics.ts";
import type { Level } from "./measurement.ts";
import type { Load } from "./run-load.ts";

const resolutionMs = 5;

/** Begins to watch this process; the returned function ends it and gives the figures, with those of the loads sent. */
export function watchClient(): (loads: readonly Load[]) => Level["client"] {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const startedAt = performance.now();
  const startedCpu = process.cpuUsage();
  const startedLoop = performance.eventLoopUtilization();
  return (loads) => {
    delay.disable();
    const { user, system } = process.cpuUsage(startedCpu);
    const wallMs = performance.now() - startedAt;
    const delayMs = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - resolutionMs);
    const chunks = loads.reduce((sum, load) => sum + load.chunks, 0);
    const reads = loads.reduce((sum, load) => sum + load.reads, 0);
    const dispatchDelaysMs = loads.flatMap((load) => [...load.dispatchDelaysMs.values()]);
    return {
      cpuShare: (user + system) / 1_000 / wallMs,
      eventLoopDelayMs: delayMs,
      eventLoopUtilization: performance.eventLoopUtilization(startedLoop).utilization,
      eventsPerRead: reads === 0 ? 0 : chunks / reads,
      cpuMicrosecondsPerEvent: chunks === 0 ? 0 : (user + system) / chunks,
      memoryMb: process.memoryUsage.rss() / 1_000_000,
      dispatchDelayMs: Math.max(0, summarize(dispatchDelaysMs).p95 ?? 0),
    };
  };
}

/** Says why this process did not keep up; 20 ms late matter to a token every 30 ms, not to one every 500. `null`: it did. */
export function judgeClient(
  client: Level["client"],
  times: { timePerOutputTokenMs: number | null; interChunkMs: number | null },
): string | null {
  const { timePerOutputTokenMs: tokenMs, interChunkMs: gapMs } = times;
  if (client.eventLoopUtilization > 0.9 || client.cpuShare > 0.95) {
    const share = Math.round(100 * Math.max(client.eventLoopUtilization, client.cpuShare));
    return `this process was busy or kept waiting for a processor ${share} % of the time`;
  }
  if (client.eventLoopDelayMs > Math.max(25, (tokenMs ?? 0) / 2)) {
    return `this process was up to ${Math.round(client.eventLoopDelayMs)} ms late (99th percentile)`;
  }
  if (client.eventsPerRead > 1.5 && tokenMs !== null && gapMs !== null && gapMs < tokenMs / 3) {
    return `chunks were read late, ${client.eventsPerRead.toFixed(1)} at a time`;
  }
  if (client.dispatchDelayMs > 100) {
    return `requests were sent up to ${Math.round(client.dispatchDelayMs)} ms after their time`;
  }
  return null;
}
