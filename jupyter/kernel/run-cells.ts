// Runs the cells of one kernel, one after the other.

import { createRequire } from "node:module";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import type { CellErrors } from "./cell-errors.ts";
import { type CellRun, createCellRun } from "./cell-run.ts";
import type { Completion } from "./compiler/complete-cell.ts";
import type { Description } from "./compiler/describe-place.ts";
import { bindImports, declareNames } from "./global-names.ts";
import type { Compiler } from "./start-compiler.ts";

/** What tslab asks of what runs its cells. */
export interface CellRunner {
  /** Runs a cell and resolves with whether it came to its end without an error. */
  execute(cell: string): Promise<boolean>;
  complete(cell: string, offset: number): Completion;
  inspect(cell: string, offset: number, mostCharacters: number): Description | null;
  /** Stops the cell that runs. */
  interrupt(): void;
  /** Hears that the reader interrupts. A call of the library may take the first one for itself; the second stops the cell. */
  press(): void;
  reset(): void;
  close(): void;
}

/** What a cell writes: the value of its last expression, and what went wrong. */
interface CellOutput {
  show(value: unknown): Promise<void>;
  complain(text: string): void;
}

/** A compiled cell. */
type Body = (
  bind: typeof bindImports,
  run: CellRun,
  meta: object,
  require: NodeJS.Require,
) => Promise<[value: unknown] | undefined>;

/** Where cells run: in the notebook's folder, as files that do not exist. */
export function createCellRunner(options: {
  folder: string;
  compiler: Compiler;
  errors: CellErrors;
  output: CellOutput;
}): CellRunner {
  const { folder, compiler, errors, output } = options;
  const require = createRequire(join(folder, "cell.js"));
  let run = createCellRun();
  let count = 0;

  return {
    async execute(text) {
      const cell = withoutShebang(text);
      const compiled = compiler.compile(cell);
      if (compiled.code === undefined) {
        output.complain(errors.describeComplaints(compiled.complaints));
        return false;
      }
      const name = cellAddress(folder, ++count);
      errors.add({ name, source: cell, map: compiled.map });
      const before = declareNames(compiled.names);
      run = createCellRun();
      try {
        const body = start(name, compiled.code);
        const ended = await Promise.race([
          // In a task of its own, which an interrupt may end by force.
          Promise.resolve().then(() => body(bindImports, run, describeFile(folder, name), require)),
          run.stopped,
        ]);
        compiler.keep(compiled.names.map(({ name }) => name));
        if (ended === undefined) return true;
        await failAtOnce(ended[0]);
        await output.show(ended[0]);
        return true;
      } catch (error) {
        // What was set before the error stays, and so do types.
        const types = compiled.names.filter(({ kind }) => kind === "type").map(({ name }) => name);
        compiler.keep([...types, ...before.listChanged()]);
        output.complain(errors.describe(error));
        return false;
      }
    },
    complete(text, position) {
      const cell = withoutShebang(text);
      const { start, end, candidates } = compiler.complete(cell, toOffset(cell, position));
      return { start: toPosition(cell, start), end: toPosition(cell, end), candidates };
    },
    inspect: (text, position, mostCharacters) =>
      compiler.inspect(withoutShebang(text), toOffset(text, position), mostCharacters),
    interrupt: () => run.stop(),
    press: () => run.press(),
    reset() {},
    close() {},
  };
}

/** A first line such as `#!/usr/bin/env node` is none of the language. */
function withoutShebang(text: string): string {
  return text.replace(/^#!/, "//");
}

/** A promise that fails at once fails its cell; one that does so later is told as a call for which nobody waits. */
async function failAtOnce(value: unknown): Promise<void> {
  if (!(value instanceof Promise)) return;
  let isShown = false;
  const failed = new Promise<never>((_, reject) => {
    value.catch((error) => (isShown ? Promise.reject(error) : reject(error)));
  });
  await Promise.race([failed, setImmediate()]);
  isShown = true;
}

/** What `import.meta` is in a cell. */
function describeFile(folder: string, name: string): object {
  return {
    url: name,
    dirname: folder,
    filename: fileURLToPath(name),
    resolve: (specifier: string) => import.meta.resolve(specifier, name),
  };
}

/** The address under which a cell runs. */
function cellAddress(folder: string, count: number): string {
  return pathToFileURL(join(folder, `__cell_${count}__.js`)).href;
}

/** Whether an address is that of a cell. */
export function isCellAddress(address: string): boolean {
  return /\/__cell_\d+__\.js$/.test(address);
}

function start(name: string, code: string): Body {
  const body = `(async function ($bind, $run, $meta, require) { "use strict"; const { dirname: __dirname, filename: __filename } = $meta;\n${code}\n})`;
  const run = new vm.Script(body, {
    filename: name,
    lineOffset: -1,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext();
  return run;
}

/** Jupyter counts characters, JavaScript counts units of 16 bits. */
function toOffset(cell: string, position: number): number {
  return Array.from(cell).slice(0, position).join("").length;
}

function toPosition(cell: string, offset: number): number {
  return Array.from(cell.slice(0, offset)).length;
}
