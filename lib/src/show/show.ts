import { displayBundle } from "../kernel/index.ts";
import { stripControlCharacters } from "../words/index.ts";
import { resultBundle, resultText } from "./result-bundle.ts";

/**
 * Displays any value in its best form, as the last expression of a cell does: a display bundle as it is, a data frame, a
 * list of objects and a larger object as tables, a string as text, an object with a `Symbol.for("Jupyter.display")` method
 * as it says, anything else as Node prints it.
 */
export function show(value: unknown): void {
  displayBundle(resultBundle(value) ?? { data: { "text/plain": stripControlCharacters(resultText(value)) } });
}
