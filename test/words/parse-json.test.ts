import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "../../lib/src/words/index.ts";

test("JSON from elsewhere is read up to a hundred thousand values, and what has more is none", () => {
  const list = (length: number) => JSON.stringify(Array(length).fill({}));
  assert.equal(Object(parseJson(list(100_000))).length, 100_000);
  assert.ok(parseJson(list(100_001)) === undefined);
  assert.equal(parseJson("{"), undefined);
});
