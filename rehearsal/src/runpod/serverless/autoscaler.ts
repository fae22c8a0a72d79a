import { randomUUID } from "node:crypto";
import { takePodFaults } from "../../faults/pod-faults.ts";
import { type Account, type DueEvent, earliest } from "../account/account.ts";
import { placeWorker } from "../account/gpu-catalog.ts";
import { podState } from "../account/pod.ts";
import { type Endpoint, isReachable, type Worker, workerStatus } from "./endpoint.ts";

/** What starts and ends the workers of endpoints. */
export type Autoscaler = ReturnType<typeof createAutoscaler>;

/** The share of a whole start that one with FlashBoot takes; Runpod publishes no figure, so this one is made up. */
const flashBootShare = 0.2;
const msBetweenTries = 5_000;

/**
 * Creates the autoscaler of an account's endpoints.
 *
 * A worker costs money from its start, also while it fetches image and model, until it has had nothing to do for the
 * idle timeout. Whether it always runs or comes and goes, it costs the same: Runpod publishes one price.
 */
export function createAutoscaler({ account, bootMs }: { account: Account; bootMs: number }) {
  const { clock, faults } = account;
  const present = () => [...account.endpoints.values()].filter(({ deletedAtMs }) => deletedAtMs === null);

  const tryStart = (endpoint: Endpoint, worker: Worker) => {
    worker.triedAtMs = clock.nowMs();
    const placement = { ...endpoint.gpu, dataCenterIds: endpoint.dataCenterIds };
    const hasStock = (id: string) =>
      faults.take("no-capacity", ({ gpuTypeId }) => gpuTypeId === undefined || gpuTypeId === id) ===
      undefined;
    const place = placeWorker(placement, hasStock);
    if (place === null) return;
    const { gpuTypeId, dataCenterId, cudaVersion, usdPerHour } = place;
    const isFlash = endpoint.flashboot !== "OFF" && endpoint.workerIds.length > 0;
    worker.pod = account.addWorker({
      name: endpoint.name,
      container: endpoint.container,
      cloud: "SECURE",
      gpu: { id: gpuTypeId, count: endpoint.gpu.count },
      dataCenterId,
      cudaVersion,
      usdPerHour,
      locked: false,
      createdBy: endpoint.createdBy,
      faults: takePodFaults(faults, isFlash ? bootMs * flashBootShare : bootMs),
    });
    worker.id = worker.pod.id;
    worker.lastBusyMs = worker.triedAtMs;
    endpoint.workerIds.push(worker.id);
  };

  const removeEnded = (endpoint: Endpoint) => {
    const nowMs = clock.nowMs();
    for (const { pod } of endpoint.workers) {
      if (pod === null || pod.end !== null) continue;
      const { status } = podState(pod, nowMs);
      if (status === "EXITED" || status === "ERROR") account.endPod(pod, "host");
    }
    endpoint.workers = endpoint.workers.filter(({ pod }) => pod === null || pod.end === null);
  };

  const scaleOne = (endpoint: Endpoint) => {
    removeEnded(endpoint);
    const nowMs = clock.nowMs();
    // An empty account ends all workers, and starts none.
    if (account.balanceUsd() <= 0) return;
    for (const worker of endpoint.workers) {
      if (worker.pod === null && nowMs - worker.triedAtMs >= msBetweenTries) tryStart(endpoint, worker);
    }
    while (endpoint.workers.length < countNeeded(endpoint)) {
      const worker = { id: randomUUID(), pod: null, inFlight: 0, lastBusyMs: nowMs, triedAtMs: nowMs };
      endpoint.workers.push(worker);
      tryStart(endpoint, worker);
    }
  };

  /** The next worker that has had nothing to do for too long. */
  const nextIdle = (endpoint: Endpoint): DueEvent | null => {
    const { workers, workerLimits } = endpoint;
    if (workers.length <= workerLimits.min) return null;
    return earliest(workers.map((worker) => idleEvent(endpoint, worker)));
  };

  const idleEvent = (endpoint: Endpoint, worker: Worker): DueEvent | null => {
    const { pod } = worker;
    const timeoutMs = endpoint.workerLimits.idleTimeout * 1_000;
    if (worker.inFlight > 0 || endpoint.waiting.size > 0) return null;
    if (pod === null) return { atMs: worker.triedAtMs + timeoutMs, run: () => dismiss(endpoint, worker) };
    if (pod.start === null || pod.end !== null) return null;
    const readyAtMs = pod.start.atMs + pod.start.timeline.readyMs;
    const idleFromMs = Math.max(worker.lastBusyMs, Number.isFinite(readyAtMs) ? readyAtMs : 0);
    const atMs = idleFromMs + timeoutMs;
    return { atMs, run: () => dismiss(endpoint, worker, atMs) };
  };

  const dismiss = (endpoint: Endpoint, worker: Worker, atMs?: number) => {
    endpoint.workers = endpoint.workers.filter((kept) => kept !== worker);
    if (worker.pod !== null) account.endPod(worker.pod, "idleness", atMs);
  };

  account.addEventSource(() => earliest(present().map(nextIdle)));

  return {
    /** A request has come in: it waits until `take` finds it a worker. */
    arrive(endpoint: Endpoint) {
      account.settle();
      const request = { sinceMs: clock.nowMs() };
      endpoint.waiting.add(request);
      scaleOne(endpoint);
      return request;
    },
    /** Gives a waiting request a worker that is ready, with room; `null` where there is none yet. */
    take(endpoint: Endpoint, request: { sinceMs: number }) {
      const nowMs = account.settle();
      scaleOne(endpoint);
      if (isReachable(endpoint.container) === "no health") return null;
      const ready = endpoint.workers.filter((worker) =>
        ["RUNNING", "IDLE"].includes(workerStatus(worker, nowMs)),
      );
      const [worker] = ready.toSorted((a, b) => a.inFlight - b.inFlight);
      if (worker === undefined) return null;
      endpoint.waiting.delete(request);
      worker.inFlight++;
      return worker;
    },
    /** A request will not wait any longer. */
    leave: (endpoint: Endpoint, request: { sinceMs: number }) => void endpoint.waiting.delete(request),
    /** A worker has answered a request, or broken off. */
    release(worker: Worker) {
      worker.inFlight--;
      worker.lastBusyMs = clock.nowMs();
    },
    /** Ends an endpoint with all its workers. */
    remove(endpoint: Endpoint) {
      endpoint.deletedAtMs = clock.nowMs();
      for (const { pod } of endpoint.workers)
        if (pod !== null && pod.end === null) account.endPod(pod, "call");
      endpoint.workers = [];
    },
    /** Starts what the endpoints need now. */
    scale() {
      account.settle();
      for (const endpoint of present()) scaleOne(endpoint);
    },
  };
}

/** How many workers an endpoint should have now: one per so many requests, between its minimum and its maximum. */
function countNeeded({ workers, waiting, scaling, workerLimits }: Endpoint): number {
  const inFlight = workers.reduce((sum, worker) => sum + worker.inFlight, 0);
  const asked = Math.ceil((inFlight + waiting.size) / scaling.requestCount);
  return Math.min(workerLimits.max, Math.max(workerLimits.min, asked));
}
