// What the compiler knows of cells: their mistakes, what could be written at a place, and what stands at one.

import type { Declaration, Program, SourceFile } from "typescript-6";
import type { Complaint } from "workbook/explain";
import { createCellFiles } from "./cell-files.ts";
import { isAtTop, listModules } from "./cell-syntax.ts";
import { ts } from "./compiler.ts";
import { type Completion, completeAt } from "./complete-cell.ts";
import { type Description, describePlace } from "./describe-place.ts";
import { type DeclaredName, listNames, type NameKind } from "./list-names.ts";
import { listOwnFiles } from "./own-files.ts";
import { findMistakes, readComplaints, readFileComplaints } from "./read-complaints.ts";

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
  isShared(declaration: Declaration): boolean;
  /** Makes these of the cell's names known to later cells. */
  keep(names: readonly string[]): void;
}

/** The language of the cells of one kernel, which runs in `folder`. */
export interface CellLanguage {
  check(cell: string): CheckedCell;
  /** What could stand at an offset, and which part of the text it would replace. */
  complete(cell: string, offset: number): Completion;
  /** What stands at an offset: its type, and what its author says of it; types are cut at `mostCharacters`. */
  inspect(cell: string, offset: number, mostCharacters: number): Description | null;
}

/** The compiler's number for a name that nothing declares. */
const missingName = 2304;

/** Where a name of an earlier cell comes from. */
type Origin = DeclaredName & { module: string };

/** Starts the compiler for cells; it reads what it needs when a cell is checked. */
export function createCellLanguage({ folder }: { folder: string }): CellLanguage {
  const { host, cellFile, write, remember, modules } = createCellFiles({ folder });
  const values = new Map<string, Origin>();
  const types = new Map<string, Origin>();
  let keptCells = 0;
  const service = ts.createLanguageService(host);

  /** The names that a cell declares at its top, and what brings in those of earlier cells, or those that are mentioned. */
  const readNames = (cell: string, mentions?: ReadonlySet<string>) => {
    // A file without any import or export is read as a script, in which `await` may be a name.
    const names = listNames(
      ts.createSourceFile(cellFile, `${cell}\n;export {};`, ts.ScriptTarget.Latest, true),
    );
    const own = new Map(names.map(({ name, kind }) => [name, kind]));
    const origins = [...values.values(), ...types.values()].filter(
      ({ name, kind }) =>
        isBeside(own.get(name), kind) && (mentions === undefined || mentions.has(name) || own.has(name)),
    );
    return { names, broughtIn: bringIn(origins) };
  };

  /** Gives a cell to the compiler; without `mentions`, with all names of earlier cells. */
  const open = (cell: string, mentions?: ReadonlySet<string>) => {
    const { names, broughtIn } = readNames(cell, mentions);
    const text = `${cell}\n;${broughtIn}${exportAll(names)}`;
    write(cellFile, text);
    return { names, text };
  };

  /** Gives a cell to the compiler that is still being written: below an open bracket or quote no name is known. */
  const openToLook = (cell: string) => {
    const above = `${readNames(cell).broughtIn}\n`;
    write(cellFile, above + cell);
    return above.length;
  };

  return {
    check(cell) {
      // A file that was missing may be there by now: the compiler looks for it again where the cell has changed.
      write(cellFile, "");
      let opened = open(cell, new Set(cell.match(/[\p{ID_Continue}$]+/gu)));
      // A type and a value of one name that come from two cells would be a mistake in a file.
      let found = findMistakes(service, cellFile, cell.length);
      if (found.some(({ code }) => code === missingName)) {
        // Where all names are known, the compiler says which one may be meant.
        opened = open(cell);
        found = findMistakes(service, cellFile, cell.length);
      }
      const { names, text } = opened;
      const program = service.getProgram();
      const source = program?.getSourceFile(cellFile);
      if (program === undefined || source === undefined) throw new Error("The compiler lost the cell.");
      const own = listOwnFiles({ program, source, host }).flatMap((file) =>
        readFileComplaints({ service, file, folder }),
      );
      return {
        // What is wrong with a cell may only follow from what is wrong with a file that it imports.
        complaints: own.length > 0 ? own : readComplaints(found, source, cell),
        names,
        text,
        source,
        program,
        isShared: (declaration) =>
          declaration.getSourceFile() === source &&
          (declaration.pos >= cell.length
            ? values.get(nameOf(declaration))?.kind !== "ambient"
            : isDeclaredAtTop(declaration)),
        keep(kept) {
          const module = `__cell_${++keptCells}__`;
          write(cellFile.replace("__cell__", module), text);
          for (const specifier of listModules(source)) remember(specifier);
          for (const one of names) {
            if (!kept.includes(one.name)) continue;
            const [own, others] = one.kind === "type" ? [types, values] : [values, types];
            own.set(one.name, { ...one, module });
            const other = others.get(one.name);
            if (other !== undefined && !isBeside(one.kind, other.kind)) others.delete(one.name);
          }
        },
      };
    },
    complete(cell, offset) {
      const above = openToLook(cell);
      const { start, end, candidates } = completeAt({
        service,
        file: cellFile,
        offset: above + offset,
        modules,
      });
      return { start: start - above, end: end - above, candidates };
    },
    inspect(cell, offset, mostCharacters) {
      const above = openToLook(cell);
      return describePlace({ service, file: cellFile, offset: above + offset, above, mostCharacters });
    },
  };
}

/** Whether what an earlier cell declared under a name stays: beside a variable there may be a type, and the other way. */
function isBeside(own: NameKind | undefined, earlier: NameKind): boolean {
  if (own === undefined) return true;
  const isVariable = (kind: NameKind) => kind === "variable" || kind === "constant";
  return (own === "type" && isVariable(earlier)) || (isVariable(own) && earlier === "type");
}

/** The declarations by which a cell sees names of earlier cells; a variable is declared, so that it can be assigned. */
function bringIn(origins: readonly Origin[]): string {
  return origins
    .map(({ name, kind, module }) =>
      kind === "declaration" || kind === "type"
        ? `import { ${name} } from "./${module}";`
        : `declare ${kind === "variable" ? "let" : "const"} ${name}: typeof import("./${module}").${name};`,
    )
    .join("");
}

function exportAll(names: readonly DeclaredName[]): string {
  const own = names.filter(({ isExported }) => !isExported).map(({ name }) => name);
  return `export { ${own.join(", ")} };`;
}

function nameOf(declaration: Declaration): string {
  const name = ts.getNameOfDeclaration(declaration);
  return name !== undefined && ts.isIdentifier(name) ? name.text : "";
}

/** Whether a declaration makes a name of the cell's own. */
function isDeclaredAtTop(declaration: Declaration): boolean {
  if ((ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient) !== 0) return false;
  const list = ts.findAncestor(
    declaration,
    (node) => !ts.isBindingElement(node) && !ts.isBindingName(node),
  )?.parent;
  if (list !== undefined && ts.isVariableDeclarationList(list)) return isAtTop(list);
  const isImported =
    ts.isImportClause(declaration) || ts.isImportSpecifier(declaration) || ts.isNamespaceImport(declaration);
  return isImported || (ts.isStatement(declaration) && ts.isSourceFile(declaration.parent));
}
