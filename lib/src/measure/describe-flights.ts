import { createNumberList, summarize } from "../statistics.ts";
import type { LevelResult, RequestRecord } from "./measurement.ts";
import type { Flight } from "./stream-request.ts";

const mostErrorKinds = 20;

/** Turns a request into its record; times count from the start of the load. */
export function toRecord(flight: Flight, startedAt: number): RequestRecord {
  const after = (at: number | null) => (at === null ? null : at - startedAt);
  return {
    index: flight.index,
    outcome: flight.outcome === "running" ? "cancelled" : flight.outcome,
    error: flight.error,
    status: flight.status,
    scheduledAtMs: flight.scheduledAt - startedAt,
    sentAtMs: flight.sentAt - startedAt,
    firstByteAtMs: after(flight.firstByteAt),
    firstTokenAtMs: after(flight.firstTokenAt),
    lastTokenAtMs: after(flight.lastTokenAt),
    endedAtMs: flight.endedAt - startedAt,
    inputTokens: flight.inputTokens,
    outputTokens: flight.outputTokens,
    tokensAtFirstText: flight.tokensAtFirstText,
    chunks: flight.chunks,
    finishReason: flight.finishReason,
  };
}

/** Counts what became of requests; failures by their words. */
export function countOutcomes(flights: readonly Flight[]): LevelResult["requests"] {
  const requests: LevelResult["requests"] = {
    completed: 0,
    failed: 0,
    cancelled: 0,
    errors: {},
    finishReasons: {},
  };
  for (const { outcome, error, finishReason } of flights) {
    if (outcome === "completed") {
      requests.completed++;
      increase(requests.finishReasons, finishReason ?? "none given");
    } else if (outcome === "failed") {
      requests.failed++;
      const isKnown = (error ?? "") in requests.errors;
      const isFull = Object.keys(requests.errors).length >= mostErrorKinds;
      increase(requests.errors, isKnown || !isFull ? (error ?? "unknown") : "others");
    } else requests.cancelled++;
  }
  return requests;
}

function increase(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** The times and sizes of completed requests; those of others would spoil them. */
export function summarizeFlights(
  flights: readonly Flight[],
  options: { isClosed: boolean },
): Pick<
  LevelResult,
  | "timeToFirstTokenMs"
  | "timePerOutputTokenMs"
  | "requestMs"
  | "inputTokensPerRequest"
  | "outputTokensPerRequest"
> {
  const lists = {
    timeToFirstTokenMs: createNumberList(),
    timePerOutputTokenMs: createNumberList(),
    requestMs: createNumberList(),
    inputTokensPerRequest: createNumberList(),
    outputTokensPerRequest: createNumberList(),
  };
  for (const flight of flights) {
    if (flight.outcome !== "completed") continue;
    const { firstTokenAt, lastTokenAt, inputTokens, outputTokens } = flight;
    // With arrivals of their own, requests that this side sent late have waited all the same.
    const beganAt = options.isClosed ? flight.sentAt : flight.scheduledAt;
    lists.requestMs.push(flight.endedAt - beganAt);
    if (inputTokens !== null) lists.inputTokensPerRequest.push(inputTokens);
    if (outputTokens !== null) lists.outputTokensPerRequest.push(outputTokens);
    if (firstTokenAt === null || lastTokenAt === null) continue;
    lists.timeToFirstTokenMs.push(firstTokenAt - beganAt);
    const laterTokens = (outputTokens ?? 0) - flight.tokensAtFirstText;
    if (laterTokens > 0 && flight.chunks > 1) {
      lists.timePerOutputTokenMs.push((lastTokenAt - firstTokenAt) / laterTokens);
    }
  }
  return {
    timeToFirstTokenMs: summarize(lists.timeToFirstTokenMs.values()),
    timePerOutputTokenMs: summarize(lists.timePerOutputTokenMs.values()),
    requestMs: summarize(lists.requestMs.values()),
    inputTokensPerRequest: summarize(lists.inputTokensPerRequest.values()),
    outputTokensPerRequest: summarize(lists.outputTokensPerRequest.values()),
  };
}

/** All tokens that arrived, of whatever outcome; `null` where an answer with text came without counts. */
export function sumTokens(flights: readonly Flight[]): { input: number | null; output: number | null } {
  let input: number | null = 0;
  let output: number | null = 0;
  for (const flight of flights) {
    if (flight.chunks === 0 && flight.outputTokens === null) continue;
    input = addKnown(input, flight.inputTokens);
    output = addKnown(output, flight.outputTokens);
  }
  return { input, output };
}

/** Adds what is known; one unknown makes the sum unknown. */
export function addKnown(sum: number | null, value: number | null): number | null {
  return sum === null || value === null ? null : sum + value;
}
