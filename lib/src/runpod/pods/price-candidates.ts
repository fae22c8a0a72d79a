import { InputError, SettingsError } from "../../errors.ts";
import { computePodCost } from "../../serving/index.ts";
import type { RunPodGpuType } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import type { PodPlan } from "./pod-plan.ts";

/** A GPU type that may be tried, with what the pod would cost now; or why it is not tried. */
export interface PricedCandidate {
  gpuTypeId: string;
  /** All GPUs and the storage, by the live catalogue; `null` where it has no price. */
  usdPerHour: number | null;
  /** `null`: it may be tried. */
  refusal: string | null;
}

/**
 * Reads the ceiling: the argument, else `WORKBOOK_MAX_USD_PER_HOUR`.
 *
 * @throws SettingsError without either, InputError where it is no sum of money.
 */
export function readCeiling(
  context: RunPodContext,
  maxUsdPerHour: number | undefined,
  call: "createPod" | "createEndpoint" = "createPod",
): number {
  const ceiling = maxUsdPerHour ?? context.maxUsdPerHour;
  if (ceiling === null) {
    throw new SettingsError("Nothing is rented without a ceiling, and none is set.", {
      remedy: `Set WORKBOOK_MAX_USD_PER_HOUR in .env, or call ${call}(plan, { maxUsdPerHour: … }), in dollars.`,
    });
  }
  if (typeof ceiling === "number" && Number.isFinite(ceiling) && ceiling > 0) return ceiling;
  throw new InputError(`maxUsdPerHour is ${String(ceiling)}, which is no ceiling.`, {
    remedy: "Give the most that it may cost, in dollars per hour: a number above 0.",
  });
}

/** Compares each candidate of a plan with the live catalogue and the ceiling; their order stays. */
export async function priceCandidates(
  context: RunPodContext,
  options: { plan: PodPlan; ceiling: number; signal: AbortSignal | undefined },
): Promise<PricedCandidate[]> {
  const { plan, ceiling, signal } = options;
  const { cloud } = plan;
  const gpuTypes = await context.client.listGpuTypes({ gpuCount: plan.gpuCount, cloud, signal });
  return plan.gpuCandidates.map(({ gpuTypeId }) => {
    const gpuType = gpuTypes.find((one) => one.id === gpuTypeId);
    const usdPerHour = gpuType === undefined ? null : priceOf(gpuType, plan);
    return { gpuTypeId, usdPerHour, refusal: refuse({ gpuType, usdPerHour, plan, ceiling }) };
  });
}

function priceOf(gpuType: RunPodGpuType, plan: PodPlan): number | null {
  const { secure, community } = gpuType.price;
  const usdPerGpuHour = (plan.cloud === "SECURE" ? secure : community) ?? 0;
  // A price of 0 in the catalogue means that this cloud does not have it.
  return usdPerGpuHour > 0 ? computePodCost({ ...plan, usdPerGpuHour }).usdPerHour : null;
}

function refuse(options: {
  gpuType: RunPodGpuType | undefined;
  usdPerHour: number | null;
  plan: PodPlan;
  ceiling: number;
}): string | null {
  const { gpuType, usdPerHour, plan, ceiling } = options;
  const { gpuCount } = plan;
  if (gpuType === undefined) return "RunPod's catalogue does not have it";
  const most = plan.cloud === "SECURE" ? gpuType.maxCount?.secure : gpuType.maxCount?.community;
  if (usdPerHour === null) return `the ${plan.cloud.toLowerCase()} cloud does not offer it`;
  if (most !== undefined && gpuCount > most) return `a pod can have at most ${most} of them, not ${gpuCount}`;
  if (usdPerHour <= ceiling) return null;
  return `it costs $${usdPerHour.toFixed(3)} per hour now, which is above the ceiling of $${ceiling.toFixed(2)}`;
}
