import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { ChatStreamError, type Endpoint, streamChat } from "../../lib/src/endpoint/index.ts";
import { sendJson, sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";
import { openTimedServer, readMetric, waitForRunning } from "../helpers/timed-server.ts";

const messages = [{ role: "user" as const, content: "Hello" }];

/** Streams until the error that ends it, and gives the text that came before together with the error. */
async function breakOff(
  endpoint: Endpoint,
  options: Parameters<typeof streamChat>[2] = {},
): Promise<{ seen: string; error: ChatStreamError }> {
  let seen = "";
  try {
    for await (const event of streamChat(endpoint, { messages }, options)) {
      if (event.type === "text") seen += event.text;
    }
  } catch (error) {
    assert.ok(error instanceof ChatStreamError, `${error} is no ChatStreamError`);
    return { seen, error };
  }
  return assert.fail("the stream came to its end");
}

/** Breaks off the stream of a server that answers like this. */
async function breakOffFrom(
  t: TestContext,
  answer: (response: ServerResponse) => void,
): Promise<{ seen: string; error: ChatStreamError; endpoint: Endpoint }> {
  const endpoint = await connectOpenAiLike(t, (_request, response) => answer(response));
  return { ...(await breakOff(endpoint)), endpoint };
}

const hello = chunk({ delta: { content: "Hello" } });

describe("a stream that carries an error object", () => {
  test("throws its words, after the text that came before, also in the same packet", async (t) => {
    const failure = 'data: {"error":{"message":"EngineCore died","code":500}}\n\n';
    const { seen, error, endpoint } = await breakOffFrom(t, (response) =>
      sendStream(response, [hello + failure + done]),
    );
    assert.equal(seen, "Hello");
    assert.equal(error.text, "Hello");
    assert.equal(error.problem, "error-in-stream");
    assert.equal(
      error.message,
      `The server reported an error after 5 characters of the answer from ${endpoint.baseUrl}: EngineCore died. Look at the server's log; the text that had arrived is in the error.`,
    );
  });

  test("throws an error that is a mere string, without its control characters", async (t) => {
    const { error } = await breakOffFrom(t, (response) =>
      sendStream(response, [`data: ${JSON.stringify({ error: "out of \x1b[31mmemory" })}\n\n`]),
    );
    assert.match(error.message, /answer from .*: out of memory\. Look/);
  });

  test("is no such stream where the error is null", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, ['data: {"error":null,"choices":[{"delta":{"content":"Hi"}}]}\n\n', done]),
    );
    const texts: string[] = [];
    for await (const event of streamChat(endpoint, { messages })) {
      if (event.type === "text") texts.push(event.text);
    }
    assert.deepEqual(texts, ["Hi"]);
  });
});

describe("a stream that is cut off", () => {
  test("throws the text so far, where it ends without [DONE] and without a finish reason", async (t) => {
    const { seen, error, endpoint } = await breakOffFrom(t, (response) =>
      sendStream(response, [hello, hello]),
    );
    assert.equal(seen, "HelloHello");
    assert.equal(error.text, "HelloHello");
    assert.equal(error.problem, "cut-off");
    assert.equal(
      error.message,
      `The stream was cut off after 10 characters of the answer from ${endpoint.baseUrl} (it ended without [DONE] and a finish reason). The server, the proxy or the network closed it early; the text that had arrived is in the error. Try again, with a smaller max_tokens if it happens at the same place.`,
    );
  });

  test("throws the text so far, where the connection is cut", async (t) => {
    const { error } = await breakOffFrom(t, (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(hello, () => response.destroy());
    });
    assert.equal(error.text, "Hello");
    assert.equal(error.problem, "cut-off");
    assert.ok(error.cause instanceof Error);
  });

  test("is an empty stream too", async (t) => {
    const { error } = await breakOffFrom(t, (response) => sendStream(response, []));
    assert.equal(error.problem, "cut-off");
    assert.match(error.message, /after 0 characters/);
  });
});

