import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { createGzip } from "node:zlib";
import { describeModel } from "../../bin/commands/summary.ts";
import {
  ChatStreamError,
  connectEndpoint,
  countPromptTokens,
  describeEndpoint,
  type Endpoint,
  EndpointError,
  printChat,
  streamChat,
} from "../../lib/src/endpoint/index.ts";
import { explainError } from "../../lib/src/explain/index.ts";
import { chunk, done, startOpenAiLike } from "../helpers/openai-like.ts";

type Answer = (response: ServerResponse) => void;

const models = { data: [{ id: "small", owned_by: "vllm", max_model_len: 4_096 }] };
const json = (body: unknown, status = 200): Answer => text(JSON.stringify(body), status);
const text =
  (body: string, status = 200, type = "application/json"): Answer =>
  (response) =>
    response.writeHead(status, { "content-type": type }).end(body);

/** Sends a piece for as long as somebody reads; `isPacked`: as gzip. */
const flood =
  (
    piece: string,
    options: { status?: number; type?: string; isPacked?: boolean; start?: string } = {},
  ): Answer =>
  (response) => {
    const { status = 200, type = "application/json", isPacked = false, start = "" } = options;
    response.writeHead(status, { "content-type": type, ...(isPacked ? { "content-encoding": "gzip" } : {}) });
    const target = isPacked ? createGzip() : response;
    if (target !== response) target.pipe(response);
    const block = piece.repeat(Math.ceil(64_000 / piece.length));
    target.write(start);
    const send = () => {
      while (!response.destroyed && target.write(block));
      if (!response.destroyed) target.once("drain", send);
    };
    send();
  };

/** Sends a piece every few milliseconds, without end. */
const drip =
  (piece: string, start = "", type = "text/event-stream"): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": type });
    response.write(start);
    const timer = setInterval(() => response.write(piece), 5);
    response.on("close", () => clearInterval(timer));
  };
const events = (...pieces: string[]): Answer => text(pieces.join(""), 200, "text/event-stream");
const redirect =
  (status: number, location: string): Answer =>
  (response) =>
    response.writeHead(status, { location }).end();
const silent: Answer = () => {};
const nested = (depth: number) => `${'{"error":'.repeat(depth)}1${"}".repeat(depth)}`;

