import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type ChatEvent, type ChatRequest, streamChat } from "../../lib/src/endpoint/index.ts";
import { sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

const request: ChatRequest = { messages: [{ role: "user", content: "Hello" }] };

/** An event without its time, which differs from run to run. */
type Untimed<Event> = Event extends { atMs: number } ? Omit<Event, "atMs"> : never;

async function collect(events: AsyncIterable<ChatEvent>): Promise<Untimed<ChatEvent>[]> {
  const collected: Untimed<ChatEvent>[] = [];
  for await (const { atMs, ...event } of events) {
    assert.ok(atMs > 0);
    collected.push(event);
  }
  return collected;
}

/** Streams from a server that answers with these pieces, each in a network chunk of its own. */
async function eventsOf(t: TestContext, ...pieces: string[]): Promise<Untimed<ChatEvent>[]> {
  const endpoint = await connectOpenAiLike(t, (_request, response) => sendStream(response, pieces));
  return collect(streamChat(endpoint, request));
}

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

describe("the events of a streamed answer", () => {
  test("are its request, its text, its usage and its finish, in this order", async (t) => {
    const events = await eventsOf(
      t,
      chunk({ delta: { role: "assistant", content: "" } }),
      chunk({ delta: { content: "Hel" } }),
      chunk({ delta: { content: "lo" }, finish_reason: "stop" }),
      `data: {"choices":[],"usage":${JSON.stringify(usage)}}\n\n`,
      done,
    );
    assert.deepEqual(events, [
      { type: "request" },
      { type: "text", text: "Hel" },
      { type: "text", text: "lo" },
      { type: "finish", finishReason: "stop", stopReason: null },
      { type: "usage", usage, isFinal: true },
    ]);
  });

  test("come to whoever takes longer over each than the server may be silent", async (t) => {
    let goOn = () => {};
    const isRead = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const endpoint = await connectOpenAiLike(t, async (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk({ delta: { content: "Hel" } }));
      await isRead;
      response.end(chunk({ delta: { content: "lo" }, finish_reason: "stop" }) + done);
    });
    let text = "";
    for await (const event of streamChat(endpoint, request, { bounds: { silenceMs: 1_000 } })) {
      if (event.type === "text") text += event.text;
      if (text !== "Hel") continue;
      await delay(1_200);
      goOn();
    }
    assert.equal(text, "Hello");
  });

  test("leave out chunks without text: role only, empty, no delta, no choices, comments", async (t) => {
    const events = await eventsOf(
      t,
      ": keep-alive\n\n",
      chunk({ delta: { role: "assistant" } }),
      chunk({ delta: { content: "" } }),
      chunk({ delta: { content: null } }),
      chunk({}),
      'data: {"choices":[{"index":0}]}\n\n',
      'data: {"choices":[]}\n\n',
      'data: {"choices":null}\n\n',
      'data: {"id":"1"}\n\n',
      chunk({ delta: { content: "Hi" }, finish_reason: "length" }),
      done,
    );
    assert.deepEqual(events, [
      { type: "request" },
      { type: "text", text: "Hi" },
      { type: "finish", finishReason: "length", stopReason: null },
    ]);
  });

  test("keep a chunk of several tokens in one piece", async (t) => {
    const events = await eventsOf(t, chunk({ delta: { content: "one two three" } }), done);
    assert.deepEqual(events.slice(1), [{ type: "text", text: "one two three" }]);
  });

  test("tell reasoning from text, under both of its names", async (t) => {
    const events = await eventsOf(
      t,
      chunk({ delta: { reasoning: "Hm" } }),
      chunk({ delta: { reasoning_content: ", yes" } }),
      chunk({ delta: { content: "Yes." }, finish_reason: "stop" }),
      done,
    );
    assert.deepEqual(events.slice(1, 4), [
      { type: "reasoning", text: "Hm" },
      { type: "reasoning", text: ", yes" },
      { type: "text", text: "Yes." },
    ]);
  });

  test("carry the arguments of a tool call", async (t) => {
    const call = (parameters: string) => [{ index: 0, function: { arguments: parameters } }];
    const events = await eventsOf(
      t,
      chunk({ delta: { tool_calls: [{ index: 0, id: "call", function: { name: "clock" } }] } }),
      chunk({ delta: { tool_calls: call('{"zone":') } }),
      chunk({ delta: { tool_calls: call('"UTC"}') }, finish_reason: "tool_calls" }),
      done,
    );
    assert.deepEqual(events.slice(1, 4), [
      { type: "tool", text: "", call: 0, id: "call", name: "clock" },
      { type: "tool", text: '{"zone":', call: 0, id: "", name: "" },
      { type: "tool", text: '"UTC"}', call: 0, id: "", name: "" },
    ]);
  });

  test("carry the stop string that ended the answer, and a stop token as text", async (t) => {
    const ending = (stop: unknown) =>
      `data: {"choices":[{"delta":{},"finish_reason":"stop","stop_reason":${JSON.stringify(stop)}}]}\n\n`;
    const events = await eventsOf(
      t,
      chunk({ delta: { content: "Hi" } }),
      ending("assist"),
      ending(128009),
      done,
    );
    assert.deepEqual(events.slice(2), [
      { type: "finish", finishReason: "stop", stopReason: "assist" },
      { type: "finish", finishReason: "stop", stopReason: "128009" },
    ]);
  });

  test("carry running usage before the text that it includes", async (t) => {
    const events = await eventsOf(t, chunk({ delta: { content: "Hi" }, finish_reason: "stop", usage }), done);
    assert.deepEqual(events.slice(1), [
      { type: "usage", usage, isFinal: false },
      { type: "text", text: "Hi" },
      { type: "finish", finishReason: "stop", stopReason: null },
    ]);
  });

  test("keep what a server adds to usage, and no usage of another form", async (t) => {
    const more = { ...usage, completion_tokens_details: { reasoning_tokens: 1 }, cost: 0.1 };
    const events = await eventsOf(
      t,
      'data: {"choices":[],"usage":{}}\n\n',
      'data: {"choices":[],"usage":{"prompt_tokens":"3"}}\n\n',
      'data: {"choices":[],"usage":null}\n\n',
      chunk({ delta: { content: "Hi" } }),
      `data: {"choices":[],"usage":${JSON.stringify(more)}}\n\n`,
      done,
    );
    assert.deepEqual(events.slice(2), [{ type: "usage", usage: more, isFinal: true }]);
  });

  test("come whole where the stream ends with a finish reason and without [DONE]", async (t) => {
    const events = await eventsOf(t, chunk({ delta: { content: "Hi" }, finish_reason: "stop" }));
    assert.equal(events.at(-1)?.type, "finish");
  });

  test("end at [DONE], whatever comes after it", async (t) => {
    const events = await eventsOf(t, chunk({ delta: { content: "Hi" } }), done, "data: nonsense\n\n");
    assert.deepEqual(events.slice(1), [{ type: "text", text: "Hi" }]);
  });
});

