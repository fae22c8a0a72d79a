import {
  type ChosenGpu,
  compareVersions,
  networkVolumeUsdPerMonth,
  selectWarnings,
  type Warning,
  warnOfPrices,
} from "../../serving/index.ts";
import type { PodPlanRequest } from "./pod-plan.ts";

interface PodFindings {
  gpus: readonly ChosenGpu[];
  gpuCount: number;
  cloud: "SECURE" | "COMMUNITY";
  deadlineMinutes: number;
  networkVolume: PodPlanRequest["networkVolume"];
  minCudaVersion: string | null;
}

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
      `The deadline is ${Math.round(deadlineMinutes / 60)} hours away: if nobody looks, all of it is paid for.`,
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
  const newest = offer.cudaVersions.at(-1) ?? null;
  return [
    [offer.stock === "NONE", `No ${displayName} is free at the moment.`],
    [
      cloud === "SECURE" && gpuCount > offer.maxGpuCount,
      `No machine of RunPod has ${gpuCount} × ${displayName}: ${offer.maxGpuCount} at most.`,
    ],
    [
      newest !== null && minCudaVersion !== null && compareVersions(newest, minCudaVersion) < 0,
      `Hosts with a free ${displayName} offer CUDA ${newest} at most, and the image wants ${minCudaVersion}: ` +
        "take another kind of GPU, or an older image.",
    ],
  ];
}
