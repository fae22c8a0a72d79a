import assert from "node:assert/strict";
import { chatBody, readChatAnswer, readChatStream } from "../chat.ts";
import type { Check } from "../check.ts";
import { readJson, send, type WireAnswer } from "../send.ts";

/** What the key guards, and what it leaves open. */
export const guardChecks: readonly Check[] = [
  {
    name: "no key or a wrong one answers 401 with a string as error",
    async run(context) {
      assertUnauthorized(await send(context, { path: "/v1/models", apiKey: null }));
      assertUnauthorized(await send(context, { path: "/v1/models", apiKey: `${context.apiKey}x` }));
    },
  },
  {
    name: "the key counts only as one bearer token, in any case of the word",
    async run(context) {
      const ask = (headers: Record<string, string>) =>
        send(context, { path: "/v1/models", apiKey: null, headers });
      const { apiKey } = context;
      readJson(await ask({ authorization: `bearer ${apiKey}` }), 200);
      readJson(await ask({ authorization: `BEARER ${apiKey}` }), 200);
      assertUnauthorized(await ask({ authorization: apiKey }));
      assertUnauthorized(await ask({ authorization: `Basic ${apiKey}` }));
      assertUnauthorized(await ask({ authorization: `Bearer  ${apiKey}` }));
      assertUnauthorized(await ask({ "x-api-key": apiKey }));
    },
  },
  {
    name: "the key is asked for before path, method and body are looked at",
    async run(context) {
      assertUnauthorized(await send(context, { path: "/v1/nope", apiKey: null }));
      assertUnauthorized(await send(context, { path: "/v1/chat/completions", apiKey: null }));
      assertUnauthorized(await send(context, { path: "/v1/chat/completions", apiKey: null, body: "{" }));
    },
  },
  {
    name: "/v2 and /inference are guarded as well",
    async run(context) {
      for (const path of ["/v2/models", "/inference/x"]) {
        assertUnauthorized(await send(context, { path, apiKey: null }));
        readJson(await send(context, { path }), 404);
      }
    },
  },
  {
    name: "/, /health, /ping, /version, /metrics and /tokenize answer without a key",
    async run(context) {
      for (const path of ["/health", "/ping", "/version", "/metrics"]) {
        const answer = await send(context, { path, apiKey: null });
        assert.equal(answer.status, 200, path);
      }
      const asked = await send(context, { method: "OPTIONS", path: "/metrics", apiKey: null });
      assert.match(asked.text, /^vllm:num_requests_running/m);
      readJson(await send(context, { path: "/", apiKey: null }), 404);
      readJson(await send(context, { path: "/tokenize", apiKey: null, body: { prompt: "Hello" } }), 200);
    },
  },
  {
    name: "/invocations answers a chat, whole or streamed, without a key",
    async run(context) {
      const ask = (fields: Record<string, unknown>) =>
        send(context, { path: "/invocations", apiKey: null, body: chatBody(context, fields) });
      assert.equal(readChatAnswer(await ask({ max_tokens: 3 })).usage.completion_tokens, 3);
      assert.equal(readChatStream(await ask({ max_tokens: 3, stream: true })).choices.length, 4);
    },
  },
];

function assertUnauthorized(answer: WireAnswer): void {
  assert.equal(answer.text, '{"error":"Unauthorized"}');
  readJson(answer, 401);
}
