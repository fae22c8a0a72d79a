import type { Identifier, Statement } from "typescript-6";
import { markName } from "../mark-name.ts";
import { ts } from "./compiler.ts";

const { factory } = ts;

/** What a compiled cell is given, under names that no reader would choose. */
export const given = { bind: "$bind", meta: "$meta", run: "$run" } as const;

/** Stands for a name that all cells share, to read it or to set it. */
export function sharedName(name: Identifier): Identifier {
  return ts.setTextRange(factory.createIdentifier(markName(name.text)), name);
}

/** Gives a shared name the value that the cell's own declaration of that name made. */
export function setName(name: Identifier): Statement {
  const made = factory.createIdentifier(name.text);
  return factory.createExpressionStatement(factory.createAssignment(sharedName(name), made));
}
