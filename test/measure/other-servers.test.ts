import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import {
  compareWithPublished,
  type MeasureOptions,
  measureThroughput,
  toCapacities,
} from "../../lib/src/measure/index.ts";
import {
  findClosedPort,
  type ReceivedRequest,
  sendJson,
  sendStream,
  startLocalServer,
} from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done, startOpenAiLike } from "../helpers/openai-like.ts";

// Servers that are no vLLM: no tokenizer, no counters, no running counts, and tastes of their own.

interface ChatBody {
  ignore_eos?: boolean;
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  stream_options?: { include_usage?: boolean };
  messages: { content: string }[];
}

const templateTokens = 9;

/** Opens a server whose answers have five tokens in five chunks, and whose prompts have a token a word and nine more. */
function openOther(
  context: TestContext,
  refuse: (body: ChatBody) => string | null = () => null,
): Promise<Endpoint> {
  return connectOpenAiLike(context, (request, response) => {
    const body = JSON.parse(request.body) as ChatBody;
    const refusal = refuse(body);
    if (refusal !== null) return sendJson(response, { error: { message: refusal, param: null } }, 400);
    sendAnswer(response, body);
  });
}

function sendAnswer(response: ServerResponse, body: ChatBody): void {
  const prompt_tokens = (body.messages[0]?.content.split(" ").length ?? 0) + templateTokens;
  const usage = { prompt_tokens, completion_tokens: 5, total_tokens: prompt_tokens + 5 };
  sendStream(response, [
    chunk({ delta: { role: "assistant", content: "" } }),
    ...["one", " two", " three", " four", " five"].map((content) => chunk({ delta: { content } })),
    chunk({ finish_reason: "stop" }),
    ...(body.stream_options?.include_usage === true
      ? [`data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [], usage })}\n\n`]
      : []),
    done,
  ]);
}

function measure(endpoint: Endpoint, options: MeasureOptions = {}) {
  return measureThroughput(endpoint, {
    streams: [2],
    requestsPerStream: 3,
    promptTokens: 30,
    outputTokens: 5,
    rampMs: 0,
    write() {},
    ...options,
  });
}

