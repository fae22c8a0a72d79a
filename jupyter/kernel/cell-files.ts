// The files that the compiler sees: those on the disk, and the cells, which exist in memory alone.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IScriptSnapshot, LanguageServiceHost } from "typescript-6";
import { cellOptions } from "./cell-options.ts";
import { ts } from "./compiler.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Cells are tried out: what is not sure to be right may run. */
const { options } = ts.convertCompilerOptionsFromJson({ ...cellOptions, strict: false }, projectRoot);
options.typeRoots = [join(projectRoot, "node_modules/@types")];

/** The cells of a kernel as files of the notebook's folder. */
export interface CellFiles {
  host: LanguageServiceHost;
  /** The cell that is looked at now. */
  cellFile: string;
  /** Sets what a file in memory holds. */
  write(file: string, text: string): void;
  /** Has the compiler keep what it knows of a module, since later cells will use it. */
  remember(specifier: string): void;
  /** The modules that are remembered. */
  modules: ReadonlySet<string>;
}

/** Starts without any cell. */
export function createCellFiles({ folder }: { folder: string }): CellFiles {
  const cellFile = join(folder, "__cell__.ts");
  const modulesFile = join(folder, "__modules__.ts");
  const files = new Map<string, { text: string; version: number }>();
  // For each cell the compiler asks for all files again, which are hundreds.
  const snapshots = new Map<string, { version: number; snapshot: IScriptSnapshot }>();
  const modules = new Set<string>();

  const write = (file: string, text: string) => {
    const version = files.get(file)?.version ?? 0;
    if (files.get(file)?.text !== text) files.set(file, { text, version: version + 1 });
  };
  write(cellFile, "");
  write(modulesFile, "");
  const readFile = (file: string) => files.get(file)?.text ?? ts.sys.readFile(file);
  const versionOf = (file: string) => {
    const kept = isPackage(file) ? snapshots.get(file)?.version : undefined;
    return files.get(file)?.version ?? kept ?? ts.sys.getModifiedTime?.(file)?.getTime() ?? 0;
  };
  const readSnapshot = (file: string) => {
    const kept = snapshots.get(file);
    const version = versionOf(file);
    if (kept?.version === version) return kept.snapshot;
    const text = readFile(file);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    snapshots.set(file, { version, snapshot });
    return snapshot;
  };

  return {
    cellFile,
    write,
    remember(specifier) {
      modules.add(specifier);
      write(modulesFile, [...modules].map((module) => `import ${JSON.stringify(module)};`).join("\n"));
    },
    modules,
    host: {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [cellFile, modulesFile],
      getScriptVersion: (file) => String(versionOf(file)),
      getScriptSnapshot: readSnapshot,
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (file) => files.has(file) || ts.sys.fileExists(file),
      readFile,
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      ...(ts.sys.realpath === undefined ? {} : { realpath: ts.sys.realpath }),
    },
  };
}

/** Whether a file is of an installed package, which stays as it is while the kernel runs. */
function isPackage(file: string): boolean {
  return file.includes("/node_modules/");
}
