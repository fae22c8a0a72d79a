import type { ChosenGpu } from "./choose-gpus.ts";
import { compareVersions } from "./compare-versions.ts";
import type { ModelShape } from "./model-shape.ts";
import type { Placement } from "./place-model.ts";
import type { CheckedRequest } from "./plan-request.ts";
import { networkVolumeUsdPerMonth } from "./server-cost.ts";

/** What a plan knows when it looks back on itself. */
interface ServerFindings {
  request: CheckedRequest;
  model: ModelShape;
  placement: Placement;
}

interface PodFindings extends Omit<ServerFindings, "model"> {
  minCudaVersion: string | null;
}

/** Lists what somebody should know of a server, whatever it is rented as: whole sentences, what may fail first. */
export function listServerWarnings(findings: ServerFindings): string[] {
  return [...warnOfMemory(findings), ...warnOfModel(findings), ...warnOfGpus(findings)];
}

/** Lists what somebody should know before they rent a pod for it. */
export function listPodWarnings(findings: PodFindings): string[] {
  return [...warnOfStock(findings), ...warnOfMoney(findings)];
}

function warnOfMemory({ placement, model }: ServerFindings): string[] {
  const { memory, maxModelTokens } = placement;
  const warnings: string[] = [];
  if (memory.kvCacheTokens < 16_384 && model.windowTokens === null) {
    warnings.push(
      `Only about ${inWords(memory.kvCacheTokens)} tokens of KV cache are left beside the weights: enough to try the model, ` +
        "too few to serve several people. A second GPU, or a smaller checkpoint, gives it room.",
    );
  } else if (memory.sequencesAtMaxModelTokens < 2) {
    warnings.push(
      `Only one conversation of full length (${maxModelTokens.toLocaleString("en-US")} tokens) fits the KV cache at a time; ` +
        "shorter ones share it.",
    );
  }
  return warnings;
}

function warnOfModel({ model, request }: ServerFindings): string[] {
  const warnings: string[] = [];
  if (model.gated === "manual" || model.gated === "automatic") {
    warnings.push(
      `${model.id} is gated: its licence must be accepted, and HF_TOKEN set, before vLLM starts. ` +
        `checkModelAccess("${model.id}") says whether it is.`,
    );
  }
  if (model.gated === "unknown") {
    warnings.push(
      `Whether ${model.id} is gated is not in the table: checkModelAccess("${model.id}") asks for it.`,
    );
  }
  if (model.chatTemplate === false) {
    warnings.push(
      `${model.id} is a base checkpoint without a chat template: chat requests will be refused with 400.`,
    );
  }
  if (request.kvCacheDtype === "fp8") {
    warnings.push(
      "An FP8 cache holds twice the tokens at some loss of quality, which nobody has measured for this model here.",
    );
  }
  return warnings;
}

function warnOfGpus({ placement, model, request }: ServerFindings): string[] {
  const { gpus, fitsOneGpu } = placement;
  const warnings: string[] = [];
  const named = (chosen: readonly ChosenGpu[]) => chosen.map((gpu) => gpu.displayName).join(", ");
  const estimated = gpus.filter((gpu) => gpu.memoryEstimated);
  if (estimated.length > 0) {
    warnings.push(
      `The usable memory is estimated at 93 % of the nominal size, for want of a published figure: ${named(estimated)}.`,
    );
  }
  const withoutFp8 = named(gpus.filter((gpu) => gpu.facts?.fp8 === false));
  if (withoutFp8 !== "" && model.precision === "fp8") {
    warnings.push(
      `FP8 weights save memory on cards that do not compute in FP8 (${withoutFp8}), but no time.`,
    );
  }
  if (withoutFp8 !== "" && request.kvCacheDtype === "fp8") {
    warnings.push(`vLLM may refuse an FP8 cache on cards that do not compute in FP8 (${withoutFp8}).`);
  }
  if (request.gpuCount > 1 && fitsOneGpu) {
    warnings.push(
      `One GPU would hold the model: ${request.gpuCount} pods of one GPU each usually serve more than one pod of ` +
        `${request.gpuCount}, for the same price.`,
    );
  } else if (request.gpuCount > 2 && gpus.some((gpu) => gpu.facts?.nvlink === false)) {
    warnings.push(
      "More than two cards without NVLink talk over PCIe, where vLLM turns its fast all-reduce off: " +
        "measure before you count on the throughput.",
    );
  }
  return warnings;
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
    const versions = offer.cudaVersions.split(", ").filter((version) => version !== "");
    const newest = versions.at(-1);
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

function inWords(tokens: number): string {
  return tokens < 1_000 ? String(tokens) : (Math.floor(tokens / 100) * 100).toLocaleString("en-US");
}
