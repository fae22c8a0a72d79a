import assert from "node:assert/strict";
import { askChat, findNaturalEnd, streamChat } from "../chat.ts";
import type { Check } from "../check.ts";

/** Answers in pieces: the order and form of the chunks, and the usage that they carry. */
export const chatStreamChecks: readonly Check[] = [
  {
    name: "a stream begins with a role chunk without text",
    async run(context) {
      const { choices } = await streamChat(context, {});
      assert.deepEqual(choices[0]?.delta, { role: "assistant", content: "" });
      assert.equal(choices[0]?.finish_reason, null);
    },
  },
  {
    name: "after the role chunk there is one chunk a token",
    dependsOnEngine: true,
    async run(context) {
      const { pieces, usage } = await streamChat(context, { max_tokens: 12 });
      assert.equal(usage?.completion_tokens, 12);
      assert.equal(pieces.length, 12);
    },
  },
  {
    name: "only the last choice carries finish_reason and stop_reason",
    async run(context) {
      const { choices } = await streamChat(context, { max_tokens: 6 });
      const last = choices.at(-1);
      assert.equal(last?.finish_reason, "length");
      assert.equal(last?.stop_reason, null);
      for (const choice of choices.slice(0, -1)) {
        assert.equal(choice.finish_reason, null);
        assert.equal("stop_reason" in choice, false);
      }
    },
  },
  {
    name: "all chunks of a stream share id, time and model; only the last has the fingerprint",
    async run(context) {
      for (const include_usage of [true, false]) {
        const { chunks } = await streamChat(context, { stream_options: { include_usage } });
        const [first] = chunks;
        for (const { id, created, model } of chunks) {
          assert.deepEqual([id, created, model], [first?.id, first?.created, context.model]);
        }
        const fingerprints = chunks.map((chunk) => chunk.system_fingerprint !== undefined);
        assert.equal(fingerprints.indexOf(true), chunks.length - 1);
      }
    },
  },
  {
    name: "with include_usage the last chunk has usage and no choice",
    async run(context) {
      const { chunks } = await streamChat(context, { max_tokens: 5 });
      assert.deepEqual(chunks.at(-1)?.choices, []);
      assert.equal(chunks.at(-1)?.usage?.completion_tokens, 5);
      assert.equal(chunks.filter((chunk) => chunk.usage !== undefined).length, 1);
    },
  },
  {
    name: "without include_usage no chunk has usage, and every chunk has a choice",
    async run(context) {
      for (const stream_options of [
        undefined,
        {},
        { include_usage: false },
        { continuous_usage_stats: true },
      ]) {
        const { chunks, choices } = await streamChat(context, { stream_options, max_tokens: 3 });
        assert.equal(choices.length, 4);
        assert.equal(chunks.length, 4);
        assert.ok(chunks.every((chunk) => chunk.usage === undefined));
      }
    },
  },
  {
    name: "continuous_usage_stats counts the tokens up, from 0 on the role chunk",
    async run(context) {
      const stream_options = { include_usage: true, continuous_usage_stats: true };
      const { chunks } = await streamChat(context, { stream_options, max_tokens: 5 });
      const counts = chunks.map((chunk) => chunk.usage?.completion_tokens);
      assert.deepEqual(counts, [0, 1, 2, 3, 4, 5, 5]);
      const promptTokens = new Set(chunks.map((chunk) => chunk.usage?.prompt_tokens));
      assert.equal(promptTokens.size, 1);
    },
  },
  {
    name: "the model's own end is a last chunk without text that counts as a token",
    dependsOnEngine: true,
    async run(context) {
      const { messages, answer } = await findNaturalEnd(context);
      const stream = await streamChat(context, { messages, max_tokens: answer.usage.total_tokens });
      assert.equal(stream.finishReason, "stop");
      assert.equal(stream.stopReason, null);
      assert.equal(stream.pieces.at(-1), "");
      assert.equal(stream.pieces.length, stream.usage?.completion_tokens);
      assert.equal(stream.text, answer.text);
    },
  },
  {
    name: "streamed and not, one request gives the same text and usage",
    dependsOnEngine: true,
    async run(context) {
      const fields = { temperature: 0.8, seed: 7, max_tokens: 12 };
      const stream = await streamChat(context, fields);
      const answer = await askChat(context, fields);
      assert.equal(stream.text, answer.text);
      assert.deepEqual(stream.usage, answer.usage);
      assert.equal(stream.finishReason, answer.finishReason);
    },
  },
];
