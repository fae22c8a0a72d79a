import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { loadText, writeLines } from "../helpers/trace-file.ts";

const row = (second: number, input_length: number, hash_ids: readonly number[], more: object = {}) => ({
  timestamp: second * 1_000,
  input_length,
  output_length: 10,
  hash_ids,
  ...more,
});

async function load(context: TestContext, ...rows: object[]) {
  const { cachedInputTokens, notes } = await loadText(context, {
    file: "own.jsonl",
    content: writeLines(...rows),
  });
  return { cached: cachedInputTokens && [...cachedInputTokens], notes: notes.join(" ") };
}

describe("a log whose rows name the blocks of their prompts", () => {
  test("has cached what an earlier prompt begins with, at most its whole input", async (context) => {
    const { cached, notes } = await load(
      context,
      row(0, 1_500, [1, 2, 3]),
      row(1, 1_500, [1, 2, 4]),
      row(2, 1_100, [5, 2, 3]),
      row(3, 900, [1, 2]),
    );
    assert.deepEqual(cached, [0, 1_024, 0, 900]);
    assert.match(notes, /hash_ids say which prompts begin alike.*upper bound/);
  });

  test("has blocks of 16 tokens in Bailian's form", async (context) => {
    const chat = { chat_id: 1, parent_chat_id: -1, type: "text", turn: 1 };
    const { cached } = await load(context, row(0, 40, [1, 2, 3], chat), row(1, 60, [1, 2, 3, 4], chat));
    assert.deepEqual(cached, [0, 48]);
  });

  test("says nothing of a cache where no row has any, and is believed where it counts cached tokens itself", async (context) => {
    assert.equal((await load(context, row(0, 40, []))).cached, undefined);
    const own = { cached_input_tokens: 7 };
    const { cached, notes } = await load(context, row(0, 600, [1], own), row(1, 600, [1], own));
    assert.deepEqual(cached, [7, 7]);
    assert.doesNotMatch(notes, /hash_ids/);
  });
});
