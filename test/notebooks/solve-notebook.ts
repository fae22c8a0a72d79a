import { readFileSync } from "node:fs";
import { z } from "zod";
import { listExercises } from "./list-exercises.ts";
import { type Notebook, readNotebook } from "./read-notebook.ts";

const anyNotebook = z.looseObject({ cells: z.array(z.looseObject({ id: z.string() })) });

/** A notebook in which each solution stands in place of its exercise. */
export function withSolutions(notebook: Notebook): Notebook {
  const exercises = listExercises(notebook);
  const cells = notebook.cells.map((cell) => {
    const solution = exercises.find((one) => one.cell === cell)?.solution ?? null;
    return solution === null ? cell : { ...cell, source: solution };
  });
  return { ...notebook, cells };
}

/** The text of a notebook file in which each exercise is followed by its solution, as a reader runs a cell again. */
export function solvedFile(path: string): string {
  const exercises = listExercises(readNotebook(path));
  const { cells, ...rest } = anyNotebook.parse(JSON.parse(readFileSync(path, "utf8")));
  const solved = cells.flatMap((cell, index) => {
    const solution = exercises.find((one) => one.cell.number === index + 1)?.solution ?? null;
    return solution === null ? [cell] : [cell, { ...cell, id: `${cell.id}-solved`, source: solution }];
  });
  return JSON.stringify({ ...rest, cells: solved });
}
