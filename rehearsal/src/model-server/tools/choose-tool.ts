import type { ChatMessage } from "../engine.ts";
import type { Tool, ToolUse } from "./read-tools.ts";

/**
 * Chooses the tool that an answer calls; `null` where it is an answer in words.
 *
 * A model of this size cannot choose, so a rule does: the tool whose name and description share the most words with the
 * question, those of its name counted twice. With "auto" one word must be shared, and a question that a tool has just answered calls none.
 */
export function chooseTool({ tools, choice }: ToolUse, messages: readonly ChatMessage[]): Tool | null {
  if (choice === "none") return null;
  if (typeof choice === "object") return tools.find(({ name }) => name === choice.name) ?? null;
  const last = messages.at(-1);
  const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const asked = wordsOf(question);
  const count = (text: string) => [...wordsOf(text)].filter((word) => asked.has(word)).length;
  const shared = ({ name, description }: Tool) => 2 * count(name) + count(description);
  const [best] = tools.toSorted((one, other) => shared(other) - shared(one));
  if (best === undefined || choice === "required") return best ?? null;
  return last?.role === "tool" || shared(best) === 0 ? null : best;
}

/** The words of at least four letters: shorter ones are in every sentence. */
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []);
}
