import type { Fields } from "./row-fields.ts";

// More would not fit into one set.
const mostBlocks = 10_000_000;

/**
 * Counts how much of each prompt an earlier one of the file begins with, where rows name their blocks: Mooncake's `hash_ids` stand for
 * 512 tokens each, those of Bailian's traces (which have a `chat_id`) for 16.
 *
 * That is what a cache would hold which forgets nothing and serves all requests: an upper bound.
 * https://github.com/kvcache-ai/Mooncake and https://github.com/alibaba-edu/qwen-bailian-usagetraces-anon
 */
export function countSharedBlocks(): {
  /** Tokens at the beginning of the prompt that an earlier row has too. */
  add(fields: Fields, inputTokens: number): number;
  /** Whether any row named its blocks, and not too many. */
  isKnown(): boolean;
} {
  const seen = new Set<unknown>();
  return {
    add(fields, inputTokens) {
      const { hash_ids: blocks } = fields;
      if (!Array.isArray(blocks) || seen.size > mostBlocks) return 0;
      const ids: unknown[] = blocks;
      const fresh = ids.findIndex((id) => !seen.has(id));
      for (const id of ids) seen.add(id);
      const shared = fresh === -1 ? ids.length : fresh;
      return Math.min(inputTokens, shared * ("chat_id" in fields ? 16 : 512));
    },
    isKnown: () => seen.size > 0 && seen.size <= mostBlocks,
  };
}
