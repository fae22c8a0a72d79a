import { InputError } from "../errors.ts";
import { type DisplayBundle, displayBundle } from "../kernel/index.ts";
import { requireNumber } from "../require-number.ts";
import { inWords } from "../words/index.ts";
import { type Figures, listOrigins, originParts, partOfOrigin } from "./figures.ts";
import { chooseDecimals, formatCell, isNumeric } from "./format-cell.ts";
import { tableTextBundle } from "./render-table.ts";
import { readRows, type TableData, type TableRow } from "./table-rows.ts";
import type { TableText } from "./table-text.ts";

/** How one column is shown. */
export interface TableColumn {
  /** The column's name in the data. */
  readonly key: string;
  /** What its head says; default: the name. */
  readonly head?: string;
  /** The unit of its values, shown in the head. */
  readonly unit?: string;
  /** Default: right for numbers, left for everything else. */
  readonly align?: "left" | "right";
  /** Digits after the decimal point; default: enough for four significant digits. */
  readonly digits?: number;
  /** Makes the text of a cell; its result is escaped like any other. `null` is a cell without a value. */
  readonly format?: (value: unknown, row: TableRow) => string | null;
}

/** How a table is shown. */
export interface TableOptions {
  /** Which columns, in which order; default: all. A name alone is a column with defaults. */
  readonly columns?: readonly (string | TableColumn)[];
  /** What the table shows, in a few words. */
  readonly caption?: string;
  /** How many rows at most; default 20 of a frame, 50 of a list. Where rows are left out, the table says how many. */
  readonly limit?: number;
  /** A remark below the table: what a column means. */
  readonly note?: string;
  /** What its figures are, from when and whose; not needed where each row has a kind, a day and a source. */
  readonly figures?: Figures | readonly Figures[];
}

/**
 * Displays rows as a table: a polars frame, a list of objects, or `null` where there is no data yet.
 *
 * @example table(prices, { caption: "Prices", columns: ["gpu", { key: "usd", head: "Price", unit: "USD/h", digits: 2 }] });
 */
export function table(data: TableData, options: TableOptions = {}): void {
  displayBundle(tableBundle(data, options));
}

/** Returns the bundle that `table` displays: `text/html` and an aligned `text/plain`. */
export function tableBundle(data: TableData, options: TableOptions = {}): DisplayBundle {
  const { limit } = options;
  requireNumber("table", { limit }, { whole: true, from: 0, endless: true, optional: true });
  const { rows, rowCount, keys } = readRows(data, limit);
  const chosen = chooseColumns(options.columns, keys);
  const columns = chosen.map((column) => fillColumn(column, rows));
  const headOf = (key: string) => columns[chosen.findIndex((column) => column.key === key)]?.head ?? key;
  const isSaidInRows = originParts.every((part) => columns.some(({ says }) => says === part));
  const needsLine = options.figures !== undefined || !isSaidInRows;
  return tableTextBundle({
    caption: options.caption,
    columns,
    rowCount: rows.length,
    notes: [describeRows(rows.length, rowCount), options.note].filter((note) => note !== undefined),
    origins: needsLine ? listOrigins(options.figures, { rows, headOf }) : [],
  });
}

function chooseColumns(columns: TableOptions["columns"], keys: readonly string[]): TableColumn[] {
  const chosen = (columns ?? keys).map((column) => (typeof column === "string" ? { key: column } : column));
  const unknown = chosen.find((column) => keys.length > 0 && !keys.includes(column.key));
  if (unknown !== undefined) {
    throw new InputError(`table: there is no column "${unknown.key}".`, {
      remedy: `The data has ${keys.join(", ")}.`,
    });
  }
  return chosen;
}

function fillColumn(column: TableColumn, rows: readonly TableRow[]): TableText["columns"][number] {
  const { key, head = key, unit, format = (value: unknown) => value } = column;
  const values = rows.map((row) => row[key]);
  const decimals = column.digits ?? chooseDecimals(values);
  return {
    head: unit === undefined ? head : `${head} (${unit})`,
    align: column.align ?? (isNumeric(values) ? "right" : "left"),
    cells: rows.map((row) => formatCell(format(row[key], row), decimals)),
    says: partOfOrigin(key, values),
  };
}

/** Says that there are no rows, or that not all are shown. */
export function describeRows(shownCount: number, count: number): string | undefined {
  if (count === 0) return "no rows";
  return shownCount === count ? undefined : `showing ${inWords(shownCount)} of ${inWords(count)} rows`;
}
