import type { DisplayBundle } from "../kernel/index.ts";
import { inWords } from "../words/index.ts";
import { listOrigins } from "./figures.ts";
import { chooseDecimals, isNumeric } from "./format-cell.ts";
import { renderTextRecords, tableTextBundle } from "./render-table.ts";
import { columnCell } from "./result-cell.ts";
import { describeRows, type TableOptions } from "./table.ts";
import { readRows, type TableData, type TableRow } from "./table-rows.ts";
import type { TableText } from "./table-text.ts";

const mostColumns = 24;
/** Of more characters a text is long: it is broken into lines. */
const shortText = 40;
/** A terminal breaks the lines of a wider table, until nobody finds its columns. */
const widestText = 160;

/**
 * Returns a table that nobody designed: with the first 24 columns, whole numbers without commas, so that a year stays a
 * year, and what is nested on one line.
 */
export function resultTable(
  data: TableData,
  options: { caption?: string | undefined; figures?: TableOptions["figures"] } = {},
): DisplayBundle {
  const { caption, figures } = options;
  const { rows, rowCount, keys } = readRows(data);
  const columns = keys.slice(0, mostColumns).map((key) => fillColumn(key, rows));
  const left = keys.length - columns.length;
  const notes = [
    describeRows(rows.length, rowCount),
    left > 0 ? `showing ${columns.length} of ${inWords(keys.length)} columns` : undefined,
  ].filter((note) => note !== undefined);
  const text = { caption, columns, rowCount: rows.length, notes, origins: listOrigins(figures, { rows }) };
  const bundle = tableTextBundle(text);
  return columns.length > 2 && widthOf(columns) > widestText
    ? { data: { ...bundle.data, "text/plain": renderTextRecords(text) } }
    : bundle;
}

function fillColumn(head: string, rows: readonly TableRow[]): TableText["columns"][number] {
  const values = rows.map((row) => row[head]);
  const decimals = chooseDecimals(values);
  const cells = values.map((value) => columnCell(value, { name: head, decimals }));
  const isLong = cells.some((cell) => cell !== null && cell.length > shortText);
  return { head, align: isNumeric(values) ? "right" : "left", cells, isLong };
}

function widthOf(columns: TableText["columns"]): number {
  const widths = columns.map(({ head, cells }) =>
    Math.max(...[head, ...cells].map((text) => text?.length ?? 1)),
  );
  return widths.reduce((sum, width) => sum + width + 2, 0);
}
