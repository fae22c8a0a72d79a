import { InputError } from "../../errors.ts";
import { type ChosenGpu, chooseGpus } from "./choose-gpus.ts";
import { compareVersions } from "./compare-versions.ts";
import { defaultImage, type ImageTag, readImageTag } from "./image-tag.ts";
import { checkModelShape, findModelShape, type ModelShape } from "./model-shape.ts";
import { placeModel } from "./place-model.ts";
import { makePayload, plannedEnvironment } from "./plan-payload.ts";
import { type CheckedRequest, checkRequest, type PodPlanRequest } from "./plan-request.ts";
import { listPlanWarnings } from "./plan-warnings.ts";
import { computePodCost } from "./pod-cost.ts";
import type { PodPlan } from "./pod-plan.ts";
import { makeVllmArguments } from "./vllm-arguments.ts";

/**
 * Plans a pod that serves a model: the create call, how the model sits in memory, and what it can cost at worst.
 *
 * Pure and offline: it needs no key, asks nobody, and rents nothing. Where several kinds of GPU are given, context and
 * price hold for each of them. Prices are published ones unless `offers` brings live ones.
 *
 * @throws InputError that names the field; where the model does not fit, it says what would.
 */
export function planPod(request: PodPlanRequest): PodPlan {
  const checked = checkRequest(request);
  const image = readImageTag(checked.image ?? defaultImage);
  const model =
    typeof checked.model === "string" ? findModelShape(checked.model) : checkModelShape(checked.model);
  const asked = chooseGpus(checked);
  const placement = placeModel(model, asked, checked);
  const { gpus, maxModelTokens, memory } = placement;
  const minCudaVersion = checked.minCudaVersion ?? image.minCudaVersion;
  requireNewEnoughImage(gpus, image, minCudaVersion);
  const containerDiskGb = chooseDisk(model, checked);
  const needsHuggingFaceToken = model.gated !== "no";
  const { networkVolume = null } = checked;
  const plan = {
    name: podName(model.id),
    model: model.id,
    image: image.image,
    gpuCandidates: gpus.map(toCandidate),
    gpuCount: checked.gpuCount,
    cloud: checked.cloud,
    dataCenterIds: networkVolume === null ? [] : [networkVolume.dataCenterId],
    vllmArguments: makeVllmArguments({ ...checked, model, maxModelTokens }),
    environment: plannedEnvironment,
    containerDiskGb,
    networkVolumeGb: networkVolume?.sizeGb ?? null,
    networkVolumeId: networkVolume?.volumeId ?? null,
    minCudaVersion,
    maxModelTokens,
    tensorParallelSize: checked.gpuCount,
    deadlineMinutes: checked.deadlineMinutes,
    ...computeCost(gpus, checked, containerDiskGb),
    needsHuggingFaceToken,
    memory,
    warnings: [
      ...placement.warnings,
      ...(image.vllmVersion === null && checked.minCudaVersion !== undefined ? [] : image.warnings),
      ...listPlanWarnings({ request: checked, model, placement, minCudaVersion }),
    ],
  };
  const { gpuTypeId } = placement.preferred;
  return { ...plan, payload: makePayload(plan, { gpuTypeId, startsVllmServe: image.startsVllmServe }) };
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

/** The first generation with its own matrix units for FP4 came with CUDA 12.8: older images have no code for it. */
function requireNewEnoughImage(
  gpus: readonly ChosenGpu[],
  image: ImageTag,
  cudaVersion: string | null,
): void {
  const blackwell = gpus.find((gpu) => (gpu.facts?.computeCapability ?? 0) >= 10);
  if (blackwell === undefined || cudaVersion === null || compareVersions(cudaVersion, "12.8") >= 0) return;
  throw new InputError(
    `planPod: image ${image.image} was built for CUDA ${cudaVersion}, before the ${blackwell.displayName} existed.`,
    { remedy: `Take a newer one, for example ${defaultImage}, or an older kind of GPU.` },
  );
}

/**
 * Chooses the container disk in GB: the download with a fifth to spare, and 20 GB for compiled kernels and logs.
 *
 * With a network volume the weights live there. The image itself does not count.
 */
function chooseDisk(model: ModelShape, request: CheckedRequest): number {
  const onDisk = request.networkVolume === undefined ? model.downloadGb : 0;
  const volume = request.networkVolume;
  if (volume !== undefined && volume.sizeGb < model.downloadGb) {
    throw new InputError(
      `planPod: networkVolume.sizeGb is ${volume.sizeGb}, but the download takes ${Math.ceil(model.downloadGb)} GB.`,
      { remedy: `Take a volume of ${roundUpToTen(model.downloadGb * 1.2)} GB.` },
    );
  }
  const suggested = Math.max(40, roundUpToTen(onDisk * 1.2 + 20));
  const { containerDiskGb = suggested } = request;
  if (containerDiskGb < onDisk + 5) {
    throw new InputError(
      `planPod: containerDiskGb is ${containerDiskGb}, but the download alone takes ${Math.ceil(onDisk)} GB.`,
      { remedy: `Give ${suggested}, or leave it out.` },
    );
  }
  return containerDiskGb;
}

function roundUpToTen(gb: number): number {
  return Math.ceil(gb / 10) * 10;
}

function podName(modelId: string): string {
  const short = modelId.slice(modelId.indexOf("/") + 1).toLowerCase();
  return `workbook-${short.replaceAll(/[^a-z0-9]+/g, "-")}`.slice(0, 60);
}
