import { z } from "zod";
import type { Statistics } from "../statistics.ts";

/** The form of a measurement's JSON; a file of another version is not read. */
export const measurementVersion = 1;

const count = z.int().min(0);
const amount = z.number().min(0);

const statisticsSchema: z.ZodType<Statistics> = z.object({
  count,
  mean: z.number().nullable(),
  min: z.number().nullable(),
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
});

const meanTimeSchema = z.object({ sumSeconds: amount, count });

/** vLLM's counters at one moment, or what they gained between two; what a server does not have is `null`. */
export const serverCountersSchema = z.object({
  generationTokens: amount,
  promptTokens: amount,
  /** Prompt tokens that were truly computed, not found in the cache. */
  promptTokensComputed: amount.nullable(),
  prefixCacheQueryTokens: amount.nullable(),
  prefixCacheHitTokens: amount.nullable(),
  preemptions: amount.nullable(),
  /** Requests that ended, by vLLM's reason: stop, length, abort, error. */
  finished: z.record(z.string(), amount),
  /** Gauges: their value at the later of the two moments. */
  runningRequests: amount.nullable(),
  waitingRequests: amount.nullable(),
  kvCacheUsage: amount.nullable(),
  /** Sum and count of vLLM's histograms: their quotient is the mean. */
  queueTime: meanTimeSchema.nullable(),
  prefillTime: meanTimeSchema.nullable(),
  decodeTime: meanTimeSchema.nullable(),
  timeToFirstToken: meanTimeSchema.nullable(),
  interTokenTime: meanTimeSchema.nullable(),
  timePerOutputToken: meanTimeSchema.nullable(),
  requestTime: meanTimeSchema.nullable(),
});

export const requestRecordSchema = z.object({
  /** Number of the request within its level. */
  index: count,
  outcome: z.enum(["completed", "failed", "cancelled"]),
  /** The server's own words, or the network's; `null` where all went well. */
  error: z.string().nullable(),
  status: z.int().nullable(),
  /** Times are milliseconds after the start of the level's load. */
  scheduledAtMs: z.number(),
  sentAtMs: z.number(),
  firstByteAtMs: z.number().nullable(),
  firstTokenAtMs: z.number().nullable(),
  lastTokenAtMs: z.number().nullable(),
  endedAtMs: z.number(),
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
  /** Tokens that had been generated when the first text came; 1 where the server sends no running counts. */
  tokensAtFirstText: count,
  /** Chunks with text, reasoning or tool arguments. */
  chunks: count,
  finishReason: z.string().nullable(),
});

const levelSchema = z.object({
  /** The requests in flight that were aimed at; with Poisson arrivals the most that are let in. */
  streams: z.int().min(1),
  verdict: z.enum(["valid", "client-bound", "failed"]),
  /** Why the verdict is not `valid`; empty where it is. */
  reason: z.string(),
  /** Whatever a reader must know about these figures, as sentences. */
  notes: z.array(z.string()),
  requests: z.object({
    completed: count,
    failed: count,
    cancelled: count,
    errors: z.record(z.string(), count),
    finishReasons: z.record(z.string(), count),
  }),
  /** Over the steady window; `null` where the server reported no token counts. */
  inputTokensPerSecond: amount.nullable(),
  outputTokensPerSecond: amount.nullable(),
  /** From the first request sent to the last one ended: ramp and tail are inside, as in `vllm bench serve`. */
  wholeRun: z.object({
    seconds: amount,
    inputTokensPerSecond: amount.nullable(),
    outputTokensPerSecond: amount.nullable(),
    requestsPerSecond: amount,
  }),
  /** In-flight = target: milliseconds after the start of the level's load; with repeats, their sum in `seconds`. */
  steadyWindow: z.object({ startMs: amount, endMs: amount, seconds: amount }),
  timeToFirstTokenMs: statisticsSchema,
  timePerOutputTokenMs: statisticsSchema,
  interChunkMs: statisticsSchema,
  requestMs: statisticsSchema,
  inputTokensPerRequest: statisticsSchema,
  outputTokensPerRequest: statisticsSchema,
  /** Mean number of requests in flight over the steady window. */
  achievedStreams: amount,
  maxStreams: count,
  client: z.object({
    /** Of one core. */
    cpuShare: amount,
    /** 99th percentile of the lateness of this process's event loop. */
    eventLoopDelayMs: amount,
    /** Share of the time in which the event loop was not waiting for work. */
    eventLoopUtilization: amount,
    /** Chunks with text per read from a socket; far above 1 means that reads came late. */
    eventsPerRead: amount,
    cpuMicrosecondsPerEvent: amount,
    memoryMb: amount,
    /** 95th percentile of how late requests were sent after their scheduled time. */
    dispatchDelayMs: amount,
  }),
  /** What vLLM's counters gained from before the first to after the last request of the level, warm-up left out. */
  server: serverCountersSchema.nullable(),
  /** All tokens that the client saw between those two readings, of whatever outcome; for the cross-check. */
  clientTokens: z.object({ input: count.nullable(), output: count.nullable() }),
  /** One entry per repeat. */
  repeats: z.array(
    z.object({ inputTokensPerSecond: amount.nullable(), outputTokensPerSecond: amount.nullable() }),
  ),
});

