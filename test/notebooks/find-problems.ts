import { checkCells } from "./check-cells.ts";
import { checkExercises } from "./check-exercises.ts";
import { checkStructure } from "./check-structure.ts";
import { listExercises } from "./list-exercises.ts";
import { type Problem, readNotebook } from "./read-notebook.ts";
import { withSolutions } from "./solve-notebook.ts";

/** Finds everything that is wrong in some notebook files, in reading order. */
export function findProblems(paths: readonly string[]): Problem[] {
  const notebooks = paths.map(readNotebook);
  const solved = notebooks.filter((notebook) => listExercises(notebook).length > 0);
  const cellProblems = checkCells([...notebooks, ...solved.map(withSolutions)]);
  const solvedProblems = cellProblems.slice(notebooks.length);
  return notebooks.flatMap((notebook, index) => {
    const asItStands = cellProblems[index] ?? [];
    const inSolutions = (solvedProblems[solved.indexOf(notebook)] ?? [])
      .filter(({ cell, text }) => !asItStands.some((known) => known.cell === cell && known.text === text))
      .map((problem) => ({ ...problem, text: `with the solutions in place: ${problem.text}` }));
    return [...checkStructure(notebook), ...checkExercises(notebook), ...asItStands, ...inSolutions].sort(
      (one, other) => one.cell - other.cell || one.line - other.line,
    );
  });
}

/** Writes a problem as one line for people; what the compiler explains further is indented below it. */
export function describeProblem({ notebook, cell, line, text }: Problem): string {
  return `${notebook}: cell ${cell}, line ${line}: ${text}`;
}
