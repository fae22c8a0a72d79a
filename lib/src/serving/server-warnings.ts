import {
  hoursPerMonth,
  listCaches,
  loadStoragePrices,
  type ModelShape,
  type ShapeDoubt,
} from "../facts/index.ts";
import type { Adapter } from "./adapters.ts";
import { namesOf } from "./choose-gpus.ts";
import type { Placement } from "./place-model.ts";

/** A whole sentence, and whether it applies. */
export type Warning = readonly [applies: boolean, sentence: string];

/** Returns the sentences that apply. */
export function selectWarnings(warnings: readonly Warning[]): string[] {
  return warnings.flatMap(([applies, sentence]) => (applies ? [sentence] : []));
}

/** Lists what somebody should know of a server, whatever it is rented as: whole sentences, what may fail first. */
export function listServerWarnings(findings: {
  model: ModelShape;
  placement: Placement;
  gpuCount: number;
  kvCacheDtype: "auto" | "fp8";
  adapters: readonly Adapter[];
}): string[] {
  const { model, placement, gpuCount, kvCacheDtype, adapters } = findings;
  const { gpus, memory, fitsOneGpu } = placement;
  const isSmallCache =
    memory.kvCacheTokens < 16_384 && listCaches(model).every(({ windowTokens }) => windowTokens === null);
  const estimated = namesOf(gpus.filter((gpu) => gpu.memoryEstimated));
  const withoutFp8 = namesOf(gpus.filter((gpu) => gpu.facts?.fp8 === false));
  // Compute capability 10: vLLM 0.33.0, `model_executor/kernels/linear/nvfp4` (Marlin below it).
  const withoutFp4 = namesOf(gpus.filter((gpu) => (gpu.facts?.computeCapability ?? 10) < 10));
  const doubts = (model.doubts ?? []).map((doubt): Warning => [true, sayDoubt(model.id, doubt)]);
  const isSplitForNothing = gpuCount > 1 && fitsOneGpu;
  return selectWarnings([
    ...doubts,
    [
      isSmallCache,
      `Only about ${inWords(memory.kvCacheTokens)} tokens of KV cache are left beside the weights: enough to try the model, ` +
        "too few to serve several people. A second GPU, or a smaller checkpoint, gives it room.",
    ],
    [
      !isSmallCache && memory.sequencesAtMaxModelTokens < 2,
      `Only one conversation of full length (${placement.maxModelTokens.toLocaleString("en-US")} tokens) fits the KV cache ` +
        "at a time; shorter ones share it.",
    ],
    [
      model.gated === "manual" || model.gated === "automatic",
      `${model.id} is gated: its licence must be accepted, and HF_TOKEN set, before vLLM starts. ` +
        `checkModelAccess("${model.id}") says whether it is.`,
    ],
    [
      model.gated === "unknown",
      `Whether ${model.id} is gated is not in the table: checkModelAccess("${model.id}") asks for it.`,
    ],
    [
      model.chatTemplate === false,
      `${model.id} is a base checkpoint without a chat template: chat requests will be refused with 400.`,
    ],
    [
      kvCacheDtype === "fp8",
      "An FP8 cache holds twice the tokens at some loss of quality, which nobody has measured for this model here.",
    ],
    [
      estimated !== "",
      `The usable memory is estimated at 93 % of the nominal size, because nobody has published the real one: ${estimated}.`,
    ],
    [
      withoutFp8 !== "" && model.precision === "fp8",
      `These cards do not compute in FP8 (${withoutFp8}): vLLM unpacks FP8 weights as it reads them. That saves memory, and ` +
        "time where reading the weights is the limit (few streams), but none where the arithmetic is (long prompts, many streams).",
    ],
    [
      withoutFp4 !== "" && model.precision === "nvfp4",
      `Only Blackwell computes in FP4: on ${withoutFp4} vLLM computes in 16 bits from such weights, which saves memory, and ` +
        "time where reading them is the bound.",
    ],
    [
      withoutFp8 !== "" && (kvCacheDtype === "fp8" || model.fp8Cache === true),
      `vLLM may refuse an FP8 cache on cards that do not compute in FP8 (${withoutFp8}).`,
    ],
    ...warnOfAdapters(model, adapters),
    [
      isSplitForNothing,
      `One GPU would hold the model: ${gpuCount} pods of one GPU each usually serve more than one pod of ` +
        `${gpuCount}, for the same price.`,
    ],
    [
      !isSplitForNothing && gpuCount > 2 && gpus.some((gpu) => gpu.facts?.nvlink === false),
      "More than two cards without NVLink talk over PCIe, where vLLM turns its fast all-reduce off: " +
        "measure before you count on the throughput.",
    ],
  ]);
}

