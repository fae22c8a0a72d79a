import { type JournalEntry, journalEntrySchema } from "./journal-entries.ts";
import { type EndpointRecord, emptyRecord, type PodRecord, type RentalRecord } from "./rental-records.ts";

/** A journal, read from its first line to its last. */
export interface JournalState {
  /** By stem, in the order in which they were rented. */
  pods: Map<string, PodRecord>;
  endpoints: Map<string, EndpointRecord>;
  /** The salted hash of the value that each secret was last given. */
  secrets: Map<string, { salt: string; fingerprint: string }>;
  /** The numbers of the lines that a crash or an accident spoilt; the first line is 1. */
  unreadableLines: number[];
}

/** The endpoints that are on record as made, or perhaps made, and not as deleted. */
export function openEndpointRecords(state: JournalState): EndpointRecord[] {
  return [...state.endpoints.values()].filter((record) => !record.isEnded);
}

/**
 * Reads a journal's text, line by line; a spoilt line still puts on record what it names.
 *
 * A journal that was copied along with its checkout tells of another workbook's rentals: with a `workbookId` only that
 * workbook's count.
 */
export function foldJournal(
  text: string,
  { workbookId }: { workbookId?: string | undefined } = {},
): JournalState {
  const state: JournalState = {
    pods: new Map(),
    endpoints: new Map(),
    secrets: new Map(),
    unreadableLines: [],
  };
  const isOwn = (stem: string) => workbookId === undefined || stem.startsWith(`workbook-${workbookId}-`);
  const lines = text.split("\n");
  // What follows the last line break is no line yet.
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    // Nothing was ever told between the line breaks of two that write at once; but a line that was lost looks the same.
    if (line === "") {
      doubtAll(state);
      continue;
    }
    const entry = parseLine(line);
    if (entry === null) {
      state.unreadableLines.push(index + 1);
      // A lost line break joins two lines, so there may be several.
      const named = [...line.matchAll(/workbook-[0-9a-f]{10}-(?:e-)?[0-9a-z]{6}/g)].map(([stem]) => stem);
      for (const stem of named.filter(isOwn)) rentalOf(state, stem).isDoubtful = true;
      if (named.length === 0) doubtAll(state);
    } else if (entry.kind === "secret") {
      state.secrets.set(entry.name, { salt: entry.salt, fingerprint: entry.fingerprint });
    } else if (isOwn(entry.stem)) {
      const isKnown = state.pods.has(entry.stem) || state.endpoints.has(entry.stem);
      applyEntry(state, entry);
      // Of what no line before it has told, the line may have another one's name.
      if (!isKnown && !entry.kind.endsWith("intent")) doubtAll(state);
    }
  }
  return state;
}

/** What a line told that names nothing, it may have told of any rental so far. */
function doubtAll(state: JournalState): void {
  for (const record of [...state.pods.values(), ...state.endpoints.values()]) record.isDoubtful = true;
}

/** Whether a stem is that of a serverless endpoint (`workbook-<id>-e-<draw>`), and not of a pod. */
export function isEndpointStem(stem: string): boolean {
  return /^workbook-[0-9a-f]{10}-e-/.test(stem);
}

/** The pods that are on record as rented, or perhaps rented, and not as ended. */
export function openRecords(state: JournalState): PodRecord[] {
  return [...state.pods.values()].filter((record) => !record.isEnded);
}

function parseLine(line: string): JournalEntry | null {
  try {
    return journalEntrySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function applyEntry(state: JournalState, entry: Exclude<JournalEntry, { kind: "secret" }>): void {
  switch (entry.kind) {
    case "intent": {
      const record = podOf(state, entry.stem);
      noteIntent(record, entry);
      record.gpuCount = entry.gpuCount;
      record.idleMinutes = entry.idleMinutes;
      record.maxUsdPerHour ??= entry.maxUsdPerHour ?? null;
      return;
    }
    case "created": {
      const record = podOf(state, entry.stem);
      record.podId = entry.podId;
      record.gpuTypeId = entry.gpuTypeId;
      record.usdPerHour = entry.usdPerHour;
      record.maxUsdPerHour = entry.maxUsdPerHour ?? entry.usdPerHour;
      record.hasStartScript = entry.hasStartScript;
      return;
    }
    case "linked":
      podOf(state, entry.stem).peerToPeer = entry.peerToPeer;
      return;
    case "endpoint-intent": {
      const record = endpointOf(state, entry.stem);
      noteIntent(record, entry);
      record.maxUsdPerHour = entry.maxUsdPerHour;
      return;
    }
    case "endpoint-created":
      endpointOf(state, entry.stem).endpointId = entry.endpointId;
      return;
    case "abandoned":
      rentalOf(state, entry.stem).isAbandoned = true;
      return;
    case "waiting":
      rentalOf(state, entry.stem).waiters.push(entry.waiter);
      return;
    case "ready": {
      const record = rentalOf(state, entry.stem);
      record.isReady = true;
      // Only its first start is a cold one.
      if (entry.coldStart !== undefined) record.coldStart ??= { ...entry.coldStart, at: entry.at };
      return;
    }
    case "extended": {
      const record = rentalOf(state, entry.stem);
      record.deadlineAt = new Date(entry.deadlineAt);
      // Of several that ask at once the latest counts, whoever writes last.
      const asked = [record.mayRunUntil, entry.mayRunUntil].map((time) => new Date(time ?? 0).getTime());
      record.mayRunUntil = entry.mayRunUntil === undefined ? null : new Date(Math.max(...asked));
      return;
    }
    case "watched":
      rentalOf(state, entry.stem).watchdog = entry.watchdog;
      return;
    case "ended":
      noteEnd(rentalOf(state, entry.stem), entry);
  }
}

function noteIntent(
  record: RentalRecord,
  entry: Extract<JournalEntry, { kind: "intent" | "endpoint-intent" }>,
): void {
  // A line that stands there twice must not take back what came after it.
  if (record.intendedAt !== null) return;
  record.model = entry.model;
  record.adapters = entry.adapters ?? [];
  record.deadlineAt = new Date(entry.deadlineAt);
  record.intendedAt = new Date(entry.at);
  record.keyFingerprint = entry.keyFingerprint;
  record.waiters.push(entry.creator);
}

function noteEnd(record: RentalRecord, entry: Extract<JournalEntry, { kind: "ended" }>): void {
  const at = new Date(entry.at);
  const { usd, isFoundGone = false } = entry;
  record.isEnded = true;
  // Only the bill of a later entry is news.
  record.end =
    record.end === null ? { at, isFoundGone, usd, billReadAt: at } : { ...record.end, usd, billReadAt: at };
}

function rentalOf(state: JournalState, stem: string): RentalRecord {
  return isEndpointStem(stem) ? endpointOf(state, stem) : podOf(state, stem);
}

function podOf(state: JournalState, stem: string): PodRecord {
  const known = state.pods.get(stem);
  if (known !== undefined) return known;
  const record: PodRecord = {
    ...emptyRecord(stem),
    podId: null,
    gpuTypeId: null,
    gpuCount: null,
    usdPerHour: null,
    hasStartScript: false,
    peerToPeer: "unknown",
  };
  state.pods.set(stem, record);
  return record;
}

function endpointOf(state: JournalState, stem: string): EndpointRecord {
  const known = state.endpoints.get(stem);
  if (known !== undefined) return known;
  const record: EndpointRecord = { ...emptyRecord(stem), endpointId: null };
  state.endpoints.set(stem, record);
  return record;
}
