import { z } from "zod";
import { amount, count, share, statisticsSchema } from "./measured-number.ts";

/** Completed requests of one kind: first turns (cold), or later ones (warm). */
const turnsSchema = z.object({
  requests: count,
  /** Of their prompts, by the server's usage. */
  inputTokens: count,
  /** Which part of these tokens a prefix cache could hold by construction; `null` without token counts. */
  expectedHitShare: share.nullable(),
  /** Prompt tokens, cached or not, per second of reading (see `formulas`); `null` where nothing was counted. */
  tokensPerSecond: amount.nullable(),
  timeToFirstTokenMs: statisticsSchema,
});

/** What the conversations of a level came to: first turns, whose prompts are new, beside later ones. */
export const conversationsSchema = z.object({
  /** Turns of each conversation that was asked for; one whose turn fails, or that fills the context, has fewer. */
  turns: z.int().min(1),
  /** Conversations that began. */
  conversations: count,
  /** What a prefix cache could hold by construction, in whole blocks as its counters name them, else of 16 tokens; `null` without token counts. */
  expectedHitShare: share.nullable(),
  /** Hits by queries of the server's own counters; `null` where it has none. */
  serverHitShare: share.nullable(),
  /** The same by the usage of its answers, as far as these say it; `null` where none does. */
  usageHitShare: share.nullable().default(null),
  /** First turns. Where a prompt is shared, its tokens are in the cache already, from the warm-up. */
  cold: turnsSchema,
  /** Later turns. */
  warm: turnsSchema,
});
