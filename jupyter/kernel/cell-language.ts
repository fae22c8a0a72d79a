// What the compiler knows of cells: their mistakes, what could be written at a place, and what stands at one.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic, LanguageServiceHost, Program, SourceFile } from "typescript-6";
import { outputOptions, ts } from "./compiler.ts";
import { type DeclaredName, listNames } from "./list-names.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** What the compiler finds wrong; offset, line and column count from 0, in the reader's text. */
export interface Complaint {
  /** The compiler's own number of the mistake, such as 2304 for a name that nobody declared. */
  code: number;
  message: string;
  /** What the reader wrote at the place. */
  text: string;
  line: number;
  column: number;
}

/** A cell as the compiler read it. */
export interface CheckedCell {
  complaints: Complaint[];
  /** The names that the cell declares at its top. */
  names: DeclaredName[];
  /** The cell's text, and below it what brings in the names of earlier cells. */
  text: string;
  source: SourceFile;
  program: Program;
  /** Whether a declaration makes a name that all cells share: one of the cell's own, or one of an earlier cell. */
  isShared(declaration: import("typescript-6").Declaration): boolean;
  /** Makes these of the cell's names known to later cells. */
  keep(names: readonly string[]): void;
}

/** The language of the cells of one kernel, which runs in `folder`. */
export interface CellLanguage {
  check(cell: string): CheckedCell;
  /** What could stand at an offset, and which part of the text it would replace. */
  complete(cell: string, offset: number): { start: number; end: number; candidates: string[] };
  /** What stands at an offset: its type, and what its author says of it. */
  inspect(cell: string, offset: number): import("typescript-6").QuickInfo | null;
}

/** Where a name of an earlier cell comes from. */
type Origin = DeclaredName & { module: string };

/** Starts the compiler for cells; it reads what it needs when a cell is checked. */
export function createCellLanguage({ folder }: { folder: string }): CellLanguage {
  const cellFile = join(folder, "__cell__.ts");
  const versions = new Map([[cellFile, 0]]);
  const texts = new Map([[cellFile, ""]]);
  const known = new Map<string, Origin>();
  let cellCount = 0;

  const write = (file: string, text: string) => {
    if (texts.get(file) === text) return;
    texts.set(file, text);
    versions.set(file, (versions.get(file) ?? 0) + 1);
  };
  const service = ts.createLanguageService(createHost({ folder, cellFile, texts, versions }));

  /** Gives a cell to the compiler; without `mentions`, with all names of earlier cells. */
  const open = (cell: string, mentions?: ReadonlySet<string>) => {
    const names = listNames(ts.createSourceFile(cellFile, cell, ts.ScriptTarget.Latest));
    const own = new Set(names.map(({ name }) => name));
    const origins = [...known.values()].filter(
      ({ name }) => !own.has(name) && (mentions === undefined || mentions.has(name)),
    );
    const text = `${cell}\n;${bringIn(origins)}${exportAll(names)}`;
    write(cellFile, text);
    return { names, text };
  };

  return {
    check(cell) {
      const { names, text } = open(cell, new Set(cell.match(/[\p{ID_Continue}$]+/gu)));
      const syntax = service.getSyntacticDiagnostics(cellFile);
      const found = syntax.length > 0 ? syntax : service.getSemanticDiagnostics(cellFile);
      const program = service.getProgram();
      const source = program?.getSourceFile(cellFile);
      if (program === undefined || source === undefined) throw new Error("The compiler lost the cell.");
      return {
        complaints: found
          .filter(({ category }) => category === ts.DiagnosticCategory.Error)
          .map((said) => describe(said, source, cell)),
        names,
        text,
        source,
        program,
        isShared: (declaration) =>
          declaration.getSourceFile() === source &&
          (declaration.pos >= cell.length
            ? known.get(nameOf(declaration))?.kind !== "ambient"
            : isAtTop(declaration)),
        keep(kept) {
          const module = `./__cell_${++cellCount}__`;
          write(join(folder, `${module}.ts`), text);
          for (const one of names) if (kept.includes(one.name)) known.set(one.name, { ...one, module });
        },
      };
    },
    complete(cell, offset) {
      open(cell);
      const start = offset - (/[\p{ID_Continue}$]*$/u.exec(cell.slice(0, offset))?.[0].length ?? 0);
      const found = service.getCompletionsAtPosition(cellFile, offset, {
        includeCompletionsForModuleExports: false,
      });
      const typed = cell.slice(start, offset).toLowerCase();
      const entries = (found?.entries ?? [])
        .filter(({ name }) => name.toLowerCase().startsWith(typed) && !name.startsWith("__cell_"))
        .toSorted((one, other) => one.sortText.localeCompare(other.sortText));
      return { start, end: offset, candidates: entries.map(({ name }) => name) };
    },
    inspect(cell, offset) {
      open(cell);
      return service.getQuickInfoAtPosition(cellFile, offset) ?? null;
    },
  };
}

