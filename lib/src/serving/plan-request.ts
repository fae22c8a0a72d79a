import { InputError } from "../errors.ts";
import type { GpuOffer } from "./gpu-offer.ts";
import type { ModelShape } from "./model-shape.ts";

/** What is to be served, on what, for how long; everything but the model has a default. */
export interface PodPlanRequest {
  /** A name on Hugging Face that the workbook knows, or the shape of any other model. */
  model: string | ModelShape;
  /** Kinds of GPU in order of preference, by RunPod's id or short name. Default: `NVIDIA A40`. */
  gpus?: readonly string[];
  /** GPUs of one pod; the model is split over all of them. Default 1. */
  gpuCount?: number;
  /** A pinned image. Default: the vLLM that this workbook is tested with. */
  image?: string;
  /** Longest conversation, prompt and answer together. Default: as long as the model allows and memory holds well. */
  maxModelTokens?: number;
  /** After this the pod ends by itself. Default 60. */
  deadlineMinutes?: number;
  cloud?: "SECURE" | "COMMUNITY";
  /** Default: room for the weights and some more. */
  containerDiskGb?: number;
  /** Keeps the weights between pods, and costs money without one; made in RunPod's console. */
  networkVolume?: { volumeId: string; sizeGb: number; dataCenterId: string };
  kvCacheDtype?: "auto" | "fp8";
  /** The lowest CUDA version of the host, for an image that the workbook does not know. */
  minCudaVersion?: string;
  /** Further flags for `vllm serve`. */
  extraArguments?: readonly string[];
  /** Live prices from `listGpus()`. Default: published ones with their date. */
  offers?: readonly GpuOffer[];
}

/** A request with its defaults, each field in its range. */
export type CheckedRequest = Required<
  Pick<PodPlanRequest, "gpus" | "gpuCount" | "deadlineMinutes" | "cloud" | "kvCacheDtype" | "extraArguments">
> &
  PodPlanRequest;

/** Flags that the plan sets itself, and what to use instead. */
const ownFlags: Readonly<Record<string, string>> = {
  "--model": "Use the field model.",
  "--host": "The plan lets the server listen where the proxy looks for it.",
  "--port": "The plan lets the server listen where the proxy looks for it.",
  "--api-key": "A key is drawn for each pod and never passed as an argument, where the log would show it.",
  "--max-model-len": "Use the field maxModelTokens.",
  "--tensor-parallel-size": "Use the field gpuCount.",
  "-tp": "Use the field gpuCount.",
  "--gpu-memory-utilization": "The plan's memory figures rest on 0.90.",
  "--kv-cache-dtype": "Use the field kvCacheDtype.",
  "--served-model-name": "The model keeps its own name, which readiness looks for.",
  "--middleware": "The pod's start script sets its own.",
};

/**
 * Fills in the defaults, and refuses what no pod can have.
 *
 * @throws InputError that names the field, and what it takes.
 */
export function checkRequest(request: PodPlanRequest): CheckedRequest {
  const checked: CheckedRequest = {
    ...request,
    gpus: request.gpus ?? ["NVIDIA A40"],
    gpuCount: request.gpuCount ?? 1,
    deadlineMinutes: request.deadlineMinutes ?? 60,
    cloud: request.cloud ?? "SECURE",
    kvCacheDtype: request.kvCacheDtype ?? "auto",
    extraArguments: request.extraArguments ?? [],
  };
  requireWhole("gpuCount", checked.gpuCount, { from: 1, to: 16, meaning: "GPUs of one machine" });
  requireWhole("deadlineMinutes", checked.deadlineMinutes, { from: 1, to: 10_080, meaning: "minutes" });
  if (request.maxModelTokens !== undefined) {
    requireWhole("maxModelTokens", request.maxModelTokens, { from: 1, to: 10_000_000, meaning: "tokens" });
  }
  if (request.containerDiskGb !== undefined) {
    requireWhole("containerDiskGb", request.containerDiskGb, { from: 1, to: 4_096, meaning: "GB" });
  }
  if (request.networkVolume !== undefined) {
    requireWhole("networkVolume.sizeGb", request.networkVolume.sizeGb, {
      from: 10,
      to: 4_096,
      meaning: "GB",
    });
  }
  requireChoice("cloud", checked.cloud, ["SECURE", "COMMUNITY"]);
  requireChoice("kvCacheDtype", checked.kvCacheDtype, ["auto", "fp8"]);
  if (checked.gpus.length === 0) {
    throw new InputError("planPod: gpus is empty.", {
      remedy: 'Name one at least, for example "NVIDIA A40".',
    });
  }
  if (request.minCudaVersion !== undefined && !/^\d+\.\d+$/.test(request.minCudaVersion)) {
    throw new InputError(`planPod: minCudaVersion is "${request.minCudaVersion}".`, {
      remedy: 'Give major and minor version, for example "13.0".',
    });
  }
  checkExtraArguments(checked.extraArguments);
  return checked;
}

function requireWhole(
  field: string,
  value: number,
  range: { from: number; to: number; meaning: string },
): void {
  if (Number.isInteger(value) && value >= range.from && value <= range.to) return;
  throw new InputError(`planPod: ${field} is ${value}.`, {
    remedy: `Give a whole number of ${range.meaning} from ${range.from} to ${range.to.toLocaleString("en-US")}.`,
  });
}

function requireChoice(field: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new InputError(`planPod: ${field} is "${value}".`, { remedy: `It takes ${choices.join(" or ")}.` });
}

function checkExtraArguments(given: readonly string[]): void {
  for (const argument of given) {
    const [flag = ""] = argument.trim().split(/[=\s]/);
    const instead = ownFlags[flag.startsWith("--") ? flag.replaceAll("_", "-") : flag];
    if (instead !== undefined) {
      // Without the value: it might be a key.
      throw new InputError(`planPod: extraArguments has ${flag}, which the plan sets itself.`, {
        remedy: instead,
      });
    }
  }
}