describe("a server that is no vLLM", () => {
  test("is measured by the counts at the end of its answers", async (context) => {
    const measurement = await measure(await openOther(context));
    const [level] = measurement.levels;
    assert.equal(level?.requests.completed, 6);
    assert.equal(level?.server, null);
    // The first answer told how long the template is, so prompts are as long as asked for.
    assert.deepEqual(level?.clientTokens, { input: 6 * 30, output: 6 * 5 });
    assert.equal(measurement.workload.promptLengthFrom, "usage");
    assert.ok((level?.outputTokensPerSecond ?? 0) > 0);
    assert.match(level?.notes.join(" ") ?? "", /carry no running counts/);
  });

  test("that refuses ignore_eos is measured with answers that end by themselves", async (context) => {
    const endpoint = await openOther(context, (body) =>
      body.ignore_eos === undefined ? null : "Unrecognized request argument supplied: ignore_eos",
    );
    const measurement = await measure(endpoint, { outputTokens: 50 });
    assert.equal(measurement.workload.askedMode, "capacity");
    assert.equal(measurement.workload.mode, "natural");
    assert.match(measurement.notes.join(" "), /refuses ignore_eos/);
    assert.equal(measurement.levels[0]?.requests.completed, 6);
  });

  test("that refuses one thing after the other is asked without them", async (context) => {
    const endpoint = await openOther(context, (body) => {
      if (body.stream_options !== undefined) return "stream_options is not supported";
      if (body.max_tokens !== undefined) return "Use max_completion_tokens instead of max_tokens";
      return body.temperature === undefined ? null : "temperature does not support 0";
    });
    const measurement = await measure(endpoint);
    assert.equal(measurement.levels[0]?.requests.completed, 6);
    assert.equal(measurement.levels[0]?.outputTokensPerSecond, null);
    assert.equal(measurement.workload.promptLengthFrom, "estimate");
    assert.deepEqual(measurement.notes, [
      "The server refuses stream_options, so token counts come only where it sends them by itself.",
      "The server refuses max_tokens, so the limit was sent as max_completion_tokens.",
      "The server refuses the temperature, so it uses its own.",
      "The length of the prompts is an estimate: the server neither counts tokens nor reports them.",
    ]);
  });

  test("that refuses stream_options with 422, far down in its answer, is asked without them", async (context) => {
    const loc = ["body", "stream_options", "include_usage"];
    // The words of a request of this length fill what an error shows.
    const places = [{ type: "extra_forbidden", loc, msg: "Extra inputs are not permitted" }];
    const server = await startOpenAiLike(context, {
      chat(request, response) {
        const body = JSON.parse(request.body) as ChatBody;
        if (body.stream_options === undefined) sendAnswer(response, body);
        else
          sendJson(response, { object: "error", message: { about: "x".repeat(1_000), detail: places } }, 422);
      },
    });
    const measurement = await measure(await connectEndpoint({ baseUrl: server.url }));
    assert.equal(measurement.levels[0]?.requests.completed, 6);
    assert.match(measurement.notes.join(" "), /refuses stream_options/);
  });

  test("that refuses what the caller gave is not asked otherwise: its words fail the level", async (context) => {
    let asked = 0;
    const endpoint = await openOther(context, (body) => {
      asked++;
      return body.temperature === 2 ? "temperature must be at most 1" : null;
    });
    const measurement = await measure(endpoint, { request: { temperature: 2 }, requestsPerStream: 1 });
    assert.equal(measurement.levels[0]?.verdict, "failed");
    assert.doesNotMatch(measurement.notes.join(" "), /refuses/);
    assert.ok(asked <= 6, `${asked} requests`);
  });

  test("that answers errors only gives its words, after a few requests", async (context) => {
    const measurement = await measure(await openOther(context, () => "the quota is used up"), {
      streams: [2, 4],
      requestsPerStream: 100,
    });
    const [level, ...more] = measurement.levels;
    assert.equal(more.length, 0);
    assert.equal(level?.verdict, "failed");
    assert.ok((level?.requests.failed ?? 0) < 20, `${level?.requests.failed} requests failed`);
    assert.deepEqual(Object.keys(level?.requests.errors ?? {}), ["HTTP 400: the quota is used up"]);
    assert.match(measurement.stopped.words, /the quota is used up/);
  });

  test("whose answers are empty fails: nothing is not zero tokens a second", async (context) => {
    const endpoint = await connectOpenAiLike(context, (_, response) => sendStream(response, [done]));
    const [level] = (await measure(endpoint)).levels;
    assert.equal(level?.verdict, "failed");
    assert.deepEqual(level?.requests.errors, {
      "the answer is empty: no text, no thought, no tool call": 6,
    });
  });

  const emptyAnswers: [what: string, pieces: string[]][] = [
    ["end at once", [chunk({ finish_reason: "stop" }), done]],
    [
      "have only a role",
      [chunk({ delta: { role: "assistant", content: "" } }), chunk({ finish_reason: "stop" }), done],
    ],
    [
      "have counts and no text",
      [
        chunk({ finish_reason: "length" }),
        `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 30, completion_tokens: 5 } })}\n\n`,
        done,
      ],
    ],
  ];
  for (const [what, pieces] of emptyAnswers) {
    test(`whose answers ${what} fails, and nothing takes its level for evidence`, async (context) => {
      const endpoint = await connectOpenAiLike(context, (_, response) => sendStream(response, pieces));
      const measurement = await measure(endpoint);
      const [level] = measurement.levels;
      assert.equal(level?.verdict, "failed");
      assert.notEqual(level?.reason, "");
      assert.equal(measurement.stopped.because, "errors");
      assert.deepEqual(toCapacities(measurement), []);
      assert.deepEqual(
        compareWithPublished(measurement).filter(({ kind }) => kind === "measured"),
        [],
      );
    });
  }

  test("whose counts say that its answers have no tokens fails", async (context) => {
    const endpoint = await connectOpenAiLike(context, (_, response) =>
      sendStream(response, [
        chunk({ delta: { content: "one" } }),
        chunk({ delta: { content: " two" } }),
        chunk({ finish_reason: "stop" }),
        `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 30, completion_tokens: 0 } })}\n\n`,
        done,
      ]),
    );
    const measurement = await measure(endpoint);
    assert.equal(measurement.levels[0]?.verdict, "failed");
    assert.match(measurement.levels[0]?.reason ?? "", /0 tokens per second/);
    assert.deepEqual(toCapacities(measurement), []);
  });

  test("of which a few requests fail says how many, and why", async (context) => {
    let requests = 0;
    const endpoint = await connectOpenAiLike(context, (request, response) => {
      // The first is a look at the endpoint, two are the warm-up.
      if (++requests === 6)
        return sendJson(response, { error: { message: "the worker was restarted" } }, 500);
      sendAnswer(response, JSON.parse(request.body) as ChatBody);
    });
    const [level] = (await measure(endpoint, { requestsPerStream: 10 })).levels;
    assert.equal(level?.requests.failed, 1);
    assert.notEqual(level?.verdict, "failed");
    assert.ok(
      level?.notes.includes("1 of 20 requests failed. Most often: HTTP 500: the worker was restarted."),
      JSON.stringify(level?.notes),
    );
  });

  test("that puts zeros for counts on every chunk is measured by the count at the end", async (context) => {
    const zeros = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const endpoint = await connectOpenAiLike(context, (request, response) => {
      const body = JSON.parse(request.body) as ChatBody;
      const text = (content: string) => chunk({ delta: { content }, usage: zeros });
      const usage = { prompt_tokens: 30, completion_tokens: 5, total_tokens: 35 };
      sendStream(response, [
        ...["one", " two", " three", " four", " five"].map(text),
        chunk({ finish_reason: "stop" }),
        ...(body.stream_options === undefined ? [] : [`data: ${JSON.stringify({ choices: [], usage })}\n\n`]),
        done,
      ]);
    });
    const [level] = (await measure(endpoint)).levels;
    assert.equal(level?.clientTokens.output, 6 * 5);
    assert.match(level?.notes.join(" ") ?? "", /carry no running counts/);
  });

  test("that says the answer is over and then cuts the connection has answered", async (context) => {
    const endpoint = await connectOpenAiLike(context, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const pieces = [chunk({ delta: { content: "one" } }), chunk({ finish_reason: "stop" }), done];
      response.write(pieces.join(""), () => response.socket?.destroy());
    });
    const [level] = (await measure(endpoint)).levels;
    assert.equal(level?.requests.completed, 6);
  });

  test("that says the answer is over and keeps the connection open has answered", async (context) => {
    const endpoint = await connectOpenAiLike(context, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write([chunk({ delta: { content: "one" } }), chunk({ finish_reason: "stop" }), done].join(""));
    });
    const [level] = (await measure(endpoint, { streams: [1], requestsPerStream: 1 })).levels;
    assert.equal(level?.requests.completed, 1);
  });

  test("is measured, whatever its model is called", async (context) => {
    const models = { data: [{ id: "me/simulated standing in for small (simulated)" }] };
    const chat = (request: ReceivedRequest, response: ServerResponse) =>
      sendAnswer(response, JSON.parse(request.body) as ChatBody);
    const server = await startOpenAiLike(context, { models, chat });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    const measurement = await measure(endpoint, { streams: [1], requestsPerStream: 1 });
    assert.equal(measurement.kind, "measured");
  });

  test("that rehearses with a real model is measured, whatever that model is called", async (context) => {
    const server = await startLocalServer(context, ({ path, body }, response) => {
      const rehearsal = { model: "simulated-dialogue", simulated: false };
      if (path === "/v1/models") sendJson(response, { data: [{ id: "small", owned_by: "vllm" }] });
      else if (path === "/version") sendJson(response, { version: "0.32.0", rehearsal });
      else if (path === "/v1/chat/completions") sendAnswer(response, JSON.parse(body) as ChatBody);
      else sendJson(response, {}, 404);
    });
    const endpoint = await connectEndpoint({ baseUrl: server.url, origin: "rehearsal" });
    const measurement = await measure(endpoint, { streams: [1], requestsPerStream: 1 });
    assert.equal(measurement.kind, "measured");
    assert.equal(measurement.engine, "rehearsal: simulated-dialogue");
    assert.equal(measurement.server, "rehearsal: simulated-dialogue standing in for small");
  });

  test("that has gone gives the network's words", async (context) => {
    const endpoint = await openOther(context);
    const gone = await findClosedPort();
    const dead = Object.defineProperties(
      { ...endpoint, baseUrl: `http://127.0.0.1:${gone}/v1` },
      { apiKey: { value: "EMPTY" }, client: { value: endpoint.client } },
    ) as Endpoint;
    const measurement = await measure(dead);
    assert.equal(measurement.levels[0]?.verdict, "failed");
    assert.match(Object.keys(measurement.levels[0]?.requests.errors ?? {})[0] ?? "", /^ECONNREFUSED/);
  });

  test("states what will be used before it is asked for anything", async (context) => {
    let asked = 0;
    let askedBefore: number | null = null;
    const endpoint = await openOther(context, () => {
      asked++;
      return null;
    });
    await measure(endpoint, {
      maxTokens: 2_000,
      write(text) {
        assert.match(text, /with at most 2,000 tokens, prompts and answers together/);
        askedBefore = asked;
      },
    });
    assert.equal(askedBefore, 0);
    assert.ok(asked > 0);
  });

  test("never sees the same head of a prompt twice, not even at two levels of as many streams", async (context) => {
    const heads: string[] = [];
    const endpoint = await openOther(context, (body) => {
      heads.push(body.messages[0]?.content.split(" ").slice(0, 12).join(" ") ?? "");
      return null;
    });
    await measure(endpoint, { streams: [1, 2, 4, 4], repeats: 2, stopAtKnee: false });
    assert.equal(new Set(heads).size, heads.length);
    assert.ok(heads.length > 40);
  });
});

