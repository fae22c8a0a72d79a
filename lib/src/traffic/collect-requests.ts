import { InputError } from "../errors.ts";
import { createNumberList } from "../statistics.ts";
import { expandRows } from "./expand-rows.ts";
import { findFailure, findFailureIn } from "./find-failure.ts";
import { countLeftOut, type LeftOutReason, type LeftOutRows } from "./left-out.ts";
import { type RowTime, readTime } from "./read-time.ts";
import { nameRow, type TraceRow } from "./read-trace-rows.ts";
import { type Fields, findPath, isMissing, valueAt } from "./row-fields.ts";
import type { TimeNumbers } from "./time-unit.ts";
import { addUpTokens, type TokenPath } from "./token-path.ts";
import { cellError, readTokens } from "./trace-cells.ts";
import { findTraceColumns, type TraceColumnNames, type TraceColumnPaths } from "./trace-columns.ts";

/** What the rows of a file say. */
export interface CollectedRequests {
  columns: TraceColumnPaths;
  /** Seconds since 1970, or numbers in a unit that is still to be chosen. */
  times: Float64Array;
  inputTokens: Float64Array;
  outputTokens: Float64Array;
  /** `null`: each row is one request. */
  sums: { counts: Float64Array; ends: Float64Array } | null;
  isCalendar: boolean;
  numbers: TimeNumbers;
  /** The time that is farthest from the first. */
  farthest: { value: number; row: TraceRow };
  rows: number;
  leftOut: LeftOutRows;
}

const daySeconds = 86_400;
// Rows before the first one that has all columns: failed requests, or spans that call no model.
const mostPending = 10_000;

