import { inspect } from "node:util";
import { type ErrorShape, knownErrors } from "./known-errors.ts";
import { stripControlCharacters } from "./show/index.ts";

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
 * Explains an error of this stack: of the workbook, the `openai` package, Node's network or the server.
 *
 * It reads names, statuses and words and needs no classes, so it also works on errors of another copy of a package.
 * What it does not know comes back as it is, with the advice to read it.
 */
export function explainError(error: unknown): Diagnosis {
  const shape = readShape(error);
  if (isOwn(error)) {
    const { problemText: cause, remedy } = error;
    return diagnosis({ cause, remedy, messages: shape.messages.slice(1) });
  }
  const { cause, remedy } = knownErrors.find((entry) => entry.matches(shape)) ?? unknownError;
  return diagnosis({ cause, remedy, messages: shape.messages });
}

const unknownError = {
  cause: "This error is none of those that the workbook knows.",
  remedy: "Read its words below; the server's log often says more.",
};

function diagnosis(parts: { cause: string; remedy: string; messages: readonly string[] }): Diagnosis {
  const { cause, remedy, messages } = parts;
  const evidence = hideKeys(stripControlCharacters(messages.join(" ← "))).slice(0, 500);
  const text = [cause, `What to do: ${remedy}`, ...(evidence === "" ? [] : [`It said: ${evidence}`])].join(
    "\n",
  );
  // Not enumerable, so that the diagnosis stays plain data for whoever copies or compares it.
  return Object.defineProperty({ cause, remedy, evidence }, inspect.custom, { value: () => text });
}

// The workbook's own errors carry their diagnosis with them, also those of another copy of this library.
function isOwn(error: unknown): error is { message: string; problemText: string; remedy: string } {
  return (
    error instanceof Error &&
    "problemText" in error &&
    typeof error.problemText === "string" &&
    "remedy" in error &&
    typeof error.remedy === "string"
  );
}

function readShape(error: unknown): ErrorShape {
  const names: string[] = [];
  const messages: string[] = [];
  let status: number | null = null;
  let code: string | null = null;
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === "object" && current !== null; depth++) {
    const own: { name?: unknown; message?: unknown; status?: unknown; code?: unknown; cause?: unknown } =
      current;
    // The openai package's errors are all called "Error"; their class still says more.
    names.push(String(own.name ?? ""), current.constructor?.name ?? "");
    if (typeof own.message === "string" && own.message !== "") messages.push(own.message);
    if (status === null && typeof own.status === "number") status = own.status;
    if (code === null && typeof own.code === "string") code = own.code;
    current = own.cause;
  }
  if (messages.length === 0)
    messages.push(code ?? (typeof error === "string" ? error : inspect(error, { depth: 1 })));
  return { names, messages, message: messages.join(" ← "), status, code };
}

// Some servers repeat the key that they refuse, and Node the header that it cannot send.
function hideKeys(text: string): string {
  return text
    .replace(/"Bearer [^"]*"/gi, '"Bearer …"')
    .replace(/\bBearer [^\s"']+/gi, "Bearer …")
    .replace(/\b(rpa_|hf_|sk-)[\w*-]{4,}/g, "$1…");
}
