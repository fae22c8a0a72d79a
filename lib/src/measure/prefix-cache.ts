import type { ServerCounters } from "./measurement.ts";

/** The size of the blocks of a prefix cache, as its counters name it; else vLLM's on a GPU. */
export function blockTokensOf(server: ServerCounters | null | undefined): number {
  return server?.cacheBlockTokens ?? 16;
}

/** What of a prompt a prefix cache holds: whole blocks, and never its last token. */
export function wholeBlocks(
  prompt: { inputTokens: number; cachedInputTokens: number },
  blockTokens: number,
): number {
  const { inputTokens, cachedInputTokens } = prompt;
  return Math.floor(Math.min(cachedInputTokens, Math.max(0, inputTokens - 1)) / blockTokens) * blockTokens;
}

/** Hits by queries of a server's counters; one without a prefix cache counts no queries, though it has had prompts. */
export function serverHitShareOf(server: ServerCounters | null): number | null {
  const { prefixCacheQueryTokens: queries = null, prefixCacheHitTokens: hits = null } = server ?? {};
  if (server === null || queries === null || hits === null || server.promptTokens === 0) return null;
  return queries === 0 ? 0 : Math.min(1, hits / queries);
}

/** How many tokens two prompts begin with alike; `null` where the server does not say which they are. */
export function countCommon(
  one: readonly number[] | undefined,
  other: readonly number[] | undefined,
): number | null {
  if (!one?.length || !other?.length) return null;
  const place = one.findIndex((token, index) => token !== other[index]);
  return place < 0 ? one.length : place;
}
