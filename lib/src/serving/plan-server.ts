import { InputError } from "../errors.ts";
import type { ModelShape } from "../facts/index.ts";
import { requireChoice, requireNumber } from "../require-number.ts";
import { type Adapter, checkAdapters, findAdapterRoom } from "./adapters.ts";
import type { Caller } from "./caller.ts";
import { findSmallestMachine } from "./choose-context.ts";
import { chooseGpus, type GpuOffer } from "./choose-gpus.ts";
import { findModelShape } from "./memory-fit.ts";
import { type PlannedMemory, placeModel } from "./place-model.ts";
import { listServerWarnings } from "./server-warnings.ts";
import { makeToolArguments, readToolParser } from "./tool-parser.ts";
import {
  checkExtraArguments,
  compareVersions,
  defaultImage,
  makeVllmArguments,
  readImageTag,
} from "./vllm-arguments.ts";

/** The model and how vLLM serves it; everything but the model has a default. */
export interface ServerRequest {
  /** A name on Hugging Face that the workbook knows, or the shape of any other model. */
  model: string | ModelShape;
  /** A pinned image. Default: the vLLM that this workbook is tested with. */
  image?: string;
  /** Longest conversation, prompt and answer together. Default: as long as the model allows and memory holds well. */
  maxModelTokens?: number;
  kvCacheDtype?: "auto" | "fp8";
  /** The lowest CUDA version of the host, for an image that the workbook does not know. */
  minCudaVersion?: string;
  /** Default: room for the weights and some more. */
  containerDiskGb?: number;
  /** Fine-tuned models that the same server answers as, each by its name. */
  adapters?: readonly Adapter[];
  /** Whether vLLM reads tool calls. Default: where the workbook knows the model's parser, and the image has it. */
  tools?: boolean;
  /** Further flags for `vllm serve`. */
  extraArguments?: readonly string[];
}

/** How many cards a model is split over; `fewest`: as few of 1, 2, 4 or 8 of the first kind as hold it. */
export type GpuCount = number | "fewest";

/** The cards under it, with what the plan's own fields say. */
interface ServerPlace {
  gpus: readonly string[];
  gpuCount: GpuCount;
  cloud: "SECURE" | "COMMUNITY";
  offers?: readonly GpuOffer[] | undefined;
  /** Whether a network volume keeps the weights, so that the container's disk does not. */
  hasNetworkVolume?: boolean;
}

/** What every machine of a plan runs, whatever it is rented as. */
export interface PlannedServer {
  /** The model id on Hugging Face, which is also the id that is served. */
  model: string;
  /** The container image with its pinned tag. */
  image: string;
  /** Of one machine; each layer is split over all of them. */
  gpuCount: number;
  /** What follows `vllm serve`, the model first. */
  vllmArguments: readonly string[];
  /** Those of the request, beside what the plan sets itself. */
  extraArguments: readonly string[];
  adapters: readonly Adapter[];
  /** The parser with which vLLM reads tool calls; `null`: it refuses them. */
  toolParser: string | null;
  containerDiskGb: number;
  /** The lowest CUDA version of the host that the image runs on, such as `12.8`. */
  minCudaVersion: string | null;
  /** The longest context, prompt and answer together. */
  maxModelTokens: number;
  /** Whether the weights or an adapter are gated, so that a Hugging Face token is needed. */
  needsHuggingFaceToken: boolean;
  memory: PlannedMemory;
  /** Whole sentences. */
  warnings: readonly string[];
}

/** A vLLM server that fits its cards, and what led to it. */
export type ServerPlan = ReturnType<typeof planServer>;

/**
 * Plans the server: image and arguments, how the model sits in the memory of the cards, and the disk it needs.
 *
 * @throws InputError in the caller's own words; where the model does not fit (`does-not-fit`), it says what would.
 */
