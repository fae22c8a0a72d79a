import { parseJson } from "../words/index.ts";

/** A string, or one of the numbers that Python writes and JSON does not know; an open string ends with the text. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"?|-?\bInfinity\b|\bNaN\b/gs;

/** Returns what a file of a model says as JSON, with `null` for Python's `Infinity` and `NaN`; `undefined` where it is none. */
export function parseConfig(text: string): unknown {
  const parsed = parseJson(text);
  if (parsed !== undefined) return parsed;
  return parseJson(text.replaceAll(stringOrNumber, (found) => (found.startsWith('"') ? found : "null")));
}
