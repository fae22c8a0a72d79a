// A cell becomes the body of an async function, in which the names that all cells share are global variables.

import type { Identifier, Node, SourceFile, Statement, TransformerFactory } from "typescript-6";
import type { CheckedCell } from "./cell-language.ts";
import { isOnlyType } from "./cell-syntax.ts";
import { outputOptions, ts } from "./compiler.ts";
import { placeOf } from "./read-complaints.ts";
import { shareNames } from "./share-names.ts";

/** Compiles a cell in which no mistake was found. */
export function compileCell(cell: CheckedCell, length: number): { code: string; map: string } {
  const uses = findUses(cell);
  const { outputText, sourceMapText = "{}" } = ts.transpileModule(blankOutExports(cell), {
    fileName: cell.source.fileName,
    compilerOptions: outputOptions,
    transformers: { before: [shareNames({ uses, length })], after: [dropExports] },
  });
  return { code: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"), map: sourceMapText };
}

/** Every declaration at the top of a cell is shared, with `export` in front of it or without. */
function blankOutExports({ text, source }: CheckedCell): string {
  const { ExportKeyword, DefaultKeyword } = ts.SyntaxKind;
  return source.statements
    .flatMap((statement) => {
      const isNameless = "name" in statement && statement.name === undefined;
      const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
      return modifiers.map((modifier) => ({ modifier, isNameless }));
    })
    .filter(({ modifier: { kind } }) => kind === ExportKeyword || kind === DefaultKeyword)
    .reduce((rest, { modifier, isNameless }) => {
      const start = modifier.getStart(source);
      // Without a name it can only be an expression.
      const instead = isNameless && modifier.kind === ExportKeyword ? "void" : "";
      return rest.slice(0, start) + instead.padEnd(modifier.end - start) + rest.slice(modifier.end);
    }, text);
}

/** Finds where a cell uses shared names as values: the ends of these identifiers, by which each can be told. */
function findUses({ source, program, isShared }: CheckedCell): Set<number> {
  const checker = program.getTypeChecker();
  const uses = new Set<number>();
  const symbolOf = (name: Identifier) =>
    ts.isShorthandPropertyAssignment(name.parent)
      ? checker.getShorthandAssignmentValueSymbol(name.parent)
      : checker.getSymbolAtLocation(name);
  const visit = (node: Node): void => {
    if (isOnlyType(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isIdentifier(node) && isReference(node)) {
      const declarations = symbolOf(node)?.declarations ?? [];
      if (declarations.some(isShared) && !declarations.some((one) => isWithinItself(node, one)))
        uses.add(node.end);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

/** Whether an identifier stands for a value, and is not the name of something that is declared or of a property. */
function isReference(node: Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name === node;
  if ("name" in parent && parent.name === node) return false;
  return !("propertyName" in parent && parent.propertyName === node);
}

/** Within its own body a class, an enum or a namespace has a name of its own, which never changes. */
function isWithinItself(node: Node, declaration: Node): boolean {
  const isBody =
    ts.isClassLike(declaration) || ts.isEnumDeclaration(declaration) || ts.isModuleDeclaration(declaration);
  return isBody && declaration.pos <= node.pos && node.end <= declaration.end;
}

/** Nothing is exported from the body of a function. */
const dropExports: TransformerFactory<SourceFile> = () => (source) =>
  ts.factory.updateSourceFile(
    source,
    source.statements.filter((statement: Statement) => !ts.isExportDeclaration(statement)),
  );

/** Compiles a file that a cell imports. */
export function compileFile(file: string, source: string): { code: string; map: string } {
  const {
    outputText,
    sourceMapText = "{}",
    diagnostics = [],
  } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: outputOptions,
    reportDiagnostics: true,
  });
  const [mistake] = diagnostics;
  if (mistake === undefined) return { code: outputText, map: sourceMapText };
  const { line, column } = placeOf(
    ts.createSourceFile(file, source, ts.ScriptTarget.Latest),
    mistake.start ?? 0,
  );
  const words = ts.flattenDiagnosticMessageText(mistake.messageText, "\n");
  throw new SyntaxError(`${file}:${line}:${column} - ${words}`);
}
