import type { CreatePodBody } from "../runpod/index.ts";
import { type GpuOffer, type PlannedServer, type ServerRequest, sayUsd } from "../serving/index.ts";
import { alignColumns, inWords } from "../words/index.ts";

/** One model over several machines; everything but the model has a default. */
export interface ClusterPlanRequest extends Omit<ServerRequest, "image" | "minCudaVersion"> {
  /** The kind of GPU, by RunPod's id or short name. Default: `NVIDIA H100 80GB HBM3`. */
  gpu?: string;
  /** GPUs of each machine, over which each layer is split. Default 8. */
  gpusPerNode?: number;
  /** Machines, over which the layers are dealt out. Default: the fewest that hold the model. */
  nodes?: number;
  /** For how long the cost is computed; nothing ends a cluster by itself. Default 60. */
  minutes?: number;
  /** Live prices from `listGpus()`. Default: published ones with their date. */
  offers?: readonly GpuOffer[];
}

/** What would be rented and started for one model over several machines: a plan, which nobody here has run. */
export interface ClusterPlan extends Pick<PlannedServer, "model" | "memory" | "maxModelTokens" | "warnings"> {
  kind: "plan";
  name: string;
  gpuTypeId: string;
  displayName: string;
  gpusPerNode: number;
  nodes: number;
  /** Each layer is split over the GPUs of a machine, which talk fast. */
  tensorParallelSize: number;
  /** The layers are dealt out over the machines, which need to talk less. */
  pipelineParallelSize: number;
  /** For all machines: GPUs as single pods of them cost, and disks; `null` where no price is known. */
  usdPerHour: number | null;
  /** The day on which the GPU's price was published; `null` where it is live, or not known. */
  priceObserved: string | null;
  minutes: number;
  /** What it costs if it is deleted after `minutes`. */
  usdForMinutes: number | null;
  /** What each machine runs, as lines of a shell; the first is the one with `NODE_RANK` 0. */
  startCommands: { first: readonly string[]; others: readonly string[] };
  /** The body of `POST /v2/clusters`, with secrets redacted. */
  payload: Omit<CreatePodBody, "gpu" | "cloud" | "args"> & {
    type: "APPLICATION";
    compute: { gpuTypeId: string; gpuCountPerPod: number; podCount: number };
    args: string;
  };
}

/** Writes a plan for people, one figure a line; memory and cost are computed, the price is a published or a live one. */
export function describeClusterPlan(plan: ClusterPlan): string {
  const { memory, nodes, gpusPerNode, displayName, priceObserved } = plan;
  const priceKind =
    priceObserved === null ? "the catalogue's price for pods" : `pods, published ${priceObserved}`;
  const lines: [string, string][] = [
    ["state", "a plan: nothing was rented, and nobody has tried it"],
    ["model", plan.model],
    ["machines", `${nodes}, each with ${gpusPerNode} × ${displayName}`],
    ["split", `each layer over ${plan.tensorParallelSize} GPUs, the layers over ${nodes} machines`],
    [
      "weights",
      `${memory.weightsGib.toFixed(0)} of ${memory.usableGib.toFixed(0)} GiB on the fullest machine (computed)`,
    ],
    [
      "context",
      `${inWords(plan.maxModelTokens)} tokens; the cache holds ${inWords(Math.floor(memory.kvCacheTokens))} (computed)`,
    ],
    ["price", sayUsd(plan.usdPerHour, `an hour (${priceKind})`)],
    ["cost", sayUsd(plan.usdForMinutes, `if you delete it after ${plan.minutes} minutes`)],
    ...plan.warnings.map((warning): [string, string] => ["mind", warning]),
  ];
  return alignColumns(lines);
}
