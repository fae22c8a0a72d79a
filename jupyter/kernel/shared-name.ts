import type { Expression, Identifier, Statement } from "typescript-6";
import { ts } from "./compiler.ts";

const { factory } = ts;

/** What a compiled cell is given, under names that no reader would choose. */
export const given = { names: "$names", bind: "$bind", meta: "$meta" } as const;

/** The value of a shared name. */
export function readName(name: Identifier): Expression {
  const property = factory.createPropertyAccessExpression(factory.createIdentifier(given.names), name.text);
  return ts.setTextRange(property, name);
}

/** Gives a shared name the value that the cell's own declaration of that name made. */
export function setName(name: Identifier): Statement {
  const made = factory.createIdentifier(name.text);
  return factory.createExpressionStatement(factory.createAssignment(readName(name), made));
}