/** Collects the requests of a file row by row; {@link CollectedRequests} is what it knows at the end. */
export function collectRequests(options: { file: string; named: TraceColumnNames; keepFailed: boolean }): {
  add(row: TraceRow): void;
  end(): CollectedRequests;
} {
  const { file, named, keepFailed } = options;
  const [times, inputTokens, outputTokens] = [createNumberList(), createNumberList(), createNumberList()];
  const [counts, ends] = [createNumberList(), createNumberList()];
  const leftOut = countLeftOut();
  const pending: TraceRow[] = [];
  let columns: TraceColumnPaths | null = null;
  let range: Range | null = null;
  let isCalendar = false;
  let rows = 0;

  function failureOf(fields: Fields): string | null {
    if (keepFailed) return null;
    if (named.status === undefined) return findFailure(fields);
    const path = findPath(fields, named.status);
    return path === null ? null : findFailureIn(named.status, valueAt(fields, path));
  }

  function add(row: TraceRow): void {
    if (columns === null) {
      const found = findTraceColumns(row.fields, named);
      if ("missing" in found) {
        addWithout(row);
        return;
      }
      columns = found;
      for (const before of pending) settle(before, judge(before, found));
    }
    const inside = isWhole(row.fields, columns) ? null : expandRows(row.fields);
    if (inside === null) settle(row, judge(row, columns));
    else for (const fields of inside) add({ ...row, fields });
  }

  /** A row before the columns are known: a list of rows, a failed request, or one without tokens, which waits for them. */
  function addWithout(row: TraceRow): void {
    const inside = expandRows(row.fields);
    const failed = inside === null ? failureOf(row.fields) : null;
    if (inside !== null) for (const fields of inside) add({ ...row, fields });
    else if (failed !== null) settle(row, { failed });
    else pending.push(row);
    if (pending.length >= mostPending && columns === null) throw noColumns();
  }

  function settle(row: TraceRow, outcome: Outcome): void {
    rows++;
    if (outcome !== "taken") leftOut.add(nameRow(row), outcome);
  }

  function judge(row: TraceRow, known: TraceColumnPaths): Outcome {
    const { fields } = row;
    const failed = failureOf(fields);
    if (failed !== null) return { failed };
    if (isWhole(fields, known)) return take(row, known);
    const own = findTraceColumns(fields, named);
    if (!("missing" in own) && isWhole(fields, own)) return take(row, own);
    const [input, output] = [firstOf(fields, known.input), firstOf(fields, known.output)];
    if (input === undefined && output === undefined) return "no tokens";
    // A line of cells that ends early was cut.
    const isCut = output === undefined && row.kind === "cells";
    return isMissing(output) && !isCut ? "no output" : take(row, known);
  }

  function take(row: TraceRow, paths: TraceColumnPaths): Outcome {
    const { fields } = row;
    const requests =
      paths.count === null ? 1 : readTokens(valueAt(fields, paths.count), placeOf(row, paths.count));
    if (requests === 0) return "taken";
    const input = addUp(row, paths.input, requests);
    const output = addUp(row, paths.output, requests);
    if (output === 0 && !keepFailed && hasNoAnswer(fields)) return "no output";
    const time = timeOf(row, paths);
    times.push(time.value);
    inputTokens.push(input);
    outputTokens.push(output);
    if (columns?.count === null) return "taken";
    counts.push(requests);
    const end = paths.end === null ? null : readTime(valueAt(fields, paths.end));
    ends.push(end?.value ?? (time.isDay ? time.value + daySeconds : Number.NaN));
    return "taken";
  }

  const placeOf = (row: TraceRow, path: readonly string[]) => ({
    file,
    row: nameRow(row),
    column: path.join("."),
  });

  function addUp(row: TraceRow, paths: readonly TokenPath[], requests: number): number {
    const read = (value: unknown, path: readonly string[]) => readTokens(value, placeOf(row, path), requests);
    let sum = 0;
    for (const path of paths) sum += addUpTokens(row.fields, path, read);
    return sum;
  }

  function timeOf(row: TraceRow, paths: TraceColumnPaths): RowTime {
    const value = valueAt(row.fields, paths.time);
    const problem = (text: string, remedy = timeRemedy) =>
      cellError(value, placeOf(row, paths.time), { problem: text, remedy });
    const time = readTime(value);
    if (isMissing(value)) throw problem("is missing");
    if (time === null)
      throw problem(
        isCalendar || times.length === 0 ? "is not a time" : "is not a number, as the times before it are",
      );
    if (time.isDay && paths.count === null) throw problem("is a day without a time of day");
    if (times.length === 0) isCalendar = time.isCalendar;
    else if (isCalendar !== time.isCalendar) {
      throw problem(`is not a ${isCalendar ? "calendar time" : "number"}, as the times before it are`);
    }
    if (!Number.isFinite(time.value)) throw problem("is not a finite time");
    if (time.value < 0 && !isCalendar)
      throw problem("is negative", "Count times from the beginning of the trace.");
    range = widen(range, time.value, row);
    return time;
  }

  function noColumns(): InputError {
    const [first] = pending;
    const found = first === undefined ? null : findTraceColumns(first.fields, named);
    const { missing, found: names } =
      found !== null && "missing" in found ? found : { missing: [], found: [] };
    const shown = names.length === 0 ? "nothing" : names.slice(0, 12).join(", ");
    return new InputError(
      `loadTrace: ${file}, ${first === undefined ? "line 1" : nameRow(first.kind === "cells" ? { ...first, number: 1 } : first)}: no column ${missing.join(" and no ")}; there is ${shown}.`,
      {
        remedy:
          "Name the columns timestamp, input_tokens and output_tokens, in the first line of a CSV file, or say which " +
          'they are: columns: { time: "…", inputTokens: "…", outputTokens: "…" }, inside objects by dots.',
      },
    );
  }

  function end(): CollectedRequests {
    if (columns === null && pending.length > 0) throw noColumns();
    if (columns === null || range === null) {
      const why = leftOut.describe(rows);
      throw new InputError(`loadTrace: ${file} has no requests.${why === null ? "" : ` ${why}`}`, {
        remedy:
          why === null
            ? "Give a file with a line of column names and one line for each request, JSON lines, or a JSON list."
            : "Give a file with answered requests; keepFailed: true keeps those that look failed.",
      });
    }
    const { first, least, most, areWhole } = range;
    return {
      columns,
      times: times.values(),
      inputTokens: inputTokens.values(),
      outputTokens: outputTokens.values(),
      sums: columns.count === null ? null : { counts: counts.values(), ends: ends.values() },
      isCalendar,
      numbers: {
        file,
        column: columns.time.join("."),
        first,
        least: least.value,
        most: most.value,
        count: times.length,
        areWhole,
      },
      farthest: most.value - first > first - least.value ? most : least,
      rows,
      leftOut,
    };
  }

  return { add, end };
}

const timeRemedy =
  "Give all times in one form: such as 2026-11-23T09:00:00Z, or numbers of seconds, milliseconds, microseconds or " +
  'nanoseconds (timeUnit says which); another column has them where you say so: columns: { time: "…" }.';

function firstOf(fields: Fields, [first]: readonly TokenPath[]): unknown {
  return first === undefined ? undefined : valueAt(fields, first.path);
}

function isWhole(fields: Fields, { time, input, output }: TraceColumnPaths): boolean {
  const needed = [firstOf(fields, output), firstOf(fields, input), valueAt(fields, time)];
  return !needed.some(isMissing);
}

function hasNoAnswer(fields: Fields): boolean {
  return ["output", "response", "completion"].some((name) => fields[name] === null);
}

type Outcome = LeftOutReason | "taken";

interface Range {
  first: number;
  least: { value: number; row: TraceRow };
  most: { value: number; row: TraceRow };
  areWhole: boolean;
}

function widen(range: Range | null, value: number, row: TraceRow): Range {
  if (range === null) {
    const own = { value, row };
    return { first: value, least: own, most: own, areWhole: Number.isInteger(value) };
  }
  if (value < range.least.value) range.least = { value, row };
  if (value > range.most.value) range.most = { value, row };
  if (range.areWhole && !Number.isInteger(value)) range.areWhole = false;
  return range;
}
