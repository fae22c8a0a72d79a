import { z } from "zod";
import type { Latency } from "../cost/index.ts";
import { count, share } from "./measured-number.ts";

export const latencySchema: z.ZodType<Latency> = z.object({
  timeToFirstTokenMs: z.number().positive().nullable(),
  timePerOutputTokenMs: z.number().positive().nullable(),
  percentile: z.number().positive().max(100),
});

/** How many requests of a level kept to a latency target. */
export const goodputSchema = z.object({
  /** Those that could be judged: an answer without token counts cannot, nor one that was cut off here while it was in time. */
  requests: count,
  /** The others. */
  unjudged: count,
  /** They kept to each limit of the target; one that failed, or had an empty answer, did not. */
  kept: count,
  share,
  /** Wilson, 95 %. */
  interval: z.object({ low: share, high: share }),
  /** Of those that kept to it, over the whole run. */
  requestsPerSecond: z.number().min(0),
});

const boundSchema = z.object({ streams: z.int().min(1), share, low: share, high: share });

/** How many streams keep to a latency target. */
export const targetSearchSchema = z.object({
  target: latencySchema,
  /** The most streams of which the interval says that they keep to the target; `null`: it says so of none. */
  most: boundSchema.nullable(),
  /** The fewest of which it says that they miss it; `null`: it says so of none, and `most` is a lower bound. */
  firstBad: boundSchema.nullable(),
  /** Whether the edge is known: both lie beside each other, or within a sixteenth, or 1 stream misses the target already. */
  resolved: z.boolean(),
  /** The whole in a sentence or a few. */
  words: z.string(),
});

/** How many streams keep to a latency target; shares are from 0 to 1. */
export type TargetSearch = z.output<typeof targetSearchSchema>;
