import { type Account, isBilled } from "./account.ts";
import type { PodStatus } from "./boot-timeline.ts";
import { billedGpuSeconds, costOf } from "./money.ts";
import { type EndedBy, podState } from "./pod.ts";

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

/** What every pod of a rehearsal has cost, and which still run. */
export interface Ledger {
  /** Oldest first; pods that have ended stay in it. */
  pods: readonly LedgerEntry[];
  /** The ids of the pods that still cost money for their GPUs. */
  running: readonly string[];
  /** What all that exists costs per hour now, disks included. */
  usdPerHour: number;
  totalUsd: number;
  balanceUsd: number;
}

/** Draws up the ledger of an account as of now. */
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
    billedSeconds: billedGpuSeconds(pod.segments, nowMs),
    costUsd: costOf(pod.segments, nowMs).totalUsd,
  }));
  return {
    pods: entries,
    running: pods.filter((pod) => isBilled(pod, nowMs)).map(({ id }) => id),
    usdPerHour: account.usdPerHour(),
    totalUsd: entries.reduce((sum, { costUsd }) => sum + costUsd, 0),
    balanceUsd: account.balanceUsd(),
  };
}
