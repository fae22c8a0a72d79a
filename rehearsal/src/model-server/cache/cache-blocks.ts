/** A prefix cache holds whole blocks of so many tokens: vLLM's own size on a graphics card. */
export const cacheBlockTokens = 16;

/** How many of a prompt's tokens may come from the cache, at most: whole blocks, and never the last token. */
export function mostCachedTokens(promptTokens: number): number {
  return wholeBlocks(Math.max(0, promptTokens - 1));
}

/** The tokens of the whole blocks among so many. */
export function wholeBlocks(tokens: number): number {
  return tokens - (tokens % cacheBlockTokens);
}
