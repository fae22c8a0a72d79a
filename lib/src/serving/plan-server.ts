import { InputError } from "../errors.ts";
import { type ChosenGpu, chooseGpus } from "./choose-gpus.ts";
import { compareVersions } from "./compare-versions.ts";
import { defaultImage, type ImageTag, readImageTag } from "./image-tag.ts";
import { checkModelShape, findModelShape, type ModelShape } from "./model-shape.ts";
import { type Placement, placeModel } from "./place-model.ts";
import { type CheckedRequest, checkRequest, type PodPlanRequest } from "./plan-request.ts";
import { listServerWarnings } from "./server-warnings.ts";
import { makeVllmArguments } from "./vllm-arguments.ts";

/** A vLLM server that fits its cards: what every machine runs that serves this model, whatever it is rented as. */
export interface ServerPlan {
  request: CheckedRequest;
  image: ImageTag;
  model: ModelShape;
  placement: Placement;
  /** What follows `vllm serve`, the model first. */
  vllmArguments: readonly string[];
  minCudaVersion: string | null;
  containerDiskGb: number;
  needsHuggingFaceToken: boolean;
  /** About memory, model and cards; whole sentences. */
  warnings: readonly string[];
}

/**
 * Plans the server: image and arguments, how the model sits in the memory of the cards, and the disk it needs.
 *
 * @throws InputError that names the field; where the model does not fit, it says what would.
 */
export function planServer(request: PodPlanRequest): ServerPlan {
  const checked = checkRequest(request);
  const image = readImageTag(checked.image ?? defaultImage);
  const model =
    typeof checked.model === "string" ? findModelShape(checked.model) : checkModelShape(checked.model);
  const placement = placeModel(model, chooseGpus(checked), checked);
  const { maxModelTokens } = placement;
  const minCudaVersion = checked.minCudaVersion ?? image.minCudaVersion;
  requireNewEnoughImage(placement.gpus, image, minCudaVersion);
  return {
    request: checked,
    image,
    model,
    placement,
    vllmArguments: makeVllmArguments({ ...checked, model, maxModelTokens }),
    minCudaVersion,
    containerDiskGb: chooseDisk(model, checked),
    needsHuggingFaceToken: model.gated !== "no",
    warnings: [
      ...placement.warnings,
      ...(image.vllmVersion === null && checked.minCudaVersion !== undefined ? [] : image.warnings),
      ...listServerWarnings({ request: checked, model, placement }),
    ],
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