export function planServer(request: ServerRequest & ServerPlace, caller: Caller) {
  const {
    maxModelTokens,
    minCudaVersion,
    kvCacheDtype = "auto",
    extraArguments = [],
    adapters = [],
  } = request;
  checkRequest(request, caller);
  const image = readImageTag(request.image ?? defaultImage, caller.name);
  const shape = findModelShape(request.model, caller.name);
  checkAdapters(adapters, shape, caller);
  const adapterRoom = findAdapterRoom(adapters);
  const gpus = chooseGpus({ ...request, caller });
  const countFewest = () => {
    const [preferred] = gpus;
    const fewest =
      preferred && findSmallestMachine(shape, preferred, { kvCacheDtype, maxModelTokens, adapterRoom });
    // One where no number of them holds it: the refusal says what would.
    return fewest?.gpuCount ?? 1;
  };
  const gpuCount = request.gpuCount === "fewest" ? countFewest() : request.gpuCount;
  const wanted = { kvCacheDtype, maxModelTokens, extraArguments, adapterRoom };
  const placement = placeModel({ model: shape, gpus, gpuCount, ...wanted, caller });
  const cudaVersion = minCudaVersion ?? image.minCudaVersion;
  // The first generation with its own matrix units for FP4 came with CUDA 12.8: older images have no code for it.
  const blackwell = placement.gpus.find((gpu) => (gpu.facts?.computeCapability ?? 0) >= 10);
  if (blackwell !== undefined && cudaVersion !== null && compareVersions(cudaVersion, "12.8") < 0) {
    throw new InputError(
      `${caller.name}: image ${image.image} was built for CUDA ${cudaVersion}, before the ${blackwell.displayName} existed.`,
      { remedy: `Take a newer one, for example ${defaultImage}, or an older kind of GPU.`, field: "image" },
    );
  }
  const settled = { model: shape, gpuCount, kvCacheDtype, adapters };
  const vllmArguments = makeVllmArguments({
    ...settled,
    maxModelTokens: placement.maxModelTokens,
    toolArguments: makeToolArguments(
      { tools: request.tools, extraArguments },
      { ...settled, ...image },
      caller,
    ),
    extraArguments,
  });
  const server: PlannedServer = {
    model: shape.id,
    image: image.image,
    gpuCount,
    vllmArguments,
    extraArguments,
    adapters,
    toolParser: readToolParser(vllmArguments),
    containerDiskGb: chooseDisk(shape, request, caller),
    minCudaVersion: cudaVersion,
    maxModelTokens: placement.maxModelTokens,
    needsHuggingFaceToken: shape.gated !== "no" || adapters.some(({ needsToken }) => needsToken === true),
    memory: placement.memory,
    warnings: [
      ...placement.warnings,
      ...(image.vllmVersion === null && minCudaVersion !== undefined ? [] : image.warnings),
      ...listServerWarnings({ ...settled, placement }),
    ],
  };
  return { server, placement, shape, image };
}

function checkRequest(request: ServerRequest & ServerPlace, caller: Caller): void {
  const { gpuCount, maxModelTokens, containerDiskGb, minCudaVersion, kvCacheDtype = "auto" } = request;
  const whole = { whole: true, from: 1, optional: true };
  if (gpuCount !== "fewest") {
    requireNumber(caller.name, { [caller.gpuCount]: gpuCount }, { whole: true, from: 1, to: 16 });
  }
  requireNumber(caller.name, { maxModelTokens }, { ...whole, to: 10_000_000 });
  requireNumber(caller.name, { containerDiskGb }, { ...whole, to: 4_096 });
  requireChoice(caller.name, { kvCacheDtype }, ["auto", "fp8"]);
  if (minCudaVersion !== undefined && !/^\d+\.\d+$/.test(minCudaVersion)) {
    throw new InputError(`${caller.name}: minCudaVersion is "${minCudaVersion}".`, {
      remedy: 'Give major and minor version, for example "13.0".',
      field: "minCudaVersion",
    });
  }
  checkExtraArguments(request.extraArguments ?? [], caller);
}

/** Suggests a container disk in GB: the download with a fifth to spare, and 20 GB for kernels and logs; no image. */
export function suggestDiskGb(downloadGb: number): number {
  return Math.max(40, Math.ceil((downloadGb * 1.2 + 20) / 10) * 10);
}

/** The container disk in GB; with a network volume the weights live there. */
function chooseDisk(model: ModelShape, request: ServerRequest & ServerPlace, caller: Caller): number {
  const onDisk = request.hasNetworkVolume ? 0 : model.downloadGb;
  const suggested = suggestDiskGb(onDisk);
  const { containerDiskGb = suggested } = request;
  if (containerDiskGb >= onDisk + 5) return containerDiskGb;
  throw new InputError(
    `${caller.name}: containerDiskGb is ${containerDiskGb}, but the download alone takes ${Math.ceil(onDisk)} GB.`,
    { remedy: `Give ${suggested}, or leave it out.`, problem: "out-of-range", field: "containerDiskGb" },
  );
}
