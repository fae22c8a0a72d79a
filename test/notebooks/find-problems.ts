import { checkCells } from "./check-cells.ts";
import { checkStructure } from "./check-structure.ts";
import { type Problem, readNotebook } from "./read-notebook.ts";

/** Finds everything that is wrong in some notebook files, in reading order. */
export function findProblems(paths: readonly string[]): Problem[] {
  const notebooks = paths.map(readNotebook);
  const cellProblems = checkCells(notebooks);
  return notebooks.flatMap((notebook, index) =>
    [...checkStructure(notebook), ...(cellProblems[index] ?? [])].sort(
      (one, other) => one.cell - other.cell || one.line - other.line,
    ),
  );
}

/** Writes a problem as one line for people; what the compiler explains further is indented below it. */
export function describeProblem({ notebook, cell, line, text }: Problem): string {
  return `${notebook}: cell ${cell}, line ${line}: ${text}`;
}