/** Starts a server that answers the three routes as told, and counts what it has sent. */
async function startHostile(t: TestContext, answers: { models?: Answer; version?: Answer; chat?: Answer }) {
  let sentBytes = 0;
  const server = createServer((request, response) => {
    const { socket } = response;
    response.on("close", () => (sentBytes += socket?.bytesWritten ?? 0));
    response.on("error", () => {});
    request.resume();
    const path = request.url ?? "";
    if (path.endsWith("/models")) (answers.models ?? json(models))(response);
    else if (path.endsWith("/version")) (answers.version ?? json({ version: "0.32.0" }))(response);
    else (answers.chat ?? events(chunk({ finish_reason: "stop" }), done))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, sentBytes: () => sentBytes };
}

const connect = (baseUrl: string, timeoutMs = 400): Promise<Endpoint> =>
  connectEndpoint({ baseUrl, apiKey: "sk-canary-not-a-key", timeoutMs, maxBytes: 100_000 });

const messages = [{ role: "user" as const, content: "a conversation" }];
const bounds = {
  answerCharacters: 50_000,
  eventCharacters: 250_000,
  silenceMs: 300,
  totalMs: 1_500,
  lingerMs: 100,
};

/** What sockets and kernels of both sides may hold, far below what such a server sends in the time that a test has. */
const mostBytes = 64 * 1024 * 1024;
const escapes = "\x1b[2J\x1b]0;title\x07\x1b]52;c;Y2xpcA==\x07\x9b31m\x9d0;x\x9c\u0007";
const control = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

describe("a hostile server, when it is opened", () => {
  const cases: [name: string, answer: Answer, problem: string, words: RegExp][] = [
    [
      "lists models without end",
      flood('{"id":"x"},', { start: '{"data":[' }),
      "not-openai",
      /longer than 100,000 bytes/,
    ],
    [
      "sends a packed list without end",
      flood(" ", { isPacked: true }),
      "not-openai",
      /longer than 100,000 bytes/,
    ],
    ["refuses without end", flood("no ", { status: 500 }), "not-openai", /longer than 100,000 bytes/],
    [
      "sends a page without end",
      flood("<p>", { type: "text/html" }),
      "not-openai",
      /longer than 100,000 bytes/,
    ],
    ["never answers", silent, "no-answer", /did not answer within 0.4 s/],
    [
      "begins an answer and stops",
      (response) => response.writeHead(200).write("{"),
      "no-answer",
      /within 0.4 s/,
    ],
    ["drips", drip(" ", "{", "application/json"), "no-answer", /within 0.4 s/],
    ["breaks off", (response) => response.destroy(), "not-openai", /closed it/],
    [
      "promises more than it sends",
      (response) =>
        response.writeHead(200, { "content-length": "999" }).write("{}", () => response.destroy()),
      "not-openai",
      /closed it/,
    ],
    [
      "says that it is packed, and is not",
      (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("{}"),
      "not-openai",
      /not valid HTTP \(Z_DATA_ERROR/,
    ],
    [
      "sends headers without end",
      (response) => {
        const line = `x-${"y".repeat(1_000)}: 1\r\n`;
        response.socket?.write("HTTP/1.1 200 OK\r\n");
        const send = (error?: Error | null) => !error && response.socket?.write(line.repeat(50), send);
        send();
      },
      "not-openai",
      /HEADERS_OVERFLOW/,
    ],
    ["sends no JSON", text("{{{"), "not-openai", /not with a list of models/],
    ["nests a list deeper than any stack", text("[".repeat(45_000)), "not-openai", /not with a list/],
    ["nests an error deeper than any stack", text(nested(4_000), 500), "server-error", /HTTP 500/],
    [
      "refuses with what steers a terminal",
      json({ error: { message: `no ${escapes}` } }, 500),
      "server-error",
      /and said: no/,
    ],
    ["refuses a key with what steers a terminal", text(escapes, 401), "unauthorized", /HTTP 401/],
    [
      "sends on to another host",
      redirect(307, "https://elsewhere.example/v1/models?key=1"),
      "redirected",
      /sends requests on to https:\/\/elsewhere\.example\/v1\/models: a key/,
    ],
    ["sends on to itself", redirect(302, "/v1/models"), "redirected", /sends requests on to http:\/\/127/],
    [
      "sends on to a file",
      redirect(301, "file:///etc/passwd"),
      "redirected",
      /sends requests on to file:\/\/\/etc/,
    ],
    ["sends on to what is no address", redirect(308, "http://%"), "redirected", /to what is no address/],
  ];
  for (const [name, answer, problem, words] of cases) {
    test(`and ${name}, is given up with the reason`, async (t) => {
      const server = await startHostile(t, { models: answer });
      // Only where the time is what ends it must the time be short.
      const error = await connect(server.url, problem === "no-answer" ? 400 : 20_000).then(
        () => assert.fail("it was opened"),
        (error) => error,
      );
      assert.ok(error instanceof EndpointError, `${error} is no EndpointError`);
      assert.equal(error.problem, problem, error.message);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, control);
      assert.doesNotMatch(error.message, /canary/);
      assert.ok(server.sentBytes() < mostBytes, `${server.sentBytes()} bytes were taken`);
    });
  }

  test("and lists more models than any service has, is given up", async (t) => {
    const list = { data: Array.from({ length: 10_001 }, () => ({ id: "" })) };
    const server = await startHostile(t, { models: json(list) });
    const opening = connectEndpoint({ baseUrl: server.url });
    await assert.rejects(opening, /lists 10,001 models: more than 10,000 are not read/);
  });

  for (const length of [-5, 0, 1.5, 1e300, "4096", true, [4_096], null]) {
    test(`is not believed that its context holds ${JSON.stringify(length)}`, async (t) => {
      const server = await startHostile(t, {
        models: json({ data: [{ id: "small", max_model_len: length }] }),
      });
      assert.equal((await connect(server.url)).maxModelTokens, null);
    });
  }

  const versions: [string, Answer][] = [
    ["without end", flood("9", { start: '{"version":"' })],
    ["packed, without end", flood("9", { start: '{"version":"', isPacked: true })],
    ["as a redirect to another host", redirect(307, "https://elsewhere.example/version")],
    ["that never comes", silent],
    ["that drips", drip(" ", "{", "application/json")],
    ["that is no text", json({ version: { toString: "x" } })],
    [
      "with a prototype",
      text('{"version":"1","__proto__":{"polluted":true},"rehearsal":{"__proto__":{"polluted":1}}}'),
    ],
  ];
  for (const [name, version] of versions) {
    test(`gets by with a version ${name}`, async (t) => {
      const server = await startHostile(t, { version });
      const endpoint = await connect(server.url);
      assert.equal(endpoint.model, "small");
      assert.equal(Reflect.get({}, "polluted"), undefined);
      assert.ok(server.sentBytes() < mostBytes, `${server.sentBytes()} bytes were taken`);
    });
  }

  test("puts nothing into what is shown of it that steers a terminal, and nothing longer than a name", async (t) => {
    const long = "9".repeat(50_000);
    const model = { id: `small${escapes}\n\u2028${long}`, owned_by: "vllm", root: escapes, object: escapes };
    const rehearsal = { model: `${escapes}${long}`, simulated: false, samplingDefaults: { [escapes]: 1 } };
    const names = Array.from({ length: 3_000 }, (_, index) =>
      index.toString(2).replace(/./g, (bit) => "ab"[+bit] ?? ""),
    );
    const samplingDefaults = Object.fromEntries(names.map((name) => [name, 1]));
    const versions = [
      { version: `0.32${escapes}${long}` },
      { version: escapes, rehearsal },
      { version: "0.32", rehearsal: { model: "small", simulated: false, samplingDefaults } },
    ];
    for (const version of versions) {
      const server = await startHostile(t, { models: json({ data: [model] }), version: json(version) });
      const endpoint = await connect(server.url);
      const shown = describeEndpoint(endpoint);
      assert.doesNotMatch(shown + describeModel(endpoint), control);
      assert.ok(shown.length < 3_000, `${shown.length} characters are shown`);
      assert.doesNotMatch(endpoint.model + endpoint.server + endpoint.engine, /[\n\x1b\u2028]/);
      const { notes } = await connectEndpoint({ baseUrl: server.url, model: "other" });
      assert.doesNotMatch(notes.join(""), control);
      assert.ok(notes.join("").length < 1_000, `${notes.join("").length} characters of notes`);
      const opening = connectEndpoint({ baseUrl: server.url, model: "other", origin: "pod" });
      await assert.rejects(
        opening,
        (error: Error) => !control.test(error.message) && error.message.length < 1_000,
      );
    }
  });
});

describe("a hostile server, when it chats", () => {
  const hello = chunk({ delta: { content: "Hello" } });
  const finish = chunk({ finish_reason: "stop" });
  const stream = { type: "text/event-stream" };
  const cases: [name: string, answer: Answer, problem: ChatStreamError["problem"], words: RegExp][] = [
    [
      "sends a line without end",
      flood("x", { ...stream, start: `${hello}data: ` }),
      "too-long",
      /one event is longer than 250,000 characters/,
    ],
    [
      "sends a packed line without end",
      flood("x", { ...stream, start: "data: ", isPacked: true }),
      "too-long",
      /one event is longer/,
    ],
    [
      "sends an event without end",
      flood("data: x\n", { ...stream, start: hello }),
      "too-long",
      /one event is longer/,
    ],
    [
      "sends text without end",
      flood(chunk({ delta: { content: "word ".repeat(100) } }), stream),
      "too-long",
      /it is longer than 50,000 characters/,
    ],
    [
      "thinks without end",
      flood(chunk({ delta: { reasoning: "hm ".repeat(100) } }), stream),
      "too-long",
      /it is longer/,
    ],
    [
      "calls a tool without end",
      flood(chunk({ delta: { tool_calls: [{ function: { arguments: "x".repeat(300) } }] } }), stream),
      "too-long",
      /it is longer/,
    ],
    ["only comments", drip(": keep-alive\n\n", hello), "too-slow", /no event came for 0.3 s/],
    [
      "only repeats fields that are no data",
      drip("event: ping\n\n", hello),
      "too-slow",
      /no event came for 0.3 s/,
    ],
    [
      "sends no comment and no event",
      (response) => response.writeHead(200, { "content-type": "text/event-stream" }).write(hello),
      "too-slow",
      /no event came for 0.3 s/,
    ],
    ["never answers", silent, "too-slow", /no event came for 0.3 s/],
    ["sends a byte of an event now and then", drip("x", `${hello}data: `), "too-slow", /no event came/],
    [
      "sends events without text and without end",
      drip(chunk({})),
      "too-slow",
      /it was not complete after 1.5 s/,
    ],
    [
      "breaks off",
      (response) =>
        response
          .writeHead(200, { "content-type": "text/event-stream" })
          .write(hello, () => response.destroy()),
      "cut-off",
      /was cut off/,
    ],
    [
      "sends an error that steers a terminal",
      events(hello, `data: ${JSON.stringify({ error: { message: `no ${escapes}` } })}\n\n`),
      "error-in-stream",
      /reported an error .*: no/,
    ],
    [
      "sends an error of a million dots",
      events(hello, `data: ${JSON.stringify({ error: `${".".repeat(40_000)}x` })}\n\n`),
      "error-in-stream",
      /reported an error/,
    ],
    [
      "sends what is no JSON and steers a terminal",
      events(`data: {${escapes}\n\n`),
      "unreadable",
      /not in OpenAI's format .*: \{/,
    ],
    [
      "sends a hundred thousand wrong values",
      events(`data: {"choices":[${"1,".repeat(100_000)}1]}\n\n`),
      "unreadable",
      /not in OpenAI's format .*: \{/,
    ],
    ["sends another form", events('data: {"choices":{"0":1}}\n\n'), "unreadable", /not in OpenAI's format/],
    [
      "sends a page without end",
      flood("<p>", { type: "text/html" }),
      "too-long",
      /the answer is longer than 100,000 bytes/,
    ],
  ];
  for (const [name, chat, problem, words] of cases) {
    test(`and ${name}, is given up with the reason`, async (t) => {
      const server = await startHostile(t, { chat });
      const endpoint = await connect(server.url);
      const time = problem === "too-slow" ? {} : { silenceMs: 20_000, totalMs: 20_000 };
      const bounded = { bounds: { ...bounds, ...time }, write: () => {} };
      const error = await printChat(endpoint, { messages }, bounded).then(
        () => assert.fail("it came to its end"),
        (error) => error,
      );
      assert.ok(error instanceof ChatStreamError, `${error} is no ChatStreamError`);
      assert.equal(error.problem, problem, error.message);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, control);
      assert.ok(error.message.length < 3_000);
      assert.ok(server.sentBytes() < mostBytes, `${server.sentBytes()} bytes were taken`);
    });
  }

  const ends: [name: string, answer: Answer][] = [
    ["its end", drip(hello, hello + finish + done)],
    ["its finish reason, with comments", drip(": keep-alive\n\n", hello + finish)],
    ["its finish reason, with text", drip(chunk({ delta: { content: "" } }), hello + finish)],
    [
      "its finish reason, with nothing",
      (response) => response.writeHead(200, { "content-type": "text/event-stream" }).write(hello + finish),
    ],
  ];
  for (const [name, chat] of ends) {
    test(`and goes on after ${name}, is not waited for`, async (t) => {
      const endpoint = await connect((await startHostile(t, { chat })).url);
      const result = await printChat(endpoint, { messages }, { bounds: { lingerMs: 50 }, write: () => {} });
      assert.equal(result.text, "Hello");
      assert.equal(result.finishReason, "stop");
    });
  }

  test("and has a finish reason on every chunk, is read to its end", async (t) => {
    const piece = (content: string) => chunk({ delta: { content }, finish_reason: "stop" });
    const endpoint = await connect(
      (
        await startHostile(t, {
          async chat(response) {
            response.writeHead(200, { "content-type": "text/event-stream" });
            for (const content of ["He", "l", "l", "o"]) {
              response.write(piece(content));
              if (content === "l") await delay(150);
            }
            response.end(done);
          },
        })
      ).url,
    );
    const result = await printChat(endpoint, { messages }, { bounds: { lingerMs: 100 }, write: () => {} });
    assert.equal(result.text, "Hello");
  });

  const refusals: [name: string, answer: Answer, words: RegExp][] = [
    [
      "sends the conversation on",
      redirect(307, "https://elsewhere.example/v1/chat/completions"),
      /sends requests on to https:\/\/elsewhere\.example/,
    ],
    [
      "sends it on for good",
      redirect(308, "//elsewhere.example/"),
      /sends requests on to http:\/\/elsewhere\.example/,
    ],
    ["refuses without end", flood("no ", { status: 400 }), /longer than 100,000 bytes/],
    ["refuses with what steers a terminal", json({ error: { message: `no ${escapes}` } }, 400), /400 no/],
    ["refuses with a text that steers a terminal", text(`no ${escapes}`, 418, "text/plain"), /no/],
    ["nests a refusal deeper than any stack", text(nested(8_000), 400), /400/],
  ];
  for (const [name, chat, words] of refusals) {
    test(`and ${name}, is given up with the reason`, async (t) => {
      const server = await startHostile(t, { chat });
      const endpoint = await connect(server.url);
      const error = await printChat(endpoint, { messages }, { bounds, write: () => {} }).then(
        () => assert.fail("it came to its end"),
        (error) => error,
      );
      assert.match(error.message, words);
      assert.doesNotMatch(`${error.message}${error.stack}`, control);
      const client = await endpoint.client.chat.completions
        .create({ model: "small", messages })
        .catch(explainError);
      assert.match(JSON.stringify(client), words);
      assert.ok(server.sentBytes() < 2 * mostBytes, `${server.sentBytes()} bytes were taken`);
    });
  }

  for (const [status, words] of [
    [200, "Überprüft ✓"],
    [401, "Nicht überprüft ✓"],
    [999, "Odd"],
  ] as const) {
    test(`and says "${words}" beside its status, is understood`, async (t) => {
      const body = status === 200 ? hello + finish + done : '{"error":{"message":"wrong"}}';
      const head = `HTTP/1.1 ${status} ${words}\r\ncontent-type: ${status === 200 ? stream.type : "application/json"}`;
      const chat: Answer = ({ socket }) => socket?.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
      const endpoint = await connect((await startHostile(t, { chat })).url);
      const said = await printChat(endpoint, { messages }, { write: () => {} }).then(
        ({ text }) => text,
        (error) => error.message,
      );
      assert.equal(said, status === 200 ? "Hello" : `${Math.min(status, 599)} wrong`);
    });
  }

  const key = "canary0123456789";
  const echoes: [name: string, answer: Answer][] = [
    ["a refusal", json({ error: { message: `not valid: ${key}` } }, 401)],
    ["a refusal that is no JSON", text(`not valid: ${key}`, 403, "text/plain")],
    ["a header of a refusal", (response) => response.writeHead(401, { "x-key": key }).end()],
    ["an error in the stream", events(hello, `data: ${JSON.stringify({ error: `no ${key}` })}\n\n`)],
    ["what is no JSON", events(hello, `data: ${key}\n\n`)],
    ["the type of the answer", text("x", 200, `text/${key}`)],
  ];
  for (const [name, chat] of echoes) {
    test(`and repeats the key in ${name}, does not get it into an error`, async (t) => {
      const { url } = await startHostile(t, { chat });
      const endpoint = await connectEndpoint({ baseUrl: url, apiKey: key });
      const error = await printChat(endpoint, { messages }, { write: () => {} }).catch((error) => error);
      assert.ok(error instanceof Error);
      assert.doesNotMatch(
        `${inspect(error)} ${error.stack} ${JSON.stringify(explainError(error))}`,
        /canary/,
      );
    });
  }

  test("bounds what the client itself reads, too", async (t) => {
    const server = await startHostile(t, { chat: flood(" ") });
    const { client } = await connect(server.url);
    await assert.rejects(client.chat.completions.create({ model: "small", messages }));
    assert.ok(server.sentBytes() < mostBytes, `${server.sentBytes()} bytes were taken`);
  });

  test("cannot have the conversation or the key sent to another host", async (t) => {
    const other = await startOpenAiLike(t);
    for (const status of [301, 302, 303, 307, 308]) {
      const away = redirect(status, `${other.url}/v1/chat/completions`);
      const endpoint = await connect((await startHostile(t, { chat: away, version: away })).url);
      await assert.rejects(printChat(endpoint, { messages }, { write: () => {} }), { name: "RedirectError" });
      const counting = { signal: AbortSignal.timeout(5_000), timeoutMs: 5_000 };
      await assert.rejects(countPromptTokens(endpoint, { messages }, counting));
    }
    assert.deepEqual(other.requests, []);
  });

  test("keeps counts that make no sense, and words that steer a terminal, out of the result", async (t) => {
    const usage = { prompt_tokens: -1, completion_tokens: 1e300, total_tokens: 0.5 };
    const odd = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: escapes, stop_reason: escapes }] })}\n\n`;
    const chat = events(hello, chunk({ usage }), odd, done);
    const endpoint = await connect((await startHostile(t, { chat })).url);
    const result = await printChat(endpoint, { messages }, { write: () => {} });
    assert.equal(result.usage, null);
    assert.doesNotMatch(String(result.finishReason), control);
  });

  for (const [name, chat] of [
    ["never answers", silent],
    ["only comments", drip(": keep-alive\n\n", hello)],
    ["goes on without end", drip(hello)],
    ["floods", flood(": x\n\n", stream)],
  ] as const) {
    test(`and ${name}, can be interrupted`, async (t) => {
      const endpoint = await connect((await startHostile(t, { chat })).url);
      const read = async () => {
        for await (const _ of streamChat(endpoint, { messages }, { signal: AbortSignal.timeout(50) }));
      };
      await assert.rejects(
        read(),
        (error) => error instanceof ChatStreamError && error.problem === "interrupted",
      );
    });
  }
});
