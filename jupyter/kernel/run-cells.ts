// Runs the cells of one kernel, one after the other.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import type { CellErrors } from "./cell-errors.ts";
import { type CellLanguage, createCellLanguage } from "./cell-language.ts";
import { compileCell } from "./compile-cell.ts";

/** What tslab asks of what runs its cells. */
export interface CellRunner {
  /** Runs a cell and resolves with whether it came to its end without an error. */
  execute(cell: string): Promise<boolean>;
  complete(cell: string, offset: number): ReturnType<CellLanguage["complete"]>;
  inspect(cell: string, offset: number): ReturnType<CellLanguage["inspect"]>;
  /** Gives up waiting for the cell that runs. */
  interrupt(): void;
  reset(): void;
  close(): void;
}

/** What a cell writes: the value of its last expression, and what went wrong. */
interface CellOutput {
  show(value: unknown): void;
  complain(text: string): void;
}

type Body = (
  names: object,
  bind: Bind,
  meta: object,
  require: NodeJS.Require,
) => Promise<{ value: unknown } | undefined>;
type Bind = (
  loaded: Readonly<Record<string, unknown>>,
  names: readonly [local: string, imported: string][],
) => void;

/** Where cells run: in the notebook's folder, as files that do not exist. */
export function createCellRunner(options: {
  folder: string;
  errors: CellErrors;
  output: CellOutput;
}): CellRunner {
  const { folder, errors, output } = options;
  const language = createCellLanguage({ folder });
  const names: Record<string, unknown> = {};
  const bind = createBind(names);
  const require = createRequire(join(folder, "cell.js"));
  let stop = (_: Error) => {};
  let count = 0;

  return {
    async execute(text) {
      const cell = text.replace(/^#!/, "//");
      const checked = language.check(cell);
      if (checked.complaints.length > 0) {
        for (const { line, column, message } of checked.complaints)
          output.complain(errors.describe(`${line + 1}:${column + 1} - ${message}`));
        return false;
      }
      const name = cellAddress(folder, ++count);
      const { code, map } = compileCell(checked, cell.length);
      errors.add({ name, source: cell, map });
      const before = new Map(checked.names.map((one) => [one.name, names[one.name]]));
      try {
        const meta = {
          url: name,
          dirname: folder,
          filename: join(folder, "cell.ts"),
          resolve: (path: string) => new URL(path, name).href,
        };
        const interrupted = new Promise<never>((_, reject) => {
          stop = reject;
        });
        const ended = await Promise.race([start(name, code)(names, bind, meta, require), interrupted]);
        checked.keep(checked.names.map((one) => one.name));
        if (ended !== undefined) output.show(ended.value);
        return true;
      } catch (error) {
        // What was set before the error stays.
        checked.keep([...before.keys()].filter((one) => one in names && names[one] !== before.get(one)));
        output.complain(errors.describe(error));
        return false;
      }
    },
    complete: (cell, position) => language.complete(cell, toOffset(cell, position)),
    inspect: (cell, position) => language.inspect(cell, toOffset(cell, position)),
    interrupt: () => stop(new Error("Interrupted asynchronously")),
    reset() {
      for (const name of Object.keys(names)) delete names[name];
    },
    close() {},
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
  const body = `(async function ($names, $bind, $meta, require) { "use strict";\n${code}\n})`;
  const run = new vm.Script(body, {
    filename: name,
    lineOffset: -1,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext();
  return run;
}

/** An imported name is read anew at each use, since its module may change it; a cell that sets it makes it its own. */
function createBind(names: object): Bind {
  return (loaded, bindings) => {
    for (const [local, imported] of bindings) {
      Object.defineProperty(names, local, {
        configurable: true,
        enumerable: true,
        get: () => readExport(loaded, imported),
        set: (value) =>
          Object.defineProperty(names, local, {
            value,
            configurable: true,
            enumerable: true,
            writable: true,
          }),
      });
    }
  };
}

function readExport(loaded: Readonly<Record<string, unknown>>, name: string): unknown {
  if (name === "*") return loaded;
  const whole = loaded["default"];
  // A package in the older form of modules is its own default export.
  if (typeof whole === "object" && whole !== null) {
    if (name === "default" && "__esModule" in whole && "default" in whole) return whole.default;
    if (!(name in loaded)) return Reflect.get(whole, name);
  }
  return loaded[name];
}

/** Jupyter counts characters, JavaScript counts units of 16 bits. */
function toOffset(cell: string, position: number): number {
  return Array.from(cell).slice(0, position).join("").length;
}
