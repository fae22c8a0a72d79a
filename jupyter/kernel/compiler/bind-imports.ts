// The imports of a cell become calls: what they bring in is bound to the names that all cells share.

import type { Expression, ImportDeclaration, Statement } from "typescript-6";
import { ts } from "./compiler.ts";
import { given } from "./shared-name.ts";

const { factory } = ts;

/** What a module has to offer, and under which name the cell wants it; `*` is all of it. */
export type Binding = readonly [local: string, imported: string];

/** `import a, { b } from "c"` becomes `$bind(await import("c"), [["a", "default"], ["b", "b"]])`. */
export function bindImport(declaration: ImportDeclaration): Statement {
  const load = factory.createCallExpression(
    factory.createIdentifier("import"),
    undefined,
    importArguments(declaration),
  );
  const text = factory.createStringLiteral;
  const pairs = listBindings(declaration).map((pair) =>
    factory.createArrayLiteralExpression(pair.map((one) => text(one))),
  );
  const bound = factory.createCallExpression(factory.createIdentifier(given.bind), undefined, [
    factory.createAwaitExpression(load),
    factory.createArrayLiteralExpression(pairs),
  ]);
  return ts.setTextRange(factory.createExpressionStatement(bound), declaration);
}

function listBindings({ importClause }: ImportDeclaration): Binding[] {
  const whole: Binding[] = importClause?.name === undefined ? [] : [[importClause.name.text, "default"]];
  const bindings = importClause?.namedBindings;
  if (bindings === undefined) return whole;
  if (ts.isNamespaceImport(bindings)) return [...whole, [bindings.name.text, "*"]];
  const values = bindings.elements.filter(({ isTypeOnly }) => !isTypeOnly);
  return [
    ...whole,
    ...values.map(({ name, propertyName = name }): Binding => [name.text, propertyName.text]),
  ];
}

function importArguments({ moduleSpecifier, attributes }: ImportDeclaration): Expression[] {
  if (attributes === undefined) return [moduleSpecifier];
  const entries = attributes.elements.map(({ name, value }) => factory.createPropertyAssignment(name, value));
  const options = factory.createPropertyAssignment("with", factory.createObjectLiteralExpression(entries));
  return [moduleSpecifier, factory.createObjectLiteralExpression([options])];
}