describe("a chat request", () => {
  /** Sends a request and gives its body as the server received it. */
  async function bodyOf(t: TestContext, sent: ChatRequest): Promise<Record<string, unknown>> {
    let body: unknown;
    const endpoint = await connectOpenAiLike(t, (received, response) => {
      body = JSON.parse(received.body);
      sendStream(response, [done]);
    });
    await collect(streamChat(endpoint, sent));
    return body as Record<string, unknown>;
  }

  test("names the endpoint's model and asks for a stream with token counts", async (t) => {
    assert.deepEqual(await bodyOf(t, request), {
      ...request,
      model: "small",
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("keeps a model of its own, its stream options, and is streamed all the same", async (t) => {
    const body = await bodyOf(t, {
      ...request,
      model: "other",
      stream_options: { include_usage: false, include_obfuscation: false },
      ...{ stream: false },
    });
    assert.equal(body["model"], "other");
    assert.equal(body["stream"], true);
    assert.deepEqual(body["stream_options"], { include_usage: false, include_obfuscation: false });
  });

  test("names the endpoint's model where its own is undefined, as untyped callers write it", async (t) => {
    const body = await bodyOf(t, { ...request, ...({ model: undefined } as object) });
    assert.equal(body["model"], "small");
  });

  test("carries OpenAI's parameters and vLLM's untouched", async (t) => {
    const parameters = {
      max_tokens: 256,
      temperature: 0.6,
      top_p: 0.9,
      seed: 7,
      stop: ["<|eot_id|>"],
      ignore_eos: true,
      top_k: 40,
      min_p: 0.05,
      min_tokens: 2,
      repetition_penalty: 1.1,
      stop_token_ids: [128009],
      chat_template_kwargs: { enable_thinking: false, "weird key": [1, null] },
    };
    const body = await bodyOf(t, { ...request, ...parameters });
    const { model, stream, stream_options, ...rest } = body;
    assert.deepEqual(rest, { ...request, ...parameters });
    assert.ok(model && stream && stream_options);
  });

  test("carries further headers where they are given", async (t) => {
    let header: unknown;
    const endpoint = await connectOpenAiLike(t, ({ headers }, response) => {
      header = headers["x-request-id"];
      sendStream(response, [done]);
    });
    await collect(streamChat(endpoint, request, { headers: { "x-request-id": "r-1" } }));
    assert.equal(header, "r-1");
  });

  test("asks a vLLM for running token counts, which add up to the last one", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const events = await collect(streamChat(endpoint, { ...request, max_tokens: 5, ignore_eos: true }));
    const counts = events.flatMap((event) => (event.type === "usage" ? [event.usage.completion_tokens] : []));
    assert.deepEqual(counts, [0, 1, 2, 3, 4, 5, 5]);
  });
});
