import type { ModelShape } from "../facts/index.ts";
import type { ChosenGpu } from "./choose-gpus.ts";
import type { Placement } from "./place-model.ts";

/** What a plan knows of the server when it looks back on itself. */
interface ServerFindings {
  model: ModelShape;
  placement: Placement;
  gpuCount: number;
  kvCacheDtype: "auto" | "fp8";
}

/** Lists what somebody should know of a server, whatever it is rented as: whole sentences, what may fail first. */
export function listServerWarnings(findings: ServerFindings): string[] {
  return [...warnOfMemory(findings), ...warnOfModel(findings), ...warnOfGpus(findings)];
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

function warnOfModel({ model, kvCacheDtype }: ServerFindings): string[] {
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
  if (kvCacheDtype === "fp8") {
    warnings.push(
      "An FP8 cache holds twice the tokens at some loss of quality, which nobody has measured for this model here.",
    );
  }
  return warnings;
}

function warnOfGpus({ placement, model, gpuCount, kvCacheDtype }: ServerFindings): string[] {
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
  if (withoutFp8 !== "" && kvCacheDtype === "fp8") {
    warnings.push(`vLLM may refuse an FP8 cache on cards that do not compute in FP8 (${withoutFp8}).`);
  }
  if (gpuCount > 1 && fitsOneGpu) {
    warnings.push(
      `One GPU would hold the model: ${gpuCount} pods of one GPU each usually serve more than one pod of ` +
        `${gpuCount}, for the same price.`,
    );
  } else if (gpuCount > 2 && gpus.some((gpu) => gpu.facts?.nvlink === false)) {
    warnings.push(
      "More than two cards without NVLink talk over PCIe, where vLLM turns its fast all-reduce off: " +
        "measure before you count on the throughput.",
    );
  }
  return warnings;
}

function inWords(tokens: number): string {
  return tokens < 1_000 ? String(tokens) : (Math.floor(tokens / 100) * 100).toLocaleString("en-US");
}
