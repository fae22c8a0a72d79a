import { InputError } from "../errors.ts";
import type { LayerCache } from "./layer-caches.ts";
import type { Model, Precision } from "./models.ts";

/** What planning needs to know of a checkpoint: how much memory it takes, and how it can be split. */
export interface ModelShape
  extends Pick<Model, "id" | "layers" | "attentionHeads" | "kvHeads" | "headDimension" | "contextTokens">,
    Pick<Model, "windowTokens" | "windowedLayers" | "latentDimension" | "weightsGb" | "downloadGb" | "gated">,
    Pick<Model, "vllmArguments">,
    Partial<Pick<Model, "cacheLayers" | "windowedKvHeads" | "windowedHeadDimension" | "stateMb">>,
    Partial<Pick<Model, "sparseAttention" | "expertSize" | "feedForwardSize" | "quantisationBlock">> {
  precision: Precision | "unknown";
  /** Whether the checkpoint can chat; `null` where that is not known. */
  chatTemplate: boolean | null;
  /** What the layers keep, kind by kind, where the fields above cannot say it: then it stands in their place. */
  caches?: readonly LayerCache[];
  /** What is not known of it, so that its memory is computed roughly. */
  doubts?: readonly ShapeDoubt[];
}

/**
 * What a shape leaves open: the state of layers without a cache, or what the layers keep, is known roughly; a field was
 * missing and has the value that its type of model has; the longest context was not said.
 */
export type ShapeDoubt = "state-estimated" | "cache-estimated" | "type-defaults" | "context-assumed";

/**
 * Checks that a text can be a model's name on Hugging Face, before it becomes part of an address or of an argument.
 *
 * @throws InputError that names the caller and the text.
 */
export function requireModelName(id: string, caller: string): void {
  const part = /^[A-Za-z0-9_][\w.-]*$/;
  const parts = id.split("/");
  if (parts.length === 2 && parts.every((name) => part.test(name))) return;
  throw new InputError(`${caller}: model is "${id}", which is not a name on Hugging Face.`, {
    remedy: "Give owner and name, for example meta-llama/Llama-3.1-8B-Instruct.",
    field: "model",
  });
}
