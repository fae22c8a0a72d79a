import { appendFileSync } from "node:fs";
import { stateFileMode } from "../files/index.ts";
import type { Flight } from "./flight.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import type { RequestRecord } from "./request-record.ts";
import type { Load } from "./run-load.ts";

/** Hands the raw records over, where they were asked for. */
export function keepRecords(
  loads: readonly Load[],
  { streams, repeatsBefore = 0 }: { streams: number; repeatsBefore?: number },
  plan: MeasurePlan,
): void {
  if (plan.onRecord === undefined && plan.recordsFile === undefined) return;
  const records = loads.flatMap(({ flights, startedAt }, index) =>
    flights.map((flight) => ({ streams, repeat: repeatsBefore + index + 1, ...toRecord(flight, startedAt) })),
  );
  handOverRecords(records, plan);
}

/** Calls back with each record, and adds them to a file as JSON lines. */
export function handOverRecords<Kept extends RequestRecord>(
  records: readonly Kept[],
  options: {
    onRecord?: ((record: Kept) => void) | undefined;
    recordsFile?: string | undefined;
  },
): void {
  const { onRecord, recordsFile } = options;
  if (onRecord !== undefined) for (const record of records) onRecord(record);
  if (recordsFile !== undefined && records.length > 0) {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    appendFileSync(recordsFile, lines.join(""), { mode: stateFileMode });
  }
}

/** What became of a request, with times from the start of its load. */
export function toRecord(flight: Flight, startedAt: number): RequestRecord {
  const { index, error, status, inputTokens, outputTokens, tokensAtFirstText, chunks, finishReason } = flight;
  const { conversation, turn, cachedInputTokens } = flight;
  const after = (at: number | null) => (at === null ? null : at - startedAt);
  return {
    index,
    outcome: flight.outcome === "running" ? "cancelled" : flight.outcome,
    error,
    status,
    scheduledAtMs: flight.scheduledAt - startedAt,
    sentAtMs: flight.sentAt - startedAt,
    firstByteAtMs: after(flight.firstByteAt),
    firstTokenAtMs: after(flight.firstTokenAt),
    lastTokenAtMs: after(flight.lastTokenAt),
    endedAtMs: flight.endedAt - startedAt,
    inputTokens,
    outputTokens,
    tokensAtFirstText,
    chunks,
    finishReason,
    conversation,
    turn,
    cachedInputTokens,
  };
}
