import type { PlannedMemory } from "../runpod/index.ts";
import type { GpuOffer, ModelShape } from "../serving/index.ts";

/** One model over several machines; everything but the model has a default. */
export interface ClusterPlanRequest {
  /** A name on Hugging Face that the workbook knows, or the shape of any other model. */
  model: string | ModelShape;
  /** The kind of GPU, by RunPod's id or short name. Default: `NVIDIA H100 80GB HBM3`. */
  gpu?: string;
  /** GPUs of each machine, over which each layer is split. Default 8. */
  gpusPerNode?: number;
  /** Machines, over which the layers are dealt out. Default: the fewest that hold the model. */
  nodes?: number;
  /** Longest conversation, prompt and answer together. Default: as long as the model allows and memory holds well. */
  maxModelTokens?: number;
  /** For how long the cost is computed; nothing ends a cluster by itself. Default 60. */
  minutes?: number;
  kvCacheDtype?: "auto" | "fp8";
  /** Of each machine, each of which downloads the whole model. Default: room for it and some more. */
  containerDiskGb?: number;
  /** Further flags for `vllm serve`. */
  extraArguments?: readonly string[];
  /** Live prices from `listGpus()`. Default: published ones with their date. */
  offers?: readonly GpuOffer[];
}

/** What would be rented and started for one model over several machines: a plan, which nobody here has run. */
export interface ClusterPlan {
  kind: "plan";
  name: string;
  model: string;
  gpuTypeId: string;
  displayName: string;
  gpusPerNode: number;
  nodes: number;
  /** Each layer is split over the GPUs of a machine, which talk fast. */
  tensorParallelSize: number;
  /** The layers are dealt out over the machines, which need to talk less. */
  pipelineParallelSize: number;
  /** Of the machine with the most layers, which has the least room for the cache. */
  memory: PlannedMemory;
  maxModelTokens: number;
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
  payload: CreateClusterBody;
  /** Whole sentences. */
  warnings: readonly string[];
}

/** The body of `POST /v2/clusters`, as far as the workbook plans it. */
export interface CreateClusterBody {
  name: string;
  type: "APPLICATION";
  compute: { gpuTypeId: string; gpuCountPerPod: number; podCount: number };
  image: string;
  disk: number;
  ports: string[];
  env: Record<string, string>;
  args: string;
  startSsh: boolean;
  startJupyter: boolean;
}
