import { type JournalEntry, journalEntrySchema } from "./journal-entries.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** What the journal knows of one pod. */
export interface PodRecord {
  stem: string;
  /** `null`: the call that rents it may not have been answered. */
  podId: string | null;
  model: string | null;
  gpuTypeId: string | null;
  gpuCount: number | null;
  usdPerHour: number | null;
  /** `null` where the line that told it cannot be read. */
  deadlineAt: Date | null;
  intendedAt: Date | null;
  hasStartScript: boolean;
  /** The creator and everybody who has waited for it to become ready. */
  waiters: ProcessIdentity[];
  isReady: boolean;
  isAbandoned: boolean;
  isEnded: boolean;
  watchdog: ProcessIdentity | null;
  /** Without work for so long it ends; `null`: never. */
  idleMinutes: number | null;
  keyFingerprint: string | null;
}

/** A journal, read from its first line to its last. */
export interface JournalState {
  /** By stem, in the order in which they were rented. */
  pods: Map<string, PodRecord>;
  /** The salted hash of the value that each secret was last given. */
  secrets: Map<string, { salt: string; fingerprint: string }>;
  /** Lines that a crash or an accident spoilt. */
  unreadableLines: number;
}

/** Reads a journal's lines in their order; a spoilt one still puts on record the pod that it names. */
export function foldJournal(lines: readonly string[]): JournalState {
  const state: JournalState = { pods: new Map(), secrets: new Map(), unreadableLines: 0 };
  for (const line of lines) {
    if (line.trim() === "") continue;
    const entry = parseLine(line);
    if (entry !== null) {
      apply(state, entry);
      continue;
    }
    state.unreadableLines++;
    // A lost line break joins two lines, so there may be several.
    for (const [stem] of line.matchAll(/workbook-[0-9a-f]{10}-[0-9a-z]{6}/g)) recordOf(state, stem);
  }
  return state;
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

function apply(state: JournalState, entry: JournalEntry): void {
  if (entry.kind === "secret") {
    state.secrets.set(entry.name, { salt: entry.salt, fingerprint: entry.fingerprint });
    return;
  }
  const record = recordOf(state, entry.stem);
  switch (entry.kind) {
    case "intent":
      record.model = entry.model;
      record.gpuCount = entry.gpuCount;
      record.deadlineAt = new Date(entry.deadlineAt);
      record.intendedAt = new Date(entry.at);
      record.keyFingerprint = entry.keyFingerprint;
      record.idleMinutes = entry.idleMinutes;
      record.waiters.push(entry.creator);
      return;
    case "created":
      record.podId = entry.podId;
      record.gpuTypeId = entry.gpuTypeId;
      record.usdPerHour = entry.usdPerHour;
      record.hasStartScript = entry.hasStartScript;
      return;
    case "abandoned":
      record.isAbandoned = true;
      return;
    case "waiting":
      record.waiters.push(entry.waiter);
      return;
    case "ready":
      record.isReady = true;
      return;
    case "extended":
      record.deadlineAt = new Date(entry.deadlineAt);
      return;
    case "watched":
      record.watchdog = entry.watchdog;
      return;
    case "ended":
      record.isEnded = true;
      return;
  }
}

function recordOf(state: JournalState, stem: string): PodRecord {
  const known = state.pods.get(stem);
  if (known !== undefined) return known;
  const record: PodRecord = {
    stem,
    podId: null,
    model: null,
    gpuTypeId: null,
    gpuCount: null,
    usdPerHour: null,
    deadlineAt: null,
    intendedAt: null,
    hasStartScript: false,
    waiters: [],
    isReady: false,
    isAbandoned: false,
    isEnded: false,
    watchdog: null,
    idleMinutes: null,
    keyFingerprint: null,
  };
  state.pods.set(stem, record);
  return record;
}
