import type { Flight } from "./flight.ts";

// A server may hold a connection open though it has said that the answer is over.
const lingerMs = 1_000;
// After the finish reason the counts come, and usually at once.
const countsMs = 5_000;

/** Gives a request up that has begun, and of which nothing has come for too long. */
export function endIfStalled(flight: Flight, now: number, stallMs: number): void {
  const isWanted = flight.outcome === "running" && flight.finishedAt === null;
  const quietSince = isWanted ? flight.lastEventAt : (flight.finishedAt ?? flight.endedAt);
  const patienceMs = isWanted ? stallMs : flight.outcome === "running" ? countsMs : lingerMs;
  if (flight.firstByteAt === null || now - quietSince <= patienceMs) return;
  flight.end("failed", `nothing more came for ${stallMs / 1_000} s in the middle of the answer`);
}

/** What a request has used, or where nobody said so, all that was set aside for it. */
export function usedTokens(flight: Flight, reservedTokens: number): number {
  if (flight.status !== null && flight.status !== 200) return 0;
  if (flight.inputTokens === null || flight.outputTokens === null) return reservedTokens;
  // A server without running counts says nothing of an answer that was cut off.
  if (flight.outcome !== "completed" && !flight.hasRunningUsage) return reservedTokens;
  return flight.inputTokens + flight.outputTokens;
}
