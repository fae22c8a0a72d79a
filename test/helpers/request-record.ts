import type { RequestRecord } from "../../lib/src/measure/index.ts";

/** A request of a load that was answered within a second, 10 ms after the one before it; changed as told. */
export function makeRecord(index: number, parts: Partial<RequestRecord> = {}): RequestRecord {
  return {
    index,
    conversation: index,
    turn: 1,
    cachedInputTokens: null,
    outcome: "completed",
    error: null,
    status: 200,
    scheduledAtMs: index * 10,
    sentAtMs: index * 10,
    firstByteAtMs: index * 10 + 50,
    firstTokenAtMs: index * 10 + 60,
    lastTokenAtMs: index * 10 + 900,
    endedAtMs: index * 10 + 901,
    inputTokens: 128,
    outputTokens: 64,
    tokensAtFirstText: 1,
    chunks: 64,
    finishReason: "length",
    ...parts,
  };
}
