import {
  type ChosenGpu,
  compareVersions,
  type GpuCandidate,
  type GpuCount,
  type GpuOffer,
  networkVolumeUsdPerMonth,
  type PlannedServer,
  type ServerRequest,
  selectWarnings,
  type Warning,
  warnOfPrices,
} from "../../serving/index.ts";
import { sayIfSimulated } from "../../words/index.ts";
import type { CreatePodBody } from "../client/schemas.ts";

/** What is to be served, on what, for how long; everything but the model has a default. */
export interface PodPlanRequest extends ServerRequest {
  /** Kinds of GPU in order of preference, by Runpod's id or short name. Default: `NVIDIA A40`. */
  gpus?: readonly string[];
  /** GPUs of one pod; the model is split over all of them. `fewest`: 1, 2, 4 or 8, as few as hold it. Default 1. */
  gpuCount?: GpuCount;
  /** After this the pod ends by itself. Default 60. */
  deadlineMinutes?: number;
  cloud?: "SECURE" | "COMMUNITY";
  /** Keeps the weights between pods, and costs money without one; made in Runpod's console. */
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
  /** Made beforehand, in Runpod's console; weights are kept there. */
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

type PodFindings = Pick<PodPlan, "gpuCount" | "cloud" | "deadlineMinutes" | "minCudaVersion"> & {
  gpus: readonly ChosenGpu[];
  networkVolume: PodPlanRequest["networkVolume"];
};

/** Lists what somebody should know before they rent a pod. */
export function listPodWarnings(findings: PodFindings): string[] {
  const { gpus, deadlineMinutes, networkVolume } = findings;
  const priced = gpus.map((gpu) => ({ ...gpu, name: gpu.displayName }));
  const volumeUsd = networkVolumeUsdPerMonth(networkVolume?.sizeGb ?? 0);
  return selectWarnings([
    ...gpus.flatMap((gpu) => warnOfStock(gpu, findings)),
    ...warnOfPrices(priced, { createdBy: "createPod", listedBy: "listGpus" }),
    [
      deadlineMinutes > 12 * 60,
      `The deadline is ${Math.round(deadlineMinutes / 60)} hours away: unless somebody ends the pod before, you pay for all of it.`,
    ],
    [
      networkVolume !== undefined,
      `The network volume costs ${volumeUsd.toFixed(2)} USD a month, also without a pod, until you delete it; ` +
        "it ties the pod to its data centre.",
    ],
  ]);
}

/** What the live catalogue said when it was asked: a hint, for stock changes by the minute. */
function warnOfStock({ displayName, offer }: ChosenGpu, findings: PodFindings): Warning[] {
  if (offer === null) return [];
  const { cloud, gpuCount, minCudaVersion } = findings;
  const mark = sayIfSimulated(offer.isSimulated ?? false);
  const newest = offer.cudaVersions.at(-1) ?? null;
  return [
    [offer.stock === "NONE", `No ${displayName} is free at the moment${mark}.`],
    [
      cloud === "SECURE" && gpuCount > offer.maxGpuCount,
      `No machine of Runpod has ${gpuCount} × ${displayName}: ${offer.maxGpuCount} at most${mark}.`,
    ],
    [
      newest !== null && minCudaVersion !== null && compareVersions(newest, minCudaVersion) < 0,
      `Hosts with a free ${displayName} offer CUDA ${newest} at most${mark}, and the image wants ${minCudaVersion}: ` +
        "take another kind of GPU, or an older image.",
    ],
  ];
}

/** The name of the secret with this workbook's Hugging Face token: its own, so that no other secret is overwritten. */
export function secretNameOf(workbookId: string): string {
  return `workbook_${workbookId}_hf_token`;
}

/** How a pod's environment refers to a secret; Runpod fills it in when the pod starts. */
export function secretPlaceholder(secretName: string): string {
  return `{{ RUNPOD_SECRET_${secretName} }}`;
}

/** The token of a plan for gated weights: a reference to this workbook's own secret. */
export function plannedToken(plan: { needsHuggingFaceToken: boolean }): { HF_TOKEN?: string } {
  return plan.needsHuggingFaceToken ? { HF_TOKEN: secretPlaceholder(secretNameOf("<workbook id>")) } : {};
}
