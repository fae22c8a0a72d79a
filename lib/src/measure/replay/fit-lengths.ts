import { countPromptTokens } from "../../endpoint/index.ts";
import { type Preparation, writePrompt } from "../prepare-requests.ts";
import type { RequestShape } from "../request-shape.ts";

const fewestWords = 4;
const longWords = 1_000;
// Of the chat template's tokens those after the message: the end of a turn and the name of the next one, in most templates.
const tailTokens = 5;

/** How many words make a prompt, or the head of one, of so many tokens, template included. */
export type ToWords = (tokens: number) => number;

/**
 * Finds how many words make a prompt of any length: from the length that requests were fitted to, and a long one that the server counts.
 *
 * Without `/tokenize` each further word counts as one token, or as the fitted prompt has them where that is far from one.
 */
export async function fitLengths(
  { endpoint, plan, signal }: Preparation,
  shape: RequestShape,
): Promise<{ toWords: ToWords; headWords: ToWords }> {
  const { promptTokens: tokens } = plan;
  const { promptWords: words } = shape;
  const content = writePrompt({ seed: plan.seed, phase: "long fit", index: 0 }, longWords);
  const counted =
    shape.promptLengthFrom !== "tokenize"
      ? null
      : await countPromptTokens(
          endpoint,
          { messages: [{ role: "user", content }] },
          { signal, timeoutMs: 10_000, headers: plan.headers },
        ).catch(() => null);
  const isSplit = tokens - words > words / 2;
  const perWord = counted !== null ? (counted - tokens) / (longWords - words) : isSplit ? tokens / words : 1;
  const added = tokens - words * perWord;
  const head = Math.max(0, added - tailTokens);
  return {
    toWords: (wanted) => Math.max(fewestWords, Math.round((wanted - added) / perWord)),
    headWords: (wanted) => Math.max(0, Math.round((wanted - head) / perWord)),
  };
}
