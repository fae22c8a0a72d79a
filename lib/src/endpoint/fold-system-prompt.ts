import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";

/**
 * Moves the system prompt into the first user message, for models whose template has no system role.
 *
 * Gemma 2 and the first Mistral models are such. Several system messages in a row become one, with blank lines
 * between. Messages without a system prompt, or with parts other than text, are returned as they are.
 */
export function foldSystemPrompt(
  messages: readonly ChatCompletionMessageParam[],
): ChatCompletionMessageParam[] {
  const [user, ...rest] = messages.slice(countSystemMessages(messages));
  const system = messages.slice(0, countSystemMessages(messages)).map(({ content }) => content);
  if (system.length === 0 || !system.every((content) => typeof content === "string")) return [...messages];
  const prompt = system.join("\n\n");
  if (user === undefined) return [{ role: "user", content: prompt }];
  if (user.role !== "user" || typeof user.content !== "string") return [...messages];
  return [{ ...user, content: `${prompt}\n\n${user.content}` }, ...rest];
}

/** Says whether folding changes anything: whether a system prompt comes first, and can be moved. */
export function canFoldSystemPrompt(messages: readonly ChatCompletionMessageParam[]): boolean {
  return countSystemMessages(messages) > 0 && countSystemMessages(foldSystemPrompt(messages)) === 0;
}

/** Counts the messages at the beginning that are instructions; `developer` is OpenAI's newer word for `system`. */
export function countSystemMessages(messages: readonly ChatCompletionMessageParam[]): number {
  const first = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  return first < 0 ? messages.length : first;
}
