import {
  type FunctionDeclaration,
  type Node,
  type ParameterDeclaration,
  type SourceFile,
  SyntaxKind,
} from "typescript/unstable/ast";
import { isFunctionDeclaration, isIdentifier, isParameterDeclaration } from "typescript/unstable/ast/is";
import { listNodes, readSyntax } from "../patterns/read-syntax.ts";

/** A function that reads a text from elsewhere. */
export interface Scanner {
  file: string;
  name: string;
  /** Whether it makes something that takes the text in pieces, instead of taking it as its first parameter. */
  isStream: boolean;
  /** The names of what else it must be given. */
  others: string[];
}

/** Texts of our own, and names of files. */
const ownTexts =
  /^(?:\w*(?:file|folder|path|parent)|caller|field|label|title|description|prefix|question|what|reason|secretName|stem|workbookId|command|podId|vllmVersion|createdBy|isoTime|date|from|operation)$/i;
const pieces = /^(?:text|chunk|piece|line|data)$/;

/**
 * Lists every exported function that takes a text, or anything at all, first, and every one whose result takes texts piece
 * by piece. What asks a server is not in it: its answers go through these.
 */
export function listScanners(): Scanner[] {
  return readSyntax()
    .filter(({ file }) => /^(?:lib\/src|rehearsal\/src|bin\/commands)\//.test(file))
    .flatMap(({ file, syntax }) =>
      syntax.statements
        .filter(isFunctionDeclaration)
        .flatMap((node) => readScanner(file, syntax, node) ?? []),
    );
}

function readScanner(file: string, syntax: SourceFile, node: FunctionDeclaration): Scanner | null {
  const modifiers = node.modifiers?.map(({ kind }) => kind) ?? [];
  if (!modifiers.includes(SyntaxKind.ExportKeyword) || modifiers.includes(SyntaxKind.AsyncKeyword))
    return null;
  const [first, ...rest] = node.parameters;
  const name = node.name?.text ?? "";
  const others = rest.filter(isRequired).map((one) => one.name.getText(syntax));
  if (first !== undefined && isText(first, syntax)) return { file, name, isStream: false, others };
  const isStream =
    name.startsWith("create") &&
    listNodes(node).some((inside) => inside.parent !== node && isPiece(inside, syntax));
  return isStream ? { file, name, isStream, others: [] } : null;
}

function isRequired({ initializer, questionToken, dotDotDotToken }: ParameterDeclaration): boolean {
  return initializer === undefined && questionToken === undefined && dotDotDotToken === undefined;
}

function isText(parameter: ParameterDeclaration, syntax: SourceFile): boolean {
  if (!isIdentifier(parameter.name) || ownTexts.test(parameter.name.text)) return false;
  return ["string", "unknown"].includes(parameter.type?.getText(syntax) ?? "");
}

function isPiece(node: Node, syntax: SourceFile): boolean {
  if (!isParameterDeclaration(node) || !isIdentifier(node.name) || !pieces.test(node.name.text)) return false;
  const maker = node.parent.parent;
  // A function's type has parameters too.
  return (
    node.type?.getText(syntax) === "string" &&
    maker !== undefined &&
    node.parent.kind !== SyntaxKind.FunctionType
  );
}
