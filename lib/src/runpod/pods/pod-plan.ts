import {
  type GpuCandidate,
  type GpuOffer,
  type PlannedServer,
  type ServerRequest,
  sayUsd,
} from "../../serving/index.ts";
import { alignColumns } from "../../words/index.ts";
import type { CreatePodBody } from "../client/schemas.ts";

/** What is to be served, on what, for how long; everything but the model has a default. */
export interface PodPlanRequest extends ServerRequest {
  /** Kinds of GPU in order of preference, by RunPod's id or short name. Default: `NVIDIA A40`. */
  gpus?: readonly string[];
  /** GPUs of one pod; the model is split over all of them. Default 1. */
  gpuCount?: number;
  /** After this the pod ends by itself. Default 60. */
  deadlineMinutes?: number;
  cloud?: "SECURE" | "COMMUNITY";
  /** Keeps the weights between pods, and costs money without one; made in RunPod's console. */
  networkVolume?: { volumeId: string; sizeGb: number; dataCenterId: string };
  /** Live prices from `listGpus()`. Default: published ones with their date. */
  offers?: readonly GpuOffer[];
}

/** What will be rented and started, and what it will cost; made offline, without a key. */
export interface PodPlan extends PlannedServer {
  /** A name for people; the pod's own name is drawn when it is created. */
  name: string;
  gpuCandidates: readonly GpuCandidate[];
  cloud: "SECURE" | "COMMUNITY";
  /** Empty: any. A network volume ties the pod to its own. */
  dataCenterIds: readonly string[];
  /** Nothing of it is secret: secrets are added when the pod is created. */
  environment: Readonly<Record<string, string>>;
  /** `null`: no network volume. */
  networkVolumeGb: number | null;
  /** Made beforehand, in RunPod's console; weights are kept there. */
  networkVolumeId: string | null;
  tensorParallelSize: number;
  /** The pod ends this many minutes after it was created. */
  deadlineMinutes: number;
  /** All GPUs and the storage, for the first candidate; `null` where its price is not known. */
  usdPerHour: number | null;
  /** What the pod costs at most until its deadline, for the dearest candidate. */
  worstCaseUsd: number | null;
  /** The body of the REST call for the first candidate, with secrets redacted. */
  payload: CreatePodBody;
}

/**
 * Writes a plan for people, one figure a line: what is rented, what fits, what it costs at most, and what to mind.
 *
 * Memory and worst case are computed; the price is the catalogue's, or a published one with its date.
 */
export function describePlan(plan: PodPlan): string {
  const { memory, gpuCandidates, gpuCount } = plan;
  const candidates = gpuCandidates.map(({ displayName }) => `${gpuCount} × ${displayName}`).join(", else ");
  const observed = gpuCandidates[0]?.priceObserved ?? null;
  const priceKind = observed === null ? "the catalogue's price" : `published, ${observed}`;
  const lines: [string, string][] = [
    ["model", plan.model],
    ["GPU", candidates],
    ["image", plan.image],
    ["weights", `${memory.weightsGib.toFixed(1)} of ${memory.usableGib.toFixed(1)} GiB that vLLM may use`],
    ["KV cache", `${count(memory.kvCacheTokens)} tokens`],
    [
      "context",
      `${count(plan.maxModelTokens)} tokens, ${count(memory.sequencesAtMaxModelTokens)} such at a time`,
    ],
    ["price", sayUsd(plan.usdPerHour, `an hour (${priceKind})`)],
    ["worst case", sayUsd(plan.worstCaseUsd, `until the deadline after ${plan.deadlineMinutes} minutes`)],
    ...plan.warnings.map((warning): [string, string] => ["mind", warning]),
  ];
  return alignColumns(lines);
}

function count(value: number): string {
  return Math.floor(value).toLocaleString("en-US");
}
