import { InputError } from "../errors.ts";
import { createNumberList } from "../statistics.ts";
import { type CollectedCache, collectCached } from "./collect-cached.ts";
import { type CollectedTimes, collectTimes } from "./collect-times.ts";
import { expandRows } from "./expand-rows.ts";
import { findFailure, findFailureIn } from "./find-failure.ts";
import { countLeftOut, type LeftOutReason, type LeftOutRows } from "./left-out.ts";
import { readTime } from "./read-time.ts";
import { nameRow, type TraceRow } from "./read-trace-rows.ts";
import { type Fields, findPath, isMissing, valueAt } from "./row-fields.ts";
import { addUpTokens, type TokenPath } from "./token-path.ts";
import { readCount, readTokens } from "./trace-cells.ts";
import { findTraceColumns, type TraceColumnNames, type TraceColumnPaths } from "./trace-columns.ts";
import { turnLists, turnObjects } from "./turn-table.ts";

/** What the rows of a file say. */
export interface CollectedRequests {
  columns: TraceColumnPaths;
  times: CollectedTimes;
  inputTokens: Float64Array;
  outputTokens: Float64Array;
  /** `null`: each row is one request. */
  sums: { counts: Float64Array; ends: Float64Array } | null;
  /** The column beside which tokens of a cache were added; `null`: none were. */
  cached: string | null;
  /** `null`: the file does not say what a cache held. */
  cachedInput: CollectedCache | null;
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
  const times = collectTimes(file);
  const [inputTokens, outputTokens] = [createNumberList(), createNumberList()];
  const [counts, ends] = [createNumberList(), createNumberList()];
  const cache = collectCached({ file, named });
  const leftOut = countLeftOut();
  const pending: TraceRow[] = [];
  let columns: TraceColumnPaths | null = null;
  let cached: string | null = null;
  let rows = 0;

  function failureOf(fields: Fields): string | null {
    if (keepFailed) return null;
    if (named.status === undefined) return findFailure(fields);
    const path = findPath(fields, named.status);
    return path === null ? null : findFailureIn(named.status, valueAt(fields, path));
  }

  function add(row: TraceRow): void {
    if (columns === null) {
      const table = turnObjects(row.fields);
      // An object for the question and one for the answer look the same: only rows have all columns.
      if (table?.some((fields) => !("missing" in findTraceColumns(fields, named)))) {
        addAll(row, table);
        return;
      }
      const found = findTraceColumns(row.fields, named);
      if ("missing" in found) {
        addWithout(row);
        return;
      }
      columns = found;
      for (const before of pending) settle(before, judge(before, found, isWhole(before.fields, found)));
    }
    const whole = isWhole(row.fields, columns);
    const inside = whole ? null : findInside(row.fields, columns);
    if (inside === null) settle(row, judge(row, columns, whole));
    else addAll(row, inside);
  }

  function addAll(row: TraceRow, inside: readonly Fields[]): void {
    for (const [index, fields] of inside.entries()) add({ ...row, part: index + 1, fields });
  }

  /** The rows inside a row: under a name that says so, or under any where they have what a request has. */
  function findInside(fields: Fields, known: TraceColumnPaths): readonly Fields[] | null {
    const inside = expandRows(fields, "known");
    if (inside !== null) return inside;
    const any = expandRows(fields, "any") ?? [];
    return any.some((one) => isWhole(one, known)) ? any : null;
  }

  /** A row before the columns are known: a table, a failed request, or one without tokens, which waits for them. */
  function addWithout(row: TraceRow): void {
    const { fields } = row;
    const known = expandRows(fields, "known") ?? turnLists(fields);
    const failed = known === null ? failureOf(fields) : null;
    const inside = known ?? (failed === null ? expandRows(fields, "any") : null);
    if (inside !== null) addAll(row, inside);
    else if (failed !== null) settle(row, { failed });
    else pending.push(row);
    if (pending.length >= mostPending && columns === null) throw noColumns();
  }

  function settle(row: TraceRow, outcome: Outcome): void {
    rows++;
    if (outcome !== "taken") leftOut.add(nameRow(row), outcome);
  }

