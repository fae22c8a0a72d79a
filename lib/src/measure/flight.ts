import type { WireChunk, WireFailure } from "../endpoint/index.ts";

/** What the wire reader says of an answer, and beside it: no answer of status 2xx, no connection, no further event. */
export type FlightFailure = WireFailure | "refused" | "no-connection" | "stalled";

/** One request while it runs and after; all times are `performance.now()`. */
export interface Flight {
  readonly index: number;
  /** Without conversations the number of the request. */
  readonly conversation: number;
  /** Counted from 1. */
  readonly turn: number;
  /** From the beginning of its prompt so many tokens were sent or written before; `null`: not known. */
  readonly repeatedTokens: number | null;
  readonly scheduledAt: number;
  sentAt: number;
  firstByteAt: number | null;
  firstTokenAt: number | null;
  lastTokenAt: number | null;
  /** When the head of the answer came, then its latest event; comments do not count. */
  lastEventAt: number;
  endedAt: number;
  outcome: "running" | "completed" | "failed" | "cancelled";
  error: string | null;
  /** Why it failed, in one word; `null` where it did not. */
  failure: FlightFailure | null;
  /** `false`: the answer came as one JSON object, so its first and its last token have one time. */
  isStreamed: boolean;
  status: number | null;
  /** The beginning of an answer that is no stream, as the server wrote it. */
  body: string | null;
  finishReason: string | null;
  finishedAt: number | null;
  inputTokens: number | null;
  /** Of these those that the server says it found in its cache. */
  cachedInputTokens: number | null;
  /** As the server last reported; while it runs only where chunks carry running counts. */
  outputTokens: number | null;
  hasRunningUsage: boolean;
  tokensAtFirstText: number;
  chunks: number;
  /** What was made while the steady window was open: chunks with text, tokens by the running count, of the reading a part. */
  chunksInWindow: number;
  tokensInWindow: number;
  readingShareInWindow: number;
  /** Ends it from this side, as cancelled or with an error of our own; what has come to its finish reason is complete. */
  end(outcome: "failed" | "cancelled", error: string): void;
}

/** What a load wants to know of its requests while they run; called on the hot path. */
export interface FlightObserver {
  /** The server's running count rose by so many tokens, which were made between two moments. */
  tokens(flight: Flight, made: { count: number; fromAt: number; toAt: number }): void;
  /** A chunk with text came, made between two moments; `gapMs` since the one before, `null` for the first. */
  chunk(flight: Flight, made: { gapMs: number | null; fromAt: number; toAt: number }): void;
  /** What the answer says, for whoever wants its words. */
  said?(flight: Flight, chunk: WireChunk): void;
  /** A read from the socket held at least one chunk with text. */
  read(): void;
  /** It is over, and its connection is free again. */
  ended(flight: Flight): void;
}
