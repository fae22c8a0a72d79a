// Checks all notebooks of the project: node test/notebooks/check-notebooks.ts [notebook…]

import { listNotebooks } from "../../bin/set-up/project.mjs";
import { describeProblem, findProblems } from "./find-problems.ts";

const chosen = process.argv.slice(2);
const notebooks = chosen.length > 0 ? chosen : listNotebooks();
const problems = findProblems(notebooks);
for (const problem of problems) console.error(describeProblem(problem));
if (problems.length > 0) {
  console.error(`\nProblems: ${problems.length}. Cells are counted from 1, text cells too.`);
  process.exitCode = 1;
} else {
  console.log(`Notebooks in order: ${notebooks.length}.`);
}
