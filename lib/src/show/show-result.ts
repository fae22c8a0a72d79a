import { displayBundle } from "../kernel/index.ts";
import { inWords } from "../words/index.ts";
import { chartBundle } from "./chart.ts";
import { type ChartSpec, isChartSpec } from "./chart-defaults.ts";
import { resultBundle, resultText } from "./result-bundle.ts";

const mostCharacters = 100_000;

/**
 * Shows the value of a cell's last expression: the specification of a chart as the chart, frames, lists of objects and
 * larger objects as tables, a text as it is, anything else as `console.log` prints it, with short numbers in objects.
 * `undefined` shows nothing, since it says that there is no value; `null` is one.
 *
 * It never throws: what cannot be shown, such as an object whose getters throw, is named. All but charts are shown before
 * it returns.
 */
export async function showResult(value: unknown): Promise<void> {
  if (value === undefined) return;
  const spec = tryTo(() => (isChartSpec(value) ? value : null));
  if (spec !== null && (await showChart(spec))) return;
  if (tryTo(() => showTables(value))) return;
  const text = tryTo(() => resultText(value)) ?? `[a value of type ${typeof value} that cannot be printed]`;
  const left = text.length - mostCharacters;
  print(left > 0 ? `${text.slice(0, mostCharacters)}\n… ${inWords(left)} more characters` : text);
}

/** Getters and proxies of a reader's own may throw whenever they are looked at. */
function tryTo<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch {
    return null;
  }
}

async function showChart(spec: ChartSpec): Promise<boolean> {
  try {
    const title = typeof spec.title === "string" ? spec.title : "A chart.";
    displayBundle(await chartBundle(spec, { description: spec.description ?? title }));
    return true;
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return false;
  }
}

function showTables(value: unknown): boolean {
  const bundle = resultBundle(value);
  if (bundle !== null) displayBundle(bundle);
  return bundle !== null;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
