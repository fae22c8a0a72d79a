import { computePodCost } from "../../serving/index.ts";
import type { RunPodGpuType } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import type { FailedCandidate } from "../rental/rental-errors.ts";
import type { PodPlan } from "./pod-plan.ts";

/** A GPU type that may be tried, with what the pod would cost now; or why it is not tried. */
export interface PricedCandidate {
  gpuTypeId: string;
  /** All GPUs and the storage, by the live catalogue; `null` where it has no price. */
  usdPerHour: number | null;
  /** Why it is not tried; `null`: it may be tried. */
  refusal: FailedCandidate | null;
}

/** Compares each candidate of a plan with the live catalogue and the ceiling; their order stays. */
export async function priceCandidates(
  context: RunPodContext,
  options: { plan: PodPlan; ceiling: number; signal: AbortSignal | undefined },
): Promise<PricedCandidate[]> {
  const { plan, ceiling, signal } = options;
  const { gpuCount, cloud } = plan;
  const gpuTypes = await context.client.listGpuTypes({ gpuCount, cloud, signal });
  return plan.gpuCandidates.map(({ gpuTypeId }) => {
    const gpuType = gpuTypes.find((one) => one.id === gpuTypeId);
    const usdPerHour = gpuType === undefined ? null : priceOf(gpuType, plan);
    const reason = findObstacle(gpuType, { usdPerHour, plan });
    if (reason !== null) return { gpuTypeId, usdPerHour, refusal: { gpuTypeId, reason } };
    if (usdPerHour === null || usdPerHour <= ceiling) return { gpuTypeId, usdPerHour, refusal: null };
    const price = `it costs $${usdPerHour.toFixed(3)} per hour now, which is above the ceiling of $${ceiling.toFixed(2)}`;
    return { gpuTypeId, usdPerHour, refusal: { gpuTypeId, reason: price, isAboveCeiling: true } };
  });
}

function priceOf(gpuType: RunPodGpuType, plan: PodPlan): number | null {
  const { secure, community } = gpuType.price;
  const usdPerGpuHour = (plan.cloud === "SECURE" ? secure : community) ?? 0;
  // A price of 0 in the catalogue means that this cloud does not have it.
  return usdPerGpuHour > 0 ? computePodCost({ ...plan, usdPerGpuHour }).usdPerHour : null;
}

function findObstacle(
  gpuType: RunPodGpuType | undefined,
  { usdPerHour, plan }: { usdPerHour: number | null; plan: PodPlan },
): string | null {
  if (gpuType === undefined) return "Runpod's catalogue does not have it";
  if (usdPerHour === null) return `the ${plan.cloud.toLowerCase()} cloud does not offer it`;
  const most = plan.cloud === "SECURE" ? gpuType.maxCount?.secure : gpuType.maxCount?.community;
  if (most === undefined || plan.gpuCount <= most) return null;
  return `a pod can have at most ${most} of them, not ${plan.gpuCount}`;
}
