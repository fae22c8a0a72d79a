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
  const running = count("RUNNING");
  const idle = count("IDLE");
  const initializing = count("INITIALIZING");
  const throttled = count("THROTTLED");
  const unhealthy = workers.length - running - idle - initializing - throttled;
  return { running, idle, initializing, throttled, unhealthy };
}
