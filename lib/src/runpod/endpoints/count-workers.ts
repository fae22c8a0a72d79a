import type { RunPodWorker } from "../client/schemas.ts";

/** How many workers an endpoint has, by what they do. */
export interface WorkerCounts {
  running: number;
  idle: number;
  initializing: number;
  throttled: number;
  unhealthy: number;
}

/** Counts workers by their status; a status that is not known counts as unhealthy. */
export function countWorkers(workers: readonly RunPodWorker[]): WorkerCounts {
  const count = (status: string) => workers.filter((worker) => worker.status === status).length;
  const known = {
    running: count("RUNNING"),
    idle: count("IDLE"),
    initializing: count("INITIALIZING"),
    throttled: count("THROTTLED"),
  };
  const { running, idle, initializing, throttled } = known;
  return { ...known, unhealthy: workers.length - running - idle - initializing - throttled };
}
