import { type Endpoint, workerStatus } from "./endpoint.ts";

/** What RunPod's wrapper of vLLM lets in at a time where it is not told otherwise. */
const usualConcurrency = 30;

/** How many workers an endpoint should have at a moment: as its requests ask for, between its minimum and its maximum. */
export function countNeeded(endpoint: Endpoint, nowMs: number): number {
  const { fleet, waiting, scaling, workers } = endpoint;
  const inFlight = fleet.reduce((sum, worker) => sum + worker.inFlight, 0);
  const asked =
    scaling.type === "REQUEST_COUNT"
      ? Math.ceil((inFlight + waiting.size) / scaling.requestCount)
      : Math.max(waiting.size > 0 ? 1 : 0, fleet.length + countLate(endpoint, scaling.queueDelay, nowMs));
  return Math.min(workers.max, Math.max(workers.min, asked));
}

/** How many requests one worker of an endpoint takes at a time: a balancer hands all of them on. */
export function concurrencyOf({ type, container }: Endpoint): number {
  if (type === "LOAD_BALANCER") return Number.POSITIVE_INFINITY;
  return Number(container.env["MAX_CONCURRENCY"] ?? usualConcurrency) || usualConcurrency;
}

/** One more worker is asked for by requests that wait too long, unless one has room or is already on its way. */
function countLate(endpoint: Endpoint, queueDelay: number, nowMs: number): number {
  const { waiting, fleet } = endpoint;
  const isLate = [...waiting].some(({ sinceMs }) => nowMs - sinceMs >= queueDelay * 1_000);
  const isHelped = fleet.some((worker) => {
    const status = workerStatus(worker, nowMs);
    const isComing = status === "INITIALIZING" || status === "THROTTLED";
    return isComing || (status !== "UNHEALTHY" && worker.inFlight < concurrencyOf(endpoint));
  });
  return isLate && !isHelped ? 1 : 0;
}
