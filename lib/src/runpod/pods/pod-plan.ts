import type { MemoryFit } from "../../serving/index.ts";
import type { CreatePodBody } from "../client/schemas.ts";

/** A GPU type to try, in the order of the plan. */
export interface GpuCandidate {
  /** As RunPod's catalogue spells it, for example `NVIDIA A40`. */
  gpuTypeId: string;
  displayName: string;
  /** For one GPU, from the plan's own (dated) facts; `null` where they have none. */
  usdPerHour: number | null;
  /** The day on which that price was published; `null` where it is live, or not known. */
  priceObserved: string | null;
}

/** How a model fits into the memory of the planned GPUs; computed, for the smallest of the candidates. */
export interface PlannedMemory extends MemoryFit {
  gpuTypeId: string;
  /** Memory that vLLM may use on all GPUs together, in GiB. */
  usableGib: number;
  /** Conversations of `maxModelTokens` that fit at the same time. */
  sequencesAtMaxModelTokens: number;
}

/** What will be rented and started, and what it will cost; made offline, without a key. */
export interface PodPlan {
  /** A name for people; the pod's own name is drawn when it is created. */
  name: string;
  /** The model id on Hugging Face, which is also the id that the pod serves. */
  model: string;
  /** The container image with its pinned tag. */
  image: string;
  gpuCandidates: readonly GpuCandidate[];
  gpuCount: number;
  cloud: "SECURE" | "COMMUNITY";
  /** Empty: any. A network volume ties the pod to its own. */
  dataCenterIds: readonly string[];
  /** What follows `vllm serve`, the model first. */
  vllmArguments: readonly string[];
  /** Nothing of it is secret: secrets are added when the pod is created. */
  environment: Readonly<Record<string, string>>;
  containerDiskGb: number;
  /** `null`: no network volume. */
  networkVolumeGb: number | null;
  /** Made beforehand, in RunPod's console; weights are kept there. */
  networkVolumeId: string | null;
  /** The lowest CUDA version of the host that the image runs on, such as `12.8`. */
  minCudaVersion: string | null;
  /** The longest context, prompt and answer together. */
  maxModelTokens: number;
  tensorParallelSize: number;
  /** The pod ends this many minutes after it was created. */
  deadlineMinutes: number;
  /** All GPUs and the storage, for the first candidate; `null` where its price is not known. */
  usdPerHour: number | null;
  /** What the pod costs at most until its deadline, for the dearest candidate. */
  worstCaseUsd: number | null;
  /** Whether the weights are gated, so that the pod needs a Hugging Face token. */
  needsHuggingFaceToken: boolean;
  memory: PlannedMemory;
  /** Whole sentences. */
  warnings: readonly string[];
  /** The body of the REST call for the first candidate, with secrets redacted. */
  payload: CreatePodBody;
}
