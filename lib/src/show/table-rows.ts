import { inspect } from "node:util";
import { InputError } from "../errors.ts";

/** One row of a table: column name → value. */
export type TableRow = Readonly<Record<string, unknown>>;

/**
 * What a data frame must have to be shown as a table; a polars `DataFrame` has it.
 *
 * A polars frame is a proxy, in which a column hides the property of the same name.
 */
export interface TableFrame {
  readonly columns: unknown;
  readonly height: unknown;
  toRecords(): TableRow[];
  head(rowCount: number): TableFrame;
}

/** What can be shown as a table. `null` is a table without rows: the data is not there yet. */
export type TableData = TableFrame | readonly object[] | null;

export function isFrame(value: unknown): value is TableFrame {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "toRecords") === "function";
}

/** Says whether a value is a list of plain objects, with at least one. */
export function isRows(value: unknown): value is readonly TableRow[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRow);
}

/** The first rows of a table, how many it has in all, and the names of its columns in the order in which they first occur. */
export interface TableRows {
  rows: readonly TableRow[];
  rowCount: number;
  keys: readonly string[];
}

/** Reads the first rows of a table; without a limit 50 of a list, and 20 of a frame, which is rather large. */
export function readRows(data: TableData, limit?: number): TableRows {
  if (data === null) return { rows: [], rowCount: 0, keys: [] };
  if (isFrame(data)) return readFrame(data, limit ?? 20);
  const rows = data.filter(isRow);
  if (rows.length < data.length) {
    throw new InputError(`table: row ${data.findIndex((row) => !isRow(row))} is not an object.`, {
      remedy: "Give a data frame, a list of objects (one per row), or null.",
    });
  }
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  return { rows: rows.slice(0, limit ?? 50), rowCount: rows.length, keys: [...keys] };
}

function readFrame(frame: TableFrame, limit: number): TableRows {
  // Its own keys are its columns, also where one of them is named "columns".
  const keys = Array.isArray(frame.columns) ? frame.columns : Object.keys(frame);
  if (typeof frame.height === "number" && typeof frame.head === "function") {
    const isWhole = frame.height <= limit;
    return { rows: (isWhole ? frame : frame.head(limit)).toRecords(), rowCount: frame.height, keys };
  }
  const all = frame.toRecords();
  return { rows: all.slice(0, limit), rowCount: all.length, keys };
}

/** Says whether a value is a plain object: one that a pair of braces makes, and not of a class. */
export function isRow(value: unknown): value is TableRow {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Says whether a value is a plain object that does not say itself how it is printed. */
export function isPlainObject(value: unknown): value is TableRow {
  return isRow(value) && typeof Reflect.get(value, inspect.custom) !== "function";
}
