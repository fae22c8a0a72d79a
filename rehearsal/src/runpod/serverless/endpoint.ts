import { type ContainerFields, describeContainer, type Pod, podState } from "../account/pod.ts";

/** A load-balancing endpoint as the stand-in keeps it; the names are the vendor's where the API shows them. */
export interface Endpoint {
  id: string;
  name: string;
  container: ContainerFields;
  gpu: {
    pools: string[];
    excludedTypes: string[];
    count: number;
    allowedCudaVersions: string[];
    minCudaVersion: string | null;
  };
  /** `idleTimeout` in seconds. */
  workerLimits: { min: number; max: number; idleTimeout: number };
  scaling: { type: "REQUEST_COUNT"; requestCount: number };
  flashboot: "OFF" | "FLASHBOOT" | "PRIORITY_FLASHBOOT";
  timeoutMs: number;
  dataCenterIds: string[];
  createdAtMs: number;
  /** Which key created it: a fingerprint, never the key. */
  createdBy: string;
  deletedAtMs: number | null;
  /** Those that have not ended. */
  workers: Worker[];
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
export const workerStatuses = ["RUNNING", "IDLE", "INITIALIZING", "THROTTLED", "UNHEALTHY"] as const;
export type WorkerStatus = (typeof workerStatuses)[number];

/** The status of a worker at a moment that is not before its start. */
export function workerStatus(worker: Worker, nowMs: number): WorkerStatus {
  const { pod, inFlight } = worker;
  if (pod === null) return "THROTTLED";
  const { status, isReady, uptimeMs } = podState(pod, nowMs);
  if (isReady) return inFlight > 0 ? "RUNNING" : "IDLE";
  const isBroken = pod.start?.timeline.loop !== null && uptimeMs !== null;
  return status === "ERROR" || status === "EXITED" || isBroken ? "UNHEALTHY" : "INITIALIZING";
}

/** Whether the load balancer would find the server: on the port in its settings, with a health path that vLLM has. */
export function isReachable({ env, ports }: ContainerFields): "yes" | "no port" | "no health" {
  const { PORT: port = "80", HEALTH_CHECK_PATH: path = "/ping" } = env;
  const healthPort = env["PORT_HEALTH"] ?? port;
  if (healthPort !== "8000" || !["/ping", "/health"].includes(path)) return "no health";
  return port === "8000" && ports.includes("8000/http") ? "yes" : "no port";
}

/** An endpoint as the API shows it; at Runpod its base is a host name of its own, here it is a path. */
export function describeEndpoint(
  endpoint: Endpoint,
  options: { gatewayOrigin: string; hasCommands: boolean },
): object {
  const { id, name, container, gpu, workerLimits, scaling, flashboot, dataCenterIds } = endpoint;
  const base = `${options.gatewayOrigin}/balancer/${id}`;
  return {
    ...describeContainer(container, options),
    id,
    name,
    type: "LOAD_BALANCER",
    requestUrls: { base, health: `${base}${container.env["HEALTH_CHECK_PATH"] ?? "/ping"}` },
    gpu,
    workers: workerLimits,
    scaling,
    dataCenterIds,
    networkVolumes: [],
    timeout: endpoint.timeoutMs,
    flashboot,
    createdAt: new Date(endpoint.createdAtMs).toISOString(),
  };
}