describe("the connections of a measurement", () => {
  /** A server that counts connections, and dies after so many answers. */
  async function openCounting(context: TestContext, options: { diesAfter?: number; idleMs?: number } = {}) {
    let connections = 0;
    let answers = 0;
    const server = createServer(async (request, response) => {
      if (request.url === "/v1/models")
        return sendJson(response, { data: [{ id: "small", object: "model" }] });
      if (request.url !== "/v1/chat/completions") return sendJson(response, {}, 404);
      const body = (await json(request)) as ChatBody;
      if (++answers > (options.diesAfter ?? Infinity)) {
        server.close();
        server.closeAllConnections();
        return;
      }
      sendAnswer(response, body);
    });
    if (options.idleMs !== undefined) server.keepAliveTimeout = options.idleMs;
    server.on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    context.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const endpoint = await connectEndpoint({ baseUrl: `http://127.0.0.1:${port}` });
    connections = 0;
    return { endpoint, connections: () => connections };
  }

  test("are as many as there are streams, and used again", async (context) => {
    const { endpoint, connections } = await openCounting(context);
    const { levels } = await measure(endpoint, { streams: [4], requestsPerStream: 10 });
    assert.equal(levels[0]?.requests.completed, 40);
    // One for the attempts at /tokenize and /metrics, the others for the load.
    assert.ok(connections() <= 4 + 2, `${connections()} connections`);
  });

  test("may be closed by the server while they are idle", async (context) => {
    const { endpoint } = await openCounting(context, { idleMs: 1 });
    const { levels } = await measure(endpoint, { streams: [4], requestsPerStream: 10 });
    assert.equal(levels[0]?.requests.failed, 0);
    assert.equal(levels[0]?.requests.completed, 40);
  });

  test("that break in mid-level, for the server dies, fail that level and end the ladder", async (context) => {
    const { endpoint } = await openCounting(context, { diesAfter: 12 });
    const measurement = await measure(endpoint, { streams: [2, 4], requestsPerStream: 10 });
    const level = measurement.levels[0];
    assert.equal(measurement.levels.length, 1);
    assert.equal(level?.verdict, "failed");
    // One answer before the load and two of the warm-up came out of the same twelve.
    assert.equal(level?.requests.completed, 9);
    assert.equal(measurement.stopped.because, "errors");
  });
});

describe("answers that are not what was asked for", () => {
  const message = { role: "assistant", content: "one two three" };
  const usage = { prompt_tokens: 39, completion_tokens: 3, total_tokens: 42 };

  test("are named: they come whole and not as a stream, so that no time of a first token is known", async (context) => {
    const endpoint = await connectOpenAiLike(context, (_request, response) =>
      sendJson(response, {
        object: "chat.completion",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage,
      }),
    );
    const [level] = (await measure(endpoint, { mode: "natural" })).levels;
    assert.ok(
      level?.notes.includes(
        "6 of 6 answers came at once and not as a stream: their time to first token is that of the whole answer.",
      ),
    );
  });

  test("are no success where a filter ended them", async (context) => {
    const endpoint = await connectOpenAiLike(context, (_request, response) =>
      sendStream(response, [
        chunk({ delta: { content: "one" } }),
        chunk({ finish_reason: "content_filter" }),
        done,
      ]),
    );
    const [level] = (await measure(endpoint, { mode: "natural" })).levels;
    assert.equal(level?.verdict, "failed");
    assert.equal(level.reason, "A filter of the server ended 6 of 6 answers before their end.");
  });
});
