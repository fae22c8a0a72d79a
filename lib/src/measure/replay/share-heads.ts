import { wholeBlocks } from "../prefix-cache.ts";
import { type PromptKey, writePrompt } from "../prepare-requests.ts";

/** The beginning that a prompt has in common with an earlier one; `null`: with none. */
export interface SharedHead {
  from: number | null;
  tokens: number;
}

type Lengths = { inputTokens: number; cachedInputTokens: number };

/**
 * Chooses for each prompt an earlier one to begin like, so that a prefix cache holds of it what the log says was cached.
 *
 * It is the latest that is at least that long, else the longest; then the prompt goes on with words of its own. So a cache that
 * forgets nothing holds exactly that many tokens of it, less what is no whole block. Which requests of the log truly began alike is not kept.
 */
export function shareHeads(requests: readonly Lengths[]): SharedHead[] {
  // From the longest to the latest: each is longer than all after it.
  const candidates: number[] = [];
  const lengthOf = (index: number | undefined) =>
    index === undefined ? 0 : (requests[index]?.inputTokens ?? 0);
  return requests.map(({ inputTokens, cachedInputTokens }, index) => {
    const from = candidates.findLast((one) => lengthOf(one) >= cachedInputTokens) ?? candidates[0] ?? null;
    const tokens = from === null ? 0 : Math.min(cachedInputTokens, lengthOf(from));
    while (candidates.length > 0 && lengthOf(candidates.at(-1)) <= inputTokens) candidates.pop();
    candidates.push(index);
    return tokens === 0 ? { from: null, tokens } : { from, tokens };
  });
}

/** Writes a prompt of so many words, with the head that it shares. */
export function writeSharedPrompt(
  prompts: { heads: readonly SharedHead[]; toWords: (tokens: number) => number; seed: number },
  index: number,
  wordCount: number,
): string {
  const { heads, toWords, seed } = prompts;
  const parts: string[] = [];
  let words = wordCount;
  for (let place: number | null = index; place !== null && words > 0; ) {
    const { from, tokens }: SharedHead = heads[place] ?? { from: null, tokens: 0 };
    const shared = from === null ? 0 : Math.min(words, toWords(tokens));
    const key: PromptKey = { seed, phase: "replay", index: place };
    if (words > shared) parts.push(writePrompt(key, words - shared));
    words = shared;
    place = from;
  }
  return parts.reverse().join(" ");
}

/** The part of all input tokens that a prefix cache could hold by construction; `null`: no prompt shares anything. */
export function expectedHitShare(requests: readonly Lengths[], blockTokens: number): number | null {
  let [hits, input] = [0, 0];
  for (const one of requests) {
    hits += wholeBlocks(one, blockTokens);
    input += one.inputTokens;
  }
  return hits === 0 ? null : hits / input;
}
