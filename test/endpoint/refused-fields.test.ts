import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import {
  type ChatEvent,
  type ChatRequest,
  connectEndpoint,
  printChat,
  streamChat,
} from "../../lib/src/endpoint/index.ts";
import { sendJson, sendStream, startLocalServer } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";

const request: ChatRequest = { messages: [{ role: "user", content: "Hello" }] };

async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const collected: ChatEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe("a server that refuses what was added to a request", () => {
  const places = [
    {
      type: "extra_forbidden",
      loc: ["body", "stream_options", "include_usage"],
      msg: "Extra inputs are not permitted",
      input: true,
    },
  ];
  const refusals: [where: string, status: number, body: unknown][] = [
    [
      "its message",
      400,
      { error: { message: "Unrecognized request argument: stream_options", type: "invalid" } },
    ],
    ["its parameter", 400, { error: { message: "Unknown parameter.", param: "stream_options" } }],
    ["FastAPI's list of places", 422, { detail: places }],
    ["a list of places in 400", 400, { detail: places }],
    [
      "a message that is an object, as Mistral's",
      422,
      { object: "error", message: { detail: places }, param: null },
    ],
    [
      "a message that is that list as text",
      422,
      { object: "error", message: JSON.stringify({ detail: places }) },
    ],
    ["a list of errors", 400, { errors: [{ field: "stream_options", message: "not allowed" }] }],
    ["the name of a field", 422, { errors: { stream_options: ["is not allowed"] } }],
    ["Go's name for it", 400, { message: "json: unknown field streamOptions" }],
    ["words for it", 400, { error: { message: "Stream options are not available for this model" } }],
    ["an error that is a text", 400, { error: 'json: unknown field "stream_options"' }],
  ];
  const answerText = (response: ServerResponse) =>
    sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]);

  for (const [where, status, body] of refusals) {
    test(`is asked once more without stream_options, where ${where} names them`, async (t) => {
      const sent: Record<string, unknown>[] = [];
      const endpoint = await connectOpenAiLike(t, (received, response) => {
        sent.push(JSON.parse(received.body));
        if (sent.length === 1) sendJson(response, body, status);
        else answerText(response);
      });
      const events = await collect(streamChat(endpoint, { ...request, max_tokens: 5 }));
      assert.deepEqual(sent[1], { ...request, max_tokens: 5, model: "small", stream: true });
      assert.equal(sent.length, 2);
      assert.deepEqual(
        events.map(({ type }) => type),
        ["request", "request", "notice", "text", "finish"],
      );
    });
  }

  test("is asked without them at once the next time, and the answer says so each time", async (t) => {
    const sent: Record<string, unknown>[] = [];
    const endpoint = await connectOpenAiLike(t, (received, response) => {
      const body = JSON.parse(received.body);
      sent.push(body);
      if ("stream_options" in body) sendJson(response, { detail: places }, 422);
      else answerText(response);
    });
    const notices: string[] = [];
    for (const _ of [1, 2])
      for await (const event of streamChat(endpoint, request))
        if (event.type === "notice") notices.push(event.text);
    assert.equal(sent.length, 3);
    const said =
      "The server refuses stream_options, so token counts come only where it sends them by itself.";
    assert.deepEqual(notices, [said, said]);
  });

  test("is asked for counts at the end, where it refuses only running ones", async (t) => {
    const sent: { stream_options?: object }[] = [];
    const server = await startLocalServer(t, ({ path, body }, response) => {
      if (path === "/v1/models") return sendJson(response, { data: [{ id: "small", owned_by: "vllm" }] });
      if (path === "/version") return sendJson(response, { version: "0.5.0" });
      sent.push(JSON.parse(body));
      if (!body.includes("continuous_usage_stats")) return answerText(response);
      const loc = ["body", "stream_options", "continuous_usage_stats"];
      sendJson(
        response,
        { detail: [{ type: "extra_forbidden", loc, msg: "Extra inputs are not permitted" }] },
        422,
      );
    });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    const events = await collect(streamChat(endpoint, request));
    assert.deepEqual(
      sent.map(({ stream_options }) => stream_options),
      [{ include_usage: true, continuous_usage_stats: true }, { include_usage: true }],
    );
    assert.match(
      events.map((event) => ("text" in event ? event.text : "")).join(),
      /refuses continuous_usage_stats/,
    );
  });

  const limits: [refused: "max_tokens" | "max_completion_tokens", taken: string, message: string][] = [
    [
      "max_tokens",
      "max_completion_tokens",
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    ["max_completion_tokens", "max_tokens", "body.max_completion_tokens: Extra inputs are not permitted"],
  ];
  for (const [refused, taken, message] of limits) {
    test(`gets the limit that was named as ${taken}, and the answer says so`, async (t) => {
      const sent: Record<string, unknown>[] = [];
      const endpoint = await connectOpenAiLike(t, (received, response) => {
        const body = JSON.parse(received.body);
        sent.push(body);
        if (refused in body) sendJson(response, { error: { message, param: refused } }, 400);
        else answerText(response);
      });
      const result = await printChat(endpoint, { ...request, [refused]: 7 }, { write() {} });
      assert.deepEqual(
        sent.map((body) => [body[refused], body[taken]]),
        [
          [7, undefined],
          [undefined, 7],
        ],
      );
      assert.deepEqual(result.notices, [`The server refuses ${refused}, so the limit was sent as ${taken}.`]);
    });
  }

  /** Answers each chat request with an error, and counts them. */
  async function countRefusals(
    t: TestContext,
    refuse: (response: ServerResponse) => void,
    more: Partial<ChatRequest> = {},
  ): Promise<{ requests: number; error: unknown }> {
    let requests = 0;
    const endpoint = await connectOpenAiLike(t, (_received, response) => {
      requests++;
      refuse(response);
    });
    const error = await collect(streamChat(endpoint, { ...request, ...more })).catch(
      (failure: unknown) => failure,
    );
    return { requests, error };
  }

  test("gets a limit under the name that was given, whatever another request learned", async (t) => {
    const sent: Record<string, unknown>[] = [];
    const endpoint = await connectOpenAiLike(t, (received, response) => {
      const body = JSON.parse(received.body);
      sent.push(body);
      const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
      if ("max_tokens" in body) sendJson(response, { error: { message } }, 400);
      else answerText(response);
    });
    for (const limit of [{ max_tokens: 7 }, { max_completion_tokens: 8 }, { max_tokens: 9 }])
      await printChat(endpoint, { ...request, ...limit }, { write() {} });
    assert.deepEqual(
      sent.map((body) => body["max_completion_tokens"]),
      [undefined, 7, 8, 9],
    );
  });

  test("whose refusal of a limit is about its value says so in its first words", async (t) => {
    let requests = 0;
    const endpoint = await connectOpenAiLike(t, (received, response) => {
      requests++;
      const name = received.body.includes("max_tokens") ? "max_tokens" : "max_completion_tokens";
      sendJson(response, { error: { message: `unexpected value of ${name}: 7; take at least 16` } }, 400);
    });
    const chat = printChat(endpoint, { ...request, max_tokens: 7 }, { write() {} });
    await assert.rejects(chat, /400 unexpected value of max_tokens: 7/);
    assert.equal(requests, 2);
  });

  test("is asked no third time", async (t) => {
    const { requests, error } = await countRefusals(t, (response) =>
      sendJson(response, { error: { message: "no stream_options, never" } }, 400),
    );
    assert.equal(requests, 2);
    assert.match(String(error), /400 no stream_options, never/);
  });

  const echo = { stream_options: { include_usage: true }, max_tokens: 5 };
  const others: [
    what: string,
    status: number,
    body: { message: string } & Record<string, unknown>,
    more: Partial<ChatRequest>,
  ][] = [
    [
      "a value that somebody named",
      400,
      { message: "temperature must be non-negative" },
      { temperature: -1 },
    ],
    [
      "something else, and repeats the request in Python's form",
      422,
      {
        message:
          "1 validation error\n  {'type': 'missing', 'loc': ('body', 'tools'), 'input': {'stream_options': {'include_usage': True}}}",
      },
      {},
    ],
    [
      "something else, and repeats the request as pydantic does",
      400,
      {
        message:
          "tools\n  Field required [type=missing, input_value={'stream_options': {}}, input_type=dict]",
      },
      {},
    ],
    ["with another status", 500, { message: "stream_options made me fail" }, {}],
    [
      "something else, and repeats the request",
      422,
      { message: "no tools here", detail: [{ loc: ["body", "tools"], input: echo }] },
      {},
    ],
    [
      "a limit that is too large",
      400,
      { message: "'max_tokens' or 'max_completion_tokens' is too large: 5000." },
      { max_tokens: 5_000 },
    ],
  ];
  for (const [what, status, body, more] of others) {
    test(`is asked only once where it refuses ${what}`, async (t) => {
      const { requests, error } = await countRefusals(
        t,
        (response) => sendJson(response, { error: body }, status),
        more,
      );
      assert.equal(requests, 1);
      assert.ok(String(error).includes(`${status} ${body.message}`), String(error));
    });
  }
});
