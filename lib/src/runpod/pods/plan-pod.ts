import type { CheckedRequest, ChosenGpu, PodPlanRequest } from "../../serving/index.ts";
import { computePodCost, listPodWarnings, planServer } from "../../serving/index.ts";
import { makePayload, plannedEnvironment } from "./plan-payload.ts";
import type { PodPlan } from "./pod-plan.ts";

/**
 * Plans a pod that serves a model: the create call, how the model sits in memory, and what it can cost at worst.
 *
 * Pure and offline: it needs no key, asks nobody, and rents nothing. Where several kinds of GPU are given, context and
 * price hold for each of them. Prices are published ones unless `offers` brings live ones.
 *
 * @throws InputError that names the field; where the model does not fit, it says what would.
 */
export function planPod(request: PodPlanRequest): PodPlan {
  const server = planServer(request);
  const { request: checked, model, placement, containerDiskGb } = server;
  const { networkVolume = null } = checked;
  const plan = {
    name: podName(model.id),
    model: model.id,
    image: server.image.image,
    gpuCandidates: placement.gpus.map(toCandidate),
    gpuCount: checked.gpuCount,
    cloud: checked.cloud,
    dataCenterIds: networkVolume === null ? [] : [networkVolume.dataCenterId],
    vllmArguments: server.vllmArguments,
    environment: plannedEnvironment,
    containerDiskGb,
    networkVolumeGb: networkVolume?.sizeGb ?? null,
    networkVolumeId: networkVolume?.volumeId ?? null,
    minCudaVersion: server.minCudaVersion,
    maxModelTokens: placement.maxModelTokens,
    tensorParallelSize: checked.gpuCount,
    deadlineMinutes: checked.deadlineMinutes,
    ...computeCost(placement.gpus, checked, containerDiskGb),
    needsHuggingFaceToken: server.needsHuggingFaceToken,
    memory: placement.memory,
    warnings: [...server.warnings, ...listPodWarnings(server)],
  };
  const { gpuTypeId } = placement.preferred;
  const { startsVllmServe } = server.image;
  return { ...plan, payload: makePayload(plan, { gpuTypeId, startsVllmServe }) };
}

function toCandidate({ gpuTypeId, displayName, usdPerHour, priceObserved }: ChosenGpu) {
  return { gpuTypeId, displayName, usdPerHour, priceObserved };
}

/** The price by the hour with the first candidate, and the bill until the deadline with the dearest. */
function computeCost(
  gpus: readonly ChosenGpu[],
  request: CheckedRequest,
  containerDiskGb: number,
): { usdPerHour: number | null; worstCaseUsd: number | null } {
  const costs = gpus.map(({ usdPerHour }) =>
    usdPerHour === null
      ? null
      : computePodCost({
          usdPerGpuHour: usdPerHour,
          gpuCount: request.gpuCount,
          containerDiskGb,
          networkVolumeGb: request.networkVolume?.sizeGb ?? null,
          deadlineMinutes: request.deadlineMinutes,
        }),
  );
  const known = costs.filter((cost) => cost !== null);
  return {
    usdPerHour: costs[0]?.usdPerHour ?? null,
    // One price that is not known could be the dearest.
    worstCaseUsd:
      known.length < costs.length ? null : Math.max(...known.map(({ worstCaseUsd }) => worstCaseUsd)),
  };
}

function podName(modelId: string): string {
  const short = modelId.slice(modelId.indexOf("/") + 1).toLowerCase();
  return `workbook-${short.replaceAll(/[^a-z0-9]+/g, "-")}`.slice(0, 60);
}
