import { compareVersions, networkVolumeUsdPerMonth, type Placement } from "../../serving/index.ts";
import type { PodPlanRequest } from "./pod-plan.ts";

interface PodFindings {
  request: Pick<PodPlanRequest, "networkVolume"> &
    Required<Pick<PodPlanRequest, "cloud" | "gpuCount" | "deadlineMinutes">>;
  placement: Placement;
  minCudaVersion: string | null;
}

/** Lists what somebody should know before they rent a pod. */
export function listPodWarnings(findings: PodFindings): string[] {
  return [...warnOfStock(findings), ...warnOfMoney(findings)];
}

/** What the live catalogue said when it was asked: a hint, for stock changes by the minute. */
function warnOfStock({ placement, request, minCudaVersion }: PodFindings): string[] {
  const warnings: string[] = [];
  for (const { displayName, offer } of placement.gpus) {
    if (offer === null) continue;
    if (offer.stock === "NONE") warnings.push(`No ${displayName} is free at the moment.`);
    if (request.cloud === "SECURE" && request.gpuCount > offer.maxGpuCount) {
      warnings.push(
        `No machine of RunPod has ${request.gpuCount} × ${displayName}: ${offer.maxGpuCount} at most.`,
      );
    }
    const newest = offer.cudaVersions.at(-1);
    if (newest !== undefined && minCudaVersion !== null && compareVersions(newest, minCudaVersion) < 0) {
      warnings.push(
        `Hosts with a free ${displayName} offer CUDA ${newest} at most, and the image wants ${minCudaVersion}: ` +
          "take another kind of GPU, or an older image.",
      );
    }
  }
  return warnings;
}

function warnOfMoney({ placement, request }: PodFindings): string[] {
  const { gpus } = placement;
  const warnings: string[] = [];
  const dated = gpus.flatMap((gpu) => (gpu.priceObserved === null ? [] : [gpu.priceObserved]));
  const [oldest] = dated.toSorted();
  if (oldest !== undefined) {
    warnings.push(
      `Prices are published ones, the oldest of ${oldest}; createPod compares the live price with your ceiling.`,
    );
  }
  const unknown = gpus.filter((gpu) => gpu.usdPerHour === null);
  if (unknown.length > 0) {
    warnings.push(
      `No price is known for ${unknown.map((gpu) => gpu.displayName).join(", ")}, so the plan cannot say what it costs: ` +
        "give offers: await listGpus().",
    );
  }
  if (request.deadlineMinutes > 12 * 60) {
    warnings.push(
      `The deadline is ${Math.round(request.deadlineMinutes / 60)} hours away: if nobody looks, all of it is paid for.`,
    );
  }
  if (request.networkVolume !== undefined) {
    const usdPerMonth = networkVolumeUsdPerMonth(request.networkVolume.sizeGb);
    warnings.push(
      `The network volume costs ${usdPerMonth.toFixed(2)} USD a month, also without a pod, until you delete it; ` +
        "it ties the pod to its data centre.",
    );
  }
  return warnings;
}
