import { createHash } from "node:crypto";
import { cacheBlockTokens, mostCachedTokens, wholeBlocks } from "./cache-blocks.ts";

/** Which blocks of tokens a prefix cache holds. */
export interface PrefixIndex {
  /** How many tokens at the head of a prompt are held: whole blocks, never the very last token. */
  find(space: string, promptTokens: readonly number[]): number;
  /** Takes all whole blocks of these tokens, in place of those that were not used for longest. */
  add(space: string, tokens: readonly number[]): void;
}

/**
 * Creates an index of bounded size over blocks of tokens, each known by its own tokens and all that stand before it.
 *
 * Prompts of different spaces share nothing.
 */
export function createPrefixIndex(capacityTokens: number): PrefixIndex {
  const mostBlocks = Math.max(1, Math.floor(capacityTokens / cacheBlockTokens));
  // The one used last stands last.
  const blocks = new Set<string>();
  return {
    find(space, promptTokens) {
      const names = nameBlocks(space, promptTokens.slice(0, mostCachedTokens(promptTokens.length)));
      const unknown = names.findIndex((name) => !blocks.has(name));
      return (unknown < 0 ? names.length : unknown) * cacheBlockTokens;
    },
    add(space, tokens) {
      // The head is used last: without it the blocks behind it are of no use.
      for (const name of nameBlocks(space, tokens).reverse()) {
        blocks.delete(name);
        blocks.add(name);
      }
      for (const oldest of blocks) {
        if (blocks.size <= mostBlocks) break;
        blocks.delete(oldest);
      }
    },
  };
}

function nameBlocks(space: string, tokens: readonly number[]): string[] {
  const names: string[] = [];
  let before = space;
  for (let start = 0; start < wholeBlocks(tokens.length); start += cacheBlockTokens) {
    const block = tokens.slice(start, start + cacheBlockTokens);
    before = createHash("sha1")
      .update(`${before} ${block.join(" ")}`)
      .digest("base64");
    names.push(before);
  }
  return names;
}
