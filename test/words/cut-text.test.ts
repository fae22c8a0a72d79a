import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanName, cleanWords, cutText, readServerWords } from "../../lib/src/words/index.ts";

test("a text that is long enough to be cut ends with an ellipsis, a shorter one stays", () => {
  assert.equal(cutText("abcdef", 3), "abc…");
  assert.equal(cutText("abc", 3), "abc");
});

test("a text is not cut within a character", () => {
  assert.equal(cutText("ab😀cd", 3), "ab…");
  assert.equal(cutText("ab😀cd", 4), "ab😀…");
});

test("words from outside have no half of a character", () => {
  const half = "a\ud800b";
  assert.equal(cleanWords(half), "a\ufffdb");
  assert.equal(cleanName(half), "a\ufffdb");
  assert.equal(readServerWords('{"error":"a\\ud800b"}'), "a\ufffdb");
  assert.ok(readServerWords(`${"x".repeat(199)}😀`).isWellFormed());
});