function createHost(options: {
  folder: string;
  cellFile: string;
  texts: ReadonlyMap<string, string>;
  versions: ReadonlyMap<string, number>;
}): LanguageServiceHost {
  const { folder, cellFile, texts, versions } = options;
  const readFile = (file: string) => texts.get(file) ?? ts.sys.readFile(file);
  return {
    getCompilationSettings: () => ({
      ...outputOptions,
      lib: [
        "es2025",
        "esnext.array",
        "esnext.collection",
        "esnext.disposable",
        "esnext.decorators",
        "esnext.error",
      ].map((name) => `lib.${name}.d.ts`),
      types: ["node"],
      typeRoots: [join(projectRoot, "node_modules/@types")],
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      esModuleInterop: true,
      isolatedModules: false,
      // Cells are tried out: what is not sure to be right may run.
      strict: false,
      skipLibCheck: true,
      noEmit: true,
    }),
    getScriptFileNames: () => [cellFile],
    getScriptVersion: (file) => String(versions.get(file) ?? ts.sys.getModifiedTime?.(file)?.getTime() ?? 0),
    getScriptSnapshot: (file) => {
      const text = readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (file) => texts.has(file) || ts.sys.fileExists(file),
    readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath === undefined ? {} : { realpath: ts.sys.realpath }),
  };
}

/** The declarations by which a cell sees names of earlier cells; a variable is declared, so that it can be assigned. */
function bringIn(origins: readonly Origin[]): string {
  return origins
    .map(({ name, kind, module }) =>
      kind === "declaration"
        ? `import { ${name} } from "${module}";`
        : `declare ${kind === "variable" ? "let" : "const"} ${name}: typeof import("${module}").${name};`,
    )
    .join("");
}

function exportAll(names: readonly DeclaredName[]): string {
  const own = names.filter(({ isExported }) => !isExported).map(({ name }) => name);
  return `export { ${own.join(", ")} };`;
}

function nameOf(declaration: import("typescript-6").Declaration): string {
  const name = ts.getNameOfDeclaration(declaration);
  return name !== undefined && ts.isIdentifier(name) ? name.text : "";
}

function isAtTop(declaration: import("typescript-6").Declaration): boolean {
  let node: import("typescript-6").Node = declaration;
  while (ts.isBindingElement(node) || ts.isBindingName(node)) node = node.parent;
  if (ts.isVariableDeclaration(node)) {
    const list = node.parent;
    if (!ts.isVariableDeclarationList(list)) return false;
    if ((ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) !== 0) return false;
    if ((list.flags & ts.NodeFlags.BlockScoped) !== 0)
      return ts.isVariableStatement(list.parent) && ts.isSourceFile(list.parent.parent);
    return (
      ts.findAncestor(
        list,
        (one) => ts.isFunctionLike(one) || ts.isClassLike(one) || ts.isModuleBlock(one),
      ) === undefined
    );
  }
  if (ts.isImportClause(node) || ts.isImportSpecifier(node) || ts.isNamespaceImport(node)) return true;
  const isAmbient = (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient) !== 0;
  return ts.isSourceFile(node.parent) && ts.isStatement(node) && !isAmbient;
}

function describe(
  { code, messageText, start = 0, length = 0 }: Diagnostic,
  source: SourceFile,
  cell: string,
): Complaint {
  // What is missing at the end of a cell is missed below it.
  const { line, character } = source.getLineAndCharacterOfPosition(Math.min(start, cell.trimEnd().length));
  return {
    code,
    message: ts
      .flattenDiagnosticMessageText(messageText, "\n")
      .replaceAll(/import\("[^"]*\/__cell_\d+__"\)\./g, ""),
    text: cell.slice(start, start + length),
    line,
    column: character,
  };
}
