import type {
  AwaitExpression,
  BinaryExpression,
  Expression,
  Node,
  TransformationContext,
  VariableDeclarationList,
} from "typescript-6";
import type { CellRun } from "../cell-run.ts";
import { assignVariables, toTarget, valueFor } from "./assign-variables.ts";
import { isAtTop, isOnlyType, isUsing } from "./cell-syntax.ts";
import { ts } from "./compiler.ts";
import { given, sharedName } from "./shared-name.ts";

const { factory } = ts;

/** Makes a visitor by which every use of a shared name reads or sets it; `uses` are the ends of these identifiers. */
export function rewriteUses(context: TransformationContext, uses: ReadonlySet<number>): (node: Node) => Node {
  const isUse = (node: Node) => ts.isIdentifier(node) && uses.has(node.end);
  const expression = (node: Expression) => ts.visitNode(node, visit, ts.isExpression);

  function visit(node: Node): Node {
    if (isOnlyType(node)) return node;
    if (ts.isIdentifier(node)) return isUse(node) ? sharedName(node) : node;
    if (ts.isShorthandPropertyAssignment(node) && isUse(node.name)) {
      const { name, objectAssignmentInitializer: fallback } = node;
      const value = sharedName(name);
      const target =
        fallback === undefined
          ? value
          : factory.createAssignment(value, valueFor(name, expression(fallback)));
      // `__proto__: …` would set what the object inherits from.
      const key = factory.createComputedPropertyName(factory.createStringLiteral(name.text));
      return factory.createPropertyAssignment(key, target);
    }
    if (isAssignment(node) && isUse(node.left))
      return factory.updateBinaryExpression(
        node,
        expression(node.left),
        node.operatorToken,
        valueFor(node.left, expression(node.right)),
      );
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      return factory.createIdentifier(given.meta);
    if (ts.isVariableStatement(node) && isShared(node.declarationList)) {
      const assigned = assignVariables(node.declarationList, expression);
      return ts.setTextRange(factory.createExpressionStatement(assigned), node);
    }
    // `var` in the head of a loop, too, declares a name at the top.
    if (ts.isVariableDeclarationList(node) && isShared(node)) {
      const [first] = node.declarations;
      return ts.isForStatement(node.parent) || first === undefined
        ? assignVariables(node, expression)
        : toTarget(first.name, expression);
    }
    if (ts.isAwaitExpression(node) && canBeStopped(node)) return stopAt(node, expression(node.expression));
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined && canBeStopped(node)) {
      const { initializer, statement } = node;
      return factory.updateForOfStatement(
        node,
        node.awaitModifier,
        ts.visitNode(initializer, visit, ts.isForInitializer),
        factory.createCallExpression(ofRun("each"), undefined, [expression(node.expression)]),
        ts.visitNode(statement, visit, ts.isStatement),
      );
    }
    return ts.visitEachChild(node, visit, context);
  }

  return visit;
}

/** What a cell waits for outside of functions; what it does when something failed, or in the end, is never left out. */
function canBeStopped(node: Node): boolean {
  const isKept = (one: Node) =>
    ts.isFunctionLike(one) ||
    ts.isClassLike(one) ||
    ts.isCatchClause(one) ||
    (ts.isTryStatement(one.parent) && one.parent.finallyBlock === one);
  return ts.findAncestor(node, (one) => !ts.isSourceFile(one) && isKept(one)) === undefined;
}

/** A stopped cell begins nothing more for which it waits, and does not go on after what it waits for. */
function stopAt(node: AwaitExpression, awaited: Expression): Expression {
  const begun = factory.createConditionalExpression(
    ofRun("isStopped"),
    undefined,
    ofRun("never"),
    undefined,
    awaited,
  );
  // Errors name the place of the `await`.
  const waited = ts.setTextRange(factory.createAwaitExpression(begun), node);
  return ts.setTextRange(factory.createCallExpression(ofRun("goOn"), undefined, [waited]), node);
}

function ofRun(property: keyof CellRun): Expression {
  return factory.createPropertyAccessExpression(factory.createIdentifier(given.run), property);
}

function isAssignment(node: Node): node is BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isShared(list: VariableDeclarationList): boolean {
  return isAtTop(list) && !isUsing(list);
}
