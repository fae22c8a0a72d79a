import assert from "node:assert/strict";
import { test } from "node:test";
import { printChat } from "../../lib/src/endpoint/index.ts";
import { sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";

const tenMinutesMs = 600_000;

test("a chat waits for a first token, and for the next, as long as its own bounds say, not as long as Node's", async (t) => {
  const endpoint = await connectOpenAiLike(t, (_request, response) =>
    sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]),
  );
  const place = Symbol.for("undici.globalDispatcher.1");
  const own = Object(Reflect.get(globalThis, place));
  t.after(() => Reflect.set(globalThis, place, own));
  const limits: { path: string; headersTimeout?: number; bodyTimeout?: number }[] = [];
  const dispatch = (options: (typeof limits)[number], handler: unknown) => {
    limits.push(options);
    return own.dispatch(options, handler);
  };
  Reflect.set(globalThis, place, Object.create(own, { dispatch: { value: dispatch } }));
  await printChat(endpoint, { messages: [{ role: "user", content: "Hello" }] }, { write: () => {} });
  const [sent] = limits;
  assert.equal(sent?.path, "/v1/chat/completions");
  assert.ok((sent.headersTimeout ?? 0) > tenMinutesMs, `${sent.headersTimeout} ms for the headers`);
  assert.ok((sent.bodyTimeout ?? 0) > tenMinutesMs, `${sent.bodyTimeout} ms for the body`);
});
