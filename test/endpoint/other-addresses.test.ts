import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { connectEndpoint, describeEndpoint, printChat } from "../../lib/src/endpoint/index.ts";
import { measureThroughput } from "../../lib/src/measure/index.ts";
import { readServerCounters } from "../../lib/src/measure/server-counters.ts";
import { sendJson, sendStream, startLocalServer } from "../helpers/local-server.ts";
import { chunk, done } from "../helpers/openai-like.ts";

const list = { object: "list", data: [{ id: "small", object: "model" }] };
const messages = [{ role: "user" as const, content: "Hello" }];

/** A server whose API lies at this path; it lists its models only where `hasList`. */
async function startAt(t: TestContext, path: string, { hasList = true } = {}) {
  const server = await startLocalServer(t, (request, response) => {
    const [route] = request.path.split("?");
    if (route === `${path}/models` && hasList) sendJson(response, list);
    else if (route === `${path}/chat/completions` && request.method === "POST") {
      const body = JSON.parse(request.body) as { messages: unknown[] };
      if (body.messages.length === 0) return sendJson(response, { error: "no messages" }, 422);
      const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
      sendStream(response, [
        chunk({ delta: { content: "Hi" } }),
        chunk({ delta: { content: " you" }, finish_reason: "stop", usage }),
        done,
      ]);
    } else sendJson(response, { error: { message: "Not found" } }, 404);
  });
  return { ...server, asked: () => server.requests.map(({ method, path }) => `${method} ${path}`) };
}

describe("an address for which it is not known whether /v1 belongs there", () => {
  test("is tried with it first, and nothing is said where that is right", async (t) => {
    const server = await startAt(t, "/v1");
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    assert.equal(endpoint.baseUrl, `${server.url}/v1`);
    assert.deepEqual(endpoint.notes, []);
    assert.deepEqual(server.asked(), ["GET /v1/models", "GET /version"]);
  });

  const others: [pasted: string, path: string, where: string][] = [
    ["", "", "without /v1"],
    ["/inference", "/inference", "without /v1, below a path"],
    ["", "/openai/v1", "where services put OpenAI's form"],
    ["/v1beta/openai", "/v1beta/openai/v1", "behind a version of another kind"],
    ["/inference/v1/chat/completions", "/inference/v1", "at the route that was pasted"],
    ["/inference/chat/completions", "/inference", "at the route that was pasted, without a version"],
  ];
  for (const [pasted, path, where] of others) {
    for (const hasList of [true, false]) {
      test(`is found ${where}${hasList ? "" : ", also where it has no list"}`, async (t) => {
        const server = await startAt(t, path, { hasList });
        const endpoint = await connectEndpoint({ baseUrl: `${server.url}${pasted}`, model: "small" });
        assert.equal(endpoint.baseUrl, `${server.url}${path}`);
        assert.equal((await printChat(endpoint, { messages }, { write() {} })).text, "Hi you");
        assert.ok(server.requests.length <= 8);
        const note = `Several addresses were tried; the API answers at ${server.url}${path}.`;
        const isFirst = /v1.chat|inference.chat/.test(pasted);
        assert.deepEqual(endpoint.notes.includes(note), !isFirst);
        assert.equal(describeEndpoint(endpoint).includes(note), !isFirst);
      });
    }
  }

  test("is named with the others in the error where none answers as it should", async (t) => {
    const server = await startAt(t, "/elsewhere");
    await assert.rejects(connectEndpoint({ baseUrl: server.url }), {
      problem: "not-openai",
      problemText:
        `${server.url}/v1/models does not exist on this server (HTTP 404): the host answers, so the path is wrong, or ` +
        `there is no list of models. Also tried: ${server.url}/models, ${server.url}/openai/v1/models.`,
    });
  });

  test("is asked no further where the key is refused: the error says that", async (t) => {
    const server = await startLocalServer(t, ({ path }, response) =>
      sendJson(response, {}, path === "/v1/models" ? 401 : 404),
    );
    await assert.rejects(connectEndpoint({ baseUrl: server.url, model: "small" }), {
      problem: "unauthorized",
      message: /^http:\/\/127\.0\.0\.1:\d+\/v1\/models wants a key \(HTTP 401\)/,
    });
  });
});

