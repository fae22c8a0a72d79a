import assert from "node:assert/strict";
import { askChat, streamChat, userSays } from "../chat.ts";
import type { Check } from "../check.ts";
import { measureGrowth } from "../metrics-page.ts";

/** Several streams at once. Their texts may differ from those of streams alone: batches round differently. */
export const concurrentChecks: readonly Check[] = [
  {
    name: "streams at the same time keep their ids, prompts and lengths apart",
    dependsOnEngine: true,
    async run(context) {
      const alone: number[] = [];
      for (const { messages } of questions) {
        alone.push((await askChat(context, { messages, max_tokens: 1 })).usage.prompt_tokens);
      }
      const streams = await Promise.all(
        questions.map((question) => streamChat(context, { ...question, ignore_eos: true })),
      );
      const ids = streams.map(({ chunks }) => new Set(chunks.map(({ id }) => id)));
      assert.ok(ids.every((own) => own.size === 1));
      assert.equal(new Set(ids.flatMap((own) => [...own])).size, questions.length);
      assert.deepEqual(
        streams.map(({ usage }) => [usage?.prompt_tokens, usage?.completion_tokens]),
        questions.map(({ max_tokens }, index) => [alone[index], max_tokens]),
      );
    },
  },
  {
    name: "streams at the same time share engine steps",
    dependsOnEngine: true,
    async run(context) {
      const { growth } = await measureGrowth(context, () =>
        Promise.all(questions.map((question) => streamChat(context, { ...question, ignore_eos: true }))),
      );
      const tokens = questions.reduce((sum, { max_tokens }) => sum + max_tokens, 0);
      assert.equal(growth("vllm:generation_tokens_total"), tokens);
      assert.ok(growth("vllm:iteration_tokens_total_count") < tokens, "every token took a step of its own");
    },
  },
  {
    name: "nothing of one conversation reaches the next",
    async run(context) {
      const before = await askChat(context, { max_tokens: 8 });
      const messages = [
        ...userSays("My name is Ada and my cat is Turing."),
        { role: "assistant", content: "Hello Ada!" },
        ...userSays("What is my cat's name?"),
      ];
      await streamChat(context, { messages, max_tokens: 8 });
      const after = await askChat(context, { max_tokens: 8 });
      assert.equal(after.text, before.text);
      assert.deepEqual(after.usage, before.usage);
    },
  },
];

const questions = [
  "Hello, how are you?",
  "Tell me about the city of Paris.",
  "What is a cat, and what does it eat every day of the week?",
  "Write a short poem about the sea. It has four lines, and each of them ends with the name of a fish.",
].map((question, index) => ({ messages: userSays(question), max_tokens: 4 + 2 * index }));
