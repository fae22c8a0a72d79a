import { inspect } from "node:util";
import { InputError } from "../errors.ts";
import type { DisplayBundle } from "../kernel/index.ts";
import { objectTables } from "./object-tables.ts";
import { hasMoreParts } from "./result-cell.ts";
import { resultTable } from "./result-table.ts";
import { inspectShort } from "./short-inspect.ts";
import type { TableOptions } from "./table.ts";
import { isFrame, isPlainObject, isRows, type TableFrame, type TableRow } from "./table-rows.ts";

const jupyterDisplay = Symbol.for("Jupyter.display");
/** A model's name has a slash too. */
const mediaType = /^(?:application|audio|image|text|video)\/[\w.+-]+$/;
const mostPartsOnOneLine = 50;

/**
 * Returns what a value shows beyond a text: a frame, a series, a list of plain objects and a plain object of more than a
 * line as tables, a display bundle as it is, an object with a `Symbol.for("Jupyter.display")` method as it says. `null`:
 * a text says it all.
 */
export function resultBundle(value: unknown, figures?: TableOptions["figures"]): DisplayBundle | null {
  if (typeof value !== "object" || value === null) return null;
  const rows = toRows(value);
  // A polars frame can display itself, but without alignment, row count and plain text: the table comes first.
  if (rows !== null) return resultTable(rows, { figures });
  if (isBundle(value)) return value;
  const display: unknown = Reflect.get(value, jupyterDisplay);
  if (typeof display === "function") return readDisplay(display.call(value));
  return isPlainObject(value) && (figures !== undefined || !fitsOnOneLine(value))
    ? objectTables(value, figures)
    : null;
}

/**
 * Returns the text of a value that shows nothing more: as `console.log` prints it, with short numbers in objects and lists.
 * A number alone keeps all its digits: it is what the reader asked for.
 */
export function resultText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return inspect(value);
  const text = inspectShort(value);
  return Object.prototype.toString.call(value) === "[object LazyDataFrame]"
    ? `A lazy frame, whose rows are not computed yet; await its collect() to get them: ${text}`
    : text;
}

function toRows(value: object): TableFrame | readonly TableRow[] | null {
  if (isFrame(value)) return value;
  if (isRows(value)) return value.some((row) => Object.keys(row).length > 0) ? value : null;
  if (value instanceof Set) return toRows([...value]);
  if (value instanceof Map && isRows([...value.values()])) {
    return [...value].map(([key, row]: [unknown, TableRow]) => ({ key, ...row }));
  }
  return isSeries(value) ? value.toFrame() : null;
}

/** A column of polars. */
function isSeries(value: object): value is { toFrame(): TableFrame } {
  return typeof Reflect.get(value, "toFrame") === "function";
}

function fitsOnOneLine(value: object): boolean {
  return !hasMoreParts(value, mostPartsOnOneLine) && !inspectShort(value).includes("\n");
}

function readDisplay(display: unknown): DisplayBundle {
  if (isMediaRecord(display)) return { data: display };
  throw new InputError(
    'show: the Symbol.for("Jupyter.display") method of this value returned no record of media types.',
    { remedy: "Where it returns a promise, await it first and show its result as { data: … }." },
  );
}

function isBundle(value: object): value is DisplayBundle {
  return "data" in value && isMediaRecord(value.data);
}

function isMediaRecord(value: unknown): value is DisplayBundle["data"] {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => mediaType.test(key));
}
