import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { WorkbookError } from "../../errors.ts";
import { makeStateFolder, stateFileMode } from "../../files/index.ts";
import { type JournalEntry, journalEntrySchema, type NewJournalEntry } from "./journal-entries.ts";
import { foldJournal, type JournalState } from "./journal-state.ts";

/** The record of what one workbook rented at one API: it outlives every process, and forgets nothing. */
export interface Journal {
  /** The file of JSON lines. */
  readonly path: string;
  /**
   * Reads the file anew; lines that cannot be read are told by their numbers, and what they name stays on record.
   *
   * With `next` it tells what the journal would say if that entry stood there too.
   */
  read(next?: NewJournalEntry): JournalState;
  /** Adds a line and returns only when the disk has all of it. */
  append(entry: NewJournalEntry): void;
}

/** A journal could not be written, so nothing may be rented. */
export class JournalError extends WorkbookError {
  override name = "JournalError";
}

/** Opens the journal of a target and an API's origin; the file comes with its first entry. */
export function openJournal(options: {
  stateFolder: string;
  target: string;
  apiUrl: string;
  /** Only what this workbook has rented counts; default: all that the file tells of. */
  workbookId?: string | undefined;
  now?: (() => Date) | undefined;
}): Journal {
  const { workbookId, now = () => new Date() } = options;
  // `https://api.runpod.io/v2` lives in the folder `api.runpod.io`.
  const origin = new URL(options.apiUrl).host.replace(/[^\w.-]/g, "-");
  const path = join(options.stateFolder, options.target, origin, journalFile);
  const date = (entry: NewJournalEntry) => ({ ...entry, at: now().toISOString() }) as JournalEntry;
  return {
    path,
    read(next) {
      const text = readJournal(path);
      const lineBreak = text === "" || text.endsWith("\n") ? "" : "\n";
      const line = next === undefined ? "" : `${lineBreak}${JSON.stringify(date(next))}`;
      return foldJournal(`${text}${line}`, { workbookId });
    },
    append(entry) {
      try {
        writeLine(path, date(entry));
      } catch (cause) {
        throw new JournalError(`The journal ${path} cannot be written: ${reasonOf(cause)}.`, {
          remedy:
            "Give its folder write permission or free space, or set WORKBOOK_STATE to another folder; nothing is rented without it.",
          cause,
        });
      }
    },
  };
}

/** Reads a journal's text; empty where there is none yet. */
export function readJournal(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return "";
    throw new JournalError(`The journal ${path} cannot be read: ${reasonOf(cause)}.`, {
      remedy:
        "Make it a file that you may read and write, or move it away: without it the workbook keeps what answers and has worked until its deadline, and ends the rest.",
      cause,
    });
  }
}

/** The name of a journal within its folder. */
export const journalFile = "pods.jsonl";

/** A hash of a secret that only whoever has the secret can compare. */
export function fingerprintOf(secret: string, salt: string): string {
  return createHash("sha256").update(`${salt}\n${secret}`).digest("hex").slice(0, 32);
}

/** A salt for {@link fingerprintOf}. */
export function drawSalt(): string {
  return randomBytes(16).toString("hex");
}

function writeLine(path: string, entry: JournalEntry): void {
  const line = JSON.stringify(journalEntrySchema.parse(entry));
  const isNew = !existsSync(path);
  if (isNew) makeStateFolder(dirname(path));
  const file = openSync(path, "a+", stateFileMode);
  try {
    // Another process may write between the parts of a line that the disk takes in parts: then once more, as a whole.
    if (!appendWhole(file, { path, line }) && !appendWhole(file, { path, line })) {
      throw new Error("the line that was written is not in it");
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (isNew) syncFolder(dirname(path));
}

/** Appends a line, and tells whether it stands in the file; of a line that does not fit, nothing stays. */
function appendWhole(file: number, { path, line }: { path: string; line: string }): boolean {
  // A line that a crash cut short ends here, so that it cannot swallow this one.
  const bytes = Buffer.from(endsWithLineBreak(path) ? `${line}\n` : `\n${line}\n`);
  const before = fstatSync(file).size;
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
  } catch (error) {
    // What another process has written behind it must stay.
    if (fstatSync(file).size === before + written) ftruncateSync(file, before);
    throw error;
  }
  return readFileSync(path, "utf8").split("\n").includes(line);
}

function endsWithLineBreak(path: string): boolean {
  return [undefined, 0x0a].includes(readFileSync(path).at(-1));
}

/** A new file lasts only when its folder has been written too. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function reasonOf(cause: unknown): string {
  const { code } = cause as { code?: unknown };
  if (code === "EROFS") return "the disk is read-only";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full";
  if (code === "EFBIG") return "it may not grow any larger";
  return cause instanceof Error ? cause.message : String(cause);
}
