import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { listNotebooks } from "../../bin/set-up/project.mjs";
import { listExercises } from "./list-exercises.ts";
import { readNotebook } from "./read-notebook.ts";

const paths = listNotebooks();

for (const [index, path] of paths.entries()) {
  const following = paths[index + 1];
  describe(`the notebook ${basename(path)}`, () => {
    const notebook = readNotebook(path);

    test("has two or three exercises, and one of them is a prediction", () => {
      const exercises = listExercises(notebook);
      assert.ok([2, 3].includes(exercises.length), `it has ${exercises.length}`);
      assert.ok(exercises.some(({ isPrediction }) => isPrediction));
    });

    test("ends with what to read next", () => {
      const lastLine = notebook.cells.at(-1)?.source.trimEnd().split("\n").at(-1) ?? "";
      assert.match(lastLine, /^\*\*Next:\*\* /);
      if (following !== undefined) assert.ok(lastLine.includes(`](${basename(following)})`), lastLine);
    });
  });
}