function warnOfAdapters(model: ModelShape, adapters: readonly Adapter[]): Warning[] {
  if (adapters.length === 0) return [];
  const isQuantised = model.precision !== "bf16";
  const isRough = (model.latentDimension ?? null) !== null || (model.stateMb ?? null) !== null;
  return [
    [
      isQuantised,
      `The weights of ${model.id} are ${model.precision}: beside them an adapter that was trained on other weights answers a little differently. Compare its answers.`,
    ],
    [
      isQuantised && (model.experts ?? null) !== null,
      `Which of vLLM's kernels for ${model.precision} experts take adapters depends on the card: vLLM's log says which it uses.`,
    ],
    [
      isRough,
      `How much memory adapters take beside ${model.id} is known only roughly, because its attention is not of the usual form.`,
    ],
  ];
}

function sayDoubt(id: string, doubt: ShapeDoubt): string {
  return {
    "state-estimated": `${id} has layers without a KV cache whose state its config.json does not give: it is estimated.`,
    "cache-estimated": `How the layers of ${id} keep their cache is known only roughly: vLLM's log says what it uses.`,
    "type-defaults": `The config.json of ${id} leaves fields out: they are taken as models of its type have them.`,
    "context-assumed": `The config.json of ${id} gives no longest context: 2,048 tokens are assumed, as vLLM does.`,
    "own-code":
      `${id} brings code of its own (auto_map in its config.json): where vLLM does not know its type, it starts only with ` +
      'extraArguments: ["--trust-remote-code"], which runs that code on the pod. Read it first.',
  }[doubt];
}

/** What to know of the prices of a plan: how old they are, and which are not known. */
export function warnOfPrices(
  priced: readonly { name: string; usdPerHour: number | null; priceObserved: string | null }[],
  { createdBy, listedBy }: { createdBy: string; listedBy: string },
): Warning[] {
  const [oldest] = priced.flatMap(({ priceObserved }) => priceObserved ?? []).toSorted();
  const unknown = priced.filter(({ usdPerHour }) => usdPerHour === null).map(({ name }) => name);
  return [
    [
      oldest !== undefined,
      `Prices are published ones, the oldest of ${oldest}; ${createdBy} compares the live price with your ceiling.`,
    ],
    [
      unknown.length > 0,
      `No price is known for ${unknown.join(", ")}, so the plan cannot say what it costs: ` +
        `give offers: await ${listedBy}().`,
    ],
  ];
}

function inWords(tokens: number): string {
  return tokens < 1_000 ? String(tokens) : (Math.floor(tokens / 100) * 100).toLocaleString("en-US");
}

/**
 * Computes what a pod costs by the hour and until its deadline, in USD from list prices; `null` without a price.
 *
 * GPU price × count + disk, all of it × time. A network volume goes on costing money after the pod.
 */
export function computePodCost(input: {
  /** For one card. */
  usdPerGpuHour: number | null;
  gpuCount: number;
  containerDiskGb: number;
  networkVolumeGb?: number | null;
  deadlineMinutes: number;
}): { usdPerHour: number | null; worstCaseUsd: number | null } {
  if (input.usdPerGpuHour === null) return { usdPerHour: null, worstCaseUsd: null };
  const usdPerHour = input.usdPerGpuHour * input.gpuCount + storageUsdPerHour(input);
  return { usdPerHour, worstCaseUsd: (usdPerHour * input.deadlineMinutes) / 60 };
}

/** Computes what a pod's disks cost while it runs, in USD per hour. */
export function storageUsdPerHour(disks: {
  containerDiskGb: number;
  networkVolumeGb?: number | null;
}): number {
  const diskUsdPerMonth = disks.containerDiskGb * loadStoragePrices().containerDiskUsdPerGbMonth;
  return (diskUsdPerMonth + networkVolumeUsdPerMonth(disks.networkVolumeGb ?? 0)) / hoursPerMonth;
}

/** Computes what a network volume costs by the month, with or without a pod, in USD. */
export function networkVolumeUsdPerMonth(sizeGb: number): number {
  const prices = loadStoragePrices();
  const dearGb = Math.min(sizeGb, prices.networkVolumeFirstGb);
  const cheapGb = sizeGb - dearGb;
  return dearGb * prices.networkVolumeUsdPerGbMonth + cheapGb * prices.networkVolumeBeyondUsdPerGbMonth;
}

/** Writes dollars for people, with what they are for; "not known" for `null`. */
export function sayUsd(usd: number | null, what: string): string {
  return usd === null ? "not known" : `$${usd.toFixed(2)} ${what}`;
}
