// The cells of 05-decide as one function of what its first cell sets, run for many cases in one process, without Jupyter.

import { execFileSync } from "node:child_process";
import { inProject } from "../../bin/set-up/project.mjs";
import { readNotebook } from "./read-notebook.ts";

/** What stands in the first cell: code that gives the load and the target. */
export interface DecideCase {
  model: string;
  load: string;
  target: string;
  /** Default: every card. */
  cards?: readonly string[];
}

/** What the cells below the first one have printed, or the error that stopped them. */
export interface DecideRun {
  model: string;
  printed: string;
  error: string | null;
}

const notebook = inProject("notebooks/05-decide.ipynb");

// Tables write to the output themselves.
const capturing = `const printed = [];
const writeOut = process.stdout.write.bind(process.stdout);
process.stdout.write = (text) => printed.push(String(text)) > 0;`;

/** Runs the cells for each case; the first cell alone is replaced. */
export function runDecideCells(cases: readonly DecideCase[]): DecideRun[] {
  const [first = "", ...others] = readCode();
  const [imports, body] = hoistImports(others);
  const calls = cases.map(
    ({ model, load, target, cards = [] }) =>
      `await record(${JSON.stringify(model)}, ${load}, ${target}, ${JSON.stringify(cards)});`,
  );
  return runScript(`${hoistImports([first])[0]}
${imports}
const runs = [];
${capturing}
async function run(model, load, target, cards) {
${body}
}
async function record(model, load, target, cards) {
  printed.length = 0;
  const error = await run(model, load, target, cards).then(() => null, String);
  runs.push({ model, printed: printed.join(""), error });
}
${calls.join("\n")}
writeOut(JSON.stringify(runs));`);
}

/** Runs the notebook as it stands, with this model in the settings. */
export function runDecideNotebook(model: string): DecideRun {
  const [imports, body] = hoistImports(readCode());
  const script = `${imports}
${capturing}
${body}
writeOut(JSON.stringify([{ model, printed: printed.join(""), error: null }]));`;
  const [run] = runScript(script, { MODEL: model });
  if (run === undefined) throw new Error("The notebook gave nothing.");
  return run;
}

function readCode(): string[] {
  return readNotebook(notebook).cells.flatMap(({ type, source }) => (type === "code" ? [source] : []));
}

/** Imports stand on lines of their own, and may not stand in a function. */
function hoistImports(cells: readonly string[]): [imports: string, body: string] {
  const lines = cells.flatMap((source) => [...source.split("\n"), ";"]);
  const isImport = (line: string) => line.startsWith("import ");
  return [lines.filter(isImport).join("\n"), lines.filter((line) => !isImport(line)).join("\n")];
}

function runScript(code: string, environment: Record<string, string> = {}): DecideRun[] {
  const flags = ["--conditions=workbook-source", "--input-type=module-typescript", "-e", code];
  const printed = execFileSync(process.execPath, flags, {
    cwd: inProject("notebooks"),
    encoding: "utf8",
    env: { ...process.env, ...environment },
    maxBuffer: 100_000_000,
  });
  return JSON.parse(printed) as DecideRun[];
}
