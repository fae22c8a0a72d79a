import type { Endpoint } from "../serverless/endpoint.ts";
import type { Account } from "./account.ts";
import type { PodStatus } from "./boot-timeline.ts";
import { billedSeconds, costOf, volumeUsdPerHour } from "./money.ts";
import { type EndedBy, isBilled, podState } from "./pod.ts";

/** What one pod has cost so far. */
export interface LedgerEntry {
  podId: string;
  name: string;
  gpuTypeId: string;
  gpuCount: number;
  status: PodStatus;
  /** ISO times. */
  createdAt: string;
  endedAt: string | null;
  /** A call, the timer inside the pod, its host, or the empty account; `null` while it exists. */
  endedBy: EndedBy | null;
  /** A fingerprint of the key that created it. */
  createdBy: string;
  /** While it runs, without its disks. */
  usdPerHour: number;
  /** Whole seconds billed for its GPUs. */
  billedSeconds: number;
  /** GPUs and disks together. */
  costUsd: number;
}

/** What one serverless endpoint has cost so far, with all the workers that it ever had. */
export interface EndpointLedgerEntry {
  endpointId: string;
  name: string;
  /** ISO times. */
  createdAt: string;
  deletedAt: string | null;
  createdBy: string;
  /** Workers that exist now. */
  workers: number;
  /** Workers that were started, each with a cold start that was paid for. */
  coldStarts: number;
  /** Whole seconds billed for the GPUs of its workers: cold starts, work and idle time. */
  workerSeconds: number;
  /** GPUs and disks together. */
  costUsd: number;
}

/** What every pod and every endpoint of a rehearsal has cost, and which still run. */
export interface Ledger {
  /** Oldest first; pods that have ended stay in it. */
  pods: readonly LedgerEntry[];
  endpoints: readonly EndpointLedgerEntry[];
  /** The ids of the pods and workers that still cost money for their GPUs. */
  running: readonly string[];
  /** What all that exists costs per hour now, disks and network volumes included; the balance pays for no volume. */
  usdPerHour: number;
  totalUsd: number;
  balanceUsd: number;
}

/** Returns the ledger of an account as of now. */
export function readLedger(account: Account): Ledger {
  const nowMs = account.settle();
  const pods = [...account.pods.values()];
  const entries = pods.map((pod) => ({
    podId: pod.id,
    name: pod.name,
    gpuTypeId: pod.gpu.id,
    gpuCount: pod.gpu.count,
    status: podState(pod, nowMs).status,
    createdAt: new Date(pod.createdAtMs).toISOString(),
    endedAt: pod.end === null ? null : new Date(pod.end.atMs).toISOString(),
    endedBy: pod.end?.by ?? null,
    createdBy: pod.createdBy,
    usdPerHour: pod.usdPerHour,
    billedSeconds: billedSeconds(pod.segments, nowMs),
    costUsd: costOf(pod.segments, nowMs).totalUsd,
  }));
  const endpoints = [...account.endpoints.values()].map((one) => describeEndpoint(account, one, nowMs));
  const containers = [...pods, ...account.workers.values()];
  const volumeGb = [...account.volumes.values()].reduce((sum, { sizeGb }) => sum + sizeGb, 0);
  return {
    pods: entries,
    endpoints,
    running: containers.filter((pod) => isBilled(pod, nowMs)).map(({ id }) => id),
    usdPerHour: account.usdPerHour() + volumeUsdPerHour(volumeGb),
    totalUsd: [...entries, ...endpoints].reduce((sum, { costUsd }) => sum + costUsd, 0),
    balanceUsd: account.balanceUsd(),
  };
}

function describeEndpoint(account: Account, endpoint: Endpoint, nowMs: number): EndpointLedgerEntry {
  const { deletedAtMs, workerIds } = endpoint;
  const segments = workerIds.flatMap((workerId) => account.workers.get(workerId)?.segments ?? []);
  return {
    endpointId: endpoint.id,
    name: endpoint.name,
    createdBy: endpoint.createdBy,
    workers: endpoint.workers.length,
    coldStarts: workerIds.length,
    createdAt: new Date(endpoint.createdAtMs).toISOString(),
    deletedAt: deletedAtMs === null ? null : new Date(deletedAtMs).toISOString(),
    workerSeconds: billedSeconds(segments, nowMs),
    costUsd: costOf(segments, nowMs).totalUsd,
  };
}
