import { cutText, stripControlCharacters } from "../words/index.ts";
import { formatCell, formatNumber } from "./format-cell.ts";
import { inspectShort } from "./short-inspect.ts";
import { isMeasure } from "./short-measures.ts";
import { isPlainObject } from "./table-rows.ts";

/** In a column, and beside a name, where there is more room. */
export const mostCharacters = { column: 300, line: 1_000 };
/** What has more names and values than this is only named. */
const mostParts = 1_000;
const deepest = 4;
/** Of a list inside a cell. */
const mostItems = 20;

/** Returns the text of a cell among others of its column; `null` where there is no value. */
export function columnCell(value: unknown, column: { name: string; decimals: number }): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "number"
    ? formatNumber(value, column.decimals, false)
    : valueCell(value, column.name, mostCharacters.column);
}

/**
 * Returns the text of a value that stands beside its name: a text as it is, a date as in any table, small plain objects and
 * lists by their names and values, all else as code would write it.
 */
export function valueCell(value: unknown, name: string, most = mostCharacters.line): string {
  const text = sayParts(value, { name, most, depth: hasMoreParts(value, mostParts) ? 0 : deepest });
  // Cut first: a text may be far longer than what is shown of it.
  return stripControlCharacters(cutText(text, most));
}

function sayParts(value: unknown, place: { name: string; most: number; depth: number }): string {
  const { name, most, depth } = place;
  if (typeof value === "string") return value;
  if (value instanceof Date) return formatCell(value, 0) ?? "";
  const sayPart = (part: unknown, partName: string): string => {
    const said = sayParts(part, { name: isMeasure(partName) ? partName : name, most, depth: depth - 1 });
    return isPlainObject(part) || Array.isArray(part) ? `(${said})` : said;
  };
  if (depth > 0 && isPlainObject(value) && Object.keys(value).length > 0) {
    return Object.keys(value)
      .map((key) => {
        const { get, value: part } = Object.getOwnPropertyDescriptor(value, key) ?? {};
        return `${key} ${get === undefined ? sayPart(part, key) : "[Getter]"}`;
      })
      .join(", ");
  }
  if (depth > 0 && Array.isArray(value) && value.length > 0) {
    const left = value.length - mostItems;
    const items = value.slice(0, mostItems).map((item) => sayPart(item, name));
    return [...items, ...(left > 0 ? [`… ${left} more`] : [])].join(", ");
  }
  return inspectOnOneLine(value, name, most);
}

/** Prints a value on one line; what is too large for one is only named. */
export function inspectOnOneLine(value: unknown, name = "", most = mostCharacters.line): string {
  const depth = hasMoreParts(value, mostParts) ? -1 : 4;
  const options = { depth, breakLength: Infinity, compact: true, maxArrayLength: mostItems };
  return inspectShort(value, { ...options, maxStringLength: most }, name).replaceAll("\n", " ");
}

/** Says whether a value has more names and items than so many, nested ones included; of a long list 20 count. */
export function hasMoreParts(value: unknown, most: number): boolean {
  const waiting = [value];
  const seen = new Set<unknown>();
  let count = 0;
  for (let part = waiting.pop(); waiting.length > 0 || part !== undefined; part = waiting.pop()) {
    if (typeof part !== "object" || part === null || ArrayBuffer.isView(part) || seen.has(part)) continue;
    seen.add(part);
    const names = Array.isArray(part) ? [...part.slice(0, mostItems).keys()] : Object.keys(part);
    count += names.length;
    if (count > most) return true;
    // A getter is not called, as Node does not.
    for (const name of names) waiting.push(Object.getOwnPropertyDescriptor(part, name)?.value);
  }
  return false;
}
