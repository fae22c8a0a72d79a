import { inspect } from "node:util";
import { InputError } from "../errors.ts";
import { type DisplayBundle, displayBundle } from "../kernel/index.ts";
import { stripControlCharacters } from "../words/index.ts";
import { tableBundle } from "./table.ts";
import { isFrame, isRows } from "./table-rows.ts";

const jupyterDisplay = Symbol.for("Jupyter.display");

/**
 * Displays any value in its best form: a display bundle as it is, a data frame or a list of objects as a table, a
 * string as text, an object with a `Symbol.for("Jupyter.display")` method as it says, anything else as Node prints it.
 */
export function show(value: unknown): void {
  displayBundle(toBundle(value));
}

function toBundle(value: unknown): DisplayBundle {
  // A polars frame can display itself, but without alignment, row count and plain text: the table comes first.
  if (isFrame(value) || isRows(value)) return tableBundle(value);
  if (isBundle(value)) return value;
  if (canDisplayItself(value)) {
    const display = value[jupyterDisplay]();
    if (isMediaRecord(display)) return { data: display };
    throw new InputError(
      'show: the Symbol.for("Jupyter.display") method of this value returned no record of media types.',
      { remedy: "Where it returns a promise, await it first and show its result as { data: … }." },
    );
  }
  const text = typeof value === "string" ? value : inspect(value, { depth: 4 });
  return { data: { "text/plain": stripControlCharacters(text) } };
}

function isBundle(value: unknown): value is DisplayBundle {
  return typeof value === "object" && value !== null && "data" in value && isMediaRecord(value.data);
}

function isMediaRecord(value: unknown): value is DisplayBundle["data"] {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^[\w.+-]+\/[\w.+-]+$/.test(key));
}

function canDisplayItself(value: unknown): value is { [jupyterDisplay]: () => unknown } {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, jupyterDisplay) === "function"
  );
}
