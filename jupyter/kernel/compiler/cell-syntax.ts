// What several parts of the compiler ask of the text of a cell.

import type { Node, SourceFile, SyntaxKind, VariableDeclarationList } from "typescript-6";
import { ts } from "./compiler.ts";

/** Whether a statement begins with `export`, `declare` or another such word. */
export function hasModifier(node: Node, kind: SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((one) => one.kind === kind) ?? false);
}

/** Whether nothing of a node runs. */
export function isOnlyType(node: Node): boolean {
  if (ts.isExpressionWithTypeArguments(node))
    return ts.isHeritageClause(node.parent) && node.parent.token === ts.SyntaxKind.ImplementsKeyword;
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** Whether variables belong to the cell itself: `var` does from within blocks and loops, too, but not from functions. */
export function isAtTop(list: VariableDeclarationList): boolean {
  if ((list.flags & ts.NodeFlags.BlockScoped) !== 0)
    return ts.isVariableStatement(list.parent) && ts.isSourceFile(list.parent.parent);
  const isScope = (node: Node) => ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleBlock(node);
  return ts.findAncestor(list, isScope) === undefined;
}

/** Whether what is declared is given up at the end: `using` and `await using`. */
export function isUsing({ flags }: VariableDeclarationList): boolean {
  return (flags & ts.NodeFlags.BlockScoped) >= ts.NodeFlags.Using;
}

/** The modules that a file imports, or exports from; names of earlier cells come from files that exist in memory alone. */
export function listModules({ statements }: SourceFile): string[] {
  return statements
    .filter((one) => ts.isImportDeclaration(one) || ts.isExportDeclaration(one))
    .map(({ moduleSpecifier }) => moduleSpecifier)
    .filter((specifier) => specifier !== undefined && ts.isStringLiteral(specifier))
    .map(({ text }) => text)
    .filter((text) => !text.startsWith("./__cell_"));
}