describe("a stream that cannot be read", () => {
  const unreadable: [what: string, pieces: string[], reason: RegExp][] = [
    [
      "a chunk that is no JSON",
      [hello, "data: {broken\n\n"],
      /not in OpenAI's format \(text\/event-stream\): \{broken\. Check/,
    ],
    [
      "a chunk of another API",
      [hello, 'data: {"choices":"none"}\n\n'],
      /not in OpenAI's format \(text\/event-stream\): .*\. Check/,
    ],
  ];
  for (const [what, pieces, reason] of unreadable) {
    test(`throws the text so far: ${what}`, async (t) => {
      const { seen, error } = await breakOffFrom(t, (response) => sendStream(response, pieces));
      assert.equal(error.problem, "unreadable");
      assert.equal(seen, "Hello");
      assert.equal(error.text, "Hello");
      assert.match(error.problemText + error.remedy.replace("Check", " Check"), reason);
    });
  }

  test("is an answer that is no stream at all", async (t) => {
    const { error } = await breakOffFrom(t, (response) => sendJson(response, { choices: [] }));
    assert.equal(error.problem, "unreadable");
    assert.match(
      error.message,
      /: the answer is not in OpenAI's format \(application\/json\): \{"choices":\[\]\}\./,
    );
  });
});

describe("giving up a stream", () => {
  /** A server that sends one text and then keeps the connection open; tells when the client has gone. */
  async function openEndless(t: TestContext): Promise<{ endpoint: Endpoint; gone: Promise<void> }> {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const endpoint = await connectOpenAiLike(t, (_request, response) => {
      response.on("close", resolve);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(hello);
    });
    return { endpoint, gone };
  }

  test("by leaving the loop closes the connection", async (t) => {
    const { endpoint, gone } = await openEndless(t);
    for await (const event of streamChat(endpoint, { messages })) if (event.type === "text") break;
    await gone;
  });

  test("at its very first event closes the connection as well", async (t) => {
    const { endpoint, gone } = await openEndless(t);
    for await (const event of streamChat(endpoint, { messages })) {
      assert.equal(event.type, "request");
      break;
    }
    await gone;
  });

  test("by an error in the loop closes the connection and is that error", async (t) => {
    const { endpoint, gone } = await openEndless(t);
    await assert.rejects(async () => {
      for await (const event of streamChat(endpoint, { messages })) {
        if (event.type === "text") throw new RangeError("enough");
      }
    }, new RangeError("enough"));
    await gone;
  });

  test("by its signal closes the connection and throws the text so far", async (t) => {
    const { endpoint, gone } = await openEndless(t);
    const controller = new AbortController();
    let error: unknown;
    try {
      for await (const event of streamChat(endpoint, { messages }, { signal: controller.signal })) {
        if (event.type === "text") controller.abort();
      }
    } catch (caught) {
      error = caught;
    }
    assert.ok(error instanceof ChatStreamError);
    assert.equal(error.problem, "interrupted");
    assert.equal(error.text, "Hello");
    assert.equal(
      error.message,
      `The answer from ${endpoint.baseUrl} was interrupted after 5 characters. The connection is closed, so the server stops generating; run the call again for a whole answer.`,
    );
    await gone;
  });

  test("before it begins sends nothing", async (t) => {
    const endpoint = await connectOpenAiLike(t, () => assert.fail("a request was sent"));
    const { error } = await breakOff(endpoint, { signal: AbortSignal.abort() });
    assert.equal(error.problem, "interrupted");
    assert.equal(error.text, "");
  });

  test("while the server still thinks closes the connection as well", async (t) => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const controller = new AbortController();
    const endpoint = await connectOpenAiLike(t, (_request, response) => {
      response.on("close", resolve);
      controller.abort();
    });
    const { error } = await breakOff(endpoint, { signal: controller.signal });
    assert.equal(error.problem, "interrupted");
    await gone;
  });

  test("makes the server stop generating", async (t) => {
    const { server, endpoint } = await openTimedServer(t);
    const request = { messages, max_tokens: 4_000, ignore_eos: true };
    for await (const event of streamChat(endpoint, request)) if (event.type === "text") break;
    await waitForRunning(server, 0);
    assert.ok((await readMetric(server, "generation_tokens_total")) < 4_000);
    assert.equal(await readMetric(server, "request_success_total"), 0);
  });
});

test("a server that ends its answer many times has it searched for thoughts once", async (t) => {
  const ended = chunk({ delta: { content: "</think>" }, finish_reason: "stop" });
  const endpoint = await connectOpenAiLike(t, (_request, response) =>
    sendStream(response, [ended, ended, ended, done]),
  );
  const types: string[] = [];
  for await (const { type } of streamChat(endpoint, { messages })) types.push(type);
  assert.equal(types.filter((type) => type === "finish").length, 3);
  assert.equal(types.filter((type) => type === "notice").length, 1);
});
