import { type KnownError, loadKnownErrors } from "./known-errors.ts";
import {
  type Answerer,
  cutLines,
  isFatalLine,
  type LogLine,
  placesOfAnswer,
  readLogLines,
} from "./log-lines.ts";

/** What is searched for a known error. */
export interface ErrorSearch {
  /** All that was said: a line, an answer, an exception with its names, or a whole log. */
  text: string;
  /** The HTTP status, where it is known apart from the text. */
  status?: number | null;
  /** Who answered with this status. */
  answerer?: Answerer;
  /** What the remedy speaks of. */
  rental?: "pod" | "endpoint";
  /** The errors that may be found, the particular before the general. */
  errors?: readonly KnownError[];
}

/** What was found of a known error: where its words stand, and cause and remedy with what they name. */
export interface FoundError {
  error: KnownError;
  cause: string;
  remedy: string;
  /** The line that says it, or that has the status. */
  line: string;
  /** Whether that line may have ended something, and is no note or warning. */
  mayBeEnd: boolean;
}

/**
 * Finds the known error of which a text tells; `null` where it is none.
 *
 * Where a status is given, the first error of the table that fits is the one. Otherwise the text is read as a log: what
 * ends a start wins, then what stands in other lines, and last what only notes and warnings tell; but these are no answer
 * where another line names an error that is not known.
 */
export function findError(search: ErrorSearch): FoundError | null {
  const { text, status = null, answerer = "endpoint", rental = "pod", errors = loadKnownErrors() } = search;
  const lines = status === null ? readLogLines(text) : readAnswer(text, { status, answerer });
  let best: FoundError | null = null;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const error of errors) {
    for (const { line, groups } of listMatches(error, text, lines)) {
      if (!allows(error, line, { isRead: status === null })) continue;
      const rank = status !== null ? 0 : rankOf(error, line);
      const found = rank < bestRank ? describe(error, { line, groups, rental }) : null;
      if (found !== null) [best, bestRank] = [found, rank];
    }
    if (bestRank === 0) return best;
  }
  return bestRank === quietest && lines.some(isFatalLine) ? null : best;
}

/** Of an answer each line has its status. */
function readAnswer(text: string, answer: { status: number; answerer: Answerer }): LogLine[] {
  return cutLines(text).map((line) => ({ ...line, ...answer, hasStatus: true, weight: "end" }));
}

const quietest = 2;

function rankOf(error: KnownError, { weight }: LogLine): number {
  if (weight !== "end" || error.isNote) return quietest;
  return error.failedStart === null ? 1 : 0;
}

/** Lists where a text tells of an error. */
function* listMatches(error: KnownError, text: string, lines: readonly LogLine[]) {
  if (error.pattern === null) {
    for (const line of lines) if (line.hasStatus) yield { line, groups: {} };
    return;
  }
  for (const { index, groups = {} } of text.matchAll(error.pattern)) {
    const line = lineAt(lines, index);
    if (line !== undefined) yield { line, groups };
  }
}

/** Whether a line may tell of an error, by its status, by who answered with it, and by whether its writer goes on. */
function allows(
  { place, statuses, failedStart }: KnownError,
  { status, answerer, weight }: LogLine,
  { isRead }: { isRead: boolean },
): boolean {
  if (weight === "passing" && failedStart !== null) return false;
  const isOfAnswer = status === null || placesOfAnswer[answerer].includes(place);
  if (statuses.length > 0) return isOfAnswer && statuses.some((one) => fits(one, status));
  // A log has lines with a status that nobody answered to a request of ours.
  return isOfAnswer || (isRead && (place === "start" || place === "log"));
}

function fits(wanted: string, status: number | null): boolean {
  if (status === null) return false;
  return wanted.endsWith("xx") ? wanted[0] === String(status)[0] : wanted === String(status);
}

function lineAt(lines: readonly LogLine[], index: number): LogLine | undefined {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle]?.start ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return lines[low];
}

/** Fills in what the text names; `null` where a sentence needs a name that the text does not have. */
function describe(
  error: KnownError,
  { line, groups, rental }: { line: LogLine; groups: Record<string, string | undefined>; rental: string },
): FoundError | null {
  const names: Record<string, string | undefined> = { ...groups, rental };
  let isWhole = true;
  const fill = (sentence: string) =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = names[name]?.trim() ?? "";
      if (value === "") isWhole = false;
      // What the text itself has in braces is no gap to be filled.
      return /\{\w+\}/.test(value) ? value.replace(/[{}]/g, "") : value;
    });
  const [cause, remedy] = [fill(error.cause), fill(error.remedy)];
  return isWhole ? { error, cause, remedy, line: line.text, mayBeEnd: line.weight === "end" } : null;
}
