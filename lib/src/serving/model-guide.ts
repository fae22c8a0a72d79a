import { InputError } from "../errors.ts";
import { findGpu, loadGpus, loadModels, type Model } from "../facts/index.ts";
import { findSmallestMachine } from "./choose-context.ts";
import { type ChosenGpu, chooseGpus } from "./choose-gpus.ts";
import { suggestDiskGb } from "./plan-server.ts";
import { computePodCost } from "./server-warnings.ts";
import { listToolFlags } from "./tool-parser.ts";

/** One model that is worth serving: what it is, what it takes, and in what it differs from others. */
export type GuidedModel = ReturnType<typeof modelGuide>[number];

/**
 * Lists the models that the workbook knows, with their quirks and with the cards that they need.
 *
 * Facts are published ones; cards, context and price are what `planPod` computes for the smallest machine of one,
 * two, four or eight cards that holds the model and 8,192 tokens (or its whole context, where that is shorter).
 *
 * @throws InputError where nobody knows the kind of card.
 */
export function modelGuide(
  options: {
    /** Default: the A40. */
    gpu?: string;
    /** Also those made smaller by quantisation, and base checkpoints, which cannot chat. Default `false`. */
    everything?: boolean;
  } = {},
) {
  const { gpu = "NVIDIA A40", everything = false } = options;
  const known = findGpu(gpu, loadGpus());
  if (known === null) {
    throw new InputError(`modelGuide: gpu is "${gpu}", which the workbook does not know.`, {
      remedy:
        "Give Runpod's id or the short name, such as NVIDIA A40 or A40; listGpus() shows what there is.",
      field: "gpu",
    });
  }
  const caller = { name: "modelGuide", gpus: "gpu", gpuCount: "gpuCount" };
  const [chosen] = chooseGpus({ gpus: [known.id], cloud: "SECURE", caller });
  const models = loadModels().filter((model) => everything || (model.chatTemplate && model.baseId === null));
  return models.map((model) => {
    const machine = findMachine(model, chosen);
    return {
      model: model.id,
      family: model.family,
      parametersBillion: model.parametersBillion,
      precision: model.precision,
      gated: model.gated,
      /** The fewest cards of the kind asked for that hold it; `null` where eight do not. */
      gpuCount: machine?.gpuCount ?? null,
      /** The longest conversation on them, prompt and answer together. */
      maxModelTokens: machine?.maxModelTokens ?? null,
      /** The cards and their storage, by published prices. */
      usdPerHour: machine?.usdPerHour ?? null,
      /** What `vllm serve` needs on these cards, beside the model. */
      vllmFlags: listFlags(model, machine).join(" "),
      /** What is different from other models when one chats with it; empty where nothing is. */
      quirks: listQuirks(model).join("; "),
      /** What vLLM takes where a request names none; `vLLM's own` where the model says nothing, empty where not known. */
      samplingDefaults: describeSampling(model),
      note: [model.advice, model.note].filter((text) => text !== "").join(". "),
      /** The day on which the facts were last compared with their sources. */
      observed: model.observed,
      sources: model.sources,
    };
  });
}

function findMachine(model: Model, gpu: ChosenGpu | undefined) {
  const machine = gpu && findSmallestMachine(model, gpu);
  if (!machine) return null;
  const rented = { ...machine, containerDiskGb: suggestDiskGb(model.downloadGb), deadlineMinutes: 60 };
  return { ...machine, usdPerHour: computePodCost({ ...rented, usdPerGpuHour: gpu.usdPerHour }).usdPerHour };
}

function listFlags(model: Model, machine: ReturnType<typeof findMachine>): string[] {
  const { gpuCount = 1, maxModelTokens = model.contextTokens } = machine ?? {};
  return [
    ...(gpuCount > 1 ? ["--tensor-parallel-size", String(gpuCount)] : []),
    ...(maxModelTokens < model.contextTokens ? ["--max-model-len", String(maxModelTokens)] : []),
    ...model.vllmArguments,
    ...listToolFlags(model),
  ];
}

function listQuirks({ chatTemplate, systemPrompt, reasoning }: Model): string[] {
  return [
    ...(chatTemplate ? [] : ["no chat template: it cannot chat"]),
    ...(systemPrompt === "rejected" ? ["takes no system prompt"] : []),
    ...(systemPrompt === "folded" ? ["puts the system prompt into the first question itself"] : []),
    ...(reasoning === "always" ? ["thinks before it answers"] : []),
    ...(reasoning === "switchable" ? ["thinks unless the request switches it off"] : []),
    ...(reasoning === "on-request" ? ["thinks only where the request asks for it"] : []),
  ];
}

function describeSampling({ samplingDefaults }: Model): string {
  if (samplingDefaults === null) return "";
  const named = Object.entries(samplingDefaults).map(([name, value]) => `${name} ${value}`);
  return named.length === 0 ? "vLLM's own" : named.join(", ");
}
