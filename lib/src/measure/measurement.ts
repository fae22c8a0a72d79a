import { z } from "zod";
import { peerToPeer } from "../facts/index.ts";
import { conversationsSchema } from "./conversation-figures.ts";
import { evidenceSchema } from "./evidence.ts";
import { judgeAnswers } from "./judge-answers.ts";
import { amount, count, statisticsSchema } from "./measured-number.ts";
import { goodputSchema, targetSearchSchema } from "./target-search.ts";

/** The form of a measurement's JSON; a file of another version is not read. */
export const measurementVersion = 1;

const meanTimeSchema = z.object({ sumSeconds: amount, count });

/** vLLM's counters at one moment, or what they gained between two; what a server does not have is `null`. */
const serverCountersSchema = z.object({
  generationTokens: amount,
  promptTokens: amount,
  /** Prompt tokens that were truly computed, not found in the cache. */
  promptTokensComputed: amount.nullable(),
  prefixCacheQueryTokens: amount.nullable(),
  prefixCacheHitTokens: amount.nullable(),
  /** Tokens of a block of the cache, which is held as a whole or not at all; no counter, but its setting. */
  cacheBlockTokens: amount.nullable().default(null),
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

/** A level as it is written down, before its answers are judged again. */
export const levelFields = z.object({
  /** The requests in flight that were aimed at; with Poisson arrivals the most that are let in. */
  streams: z.int().min(1),
  /** `failed`: no token was counted, or more than a tenth of the requests failed or had an empty answer. */
  verdict: z.enum(["valid", "client-bound", "failed"]),
  /** Why the verdict is not `valid`; empty where it is. */
  reason: z.string(),
  /** What a reader must know about these figures, as sentences. */
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
  /** How many requests kept to the measurement's latency target; `null` where it had none. */
  goodput: goodputSchema.nullable().default(null),
  /** `null` where each request is a conversation of its own and shares nothing with others. */
  conversations: conversationsSchema.nullable().default(null),
  /** One entry per repeat; times are `null` in measurements of before they were noted. */
  repeats: z.array(
    z.object({
      inputTokensPerSecond: amount.nullable(),
      outputTokensPerSecond: amount.nullable(),
      firstTokenP50Ms: amount.nullable().default(null),
      firstTokenP95Ms: amount.nullable().default(null),
      perTokenP50Ms: amount.nullable().default(null),
    }),
  ),
});

// A file may be of a version that took answers without a token for valid ones.
const levelSchema = levelFields.transform((level): z.output<typeof levelFields> => {
  const answers = judgeAnswers(level);
  return answers.areEvidence || level.verdict === "failed"
    ? level
    : { ...level, verdict: "failed", reason: answers.words };
});

export const workloadSchema = z.object({
  mode: z.enum(["capacity", "natural"]),
  /** What was asked for, where it is not what was done. */
  askedMode: z.enum(["capacity", "natural"]),
  arrivals: z.union([z.literal("closed"), z.object({ requestsPerSecond: z.number().positive() })]),
  promptTokens: z.int().min(1),
  /** Where prompt lengths come from: the server's tokenizer, its usage, or an estimate. */
  promptLengthFrom: z.enum(["tokenize", "usage", "estimate"]),
  outputTokens: z.int().min(1),
  /** Of each conversation; measurements of before there were any have one. */
  turns: z.int().min(1).default(1),
  /** Of the system prompt that all conversations begin with. */
  sharedPromptTokens: count.default(0),
  /** Mean pause between an answer and the next turn. */
  thinkSeconds: amount.default(0),
  streams: z.array(z.int().min(1)),
  requestsPerStream: z.int().nullable(),
  secondsPerLevel: z.number().nullable(),
  rampMs: z.number().nullable(),
  warmUp: z.boolean(),
  seed: z.number(),
  repeats: z.int().min(1),
  /** Further fields of each request's body. */
  request: z.record(z.string(), z.unknown()),
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
    .object({
      name: z.string(),
      count: z.int().min(1),
      usdPerHour: z.number().min(0).nullable(),
      /** Whether the cards reach each other's memory; measurements of one card, and of before it was noted, do not say. */
      peerToPeer: peerToPeer.optional(),
    })
    .nullable(),
  model: z.string(),
  /** What answered, with its version. */
  server: z.string(),
  /** The same in short; `null` in measurements of before it was noted. */
  engine: z.string().nullable().default(null),
  host: z.string(),
  maxModelTokens: z.int().nullable(),
  workload: workloadSchema,
  /** `maxMinutes` is `null` in measurements of before it was noted. */
  budget: z.object({
    maxTokens: z.number().nullable(),
    usedTokens: count,
    maxMinutes: z.number().nullable().default(null),
  }),
  levels: z.array(levelSchema),
  /** The levels for which the time did not suffice, each with the reason; the server did not fail at them. */
  leftOut: z.array(z.object({ streams: z.int().min(1), reason: z.string() })).default([]),
  /** The level beyond which more streams bring little; `null` where it was not reached. */
  knee: z.object({ streams: z.int(), reason: z.string() }).nullable(),
  /** What a `latencyTarget` led to; `null` where none was given. */
  targetSearch: targetSearchSchema.nullable().default(null),
  /** Why the ladder ended. */
  stopped: z.object({
    because: z.enum(["ladder-done", "knee", "errors", "budget", "time", "interrupted"]),
    words: z.string(),
  }),
  notes: z.array(z.string()),
  /** What each figure means, in words. */
  formulas: z.record(z.string(), z.string()),
  /** On what it was measured, as far as somebody knows; `null` in measurements of before it was noted. */
  evidence: evidenceSchema.nullable().default(null),
});

/** vLLM's counters, or their gain; see `readServerCounters`. */
export type ServerCounters = z.output<typeof serverCountersSchema>;

/** What was measured at one number of streams. */
export type Level = z.output<typeof levelSchema>;

/** A whole measurement: what was done, to what, and what came out; plain JSON. */
export type Measurement = z.output<typeof measurementSchema>;

/** For example `128 tokens in and 64 out`, or `200 tokens shared, 3 turns of 128 tokens in and 64 out`. */
export function describeLengths(
  workload: Pick<Measurement["workload"], "promptTokens" | "outputTokens" | "turns" | "sharedPromptTokens">,
): string {
  const { promptTokens, outputTokens, turns, sharedPromptTokens } = workload;
  const shared = sharedPromptTokens === 0 ? "" : `${sharedPromptTokens} tokens shared, `;
  return `${shared}${turns === 1 ? "" : `${turns} turns of `}${promptTokens} tokens in and ${outputTokens} out`;
}

/** For example `1 stream` or `8 streams`. */
export function countStreams(streams: number): string {
  return `${streams} ${streams === 1 ? "stream" : "streams"}`;
}

/** For example `1 request` or `8 requests`. */
export function countRequests(requests: number): string {
  return `${requests} ${requests === 1 ? "request" : "requests"}`;
}
