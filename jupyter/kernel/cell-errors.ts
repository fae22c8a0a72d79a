// Errors in cells as a reader needs them: one paragraph, and the line of the reader's own code. A stack of the kernel
// and of packages, with this machine's paths, helps nobody.

import { createRequire, SourceMap } from "node:module";
import { relative } from "node:path";
import { format } from "node:util";
import type { Complaint } from "workbook/explain";
import { unmarkNames } from "./mark-name.ts";
import type { LoopStop } from "./stop-endless-loops.ts";

const require = createRequire(import.meta.url);

/** How many of the reader's own lines are shown: the one that failed, and who called it. */
const mostPlaces = 3;

/** Stacks are cut after ten lines by default, which may all be a package's. */
const longestStack = 50;

/** A text of the reader's that runs: a cell, or a file. */
interface ReaderText {
  lines: string[];
  map: SourceMap;
  /** The path of a file; null for a cell. */
  label: string | null;
}

/** Remembers what the reader wrote and in what form it runs, and tells errors by it. */
export interface CellErrors {
  /** Takes in a text that will run under a name, which stacks repeat. */
  add(text: { name: string; source: string; map: string; label?: string }): void;
  /** Says in a paragraph what was thrown, or whatever else, and where in the reader's texts. */
  describe(thrown: unknown): string;
  /** Says what the compiler has against a cell. */
  describeComplaints(complaints: readonly Complaint[]): string;
}

/** Makes `error.stack` name lines of the reader's texts alone, for all errors of this process. */
export function createCellErrors(options: { folder: string; protect: LoopStop["protect"] }): CellErrors {
  const { folder, protect } = options;
  const texts = new Map<string, ReaderText>();
  const places = new WeakMap<object, { found: string[]; isReaders: boolean }>();
  let latest = "";

  const findPlaces = (frames: readonly NodeJS.CallSite[]): string[] =>
    frames.flatMap((frame) => {
      const name = frame.getScriptNameOrSourceURL() ?? "";
      const text = texts.get(name);
      if (text === undefined) return [];
      const found = text.map.findEntry((frame.getLineNumber() ?? 1) - 1, (frame.getColumnNumber() ?? 1) - 1);
      // What the compiler added comes from no line.
      if (!("originalLine" in found)) return [];
      const where = text.label ?? (name === latest ? "this cell" : "an earlier cell");
      const code = text.lines[found.originalLine];
      return code === undefined ? [] : [`line ${found.originalLine + 1} of ${where}: ${code.trim()}`];
    });

  /** Whether a line of the reader's failed itself, and not what it calls; `new URL()` is a line of Node's. */
  const isOwnLine = (frames: readonly NodeJS.CallSite[]): boolean => {
    const names = frames.map((frame) => frame.getScriptNameOrSourceURL() ?? "");
    return texts.has(names.find((name) => name !== "" && name !== "node:internal/url") ?? "");
  };

  Error.stackTraceLimit = longestStack;
  Error.prepareStackTrace = (error, frames) => {
    const found = findPlaces(frames).slice(0, mostPlaces);
    places.set(error, { found, isReaders: isOwnLine(frames) });
    return [headOf(error), ...found.map((place) => `    at ${place}`)].join("\n");
  };

  const describe = (thrown: unknown): string => {
    if (!(thrown instanceof Error))
      return explain((library) => library.describeCellError(thrown)) ?? format(thrown);
    // A stack is made when it is asked for.
    void thrown.stack;
    const { found, isReaders } = places.get(thrown) ?? { found: [], isReaders: false };
    const [first, ...others] = found;
    const told =
      first === undefined ? [] : [`  in ${first}`, ...others.map((place) => `  called in ${place}`)];
    return (
      explain((library) => library.describeCellError(thrown, told, { isReaders })) ??
      [headOf(thrown), ...told].join("\n")
    );
  };
  const describeComplaints = (complaints: readonly Complaint[]): string =>
    explain((library) => library.describeComplaints(complaints)) ??
    complaints.map(({ line, column, message }) => `${line}:${column} - ${message}`).join("\n");

  return {
    add({ name, source, map, label }) {
      texts.set(name, {
        lines: source.split(/\r?\n/),
        map: new SourceMap(JSON.parse(map)),
        label: label === undefined ? null : relative(folder, label),
      });
      if (label === undefined) latest = name;
    },
    describe: (thrown) => protect(() => describe(thrown)),
    describeComplaints: (complaints) => protect(() => describeComplaints(complaints)),
  };
}

type Library = typeof import("workbook/explain");

function explain(tell: (library: Library) => string): string | null {
  try {
    return unmarkNames(tell(require("workbook/explain")));
  } catch {
    // The library cannot be loaded, which may be the very error.
    return null;
  }
}

function headOf({ name, message }: Error): string {
  return unmarkNames(message === "" ? name : `${name}: ${message}`);
}
