import type {
  BinaryExpression,
  Expression,
  Node,
  TransformationContext,
  VariableDeclarationList,
} from "typescript-6";
import { assignVariables, toTarget, valueFor } from "./assign-variables.ts";
import { ts } from "./compiler.ts";
import { isAtTop } from "./list-names.ts";
import { given, sharedName } from "./shared-name.ts";

const { factory } = ts;

/** Makes a visitor by which every use of a shared name reads or sets it; `uses` are the ends of these identifiers. */
export function rewriteUses(context: TransformationContext, uses: ReadonlySet<number>): (node: Node) => Node {
  const isUse = (node: Node) => ts.isIdentifier(node) && uses.has(node.end);
  const expression = (node: Expression) => ts.visitNode(node, visit, ts.isExpression);

  function visit(node: Node): Node {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
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
    return ts.visitEachChild(node, visit, context);
  }

  return visit;
}

function isAssignment(node: Node): node is BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isShared(list: VariableDeclarationList): boolean {
  const isUsing = (list.flags & ts.NodeFlags.BlockScoped) >= ts.NodeFlags.Using;
  return isAtTop(list) && !isUsing;
}
