import { inspect } from "node:util";
import { type FoundError, findError, isCalmLog, isFatalLine, readLogLines } from "../facts/index.ts";
import { cleanWords, cutText } from "../words/index.ts";
import { readShape } from "./error-shape.ts";

/** What an error means for the person at the keyboard; printed, it is three short paragraphs. */
export interface Diagnosis {
  /** What is wrong, in one sentence. */
  cause: string;
  /** What to do about it. */
  remedy: string;
  /** The words of the error on which the diagnosis rests; empty where the cause says it all. */
  evidence: string;
}

/**
 * Explains whatever this stack throws or says: an error of the workbook, the `openai` package, Node's network or the
 * server, a line of a pod's log or a whole log as text, or an HTTP answer as `{ status, body }`.
 *
 * It reads names, statuses and words and needs no classes, so it also works on errors of another copy of a package.
 * What it does not know comes back as it is, with the advice to read it. All that it knows: `docs/errors.md`.
 */
export function explainError(error: unknown): Diagnosis {
  const shape = readShape(error);
  // The openai client wraps what the workbook's own fetch throws.
  const own = [error, error instanceof Error ? error.cause : null].find(isOwn);
  if (own !== undefined) {
    const { problemText: cause, remedy } = own;
    return diagnosis({ cause, remedy, messages: shape.messages.slice(1) });
  }
  const found = findError(shape);
  if (typeof error !== "string") return diagnosis({ ...(found ?? unknownError), messages: shape.messages });
  // Of a whole log only the line that matters.
  if (found !== null) return diagnosis({ ...found, messages: [found.line] });
  const lines = readLogLines(shape.text);
  const line = lines.find(isFatalLine)?.text;
  const messages = line === undefined ? shape.messages : [line];
  return diagnosis({ ...(isCalmLog(lines) ? calmLog : unknownError), messages });
}

/** Finds the known error behind whatever was thrown or said; `null` where it is none. */
export function findKnownError(error: unknown): FoundError | null {
  return findError(readShape(error));
}

const unknownError = {
  cause: "The workbook does not know this error.",
  remedy: "Read its text below; the server's log often says more.",
};

const calmLog = {
  cause: "Nothing in these lines says that something failed.",
  remedy:
    "Look at what was written when it failed: later lines, or the log of another part, such as a proxy.",
};

function diagnosis(parts: { cause: string; remedy: string; messages: readonly string[] }): Diagnosis {
  const [cause, remedy] = [cleanWords(parts.cause), cleanWords(parts.remedy)];
  const evidence = cutText(cleanWords(parts.messages.join(" ← ")), 500);
  const text = [cause, `What to do: ${remedy}`, ...(evidence === "" ? [] : [`It said: ${evidence}`])].join(
    "\n",
  );
  // Not enumerable, so that the diagnosis stays plain data for whoever copies or compares it.
  return Object.defineProperty({ cause, remedy, evidence }, inspect.custom, { value: () => text });
}

// The workbook's own errors carry their diagnosis with them, also those of another copy of this library.
export function isOwn(error: unknown): error is Error & { problemText: string; remedy: string } {
  return (
    error instanceof Error &&
    "problemText" in error &&
    typeof error.problemText === "string" &&
    "remedy" in error &&
    typeof error.remedy === "string"
  );
}
