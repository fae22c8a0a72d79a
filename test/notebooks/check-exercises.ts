import { exerciseHeading, hasTag, listExercises, readSolution } from "./list-exercises.ts";
import type { Notebook, Problem } from "./read-notebook.ts";

/** Finds exercises that lack one of their parts, and parts that belong to no exercise. */
export function checkExercises(notebook: Notebook): Problem[] {
  const { name, cells } = notebook;
  const problems: Problem[] = [];
  const report = (cell: number, text: string) => problems.push({ notebook: name, cell, line: 1, text });
  const exercises = listExercises(notebook);

  for (const { cell, checks, solution } of exercises) {
    const before = cells[cell.number - 2];
    if (cell.type !== "code") report(cell.number, "has the tag `exercise`, which is for code");
    if (before === undefined || !exerciseHeading.test(before.source))
      report(cell.number, "has above it no text that begins with `### Exercise: …` or `### Prediction: …`");
    if (checks.length === 0)
      report(cell.number, "declares (as `const my…`) nothing that a later cell compares with expectClose");
    if (solution === null) report(cell.number, "has no solution below it that declares the same `const my…`");
  }
  for (const cell of cells) {
    const below = cells[cell.number];
    if (exerciseHeading.test(cell.source) && (below === undefined || !hasTag(below, "exercise")))
      report(cell.number, "asks for an answer; the cell below it must be code with the tag `exercise`");
    if (!hasTag(cell, "solution")) continue;
    const code = readSolution(cell);
    if (code === null)
      report(
        cell.number,
        "is no solution of this form, with empty lines between: <details><summary>Solution</summary>, ```ts … ```, the reason, </details>",
      );
    else if (!exercises.some(({ solution }) => solution === code))
      report(cell.number, "is the solution of no exercise above it");
  }
  return problems;
}
