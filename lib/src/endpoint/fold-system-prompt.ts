import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";

/**
 * Moves the system prompt into the first user message, for models whose template has no system role.
 *
 * Gemma 2 and the first Mistral models are such. Messages without a system prompt, or with parts other than text, are
 * returned as they are.
 */
export function foldSystemPrompt(
  messages: readonly ChatCompletionMessageParam[],
): ChatCompletionMessageParam[] {
  const [system, user, ...rest] = messages;
  if (system?.role !== "system" || typeof system.content !== "string") return [...messages];
  if (user === undefined) return [{ role: "user", content: system.content }];
  if (user.role !== "user" || typeof user.content !== "string") return [...messages];
  return [{ ...user, content: `${system.content}\n\n${user.content}` }, ...rest];
}
