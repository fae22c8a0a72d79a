import type { Account } from "./account.ts";
import { billedSeconds, costOf, volumeUsdPerHour } from "./money.ts";
import { isBilled, podState } from "./pod.ts";

/** What every pod and every endpoint of a rehearsal has cost, and which still run. */
type Ledger = ReturnType<typeof readLedger>;
export type LedgerEntry = Ledger["pods"][number];

/** Returns the ledger of an account as of now. */
export function readLedger(account: Account) {
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
    /** `null` while it exists. */
    endedBy: pod.end?.by ?? null,
    /** A fingerprint of the key that created it. */
    createdBy: pod.createdBy,
    /** While it runs, without its disks. */
    usdPerHour: pod.usdPerHour,
    /** Whole seconds billed for its GPUs. */
    billedSeconds: billedSeconds(pod.segments, nowMs),
    /** GPUs and disks together. */
    costUsd: costOf(pod.segments, nowMs).totalUsd,
  }));
  const endpoints = [...account.endpoints.values()].map((endpoint) => {
    const { id: endpointId, name, createdBy, createdAtMs, deletedAtMs, workerIds } = endpoint;
    const segments = workerIds.flatMap((workerId) => account.workers.get(workerId)?.segments ?? []);
    return {
      endpointId,
      name,
      createdBy,
      /** Workers that exist now. */
      workers: endpoint.workers.length,
      /** Workers that were started, each with a cold start that was paid for. */
      coldStarts: workerIds.length,
      createdAt: new Date(createdAtMs).toISOString(),
      deletedAt: deletedAtMs === null ? null : new Date(deletedAtMs).toISOString(),
      /** Whole seconds billed for the GPUs of its workers: cold starts, work and idle time. */
      workerSeconds: billedSeconds(segments, nowMs),
      /** GPUs and disks together. */
      costUsd: costOf(segments, nowMs).totalUsd,
    };
  });
  const containers = [...pods, ...account.workers.values()];
  const volumeGb = [...account.volumes.values()].reduce((sum, { sizeGb }) => sum + sizeGb, 0);
  return {
    /** Oldest first; pods that have ended stay in it. */
    pods: entries,
    endpoints,
    /** The ids of the pods and workers that still cost money for their GPUs. */
    running: containers.filter((pod) => isBilled(pod, nowMs)).map(({ id }) => id),
    /** What all that exists costs per hour now, disks and network volumes included; the balance pays for no volume. */
    usdPerHour: account.usdPerHour() + volumeUsdPerHour(volumeGb),
    totalUsd: [...entries, ...endpoints].reduce((sum, { costUsd }) => sum + costUsd, 0),
    balanceUsd: account.balanceUsd(),
  };
}
