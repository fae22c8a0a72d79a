// The names that a cell declares at its top become global variables, which every use of such a name, in whichever cell,
// reads or sets: so a name has one value in a kernel.

import type { Expression, Node, SourceFile, Statement, TransformerFactory } from "typescript-6";
import { bindImport } from "./bind-imports.ts";
import { hasModifier, isUsing } from "./cell-syntax.ts";
import { ts } from "./compiler.ts";
import { rewriteUses } from "./rewrite-uses.ts";
import { setName } from "./shared-name.ts";

const { factory } = ts;

/** Rewrites a cell; `uses` are the ends of the identifiers that stand for shared names, `length` is the cell's own. */
export function shareNames(options: {
  uses: ReadonlySet<number>;
  length: number;
}): TransformerFactory<SourceFile> {
  return (context) => (source) => {
    const visit = rewriteUses(context, options.uses);
    const expression = (node: Expression) => ts.visitNode(node, visit, ts.isExpression);
    const own = source.statements.filter(
      (one) => one.getStart(source) < options.length && !hasModifier(one, ts.SyntaxKind.DeclareKeyword),
    );
    const last = own.findLast((one) => !ts.isEmptyStatement(one));
    return factory.updateSourceFile(source, [
      ...own.flatMap((one) => (isWholeFunction(one) ? setDeclared(one) : [])),
      // Imports come first, as in any module.
      ...own.flatMap((one) => (ts.isImportDeclaration(one) && !isTypeImport(one) ? [bindImport(one)] : [])),
      ...own.flatMap((one) => {
        if (one === last && ts.isExpressionStatement(one)) return [giveBack(expression(one.expression))];
        if (ts.isImportDeclaration(one) || ts.isExportDeclaration(one)) return [];
        if (ts.isExportAssignment(one))
          return [factory.createExpressionStatement(expression(one.expression))];
        const rewritten = ts.visitNode(one, visit, ts.isStatement);
        if (ts.isFunctionDeclaration(one)) return [rewritten];
        return [rewritten, ...setDeclared(one)];
      }),
    ]);
  };
}

/** Sets the names of what stays a declaration: a function, a class, an enum, a namespace, what a cell is `using`. */
function setDeclared(statement: Statement): Statement[] {
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.map(({ name }) => name);
    return isUsing(statement.declarationList) ? names.filter(ts.isIdentifier).map(setName) : [];
  }
  if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name)) {
    // A namespace of types alone makes no value.
    const kind = factory.createTypeOfExpression(factory.createIdentifier(statement.name.text));
    const exists = factory.createStrictInequality(kind, factory.createStringLiteral("undefined"));
    return [factory.createIfStatement(exists, setName(statement.name))];
  }
  const isValue =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isValue && statement.name !== undefined ? [setName(statement.name)] : [];
}

function isWholeFunction(node: Node): node is Statement {
  return ts.isFunctionDeclaration(node) && node.body !== undefined;
}

function isTypeImport({ importClause }: import("typescript-6").ImportDeclaration): boolean {
  return importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** The value of the last expression; the list keeps a promise from being waited for, and gives no name to a function. */
function giveBack(value: Expression): Statement {
  return ts.setTextRange(factory.createReturnStatement(factory.createArrayLiteralExpression([value])), value);
}
