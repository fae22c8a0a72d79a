import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** One import of a file of this project by another one; both as paths from the project's root. */
export interface ProjectImport {
  readonly from: string;
  readonly to: string;
  /** How the import spells it. */
  readonly specifier: string;
  /** Whether it takes types alone, and so no code. */
  readonly isType: boolean;
  /** Whether it is `import("…")`, which loads the file only when the line runs. */
  readonly isLazy: boolean;
}

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

const sources = ["lib/src/**/*.{ts,mjs}", "rehearsal/src/**/*.ts", "bin/**/*.{ts,mjs}", "tools/**/*.ts"];
const statement = /^(?:import|export)\b( type\b)?(?:[^"';]*?\bfrom\s+)?\s*"([^"]+)"/gm;
const lazy = /\bimport\("([^"]+)"\)/g;

/** Lists the source files of the project: library, rehearsal, commands and tools. */
export function listSources(): string[] {
  return globSync(sources, { cwd: projectRoot, exclude: (name) => name.includes("node_modules") }).sort();
}

/** Lists every import between source files, those of types and lazy ones included. */
export function listImports(): ProjectImport[] {
  return listSources().flatMap((from) => {
    const text = readFileSync(join(projectRoot, from), "utf8");
    const found = [
      ...[...text.matchAll(statement)].map(([, type, specifier = ""]) => ({
        specifier,
        isType: type !== undefined,
        isLazy: false,
      })),
      ...[...text.matchAll(lazy)].map(([, specifier = ""]) => ({ specifier, isType: false, isLazy: true })),
    ];
    return found.flatMap(({ specifier, isType, isLazy }) => {
      const to = resolve(from, specifier);
      return to === null ? [] : [{ from, to, specifier, isType, isLazy }];
    });
  });
}

function resolve(from: string, specifier: string): string | null {
  if (specifier.startsWith(".")) return join(dirname(from), specifier);
  const [packageName, ...rest] = specifier.split("/");
  const folder =
    packageName === "workbook" ? "lib" : packageName === "workbook-rehearsal" ? "rehearsal" : null;
  if (folder === null) return null;
  const { exports } = JSON.parse(readFileSync(join(projectRoot, folder, "package.json"), "utf8"));
  const entry = exports[[".", ...rest].join("/")]?.["workbook-source"];
  if (entry === undefined)
    throw new Error(`${from} imports ${specifier}, which ${folder}/package.json does not export.`);
  return join(folder, entry);
}
