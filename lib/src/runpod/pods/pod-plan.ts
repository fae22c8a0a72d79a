import type { GpuCandidate, GpuOffer, PlannedServer, ServerRequest } from "../../serving/index.ts";
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
