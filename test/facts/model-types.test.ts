import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { findModelType } from "../../lib/src/facts/index.ts";

const file = new URL("../../lib/data/model-types.csv", import.meta.url);

describe("what a type of model means by a field that is missing", () => {
  test("stands in a table whose rows all fit their schema, once each", (context) => {
    const warned = context.mock.method(console, "warn", () => {});
    const rows = readFileSync(file, "utf8").trim().split("\n").slice(1);
    const names = rows.map((row) => row.slice(0, row.indexOf(",")));
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.equal("observed" in findModelType(name), true, name);
    assert.equal(warned.mock.callCount(), 0);
  });

  test("is nothing for a type that nobody looked up, but that its name tells of a state", () => {
    const { layers, kvHeads, hasState } = findModelType("somebodys_hybrid");
    assert.deepEqual([layers, kvHeads, hasState], [null, null, true]);
    assert.equal(findModelType("").hasState, false);
  });
});
