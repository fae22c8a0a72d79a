// Files of a reader's own, which cells import by their path: `./mine`, `../mine.ts`, `./prices.json`.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Compiler } from "./start-compiler.ts";

const require = createRequire(import.meta.url);

/** What may be left out at the end of a path, in the order in which it is tried. */
const endings = ["", ".ts", ".mts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];

/** Hears of every file that is compiled: the name under which it runs, what was read, and the map between the two. */
type OnCompiled = (compiled: { name: string; label: string; source: string; map: string }) => void;

/**
 * Has Node find and run such files from now on, also where the ending is left out, and anew once one was changed.
 *
 * `isCell` tells the addresses of cells; what a cell imports by its path is the reader's own, and so is what that imports.
 */
export function runReaderFiles(options: {
  folder: string;
  isCell(address: string): boolean;
  compileFile: Compiler["compileFile"];
  onCompiled: OnCompiled;
}): void {
  const { folder, isCell, compileFile, onCompiled } = options;
  const changedAtMs = new Map<string, number>();
  const addresses = new Set<string>();
  let edition = 0;

  /** All files are read again where one of them has changed, since one may stand in another. */
  const noticeChanges = () => {
    const changed = [...changedAtMs].filter(([file, atMs]) => readTime(file) !== atMs);
    for (const [file] of changed) {
      changedAtMs.set(file, readTime(file));
      delete require.cache[file];
    }
    if (changed.length > 0) edition += 1;
  };

  registerHooks({
    resolve(specifier, context, next) {
      const parent = context.parentURL ?? "";
      const isPath = /^(\.{0,2}\/|file:)/.test(specifier);
      if (!isPath || !(isCell(parent) || addresses.has(parent))) return next(specifier, context);
      const path = fileURLToPath(new URL(specifier, parent));
      const file = findFile(path);
      if (file === null) return next(specifier, context);
      if (isCell(parent)) noticeChanges();
      if (!changedAtMs.has(file)) changedAtMs.set(file, readTime(file));
      const address = `${pathToFileURL(file)}${edition === 0 ? "" : `?edition=${edition}`}`;
      addresses.add(address);
      return { url: address, shortCircuit: true };
    },
    load(address, context, next) {
      if (!addresses.has(address)) return next(address, context);
      const file = fileURLToPath(address);
      if (file.endsWith(".json")) {
        const text = readJson(file, { folder });
        if (context.importAttributes["type"] === "json") return next(address, context);
        return {
          format: "module",
          shortCircuit: true,
          source: `export default JSON.parse(${JSON.stringify(text)});`,
        };
      }
      if (!/\.m?ts$/.test(file)) return next(address, context);
      const source = readFileSync(file, "utf8");
      const compiled = compileFile(relative(folder, file), source);
      onCompiled({ name: address, label: file, source, map: compiled.map });
      return { format: "module", shortCircuit: true, source: compiled.code };
    },
  });
}

function findFile(path: string): string | null {
  const isFile = (file: string) => existsSync(file) && statSync(file).isFile();
  const found = endings.map((ending) => `${path}${ending}`).find(isFile);
  // In TypeScript a file may be named by what it becomes.
  const source = path.replace(/js$/, "ts");
  return found ?? (isFile(source) ? source : null);
}

/** Reads a file of JSON; Node would name it by a path of this machine, or not at all, where it is none. */
function readJson(file: string, { folder }: { folder: string }): string {
  const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`${relative(folder, file)} is no JSON`, { cause });
  }
  return text;
}

function readTime(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
