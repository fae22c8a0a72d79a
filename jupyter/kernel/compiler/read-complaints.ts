import { relative } from "node:path";
import type { Diagnostic, LanguageService, Node, SourceFile } from "typescript-6";
import type { Complaint } from "workbook/explain";
import { ts } from "./compiler.ts";
import { isCommand, isForeignLine, isPythonFunction } from "./foreign-lines.ts";

/** By this number the library knows JSX. */
const jsxCode = 17004;

const statementExpected = { code: 1128, message: "Declaration or statement expected." };

/**
 * Finds what the compiler says against a file; of types it says nothing where it cannot read the file, and nothing counts
 * behind its first `length` characters.
 */
export function findMistakes(
  service: LanguageService,
  file: string,
  length = Number.POSITIVE_INFINITY,
): Diagnostic[] {
  const syntax = service.getSyntacticDiagnostics(file);
  if (syntax.length > 0) return syntax;
  return service.getSemanticDiagnostics(file).filter(({ start = 0 }) => start <= length);
}

/** Reads what the compiler says against a cell; places are those of the reader's text, also where more stands below it. */
export function readComplaints(found: readonly Diagnostic[], source: SourceFile, cell: string): Complaint[] {
  const jsx = findJsx(found, source, cell);
  if (jsx !== undefined) return [{ code: jsxCode, message: "", ...placeOf(source, jsx.getStart()) }];
  const isUnfinished = found.length === 0 && wantsStatement(source, cell.length);
  const end = cell.trimEnd().length;
  if (isUnfinished) {
    const last = cell.trimEnd().split("\n").at(-1) ?? "";
    return [{ ...statementExpected, ...placeOf(source, end), isForeign: isForeignLine(last) }];
  }
  const foreign = findForeign(found, source, cell);
  return found
    .filter(({ category }) => category === ts.DiagnosticCategory.Error)
    .map((one) => {
      const { code, messageText, start = 0, length = 0, relatedInformation = [] } = one;
      return {
        code,
        message: hideCells(ts.flattenDiagnosticMessageText(messageText, "\n")),
        // What is missing at the end of a cell is missed below it.
        ...placeOf(source, Math.min(start, end)),
        ...(start < end ? { subject: cell.slice(start, start + length).replace(/^["'`]|["'`]$/g, "") } : {}),
        isAssigned: isAssigned(source, start),
        related: relatedInformation.map((other) => other.code),
        isForeign: one === foreign,
      };
    });
}

/** Reads what the compiler says against a file that a cell imports. */
export function readFileComplaints(options: {
  service: LanguageService;
  file: SourceFile;
  folder: string;
}): Complaint[] {
  const { service, file, folder } = options;
  return readComplaints(findMistakes(service, file.fileName), file, file.text).map((one) => ({
    ...one,
    // What is told of another language is told of a cell.
    isForeign: false,
    file: relative(folder, file.fileName),
  }));
}

/** What stands in a text or a comment that does not end may be in any language. */
const endless = [1010, 1160];

/** A private name outside of a class, as a comment of one word is read. */
const privateOutside = 18016;

const missingNames = [2304, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593];

/** Finds the first mistake if it is in a line of another language. */
function findForeign(found: readonly Diagnostic[], source: SourceFile, cell: string): Diagnostic | undefined {
  const lines = cell.split(/\r?\n/);
  const isForeign = ({ code, start = 0, length = 0 }: Diagnostic) => {
    const { line, column } = placeOf(source, Math.min(start, cell.trimEnd().length));
    const text = lines[line - 1] ?? "";
    if (missingNames.includes(code)) {
      const isCalled = /^ ?\(/.test(cell.slice(start + length, start + length + 2));
      return isCommand(text) || (isCalled && isPythonFunction(cell.slice(start, start + length)));
    }
    if (code === privateOutside && text.trimStart().startsWith("#")) return true;
    // What a line lacks at its end is missed where the next one begins.
    const isAtStart = text.slice(0, column - 1).trim() === "";
    const before = isAtStart ? lines.slice(0, line - 1).findLast((one) => one.trim() !== "") : undefined;
    return isForeignLine(text) || (before !== undefined && !before.includes("`") && isForeignLine(before));
  };
  const isSyntax = ({ code }: Diagnostic) => code < 2000 || code === privateOutside;
  const [first] = found;
  if (first === undefined || endless.includes(first.code)) return undefined;
  if (isSyntax(first)) return isForeign(first) ? first : undefined;
  return found.find((one) => missingNames.includes(one.code) && isForeign(one));
}

/** Whether the semicolon that is put below a cell becomes part of a statement of it, such as the body of a loop. */
function wantsStatement(node: Node, length: number): boolean {
  if (ts.isEmptyStatement(node) && node.end > length) return !ts.isSourceFile(node.parent);
  return ts.forEachChild(node, (child) => child.end > length && wantsStatement(child, length)) ?? false;
}

/** The line and the column of a position, from 1. */
export function placeOf(source: SourceFile, position: number): { line: number; column: number } {
  const { line, character } = source.getLineAndCharacterOfPosition(position);
  return { line: line + 1, column: character + 1 };
}

/** What the compiler takes for comparisons and regular expressions may be JSX, which it reads in other files. */
function findJsx(found: readonly Diagnostic[], source: SourceFile, cell: string): Node | undefined {
  if (!found.some(({ code }) => code < 2000)) return undefined;
  const other = ts.createSourceFile("cell.tsx", cell, source.languageVersion, true, ts.ScriptKind.TSX);
  const isJsx = (node: Node) =>
    ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node);
  const find = (node: Node): Node | undefined => (isJsx(node) ? node : ts.forEachChild(node, find));
  return find(other);
}

/** Whether the name at a position is only given a value. */
function isAssigned(source: SourceFile, position: number): boolean {
  const find = (node: Node): boolean => {
    const isHere = ts.isBinaryExpression(node) && node.left.getStart(source) === position;
    if (isHere && ts.isIdentifier(node.left)) return node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    return (
      node.pos <= position &&
      position < node.end &&
      (ts.forEachChild(node, (child) => find(child) || undefined) ?? false)
    );
  };
  return find(source);
}

/** A type of an earlier cell by its own name; the compiler names the file as well, which does not exist. */
export function hideCells(type: string): string {
  return type.replace(/import\("[^"]*\/__cell_\d+__"\)\./g, "");
}
