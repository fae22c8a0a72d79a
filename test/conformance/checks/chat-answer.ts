import assert from "node:assert/strict";
import { askChat, findNaturalEnd, readMaxModelTokens, userSays } from "../chat.ts";
import type { Check } from "../check.ts";

/** Answers in one piece: their form, their length, and what a request may leave out. */
export const chatAnswerChecks: readonly Check[] = [
  {
    name: "an answer names the model and ends at max_tokens",
    async run(context) {
      const { body, finishReason, stopReason, usage } = await askChat(context, { max_tokens: 5 });
      assert.equal(body.model, context.model);
      assert.equal(finishReason, "length");
      assert.equal(stopReason, null);
      assert.equal(usage.completion_tokens, 5);
    },
  },
  {
    name: "every answer has an id of its own",
    async run(context) {
      const first = await askChat(context, { max_tokens: 1 });
      const second = await askChat(context, { max_tokens: 1 });
      assert.notEqual(first.body.id, second.body.id);
    },
  },
  {
    name: "max_completion_tokens limits an answer and goes before max_tokens",
    async run(context) {
      const alone = await askChat(context, { max_tokens: undefined, max_completion_tokens: 3 });
      assert.equal(alone.usage.completion_tokens, 3);
      const both = await askChat(context, { max_tokens: 2, max_completion_tokens: 4 });
      assert.equal(both.usage.completion_tokens, 4);
    },
  },
  {
    name: "the model's own end gives finish_reason stop without a stop_reason, and its end token counts",
    dependsOnEngine: true,
    async run(context) {
      const { messages, answer } = await findNaturalEnd(context);
      assert.equal(answer.stopReason, null);
      const withoutEnd = await askChat(context, { messages, max_tokens: answer.usage.completion_tokens - 1 });
      assert.equal(withoutEnd.finishReason, "length");
      assert.equal(withoutEnd.text, answer.text);
    },
  },
  {
    name: "without max_tokens an answer goes on to the model's own end",
    dependsOnEngine: true,
    async run(context) {
      const { messages, answer } = await findNaturalEnd(context);
      const unlimited = await askChat(context, { messages, max_tokens: undefined });
      assert.equal(unlimited.text, answer.text);
      assert.equal(unlimited.finishReason, "stop");
    },
  },
  {
    name: "ignore_eos goes on past the model's own end up to max_tokens",
    async run(context) {
      const { messages, answer } = await findNaturalEnd(context);
      const maxTokens = answer.usage.completion_tokens + 6;
      const longer = await askChat(context, { messages, max_tokens: maxTokens, ignore_eos: true });
      assert.equal(longer.finishReason, "length");
      assert.equal(longer.usage.completion_tokens, maxTokens);
      assert.ok(longer.text.startsWith(answer.text), `"${longer.text}" does not begin with "${answer.text}"`);
    },
  },
  {
    name: "max_tokens may be as large as the whole context",
    async run(context) {
      const maxModelTokens = await readMaxModelTokens(context);
      const { messages, answer } = await findNaturalEnd(context);
      const generous = await askChat(context, { messages, max_tokens: maxModelTokens });
      assert.equal(generous.text, answer.text);
    },
  },
  {
    name: "a request without a model is for the only one there is",
    async run(context) {
      for (const model of [undefined, null, ""]) {
        const { body } = await askChat(context, { model, max_tokens: 1 });
        assert.equal(body.model, context.model);
      }
    },
  },
  {
    name: "unknown fields are ignored, null is a default, and a number may come as a string",
    async run(context) {
      const answer = await askChat(context, {
        max_tokens: "3",
        stop: null,
        temperature: null,
        top_k: 0,
        user: "someone",
        chat_template_kwargs: { anything: 1 },
        no_such_field: 1,
      });
      assert.equal(answer.usage.completion_tokens, 3);
    },
  },
  {
    name: "text parts of a message are joined with a line break",
    async run(context) {
      const whole = await askChat(context, { messages: userSays("One.\nTwo."), max_tokens: 6 });
      const content = ["One.", "Two."].map((text) => ({ type: "text", text }));
      const parts = await askChat(context, { messages: [{ role: "user", content }], max_tokens: 6 });
      assert.deepEqual(parts.usage, whole.usage);
      assert.equal(parts.text, whole.text);
    },
  },
  {
    name: "an answer longer than the room that its prompt leaves is cut shorter, not refused",
    dependsOnEngine: true,
    async run(context) {
      const limit = await readMaxModelTokens(context);
      const messages = userSays("a ".repeat(limit - 60));
      const { usage, finishReason } = await askChat(context, {
        messages,
        max_tokens: limit,
        ignore_eos: true,
      });
      assert.equal(usage.total_tokens, limit);
      assert.ok(usage.completion_tokens < 60, `${usage.completion_tokens} tokens were left`);
      assert.equal(finishReason, "length");
    },
  },
];
