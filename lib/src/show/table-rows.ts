import { InputError } from "../errors.ts";

/** One row of a table: column name → value. */
export type TableRow = Readonly<Record<string, unknown>>;

/** What a data frame must have to be shown as a table; a polars `DataFrame` has it. */
export interface TableFrame {
  readonly columns: readonly string[];
  toRecords(): TableRow[];
}

/** What can be shown as a table. `null` is a table without rows: the data is not there yet. */
export type TableData = TableFrame | readonly TableRow[] | null;

/** Says whether a value is a data frame as polars makes them. */
export function isFrame(value: unknown): value is TableFrame {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "toRecords") === "function";
}

/** Says whether a value is a list of plain objects, with at least one. */
export function isRows(value: unknown): value is readonly TableRow[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRow);
}

/** Returns the rows of a table, and the names of its columns in the order in which they first occur. */
export function readRows(data: TableData): { rows: readonly TableRow[]; keys: readonly string[] } {
  if (data === null) return { rows: [], keys: [] };
  if (isFrame(data)) return { rows: data.toRecords(), keys: readColumnNames(data) };
  const wrong = data.findIndex((row) => !isRow(row));
  if (wrong >= 0) {
    throw new InputError(`table: row ${wrong} is not an object.`, {
      remedy: "Give a data frame, a list of objects (one per row), or null.",
    });
  }
  return { rows: data, keys: [...new Set(data.flatMap((row) => Object.keys(row)))] };
}

// A polars frame is a proxy: a column named "columns" hides the property of that name, but the own keys are the columns.
function readColumnNames(frame: TableFrame): readonly string[] {
  return Array.isArray(frame.columns) ? frame.columns : Object.keys(frame);
}

function isRow(value: unknown): value is TableRow {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
