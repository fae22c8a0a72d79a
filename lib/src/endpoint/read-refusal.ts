import { APIError } from "openai";
import { type Refusal, readRefusalWords } from "./refused-field.ts";

/** Why a server refused a chat request, as far as something can be done about it here. */
export type RefusalReason = "system-prompt" | "no-chat-template" | "context-too-small";

/**
 * What servers say, in the words of their chat templates and of vLLM; each pattern was seen in the source named.
 *
 * A template that wants user and assistant in turns says so also where two questions follow each other: folding is
 * then tried in vain only where there is a system prompt at all.
 */
const wordings: readonly [pattern: RegExp, reason: RefusalReason][] = [
  // Gemma 1 and 2.
  [/system role (?:is )?not supported/i, "system-prompt"],
  // Mistral 7B 0.1 and 0.2, Mixtral; 0.3 and Nemo with "After the optional system message" in front.
  [/conversation roles must alternate/i, "system-prompt"],
  // Mistral templates of 2024, and Ministral 3 with "got system" behind.
  [/only user(?: and|,) assistant (?:and tool )?roles are supported/i, "system-prompt"],
  // mistral-common and some conversions of it.
  [/(?:unexpected|unsupported|unknown|invalid) role:? ["'`]?system/i, "system-prompt"],
  // vLLM 0.6 to 0.33, renderers/hf.py.
  [/default chat template is no longer allowed/i, "no-chat-template"],
  // transformers 4.44 and later.
  [/chat_template is not set|does not have a chat template|no chat template/i, "no-chat-template"],
  // vLLM, whatever the version.
  [/maximum context length|max_model_len|maximum model length/i, "context-too-small"],
  // llama.cpp.
  [/exceeds? (?:the )?available context size/i, "context-too-small"],
];

/** Whether a server refused these messages, and not its model, its key or its route; llama.cpp answers 500, others 422. */
export function isRefusal(error: unknown): error is APIError {
  return error instanceof APIError && isRefusalStatus(error.status);
}

/** Reads why a server refused a chat request; `null` where the reason is another one, or the error no refusal at all. */
export function readRefusal(error: unknown): RefusalReason | null {
  if (!isRefusal(error)) return null;
  return findReason(`${error.message} ${readRefusalWords(error.error)}`);
}

/** Whether a server refused a request because its chat template takes no system prompt. */
export function refusesSystemPrompt({ status, body }: Refusal): boolean {
  return isRefusalStatus(status) && findReason(readRefusalWords(body)) === "system-prompt";
}

function isRefusalStatus(status: number | null | undefined): boolean {
  return [400, 413, 422, 500].includes(status ?? 0);
}

function findReason(words: string): RefusalReason | null {
  return wordings.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** What the server answered, as far as the `openai` package keeps it. */
export function toRefusal(error: unknown): Refusal {
  if (!(error instanceof APIError)) return { status: null, body: null };
  return { status: error.status ?? null, body: error.error ?? error.message };
}
