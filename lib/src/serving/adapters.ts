import { InputError } from "../errors.ts";
import type { ModelShape } from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import type { Caller } from "./caller.ts";

/** A fine-tuned model as a LoRA adapter, served beside the model that it was trained on. */
export interface Adapter {
  /** What requests name as their `model`: letters, digits, `.`, `_`, `-` and `/`. */
  name: string;
  /** Owner and name on Hugging Face. */
  repository: string;
  /** `r` in its `adapter_config.json`, and the largest of its `rank_pattern`; 512 at most. */
  rank: number;
  /** Whether the repository is private or gated, so that the machine needs a Hugging Face token. Default `false`. */
  needsToken?: boolean;
}

/** Room that a server keeps for adapters on its GPUs, whether they are used or not. */
export interface AdapterRoom {
  /** How many adapters can answer at the same time: all that are planned. */
  slots: number;
  /** The rank of every slot. */
  rank: number;
}

/** What `--max-lora-rank` takes. Source: vLLM 0.32.0 and 0.33.0, `vllm/config/lora.py` (`MaxLoRARanks`). */
const takenRanks = [8, 16, 32, 64, 128, 256, 320, 512];
/** More would be far beyond any published use. */
const mostAdapters = 64;

/** Computes the room that adapters take: a slot for each, all of the largest rank among them, rounded up as vLLM takes it. */
export function findAdapterRoom(adapters: readonly Adapter[]): AdapterRoom {
  return { slots: adapters.length, rank: roundRank(Math.max(0, ...adapters.map(({ rank }) => rank))) };
}

/** Rounds a rank up to one that `--max-lora-rank` takes. */
export function roundRank(rank: number): number {
  return takenRanks.find((taken) => taken >= rank) ?? rank;
}

/** Makes the flags of `vllm serve` for adapters; none without any. */
export function makeAdapterArguments(adapters: readonly Adapter[]): string[] {
  if (adapters.length === 0) return [];
  const { slots, rank } = findAdapterRoom(adapters);
  return [
    "--enable-lora",
    ...["--max-loras", String(slots), "--max-lora-rank", String(rank)],
    ...["--lora-modules", ...adapters.map(({ name, repository }) => `${name}=${repository}`)],
  ];
}

/**
 * Computes what the room for adapters takes on each GPU, in bytes.
 *
 * vLLM makes the matrices of all slots when it starts, for every linear layer, at the largest rank and with 16 bits a
 * number: A from the layer's input, B to its output. Of split layers B's rows are split where the output is (queries, keys,
 * values, gate, up) and A's columns where the input is (the attention's output, down); the rest is on every GPU, and so are
 * the two for embedding and output head, which only some classes have: where they are missing this is a little too much.
 * Source: vLLM 0.32.0, `vllm/lora/layers/base_linear.py`, `column_parallel_linear.py`, `fused_moe.py`, `logits_processor.py`.
 */
export function adapterBytesPerGpu(
  model: ModelShape,
  gpuCount: number,
  { slots, rank }: AdapterRoom,
): number {
  if (slots === 0) return 0;
  const { layers, attentionHeads, kvHeads, headDimension, vocabularySize = 0, hiddenSize = 0 } = model;
  const { experts, expertSize, feedForwardSize } = model;
  const queries = (attentionHeads * headDimension) / gpuCount;
  const keys = Math.max(1, kvHeads / gpuCount) * headDimension;
  const attention = 3 * hiddenSize + queries + 2 * keys + (queries + hiddenSize);
  const feedForward = (width: number) => (width === 0 ? 0 : 3 * hiddenSize + (3 * width) / gpuCount);
  const router = experts ? hiddenSize + experts : 0;
  const ofExperts = (experts ?? 0) * feedForward(expertSize ?? 0);
  const layer = attention + feedForward(feedForwardSize ?? 0) + ofExperts + router;
  return 2 * slots * rank * (layers * layer + 2 * (hiddenSize + vocabularySize));
}

/** Finds why nothing can be served or computed of adapters beside a model, in whole sentences; `null`: they can. */
export function findAdapterRefusal(model: ModelShape): { text: string; remedy: string } | null {
  // Source: vLLM 0.32.0, `models/kimi_k25.py`, whose class is none of those with `SupportsLoRA`.
  if (/^moonshotai\/Kimi-K2\.\d/i.test(model.id)) {
    const remedy = "Serve the fine-tuned weights as a whole checkpoint, or take another model.";
    return { text: `vLLM serves no adapters beside ${model.id}.`, remedy };
  }
  const { hiddenSize, feedForwardSize, experts, expertSize } = model;
  if (hiddenSize && (feedForwardSize || (experts && expertSize))) return null;
  return {
    text: `The shape of ${model.id} says too little to compute the memory of adapters.`,
    remedy:
      "Add hiddenSize, vocabularySize and feedForwardSize of its config.json (with experts also experts and expertSize), " +
      "or take the shape from fetchModelShape(id).",
  };
}

/**
 * Checks what somebody gave as adapters.
 *
 * @throws InputError that names the adapter and the field.
 */
export function checkAdapters(adapters: readonly Adapter[], model: ModelShape, caller: Caller): void {
  requireNumber(caller.name, { "adapters.length": adapters.length }, { to: mostAdapters });
  const refusal = adapters.length === 0 ? null : findAdapterRefusal(model);
  if (refusal !== null) {
    const { text, remedy } = refusal;
    throw new InputError(`${caller.name}: ${text}`, { remedy, field: "adapters" });
  }
  const taken = new Set([model.id.toLowerCase()]);
  for (const [place, { name, repository, rank }] of adapters.entries()) {
    const field = `adapters[${place}]`;
    const refuse = (part: string, text: string, remedy: string) =>
      new InputError(`${caller.name}: ${field}.${part} ${text}.`, { remedy, field: `${field}.${part}` });
    requireNumber(caller.name, { [`${field}.rank`]: rank }, { whole: true, from: 1, to: 512 });
    if (typeof name !== "string" || !/^\w[\w./-]{0,99}$/.test(name)) {
      const remedy = "Take letters, digits, . _ - and /, 100 at most: no blank, no comma, no equals sign.";
      throw refuse("name", `is ${JSON.stringify(name)}, which vLLM's --lora-modules cannot take`, remedy);
    }
    if (typeof repository !== "string" || !/^\w[\w.-]{0,99}\/\w[\w.-]{0,99}$/.test(repository)) {
      const remedy = "Give owner and name on Hugging Face, for example somebody/llama-3.1-8b-sql-lora.";
      throw refuse(
        "repository",
        `is ${JSON.stringify(repository)}, which is no name on Hugging Face`,
        remedy,
      );
    }
    if (taken.has(name.toLowerCase())) {
      const owner = name.toLowerCase() === model.id.toLowerCase() ? "the model's own name" : "there twice";
      throw refuse("name", `is ${JSON.stringify(name)}, which is ${owner}`, "Give each a name of its own.");
    }
    taken.add(name.toLowerCase());
  }
}