export const measurementSchema = z.object({
  version: z.literal(measurementVersion),
  /** `measured`; `simulated` where no model stands behind the tokens. */
  kind: z.enum(["measured", "simulated"]),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
  seconds: amount,
  origin: z.enum(["given", "pod", "serverless", "rehearsal"]),
  /** `null`: not known, and for a rehearsal always. */
  gpu: z
    .object({ name: z.string(), count: z.int().min(1), usdPerHour: z.number().min(0).nullable() })
    .nullable(),
  model: z.string(),
  /** What answered, with its version. */
  server: z.string(),
  host: z.string(),
  maxModelTokens: z.int().nullable(),
  workload: z.object({
    mode: z.enum(["capacity", "natural"]),
    /** What was asked for, where it is not what was done. */
    askedMode: z.enum(["capacity", "natural"]),
    arrivals: z.union([z.literal("closed"), z.object({ requestsPerSecond: z.number().positive() })]),
    promptTokens: z.int().min(1),
    /** Where prompt lengths come from: the server's tokenizer, its usage, or an estimate. */
    promptLengthFrom: z.enum(["tokenize", "usage", "estimate"]),
    outputTokens: z.int().min(1),
    streams: z.array(z.int().min(1)),
    requestsPerStream: z.int().nullable(),
    secondsPerLevel: z.number().nullable(),
    rampMs: z.number().nullable(),
    warmUp: z.boolean(),
    seed: z.number(),
    repeats: z.int().min(1),
    /** Further fields of each request's body. */
    request: z.record(z.string(), z.unknown()),
  }),
  budget: z.object({ maxTokens: z.number().nullable(), usedTokens: count }),
  levels: z.array(levelSchema),
  /** The level beyond which more streams bring little; `null` where it was not reached. */
  knee: z.object({ streams: z.int(), reason: z.string() }).nullable(),
  /** Why the ladder ended. */
  stopped: z.object({
    because: z.enum(["ladder-done", "knee", "errors", "budget", "time", "interrupted"]),
    words: z.string(),
  }),
  notes: z.array(z.string()),
  /** What each figure means, in words. */
  formulas: z.record(z.string(), z.string()),
});

/** vLLM's counters, or their gain; see `readServerCounters`. */
export type ServerCounters = z.output<typeof serverCountersSchema>;

/** One request of a measurement, whatever became of it. */
export type RequestRecord = z.output<typeof requestRecordSchema>;

/** What was measured at one number of streams. */
export type LevelResult = z.output<typeof levelSchema>;

/** A whole measurement: what was done, to what, and what came out; plain JSON. */
export type Measurement = z.output<typeof measurementSchema>;
