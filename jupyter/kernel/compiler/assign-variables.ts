// `let`, `const` and `var` at the top of a cell become assignments to the names that all cells share.

import type { BindingElement, BindingName, Expression, Node, VariableDeclarationList } from "typescript-6";
import { ts } from "./compiler.ts";
import { sharedName } from "./shared-name.ts";

const { factory } = ts;

/** Rewrites an expression of the cell. */
type Rewrite = (expression: Expression) => Expression;

/** The assignments that stand for a list of declarations. */
export function assignVariables(list: VariableDeclarationList, rewrite: Rewrite): Expression {
  const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
  const [first, ...others] = list.declarations.map((declaration) => {
    const { name, initializer } = declaration;
    // `var` alone leaves the value that is there.
    const nothing = isVar ? toTarget(name, rewrite) : factory.createVoidZero();
    const value = initializer === undefined ? nothing : valueFor(name, rewrite(initializer));
    return ts.setTextRange(factory.createAssignment(toTarget(name, rewrite), value), declaration);
  });
  return others.reduce<Expression>(
    (all, one) => factory.createComma(all, one),
    first ?? factory.createVoidZero(),
  );
}

/** A pattern that declares names, as one that assigns them. */
export function toTarget(name: BindingName, rewrite: Rewrite): Expression {
  if (ts.isIdentifier(name)) return sharedName(name);
  if (ts.isArrayBindingPattern(name)) {
    return factory.createArrayLiteralExpression(
      name.elements.map((element) => {
        if (ts.isOmittedExpression(element)) return element;
        const target = withFallback(element, rewrite);
        return element.dotDotDotToken === undefined ? target : factory.createSpreadElement(target);
      }),
    );
  }
  return factory.createObjectLiteralExpression(
    name.elements.map((element) => {
      if (element.dotDotDotToken !== undefined)
        return factory.createSpreadAssignment(toTarget(element.name, rewrite));
      return factory.createPropertyAssignment(keyOf(element, rewrite), withFallback(element, rewrite));
    }),
  );
}

function keyOf({ propertyName, name }: BindingElement, rewrite: Rewrite) {
  const key = propertyName ?? name;
  if (ts.isComputedPropertyName(key)) return factory.createComputedPropertyName(rewrite(key.expression));
  // Only an identifier can stand for its own key.
  return ts.isPropertyName(key) ? key : "";
}

function withFallback({ name, initializer }: BindingElement, rewrite: Rewrite): Expression {
  const target = toTarget(name, rewrite);
  return initializer === undefined
    ? target
    : factory.createAssignment(target, valueFor(name, rewrite(initializer)));
}

/** A function or class without a name takes that of its variable, as the reader wrote it. */
export function valueFor(name: Node, value: Expression): Expression {
  let bare = value;
  while (ts.isParenthesizedExpression(bare) || ts.isSatisfiesExpression(bare) || ts.isAsExpression(bare))
    bare = bare.expression;
  const isNameless =
    ts.isArrowFunction(bare) ||
    ((ts.isFunctionExpression(bare) || ts.isClassExpression(bare)) && bare.name === undefined);
  if (!isNameless || !ts.isIdentifier(name)) return value;
  const key = factory.createStringLiteral(name.text);
  const property = factory.createPropertyAssignment(factory.createComputedPropertyName(key), value);
  return factory.createElementAccessExpression(factory.createObjectLiteralExpression([property]), key);
}