  function judge(row: TraceRow, known: TraceColumnPaths, whole: boolean): Outcome {
    const { fields } = row;
    const failed = failureOf(fields);
    if (failed !== null) return { failed };
    if (whole) return take(row, known);
    const own = findTraceColumns(fields, named);
    if (!("missing" in own) && isWhole(fields, own)) return take(row, own);
    const [input, output] = [firstOf(fields, known.input), firstOf(fields, known.output)];
    if (input === undefined && output === undefined) return "without tokens";
    // A line of cells that ends early was cut.
    const isCut = output === undefined && row.kind === "cells";
    return isMissing(output) && !isCut ? "without output tokens" : take(row, known);
  }

  function take(row: TraceRow, paths: TraceColumnPaths): Outcome {
    const { fields } = row;
    const requests =
      paths.count === null ? 1 : readCount(valueAt(fields, paths.count), { file, row, path: paths.count });
    if (requests === 0) return "taken";
    const input = addUp(row, paths.input, requests);
    const output = addUp(row, paths.output, requests);
    if (output === 0 && !keepFailed && hasNoAnswer(fields)) return "without output tokens";
    const time = times.add(row, paths.time, paths.count !== null);
    inputTokens.push(input);
    cache.add({ row, paths, isUsual: paths === columns, requests, input });
    outputTokens.push(output);
    if (columns?.count === null) return "taken";
    counts.push(requests);
    const end = paths.end === null ? null : readTime(valueAt(fields, paths.end));
    ends.push(end?.value ?? (time.isDay ? time.value + daySeconds : Number.NaN));
    return "taken";
  }

  function addUp(row: TraceRow, paths: readonly TokenPath[], requests: number): number {
    let sum = 0;
    for (const one of paths) {
      const own = one.path;
      sum += addUpTokens(row.fields, one, (value, path) => {
        const tokens = readTokens(value, { file, row, path }, requests);
        if (one.beside === "cache" && path !== own && tokens > 0) cached = own.join(".");
        return tokens;
      });
    }
    return sum;
  }

  function noColumns(): InputError {
    const [first] = pending;
    const found = findTraceColumns(first?.fields ?? {}, named);
    const { missing, found: names } = "missing" in found ? found : { missing: [], found: [] };
    const shown = names.length === 0 ? "nothing" : names.slice(0, 12).join(", ");
    const row = first === undefined || first.kind === "cells" ? "line 1" : nameRow(first);
    return new InputError(
      `loadTrace: ${file}, ${row}: no column ${missing.join(" and no ")}; there is ${shown}.`,
      {
        remedy:
          "Name the columns timestamp, input_tokens and output_tokens, in the first line of a CSV file, or say which " +
          'they are: columns: { time: "…", inputTokens: "…", outputTokens: "…" }, inside objects by dots.',
      },
    );
  }

  function end(): CollectedRequests {
    if (columns === null && pending.length > 0) throw noColumns();
    const collected = times.end();
    if (columns?.time.at(-1) === "starting_at" && columns.count === null) {
      throw new InputError(
        `loadTrace: ${file} adds up tokens over periods, and does not say of how many requests.`,
        { remedy: "Give a log of single requests, or add a column num_requests." },
      );
    }
    if (columns === null || collected === null) {
      const why = leftOut.describe(rows);
      throw new InputError(`loadTrace: ${file} has no requests.${why === null ? "" : ` ${why}`}`, {
        remedy:
          why === null
            ? "Give a file with a line of column names and one line for each request, JSON lines, or a JSON list."
            : "Give a file with answered requests; keepFailed: true keeps those that look failed.",
      });
    }
    return {
      columns,
      times: collected,
      inputTokens: inputTokens.values(),
      outputTokens: outputTokens.values(),
      sums: areSums(counts.values(), ends.values()) ? { counts: counts.values(), ends: ends.values() } : null,
      cached,
      cachedInput: cache.end(),
      rows,
      leftOut,
    };
  }

  return { add, end };
}

function firstOf(fields: Fields, [first]: readonly TokenPath[]): unknown {
  return first === undefined ? undefined : valueAt(fields, first.path);
}

function isWhole(fields: Fields, { time, input, output }: TraceColumnPaths): boolean {
  const needed = [firstOf(fields, output), firstOf(fields, input), valueAt(fields, time)];
  return !needed.some(isMissing);
}

// A row that counts one request is a request, unless it says until when.
function areSums(counts: Float64Array, ends: Float64Array): boolean {
  return counts.some((count) => count !== 1) || ends.some((end) => !Number.isNaN(end));
}

function hasNoAnswer(fields: Fields): boolean {
  return ["output", "response", "completion"].some((name) => fields[name] === null);
}

type Outcome = LeftOutReason | "taken";
