import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cleanName } from "../../lib/src/words/index.ts";

describe("a name from outside", () => {
  test("stays as it is where it is one", () => {
    for (const name of ["meta-llama/Llama-3.1-8B-Instruct", "/models/my model (q4)", "模型-7B", ""]) {
      assert.equal(cleanName(name), name);
    }
  });

  test("is one line without what steers a terminal or turns the direction of writing", () => {
    assert.equal(cleanName("a\x1b[2Jb\x1b]52;c;Y2xpcA==\x07c\nd\u2028e\u202ef\x00\x9b31mg"), "abc d efg");
  });

  test("is cut where it is longer than a name", () => {
    assert.equal(cleanName("x".repeat(10_000_000)).length, 301);
    assert.equal(cleanName("abcdef", 3), "abc…");
  });
});
