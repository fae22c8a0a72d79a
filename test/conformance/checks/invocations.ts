import assert from "node:assert/strict";
import { askChat, chatBody, readChatAnswer, readChatStream } from "../chat.ts";
import type { Check, ConformanceContext } from "../check.ts";
import { readJson, send, type WireAnswer } from "../send.ts";

/** The side door that takes a chat body as well. */
export const invocationsChecks: readonly Check[] = [
  {
    name: "/invocations answers a chat as /v1/chat/completions does",
    async run(context) {
      const answer = await askChat(context, {});
      const invoked = readChatAnswer(await invoke(context, chatBody(context, {})));
      assert.equal(invoked.text, answer.text);
      assert.deepEqual(invoked.usage, answer.usage);
      const stream = readChatStream(await invoke(context, chatBody(context, { stream: true })));
      assert.equal(stream.text, answer.text);
    },
  },
  {
    name: "/invocations does not mind an unknown model",
    async run(context) {
      const invoked = readChatAnswer(await invoke(context, chatBody(context, { model: "nope" })));
      assert.equal(invoked.body.model, context.model);
    },
  },
  {
    name: "/invocations refuses a value as /v1/chat/completions does",
    async run(context) {
      const body = chatBody(context, { temperature: -1 });
      const answer = await send(context, { path: "/v1/chat/completions", body });
      assert.deepEqual(readJson(await invoke(context, body), 400), readJson(answer, 400));
    },
  },
  {
    name: "/invocations refuses a body that is no request, and one that is no JSON",
    async run(context) {
      assert.deepEqual(readJson(await invoke(context, {}), 400), {
        error: {
          message: "Either prompt or prompt_embeds must be provided and non-empty. (parameter=prompt)",
          type: "BadRequestError",
          param: "prompt",
          code: 400,
        },
      });
      assert.deepEqual(readJson(await invoke(context, "nope"), 400), {
        error: {
          message: "JSON decode error: Expecting value: line 1 column 1 (char 0)",
          type: "Bad Request",
          param: null,
          code: 400,
        },
      });
    },
  },
];

function invoke(context: ConformanceContext, body: unknown): Promise<WireAnswer> {
  return send(context, { path: "/invocations", body, apiKey: null });
}