describe("an address with a query, as Azure's", () => {
  const query = "?api-version=2024-10-21";
  const deployment = "/openai/deployments/small";

  test("keeps it on every call: list, chat, version, counters, measurement", async (t) => {
    const server = await startAt(t, "/openai/v1");
    const endpoint = await connectEndpoint({ baseUrl: `${server.url}/openai/v1${query}` });
    assert.equal(endpoint.baseUrl, `${server.url}/openai/v1`);
    assert.equal(endpoint.query, query);
    await printChat(endpoint, { messages }, { write() {} });
    await readServerCounters(endpoint);
    await measureThroughput(endpoint, { streams: [1], requestsPerStream: 1, outputTokens: 2, write() {} });
    assert.ok(server.requests.length > 5);
    for (const { path } of server.requests) assert.ok(path.endsWith(query), path);
    const routes = new Set(server.requests.map(({ path }) => path.split("?")[0]));
    for (const route of ["v1/models", "v1/chat/completions", "version", "metrics", "tokenize"])
      assert.ok(routes.has(`/openai/${route}`), route);
  });

  test("may be that of a deployment, pasted whole: the deployment stands for the model", async (t) => {
    const server = await startAt(t, deployment, { hasList: false });
    const endpoint = await connectEndpoint({
      baseUrl: `${server.url}${deployment}/chat/completions${query}`,
      apiKey: "canary-of-azure",
    });
    assert.equal(endpoint.baseUrl, `${server.url}${deployment}`);
    assert.equal(endpoint.model, "small");
    assert.equal((await printChat(endpoint, { messages }, { write() {} })).text, "Hi you");
    await measureThroughput(endpoint, { streams: [1], requestsPerStream: 1, outputTokens: 2, write() {} });
    for (const { path, headers } of server.requests) {
      assert.ok(path.endsWith(query), path);
      // Azure takes no other header beside this one.
      assert.equal(headers["api-key"], "canary-of-azure");
      assert.equal(headers.authorization, undefined);
    }
  });

  test("is named where a deployment's address lacks its version", async (t) => {
    const server = await startAt(t, deployment, { hasList: false });
    const baseUrl = `${server.url}${deployment}`;
    const note =
      "Azure wants a version behind such an address (?api-version=2024-10-21), and this one has none.";
    for (const [address, isNamed] of [
      [baseUrl, true],
      [`${baseUrl}${query}`, false],
    ] as const) {
      const endpoint = await connectEndpoint({ baseUrl: address });
      assert.equal(describeEndpoint(endpoint).includes(note), isNamed);
    }
  });

  test("takes a token of Entra's as everybody takes keys", async (t) => {
    const server = await startAt(t, deployment, { hasList: false });
    const token = "eyJhbGciOi.eyJjYW5hcnk.canary";
    const endpoint = await connectEndpoint({ baseUrl: `${server.url}${deployment}${query}`, apiKey: token });
    await printChat(endpoint, { messages }, { write() {} });
    for (const { headers } of server.requests) {
      assert.equal(headers.authorization, `Bearer ${token}`);
      assert.equal(headers["api-key"], undefined);
    }
  });

  const hosts: [address: string, header: "api-key" | "authorization"][] = [
    ["https://me.openai.azure.com/openai/deployments/small", "api-key"],
    ["https://me.cognitiveservices.azure.com/openai/deployments/small", "api-key"],
    ["https://me.services.ai.azure.com/models/chat/completions", "api-key"],
    ["https://me.openai.azure.com/openai/v1", "authorization"],
    ["https://openai.azure.com.example.net/v1", "authorization"],
  ];
  for (const [baseUrl, header] of hosts) {
    test(`sends the key as ${header} to ${baseUrl}`, async () => {
      const sent: Headers[] = [];
      const fetch = async (_: unknown, init?: RequestInit) => {
        sent.push(new Headers(init?.headers));
        return Response.json(list);
      };
      const endpoint = await connectEndpoint({ baseUrl, apiKey: "canary-key", fetch });
      await endpoint.client.models.list();
      for (const headers of sent) {
        assert.equal(headers.get(header)?.replace("Bearer ", ""), "canary-key");
        assert.equal(headers.has(header === "api-key" ? "authorization" : "api-key"), false);
      }
      assert.ok(sent.length >= 3);
    });
  }

  test("that carries a key shows it nowhere", async (t) => {
    const server = await startLocalServer(t, ({ path }, response) =>
      path.startsWith("/v1/models")
        ? sendJson(response, list)
        : sendJson(response, { error: { message: `no ${path}` } }, 404),
    );
    const endpoint = await connectEndpoint({ baseUrl: `${server.url}/v1?code=canary%2Dnumber1` });
    const refusal = await printChat(endpoint, { messages }, { write() {} }).catch(inspect);
    const shown = [
      inspect(endpoint, { depth: 9 }),
      JSON.stringify(endpoint),
      describeEndpoint(endpoint),
      refusal,
    ];
    const measured = await measureThroughput(endpoint, { streams: [1], requestsPerStream: 1, write() {} });
    shown.push(JSON.stringify(measured));
    assert.doesNotMatch(shown.join(), /canary/);
    assert.match(server.requests.at(-1)?.path ?? "", /canary/);
  });

  test("that carries a key shows it in no error of opening", async (t) => {
    const server = await startLocalServer(t, ({ path }, response) =>
      sendJson(response, { error: `no ${path}` }, 500),
    );
    const opening = connectEndpoint({ baseUrl: `${server.url}/v1?sig=canary%2Dnumber1` });
    await assert.rejects(
      opening,
      (error) => !/canary/.test(inspect(error)) && /HTTP 500/.test(String(error)),
    );
  });

  test("that carries a key is not sent over plain http into a public network", async () => {
    await assert.rejects(
      connectEndpoint({
        baseUrl: "http://gpu.example/v1?key=canary-1",
        fetch: () => assert.fail("it was sent"),
      }),
      {
        name: "SettingsError",
      },
    );
  });
});
