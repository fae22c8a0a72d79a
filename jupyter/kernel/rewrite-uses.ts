import type { Expression, Node, TransformationContext, VariableDeclarationList } from "typescript-6";
import { assignVariables, toTarget } from "./assign-variables.ts";
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
      const target = fallback === undefined ? value : factory.createAssignment(value, expression(fallback));
      return factory.createPropertyAssignment(name.text, target);
    }
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

function isShared(list: VariableDeclarationList): boolean {
  const isUsing = (list.flags & ts.NodeFlags.BlockScoped) >= ts.NodeFlags.Using;
  return isAtTop(list) && !isUsing;
}
