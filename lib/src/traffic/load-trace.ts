import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { createNumberList } from "../statistics.ts";
import { readTraceRows } from "./read-trace-rows.ts";
import { isTraceName, shippedTraces, type TraceName } from "./shipped-traces.ts";
import { sortByArrival, type Trace, type TraceColumns } from "./trace.ts";
import { guessTimeUnit, readSeconds, readTokens, type TimeUnit } from "./trace-cells.ts";
import { findTraceColumns, type TraceColumnNames, unitInName } from "./trace-columns.ts";

/** What a file does not say of itself. */
export interface LoadTraceOptions {
  /** The unit of times that are numbers; default: by the column's name, else by their size. */
  timeUnit?: "seconds" | "milliseconds";
}

// Numbers of seconds since 1970 have been above this since 2001; a trace that counts from its beginning never gets there.
const leastEpochSeconds = 1e9;
const mostYears = 10;
const yearSeconds = 365 * 86_400;
const weekSeconds = 7 * 86_400;
// 1970 began on a Thursday.
const mondayBefore1970Seconds = -3 * 86_400;

/**
 * Loads a trace that comes with the workbook, by its name, or a file of your own, by its path.
 *
 * A file has a timestamp, input tokens and output tokens in each row: a CSV with names in its first line, or JSON lines,
 * either of them also as `.gz`. Times are calendar times or numbers; what is out of order is sorted, and a note says so.
 *
 * @throws InputError with file and line at the first row that cannot be used, or where there is no such file.
 */
export async function loadTrace(
  from: TraceName | (string & {}),
  options: LoadTraceOptions = {},
): Promise<Trace> {
  if (!isTraceName(from)) return loadOwnTrace(from, options);
  const path = fileURLToPath(new URL(`../../data/traces/${from}.csv`, import.meta.url));
  const { firstSecond: _, isGuessed: __, ...read } = await readTrace(path, {});
  return { name: from, kind: "recorded", ...read, ...shippedTraces[from] };
}

async function loadOwnTrace(path: string, options: LoadTraceOptions): Promise<Trace> {
  const { firstSecond, outOfOrder, isGuessed, ...read } = await readTrace(path, options);
  const hasDate = firstSecond >= leastEpochSeconds;
  const guessed = 'Its times were read as seconds; give timeUnit: "milliseconds" where they are not.';
  const unsorted = `${outOfOrder} of its requests were out of order, and were sorted by time.`;
  return {
    name: basename(path),
    kind: "recorded",
    ...read,
    startSecondOfWeek: hasDate ? (firstSecond - mondayBefore1970Seconds) % weekSeconds : 0,
    source: basename(path),
    licence: null,
    date: hasDate ? new Date(firstSecond * 1_000).toISOString().slice(0, 10) : null,
    notes: [
      ...(outOfOrder > 0 ? [unsorted] : []),
      ...(isGuessed ? [guessed] : []),
      ...(hasDate ? [] : ["Its times have no date: it is taken to begin on a Monday at 0:00."]),
    ],
  };
}

type TraceRead = TraceColumns & {
  spanSeconds: number;
  firstSecond: number;
  outOfOrder: number;
  /** Whether its times were read as seconds for want of any word on their unit. */
  isGuessed: boolean;
};

async function readTrace(path: string, options: LoadTraceOptions): Promise<TraceRead> {
  const file = basename(path);
  try {
    const rows = await readRows(path, options);
    const { isGuessed } = rows;
    const { arrivalSeconds: times, ...sorted } = sortByArrival(rows.columns);
    const firstSecond = times[0];
    if (firstSecond === undefined) {
      throw new InputError(`loadTrace: ${file} has no requests.`, {
        remedy: "Give a file with a line of column names and one line for each request, or JSON lines.",
      });
    }
    const arrivalSeconds = times.map((second) => second - firstSecond);
    const lastSecond = arrivalSeconds[arrivalSeconds.length - 1] ?? 0;
    // Requests of one moment alone stand for a second, so that rates exist.
    const spanSeconds = lastSecond > 0 ? lastSecond : 1;
    return { ...sorted, arrivalSeconds, spanSeconds, firstSecond, isGuessed };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`loadTrace: the file ${path} could not be read.`, {
      remedy: `Give the path of a CSV file or of JSON lines, or one of ${Object.keys(shippedTraces).join(", ")}.`,
      cause,
    });
  }
}

async function readRows(
  path: string,
  { timeUnit }: LoadTraceOptions,
): Promise<{ columns: TraceColumns; isGuessed: boolean }> {
  const file = basename(path);
  const arrivalSeconds = createNumberList();
  const inputTokens = createNumberList();
  const outputTokens = createNumberList();
  let columns: TraceColumnNames | null = null;
  let unit: TimeUnit | null = null;
  let isGuessed = false;
  let firstSecond = 0;
  for await (const { line, namesLine, cells } of readTraceRows(path, file)) {
    columns ??= findTraceColumns(Object.keys(cells), { file, line: namesLine });
    const cell = (column: string) => cells[column] ?? "";
    if (unit === null) {
      const named = timeUnit ?? unitInName(columns);
      unit = guessTimeUnit(cell(columns.time));
      isGuessed = unit === "seconds" && named === null;
      if (unit !== "calendar") unit = named ?? unit;
    }
    const second = readSeconds(cell(columns.time), unit, { file, line, column: columns.time });
    if (arrivalSeconds.length === 0) firstSecond = second;
    if (Math.abs(second - firstSecond) > mostYears * yearSeconds) {
      throw new InputError(
        `loadTrace: ${file}, line ${line}: ${columns.time} ("${cell(columns.time)}") is more than ${mostYears} years away from the first.`,
        { remedy: 'Correct it, or say what unit the times have, such as timeUnit: "milliseconds".' },
      );
    }
    arrivalSeconds.push(second);
    inputTokens.push(readTokens(cell(columns.input), { file, line, column: columns.input }));
    outputTokens.push(readTokens(cell(columns.output), { file, line, column: columns.output }));
  }
  return {
    isGuessed,
    columns: {
      arrivalSeconds: arrivalSeconds.values().slice(),
      inputTokens: inputTokens.values().slice(),
      outputTokens: outputTokens.values().slice(),
    },
  };
}
