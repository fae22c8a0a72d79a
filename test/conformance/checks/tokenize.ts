import assert from "node:assert/strict";
import { askChat, readMaxModelTokens, userSays } from "../chat.ts";
import type { Check, ConformanceContext } from "../check.ts";
import { tooLongQuestion } from "../refusal.ts";
import { type Tokenized, tokenizeSchema } from "../schemas.ts";
import { readJson, send } from "../send.ts";

/** Counting tokens without generating any. */
export const tokenizeChecks: readonly Check[] = [
  {
    name: "/tokenize gives the tokens of a prompt, their count and the context length",
    dependsOnEngine: true,
    async run(context) {
      const tokenized = await tokenize(context, { model: context.model, prompt: "Hello world" });
      assert.ok(tokenized.count > 0);
      assert.equal(tokenized.tokens.length, tokenized.count);
      assert.equal(tokenized.max_model_len, await readMaxModelTokens(context));
    },
  },
  {
    name: "/tokenize finds no tokens in an empty prompt",
    dependsOnEngine: true,
    async run(context) {
      assert.deepEqual((await tokenize(context, { prompt: "" })).tokens, []);
    },
  },
  {
    name: "/tokenize counts a prompt longer than the context",
    async run(context) {
      const { count, max_model_len } = await tokenize(context, { prompt: await tooLongQuestion(context) });
      assert.ok(count > max_model_len);
    },
  },
  {
    name: "/tokenize counts messages as a chat does",
    dependsOnEngine: true,
    async run(context) {
      for (const messages of [
        userSays("Hello, how are you?"),
        [{ role: "system", content: "Be brief." }, ...userSays("Why is the sky blue? 🙂")],
      ]) {
        const { count } = await tokenize(context, { messages });
        const { usage } = await askChat(context, { messages, max_tokens: 1 });
        assert.equal(count, usage.prompt_tokens);
      }
    },
  },
  {
    name: "/tokenize takes what a chat request hands to its template",
    async run(context) {
      const messages = userSays("Hello");
      const plain = await tokenize(context, { messages });
      const chat_template_kwargs = { enable_thinking: false };
      assert.deepEqual(await tokenize(context, { messages, chat_template_kwargs }), plain);
    },
  },
  {
    name: "/tokenize leaves the start of an answer out where add_generation_prompt is false",
    dependsOnEngine: true,
    async run(context) {
      const messages = userSays("Hello");
      const whole = await tokenize(context, { messages });
      const asDefault = await tokenize(context, { messages, add_generation_prompt: true });
      const shorter = await tokenize(context, { messages, add_generation_prompt: false });
      assert.deepEqual(asDefault.tokens, whole.tokens);
      assert.ok(shorter.count < whole.count);
      assert.deepEqual(shorter.tokens, whole.tokens.slice(0, shorter.count));
    },
  },
  {
    name: "/tokenize refuses an unknown model, no messages at all, and neither prompt nor messages",
    async run(context) {
      const ask = (body: unknown) => send(context, { path: "/tokenize", body });
      readJson(await ask({ model: "nope", prompt: "Hello" }), 404);
      assert.match((await ask({ messages: [] })).text, /Cannot apply chat template to an empty conversation/);
      const missing = (field: string) =>
        `  {'type': 'missing', 'loc': 'body.${field}', 'msg': 'Field required', 'input': '<dict of 0 items>'}`;
      assert.deepEqual(readJson(await ask({}), 400), {
        error: {
          message: ["2 validation errors:", missing("prompt"), missing("messages")].join("\n"),
          type: "Bad Request",
          param: "body.prompt",
          code: 400,
        },
      });
    },
  },
];

async function tokenize(context: ConformanceContext, body: Record<string, unknown>): Promise<Tokenized> {
  return tokenizeSchema.parse(readJson(await send(context, { path: "/tokenize", body }), 200));
}
