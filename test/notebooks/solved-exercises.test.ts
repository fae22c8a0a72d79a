import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { readNotebook as readExecuted } from "../../bin/commands/report/notebook.ts";
import { listNotebooks } from "../../bin/set-up/project.mjs";
import { comparedAnswerType } from "../../lib/src/expect-close.ts";
import { loadSettings } from "../../lib/src/settings.ts";
import { listExercises } from "./list-exercises.ts";
import { readNotebook } from "./read-notebook.ts";

// `npm test` as a whole has just run all notebooks, with each solution below its exercise.
const hasRun = process.env["WORKBOOK_TEST_REPORTS"] !== undefined;
const copies = join(loadSettings().stateFolder, "rehearsal/executed/*");

for (const path of listNotebooks()) {
  const name = basename(path);
  const exercises = listExercises(readNotebook(path));
  describe(`the solutions of ${name}`, { skip: !hasRun || exercises.length === 0 }, () => {
    for (const { cell, checks, isMeasured } of exercises) {
      test(cell.source, () => {
        const [copy = ""] = globSync(join(copies, name));
        const executed = readExecuted(copy);
        for (const check of checks) {
          const { outputs = [] } = executed.cells.find(({ source }) => source === check.source) ?? {};
          const outcomes = outputs.flatMap(({ data }) => data?.[comparedAnswerType] ?? []);
          assert.ok(outcomes.length > 0, "expectClose is not the last line of its cell, or not shown");
          for (const outcome of outcomes) checkOutcome(outcome, isMeasured);
        }
      });
    }
  });
}

/** What is measured differs from run to run, and may be missing in one; a number there must be. */
function checkOutcome(outcome: unknown, isMeasured: boolean): void {
  const compared = Object(outcome);
  if (isMeasured) assert.notEqual(compared.outcome, "not guessed", compared.words);
  else assert.equal(compared.outcome, "close", compared.words);
}
