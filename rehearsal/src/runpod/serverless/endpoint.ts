import type { ContainerFields, Pod } from "../account/pod.ts";
import { podState } from "../account/pod.ts";

/** A serverless endpoint as the stand-in keeps it; the names are the vendor's where the API shows them. */
export interface Endpoint {
  id: string;
  name: string;
  type: "LOAD_BALANCER" | "QUEUE";
  container: ContainerFields;
  gpu: {
    pools: string[];
    excludedTypes: string[];
    count: number;
    allowedCudaVersions: string[];
    minCudaVersion: string | null;
  };
  /** `idleTimeout` in seconds. */
  workers: { min: number; max: number; idleTimeout: number };
  scaling: { type: "REQUEST_COUNT"; requestCount: number } | { type: "QUEUE_DELAY"; queueDelay: number };
  flashboot: "OFF" | "FLASHBOOT" | "PRIORITY_FLASHBOOT";
  timeoutMs: number;
  dataCenterIds: string[];
  createdAtMs: number;
  /** Which key made it: a fingerprint, never the key. */
  createdBy: string;
  deletedAtMs: number | null;
  /** Those that there are; ended ones are in the account's books. */
  fleet: Worker[];
  /** All workers that it ever had. */
  workerIds: string[];
  /** Requests that wait for a worker, each since when. */
  waiting: Set<{ sinceMs: number }>;
}

/** A worker of an endpoint; one that waits for a free GPU has no container yet. */
export interface Worker {
  id: string;
  pod: Pod | null;
  /** Requests that it answers now. */
  inFlight: number;
  /** Since when it has had nothing to do; before its first request since it was ready. */
  lastBusyMs: number;
  /** When it was asked for, or last tried to get a GPU. */
  triedAtMs: number;
}

/** The statuses of a worker, in the vendor's words. */
export type WorkerStatus = "RUNNING" | "IDLE" | "INITIALIZING" | "THROTTLED" | "UNHEALTHY";

/** The status of a worker at a moment that is not before its start. */
export function workerStatus(worker: Worker, nowMs: number): WorkerStatus {
  const { pod, inFlight } = worker;
  if (pod === null) return "THROTTLED";
  const { status, isReady, uptimeMs } = podState(pod, nowMs);
  if (isReady) return inFlight > 0 ? "RUNNING" : "IDLE";
  const isBroken = pod.start?.timeline.loop !== null && uptimeMs !== null;
  return status === "ERROR" || status === "EXITED" || isBroken ? "UNHEALTHY" : "INITIALIZING";
}

/** Whether a balancer would find the server: on the port that it was told, with a health path that vLLM has. */
export function isReachable({
  type,
  container,
}: Pick<Endpoint, "type" | "container">): "yes" | "no port" | "no health" {
  if (type === "QUEUE") return "yes";
  const { PORT: port = "80", HEALTH_CHECK_PATH: path = "/ping" } = container.env;
  const healthPort = container.env["PORT_HEALTH"] ?? port;
  if (healthPort !== "8000" || !["/ping", "/health"].includes(path)) return "no health";
  return port === "8000" && container.ports.includes("8000/http") ? "yes" : "no port";
}

/** An endpoint as the API shows it. */
export function describeEndpoint(
  endpoint: Endpoint,
  options: { gatewayOrigin: string; hasCommands: boolean },
): object {
  const { image, args, entrypoint, cmd, disk, ports, env, registry } = endpoint.container;
  const { min, max, idleTimeout } = endpoint.workers;
  const hidesIdleTimeout = endpoint.type === "QUEUE" && endpoint.scaling.type === "REQUEST_COUNT";
  return {
    id: endpoint.id,
    name: endpoint.name,
    type: endpoint.type,
    requestUrls: requestUrlsOf(endpoint, options.gatewayOrigin),
    image,
    args,
    ...(options.hasCommands ? { entrypoint: entrypoint ?? [], cmd: cmd ?? [] } : {}),
    disk,
    ports,
    env,
    registry,
    gpu: endpoint.gpu,
    workers: { min, max, ...(hidesIdleTimeout ? {} : { idleTimeout }) },
    scaling: endpoint.scaling,
    dataCenterIds: endpoint.dataCenterIds,
    networkVolumes: [],
    timeout: endpoint.timeoutMs,
    flashboot: endpoint.flashboot,
    createdAt: new Date(endpoint.createdAtMs).toISOString(),
  };
}

/** At RunPod a balancer has a host name of its own, and a queue a path; here both are paths. */
function requestUrlsOf({ id, type, container }: Endpoint, gatewayOrigin: string): Record<string, string> {
  if (type === "LOAD_BALANCER") {
    const base = `${gatewayOrigin}/balancer/${id}`;
    return { base, health: `${base}${container.env["HEALTH_CHECK_PATH"] ?? "/ping"}` };
  }
  const base = `${gatewayOrigin}/v2/${id}`;
  return {
    run: `${base}/run`,
    runSync: `${base}/runsync`,
    status: `${base}/status/{job_id}`,
    stream: `${base}/stream/{job_id}`,
    cancel: `${base}/cancel/{job_id}`,
    retry: `${base}/retry/{job_id}`,
    purgeQueue: `${base}/purge-queue`,
    health: `${base}/health`,
  };
}
