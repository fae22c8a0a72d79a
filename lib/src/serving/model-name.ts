import { InputError } from "../errors.ts";

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
  });
}
