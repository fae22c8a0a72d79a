import { randomUUID } from "node:crypto";
import {
  type DisplayBundle,
  type DisplayOptions,
  displayBundle,
  findDisplayWriter,
} from "../kernel/index.ts";
import { inWords, stripControlCharacters } from "../words/index.ts";

/** One line that says how far a longer task is. */
export interface Progress {
  /** Sets how much is done, in the unit of `total`, and optionally what is going on now. */
  update(done: number, detail?: string): void;
  /** Replaces the line by its last text; later updates are ignored. */
  done(text: string): void;
}

/** What a progress line shows, and where. */
export interface ProgressOptions {
  readonly label: string;
  /** How much there is to do; without it the line shows no share and no time left. */
  readonly total?: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
  /** The terminal or file that the line goes to outside Jupyter. */
  readonly output?: { readonly isTTY?: boolean; write(text: string): unknown };
  /** Shows a bundle in Jupyter; `null` where there is no Jupyter. */
  readonly display?: ((bundle: DisplayBundle, options: DisplayOptions) => void) | null;
}

const msBetweenUpdates = 200;

/**
 * Shows a line that is rewritten in place: by display updates in Jupyter, with a carriage return in a terminal. Where
 * neither is possible only the last line is printed.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { label, total, now = () => performance.now(), output = process.stdout } = options;
  const { display = findDisplayWriter() === null ? null : displayBundle } = options;
  const displayId = randomUUID();
  const startedAt = now();
  let line = "";
  let shown: { text: string; at: number } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;

  function showLine(isLast: boolean): void {
    clearTimeout(timer);
    timer = undefined;
    if (display !== null) {
      display({ data: { "text/plain": line } }, { displayId, update: shown !== null });
    } else if (output.isTTY === true) {
      // A shorter line would leave the end of the longer one standing.
      output.write(`\r${line.padEnd(shown?.text.length ?? 0)}${isLast ? "\n" : ""}`);
    } else if (isLast) {
      output.write(`${line}\n`);
    }
    shown = { text: line, at: now() };
  }

  function update(done: number, detail?: string): void {
    if (isDone) return;
    const parts = [
      describeShare(done, total),
      describeTimeLeft(done, total, now() - startedAt),
      detail,
    ].filter((part) => part !== undefined);
    line = stripControlCharacters(`${label}: ${parts.join(", ")}`);
    const waitMs = shown === null ? 0 : shown.at + msBetweenUpdates - now();
    if (waitMs <= 0) showLine(false);
    else timer ??= setTimeout(showLine, waitMs, false).unref();
  }

  function done(text: string): void {
    if (isDone) return;
    isDone = true;
    line = stripControlCharacters(text);
    showLine(true);
  }

  return { update, done };
}

function describeShare(done: number, total: number | undefined): string {
  const count = inWords(done);
  if (total === undefined || total <= 0) return count;
  const percent = Math.floor((Math.min(done, total) / total) * 100);
  return `${count} of ${inWords(total)} (${percent} %)`;
}

function describeTimeLeft(done: number, total: number | undefined, elapsedMs: number): string | undefined {
  if (total === undefined || done <= 0 || done >= total) return undefined;
  const seconds = Math.ceil((elapsedMs / done) * (total - done) * 0.001);
  if (seconds < 60) return `about ${seconds} s left`;
  if (seconds < 3600) return `about ${Math.ceil(seconds / 60)} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}

/** After so long a reader wants to know whether anything happens at all. */
const patienceMs = 2_000;

/**
 * Does a task whose length nobody knows, and shows a line with the seconds waited once it takes longer than two.
 *
 * The line is rewritten in place; where that is not possible, as in a file, nothing is shown. The task may `tell` how far it is.
 */
export async function showWaiting<Result>(
  label: string,
  task: (tell: (detail: string) => void) => Promise<Result>,
  options: Omit<ProgressOptions, "label" | "total"> & { patienceMs?: number } = {},
): Promise<Result> {
  const { now = () => performance.now(), output = process.stdout } = options;
  const isInJupyter = (options.display === undefined ? findDisplayWriter() : options.display) !== null;
  let detail: string | undefined;
  const tell = (text: string) => {
    detail = text;
  };
  if (!isInJupyter && output.isTTY !== true) return task(tell);
  const startedAtMs = now();
  const secondsWaited = () => Math.round((now() - startedAtMs) / 1_000);
  let progress: Progress | undefined;
  const timer = setInterval(() => {
    progress ??= createProgress({ ...options, label: `${label}, seconds waited` });
    progress.update(secondsWaited(), detail);
  }, options.patienceMs ?? patienceMs);
  try {
    return await task(tell);
  } finally {
    clearInterval(timer);
    progress?.done(`${label}: it took ${secondsWaited()} s.`);
  }
}
