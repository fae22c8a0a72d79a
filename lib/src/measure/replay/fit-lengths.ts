import { tokenizePrompt } from "../../endpoint/index.ts";
import { countCommon } from "../prefix-cache.ts";
import { type Preparation, writePrompt } from "../prepare-requests.ts";
import type { RequestShape } from "../request-shape.ts";

const fewestWords = 4;
const longWords = 1_000;
// Of the chat template's tokens those after the message: the end of a turn and the name of the next one, in most templates.
const usualTailTokens = 5;

/** How many words make a prompt, or the head of one, of so many tokens, template included. */
export type ToWords = (tokens: number) => number;

/**
 * Finds how many words make a prompt of any length: from the length that requests were fitted to, and a long one that the server counts.
 *
 * Without `/tokenize` each further word counts as one token, or as the fitted prompt has them where that is far from one. What
 * of the template stands before the words belongs to a shared head: it is what two prompts with other words have in common.
 */
export async function fitLengths(
  preparation: Preparation,
  shape: RequestShape,
): Promise<{ toWords: ToWords; headWords: ToWords }> {
  const { promptTokens: tokens } = preparation.plan;
  const { promptWords: words, promptLengthFrom } = shape;
  const isCounted = promptLengthFrom === "tokenize";
  const long = isCounted ? await tokenizeWords(preparation, "long fit", longWords) : null;
  const other = long === null ? null : await tokenizeWords(preparation, "other fit", words);
  const isSplit = tokens - words > words / 2;
  const perWord = long !== null ? (long.count - tokens) / (longWords - words) : isSplit ? tokens / words : 1;
  const added = tokens - words * perWord;
  const head = countCommon(long?.tokens, other?.tokens) ?? Math.max(0, added - usualTailTokens);
  return {
    toWords: (wanted) => Math.max(fewestWords, Math.round((wanted - added) / perWord)),
    headWords: (wanted) => Math.max(0, Math.round((wanted - head) / perWord)),
  };
}

async function tokenizeWords({ endpoint, plan, signal }: Preparation, phase: string, words: number) {
  const content = writePrompt({ seed: plan.seed, phase, index: 0 }, words);
  const options = { signal, timeoutMs: 10_000, headers: plan.headers };
  return tokenizePrompt(endpoint, { messages: [{ role: "user", content }] }, options).catch(() => null);
}
