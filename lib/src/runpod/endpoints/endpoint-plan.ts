import type { CreateEndpointBody } from "../client/endpoint-schemas.ts";
import type { PlannedMemory } from "../pods/pod-plan.ts";

/** A pool of GPUs that workers may come from, in the order of the plan. */
export interface PoolCandidate {
  /** As RunPod's catalogue spells it, for example `AMPERE_48`. */
  id: string;
  /** Those of its cards that hold the model. */
  gpuTypeIds: readonly string[];
  /** All GPUs of one worker and its disk; `null` where the price is not known. */
  usdPerWorkerHour: number | null;
  /** The day on which that price was published; `null` where it is live, or not known. */
  priceObserved: string | null;
}

/** A serverless endpoint that will be made, and what it will cost at rest and at most; made offline, without a key. */
export interface EndpointPlan {
  /** A name for people; the endpoint's own name is drawn when it is made. */
  name: string;
  kind: "load-balancer" | "queue";
  /** The model id on Hugging Face, which is also the id that the endpoint serves. */
  model: string;
  /** The container image with its pinned tag. */
  image: string;
  pools: readonly PoolCandidate[];
  /** Of one worker. */
  gpuCount: number;
  minWorkers: number;
  maxWorkers: number;
  idleSeconds: number;
  /** Requests at a time that one worker gets before another one starts. */
  requestsPerWorker: number;
  /** Of a queue: a request that waits longer starts another worker. */
  queueDelaySeconds: number;
  flashBoot: boolean | "priority";
  dataCenterIds: readonly string[];
  /** What follows `vllm serve`, the model first; a queue's worker gets the same by its environment. */
  vllmArguments: readonly string[];
  /** Nothing of it is secret: secrets are added when the endpoint is made. */
  environment: Readonly<Record<string, string>>;
  containerDiskGb: number;
  /** The lowest CUDA version of the host that the image runs on, such as `13.0`. */
  minCudaVersion: string | null;
  /** The longest context, prompt and answer together. */
  maxModelTokens: number;
  /** How long one request may take. */
  requestSeconds: number;
  /** The endpoint is deleted this many minutes after it was made. */
  deadlineMinutes: number;
  /** One worker in the dearest pool, from its start to its end; `null` where a price is not known. */
  usdPerWorkerHour: number | null;
  /** What it costs without a single request: the workers that always run. */
  usdPerHourAtRest: number | null;
  /** All workers in the dearest pool: what the ceiling is compared with. */
  maxUsdPerHour: number | null;
  /** All workers from now until the deadline, which a process of this machine keeps. */
  worstCaseUsd: number | null;
  /** Whether the weights are gated, so that the workers need a Hugging Face token. */
  needsHuggingFaceToken: boolean;
  memory: PlannedMemory;
  /** Whole sentences. */
  warnings: readonly string[];
  /** The body of the REST call, with secrets redacted. */
  payload: CreateEndpointBody;
}
