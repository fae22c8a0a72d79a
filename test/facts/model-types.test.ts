import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findModelType, loadModelTypes } from "../../lib/src/facts/index.ts";

describe("what a type of model means by a field that is missing", () => {
  test("stands in a table whose rows all fit their schema, once each", () => {
    const problems: string[] = [];
    const types = loadModelTypes({ onProblem: (problem) => problems.push(problem) });
    assert.deepEqual(problems, []);
    assert.ok(types.length > 0);
    assert.equal(new Set(types.map(({ name }) => name)).size, types.length);
    for (const type of types) assert.deepEqual(findModelType(type.name), type);
  });

  test("is nothing for a type that nobody looked up, but that its name tells of a state", () => {
    const { layers, kvHeads, hasState } = findModelType("somebodys_hybrid");
    assert.deepEqual([layers, kvHeads, hasState], [null, null, true]);
    assert.equal(findModelType("").hasState, false);
  });
});
