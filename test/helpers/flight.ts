import type { Flight } from "../../lib/src/measure/flight.ts";

/** A request that is complete, of which no chunk was counted yet unless told otherwise; it was sent at 0. */
export function makeFlight(parts: Partial<Flight> = {}): Flight {
  const { sentAt = 0 } = parts;
  return {
    index: 0,
    conversation: 0,
    turn: 1,
    repeatedTokens: 0,
    scheduledAt: sentAt,
    sentAt,
    firstByteAt: null,
    firstTokenAt: null,
    lastTokenAt: null,
    lastEventAt: 0,
    endedAt: 0,
    outcome: "completed",
    error: null,
    failure: null,
    isStreamed: true,
    status: 200,
    body: null,
    finishReason: "length",
    finishedAt: 0,
    inputTokens: 10,
    cachedInputTokens: null,
    outputTokens: 0,
    hasRunningUsage: false,
    tokensAtFirstText: 1,
    chunks: 0,
    chunksInWindow: 0,
    tokensInWindow: 0,
    readingShareInWindow: 0,
    end() {},
    ...parts,
  };
}
