import { displayBundle } from "../kernel/index.ts";
import { stripControlCharacters } from "../words/index.ts";
import { resultBundle, resultText } from "./result-bundle.ts";
import type { TableOptions } from "./table.ts";

/**
 * Displays any value in its best form, as the last expression of a cell does: a display bundle as it is, a data frame, a
 * list of objects and a larger object as tables, a string as text, an object with a `Symbol.for("Jupyter.display")` method
 * as it says, anything else as Node prints it. `figures` says below a table what its figures are, from when and whose.
 */
export function show(value: unknown, options: Pick<TableOptions, "figures"> = {}): void {
  displayBundle(
    resultBundle(value, options.figures) ?? {
      data: { "text/plain": stripControlCharacters(resultText(value)) },
    },
  );
}
