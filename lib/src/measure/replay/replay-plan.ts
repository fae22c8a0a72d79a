import { z } from "zod";
import type { Endpoint } from "../../endpoint/index.ts";
import { checkTrace, type Trace } from "../../traffic/index.ts";
import { chooseSeedAndBudget, optionsSchema, refuseOptions } from "../measure-plan.ts";
import { mostConnections } from "../transport/load-transport.ts";
import type { TraceRecord } from "./trace-run.ts";

const replaySchema = optionsSchema
  .pick({
    headers: true,
    workers: true,
    signal: true,
    onProgress: true,
    recordsFile: true,
    maxTokens: true,
    write: true,
    maxMinutes: true,
    stallSeconds: true,
    request: true,
    seed: true,
  })
  .extend({
    speed: z.number().positive().default(1),
    fromSeconds: z.number().min(0).default(0),
    streams: z.int().min(1).max(mostConnections).default(256),
    onRecord: z.custom<(record: TraceRecord) => void>((value) => typeof value === "function").optional(),
  });

/**
 * What of a trace to send, and how.
 *
 * - `speed` (1): 4 sends an hour of the log in a quarter of an hour; `fromSeconds` (0): where in the log to begin.
 * - `maxTokens`: the most that the whole call may use, prompts and answers together; 50,000 for `given`.
 * - `maxMinutes` (30) for the whole call. Both choose the part of the log that is sent, and hold whatever happens.
 * - `streams` (256): the most requests in flight; what comes beyond them waits, and is counted.
 * - `seed` (drawn anew): the words of the prompts; the same seed sends the same prompts, which a cache may know.
 * - `stallSeconds` (120), `request`, `headers`, `workers`, `signal`, `onProgress`, `recordsFile`, `onRecord`, `write`: as
 *   `measureThroughput` has them.
 */
export type ReplayOptions = z.input<typeof replaySchema>;

/** Options with every default filled in. */
export type ReplayPlan = ReturnType<typeof planReplay>;

/** Checks trace and options, and fills in the defaults; throws an InputError that names what is wrong. */
export function planReplay(endpoint: Pick<Endpoint, "origin">, trace: Trace, options: ReplayOptions) {
  checkTrace(trace, "replayTraceOn");
  const parsed = replaySchema.safeParse(options);
  if (!parsed.success) {
    throw refuseOptions(parsed.error, options, "replayTraceOn", Object.keys(replaySchema.shape));
  }
  return { ...parsed.data, ...chooseSeedAndBudget(endpoint, parsed.data) };
}
