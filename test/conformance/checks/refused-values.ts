import assert from "node:assert/strict";
import { chatBody, readMaxModelTokens, userSays } from "../chat.ts";
import type { Check } from "../check.ts";
import { type Refusal, refusalCheck, tooLongQuestion } from "../refusal.ts";
import { readJson, send } from "../send.ts";

const refusals: readonly Refusal[] = [
  {
    what: "an unknown model",
    request: { model: "nope" },
    status: 404,
    type: "NotFoundError",
    param: "model",
    message: ({ model }) => `The model \`nope\` does not exist. Valid aliases: ${model}.`,
  },
  {
    what: "a max_tokens beyond the context",
    request: { max_tokens: 1_000_000 },
    param: "max_tokens",
    message: ({ maxModelTokens }) =>
      `max_tokens=1000000 cannot be greater than max_model_len=${maxModelTokens}. ` +
      "Please request fewer output tokens. (parameter=max_tokens, value=1000000)",
  },
  {
    what: "a max_completion_tokens beyond the context",
    request: { max_tokens: undefined, max_completion_tokens: 1_000_000 },
    param: "max_completion_tokens",
    message: ({ maxModelTokens }) =>
      `max_completion_tokens=1000000 cannot be greater than max_model_len=${maxModelTokens}. ` +
      "Please request fewer output tokens. (parameter=max_completion_tokens, value=1000000)",
  },
  {
    what: "a max_tokens of 0",
    request: { max_tokens: 0 },
    param: "max_tokens",
    message: "max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)",
  },
  {
    what: "a negative temperature",
    request: { temperature: -1 },
    param: "temperature",
    message: "temperature must be non-negative, got -1.0. (parameter=temperature, value=-1.0)",
  },
  {
    what: "a temperature above 2",
    request: { temperature: 2.5 },
    param: "temperature",
    message: "temperature must be in [0, 2], got 2.5. (parameter=temperature, value=2.5)",
  },
  {
    what: "a top_p of 0",
    request: { top_p: 0 },
    param: "top_p",
    message: "top_p must be in (0, 1], got 0.0. (parameter=top_p, value=0.0)",
  },
  {
    what: "a negative top_k",
    request: { top_k: -2 },
    param: null,
    message: "top_k must be 0 (disable), or at least 1, got -2.",
  },
  {
    what: "an n of 0",
    request: { n: 0 },
    param: null,
    message: "n must be at least 1, got 0.",
  },
  {
    what: "an empty stop string",
    request: { stop: ["a", ""] },
    param: null,
    message: "stop cannot contain an empty string.",
  },
  {
    what: "an empty list of messages",
    request: { messages: [] },
    param: null,
    message: "Cannot apply chat template to an empty conversation. Provide at least one message.",
  },
  {
    what: "stream_options without stream",
    request: { stream_options: { include_usage: true } },
    param: "stream_options",
    message: "Stream options can only be defined when `stream=True`. (parameter=stream_options)",
  },
];

/** Well-formed requests with a value that cannot be served. */
export const refusedValueChecks: readonly Check[] = [
  ...refusals.map(refusalCheck),
  {
    name: "a prompt longer than the context is refused",
    async run(context) {
      const messages = userSays(await tooLongQuestion(context));
      const body = chatBody(context, { messages });
      const answer = await send(context, { path: "/v1/chat/completions", body });
      const limit = await readMaxModelTokens(context);
      assert.deepEqual(readJson(answer, 400), {
        error: {
          message:
            `This model's maximum context length is ${limit} tokens. However, your prompt contains at least ` +
            `${limit + 1} input tokens, which exceeds this limit even without any output tokens. ` +
            `Please reduce the length of the input prompt. (parameter=input_tokens, value=${limit + 1})`,
          type: "BadRequestError",
          param: "input_tokens",
          code: 400,
        },
      });
    },
  },
];
