import type { DisplayBundle } from "../kernel/index.ts";
import { inWords } from "../words/index.ts";
import { chooseDecimals, isNumeric } from "./format-cell.ts";
import { tableTextBundle } from "./render-table.ts";
import { columnCell } from "./result-cell.ts";
import { describeRows } from "./table.ts";
import { readRows, type TableData } from "./table-rows.ts";

const mostColumns = 24;

/**
 * Returns a table that nobody designed: with the first 24 columns, whole numbers without commas, so that a year stays a
 * year, and what is nested on one line.
 */
export function resultTable(data: TableData, caption?: string): DisplayBundle {
  const { rows, rowCount, keys } = readRows(data);
  const columns = keys.slice(0, mostColumns).map((key) => {
    const values = rows.map((row) => row[key]);
    const decimals = chooseDecimals(values);
    const align = isNumeric(values) ? ("right" as const) : ("left" as const);
    return { head: key, align, cells: values.map((value) => columnCell(value, decimals)) };
  });
  const left = keys.length - columns.length;
  const notes = [
    describeRows(rows.length, rowCount),
    left > 0 ? `showing ${columns.length} of ${inWords(keys.length)} columns` : undefined,
  ].filter((note) => note !== undefined);
  return tableTextBundle({ caption, columns, rowCount: rows.length, notes });
}
