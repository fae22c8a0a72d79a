/** One request of a measurement, whatever became of it; times are milliseconds after the start of its load. */
export interface RequestRecord {
  /** Number of the request within its level. */
  index: number;
  outcome: "completed" | "failed" | "cancelled";
  /** The server's own words, or the network's; `null` where all went well. */
  error: string | null;
  status: number | null;
  scheduledAtMs: number;
  sentAtMs: number;
  firstByteAtMs: number | null;
  firstTokenAtMs: number | null;
  lastTokenAtMs: number | null;
  endedAtMs: number;
  inputTokens: number | null;
  outputTokens: number | null;
  /** Tokens that had been generated when the first text came; 1 where the server sends no running counts. */
  tokensAtFirstText: number;
  /** Chunks with text, reasoning or tool arguments. */
  chunks: number;
  finishReason: string | null;
  /** Number of its conversation within its level and repeat; without conversations that of the request. */
  conversation: number;
  /** Counted from 1. */
  turn: number;
  /** Prompt tokens that the server says it found in its cache; `null` where it does not say. */
  cachedInputTokens: number | null;
}
