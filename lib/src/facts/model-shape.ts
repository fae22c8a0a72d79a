import { InputError } from "../errors.ts";
import type { Model, Precision } from "./models.ts";

/** What planning needs to know of a checkpoint: how much memory it takes, and how it can be split. */
export interface ModelShape
  extends Pick<Model, "id" | "layers" | "attentionHeads" | "kvHeads" | "headDimension" | "contextTokens">,
    Pick<Model, "windowTokens" | "windowedLayers" | "weightsGb" | "downloadGb" | "gated" | "vllmArguments"> {
  /** With latent attention (DeepSeek's MLA): numbers that each layer keeps for a token, on every GPU; else `null`. */
  latentDimension: number | null;
  precision: Precision | "unknown";
  /** Whether the checkpoint can chat; `null` where that is not known. */
  chatTemplate: boolean | null;
}

/** Returns the shape of a checkpoint of the table. */
export function toModelShape(model: Model): ModelShape {
  return { ...model, latentDimension: null };
}

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
