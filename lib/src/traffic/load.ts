import type { Trace } from "./trace.ts";

/** What users ask of a model: how much, when, and how long the texts are; plain data. */
export interface Load {
  name: string;
  /** `described` by some numbers, or `recorded`: from a log. */
  kind: "described" | "recorded";
  /** A month is 730 hours. */
  requestsPerMonth: number;
  /** Means per request. */
  inputTokens: number;
  outputTokens: number;
  /** The part (0 to 1) of the input tokens that a prefix cache can hold. */
  cachedInputShare: number;
  /** 0: all lengths alike; 0.5: evenly between half and one and a half of the mean. Of a log: as widely spread, at most 1. */
  lengthSpread: number;
  /** 168 parts, from Monday, 0:00; the busiest is 1. */
  hours: readonly number[];
  requestsPerSecond: {
    mean: number;
    /** Mean of the busiest hour. */
    busiestHour: number;
    /** Of a log: of its busiest minute. Else: what `burstiness` makes of the busiest hour; chance comes on top. */
    busiestMinute: number;
  };
  /** One week of it, for `replayTrace`. */
  trace: Trace;
  /** The requests of `trace` as a part of those of a week: 1, or less where it was thinned; money by the token ÷ it is that of the load. */
  traceShare: number;
  /** What was assumed, one sentence each. */
  notes: readonly string[];
}
