import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, type Endpoint, EndpointError, printChat } from "../../lib/src/endpoint/index.ts";
import { type ReceivedRequest, sendJson, sendStream, startLocalServer } from "../helpers/local-server.ts";
import { chunk, done, listOf, startOpenAiLike } from "../helpers/openai-like.ts";

const answer = (response: ServerResponse) =>
  sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]);

/** A server whose /models answers as told, and whose chat route refuses a request without messages as servers do. */
function startServer(
  t: TestContext,
  models: (response: ServerResponse) => unknown,
  chat: (response: ServerResponse, request: ReceivedRequest) => unknown = answer,
) {
  return startLocalServer(t, (request, response) => {
    if (request.path === "/v1/models") models(response);
    else if (request.path === "/v1/chat/completions") {
      const { messages } = JSON.parse(request.body) as { messages: unknown[] };
      if (messages.length > 0) chat(response, request);
      else sendJson(response, { error: { message: "messages is empty" } }, 400);
    } else response.writeHead(404).end();
  });
}

const ask = (endpoint: Endpoint) =>
  printChat(endpoint, { messages: [{ role: "user", content: "Hello" }] }, { write() {} });

describe("a list of models in another form than OpenAI's", () => {
  const lists: [whose: string, body: unknown, model: string][] = [
    ["Together AI: a bare array", [{ id: "small", object: "model" }], "small"],
    ["a bare array of names", ["small"], "small"],
    [
      "Ollama's own, Gemini's own: models with a name",
      { models: [{ name: "models/small" }] },
      "models/small",
    ],
    [
      "Ollama's own: name and model",
      { models: [{ name: "s:latest", model: "small:latest" }] },
      "small:latest",
    ],
    [
      "llama.cpp: models and data",
      { models: [{ name: "x" }], object: "list", data: [{ id: "small" }] },
      "small",
    ],
    [
      "Cloudflare's own: a result, numbered",
      { success: true, result: [{ id: "f8703a00-ed54-4f98-bdc3-cd9a813286f3", name: "@cf/meta/small" }] },
      "@cf/meta/small",
    ],
    [
      "Azure's catalogue: addresses for ids",
      [{ id: "azureml://registries/azure-openai/models/small/versions/2", name: "small" }],
      "small",
    ],
    ["Databricks: endpoints", { endpoints: [{ name: "small", state: {} }] }, "small"],
    ["a list in a list", { data: { models: [{ id: "small" }] } }, "small"],
    ["a model that is listed twice", listOf("small", "small"), "small"],
    [
      "odd entries, of which each costs only itself",
      { data: [null, 7, {}, { id: 5 }, { id: "small" }, []] },
      "small",
    ],
  ];
  for (const [whose, body, model] of lists) {
    test(`is read: ${whose}`, async (t) => {
      const server = await startOpenAiLike(t, { models: body });
      const endpoint = await connectEndpoint({ baseUrl: server.url });
      assert.equal(endpoint.model, model);
      assert.deepEqual(endpoint.notes, []);
    });
  }

  for (const body of [{ object: "list", data: null }, { data: [] }, [], { models: null }]) {
    test(`that is empty is one: ${JSON.stringify(body)}`, async (t) => {
      const server = await startOpenAiLike(t, { models: body });
      await assert.rejects(connectEndpoint({ baseUrl: server.url }), {
        problem: "model-missing",
        message: `${server.url}/v1 serves no model at all. Load one on the server, or name the one you want in MODEL.`,
      });
      const { model, notes } = await connectEndpoint({ baseUrl: server.url, model: "small" });
      assert.equal(model, "small");
      assert.deepEqual(notes, [
        `${server.url}/v1 does not list the model "small". It lists: none. The workbook asks for it anyway; the server's answer to the first request decides.`,
      ]);
    });
  }
});

describe("a model that somebody names", () => {
  const found: [wanted: string, listed: string[], model: string][] = [
    ["llama3.2", ["llama3.2:latest", "llama3.2:1b"], "llama3.2:latest"],
    ["llama3.2:latest", ["llama3.2"], "llama3.2"],
    ["gemini-2.5-flash", ["models/gemini-2.5-flash", "models/gemini-2.5-pro"], "models/gemini-2.5-flash"],
    ["models/gemini-2.5-flash", ["gemini-2.5-flash"], "gemini-2.5-flash"],
    ["Small", ["small", "large"], "small"],
  ];
  for (const [wanted, listed, model] of found) {
    test(`is found as the list has it: ${wanted} among ${listed.join(", ")}`, async (t) => {
      const server = await startOpenAiLike(t, { models: listOf(...listed) });
      const endpoint = await connectEndpoint({ baseUrl: server.url, model: wanted });
      assert.equal(endpoint.model, model);
      assert.deepEqual(endpoint.notes, [
        `The server has the model ${wanted} under the name "${model}": requests must use that name.`,
      ]);
    });
  }

  const patterns: [wanted: string, listed: string[]][] = [
    ["openai/gpt-4o", ["openai/*"]],
    ["anything", ["*"]],
    ["bedrock/x-v1", ["openai/*", "bedrock/*-v1"]],
    ["gpt-4o", ["*", "gpt-4o"]],
  ];
  for (const [wanted, listed] of patterns) {
    test(`is taken as it is where a pattern fits it: ${wanted} among ${listed.join(", ")}`, async (t) => {
      const server = await startOpenAiLike(t, { models: listOf(...listed) });
      const { model, notes } = await connectEndpoint({ baseUrl: server.url, model: wanted });
      assert.equal(model, wanted);
      assert.deepEqual(notes, []);
    });
  }

  test("has to be named where the list has only a pattern", async (t) => {
    const server = await startOpenAiLike(t, { models: listOf("openai/*") });
    await assert.rejects(connectEndpoint({ baseUrl: server.url }), {
      problem: "model-ambiguous",
      message: `${server.url}/v1 serves every model whose name fits openai/*, so one has to be named. Set MODEL (or model) to one that fits.`,
    });
  });

  for (const wanted of ["openai/gpt-oss-120b:nitro", "openai/gpt-oss-120b:free"]) {
    test(`may carry a router's word behind a colon: ${wanted}`, async (t) => {
      const server = await startOpenAiLike(t, { models: listOf("openai/gpt-oss-120b", "other") });
      const { model, notes } = await connectEndpoint({ baseUrl: server.url, model: wanted });
      assert.equal(model, wanted);
      const suffix = wanted.slice(wanted.indexOf(":"));
      assert.deepEqual(notes, [
        `${server.url}/v1 lists "openai/gpt-oss-120b"; the server decides what "${suffix}" behind it means.`,
      ]);
    });
  }

  test("and is not listed is tried, with a note of the nearest names, and told to whoever listens", async (t) => {
    const models = listOf("meta-llama/Llama-3.1-8B-Instruct", "mistralai/Mistral-7B-Instruct-v0.3", "bge-m3");
    const server = await startServer(t, (response) => sendJson(response, models));
    const told: string[] = [];
    const endpoint = await connectEndpoint({
      baseUrl: server.url,
      model: "meta-lama/Llama-3.1-8b-Instruct",
      onNote: (note) => told.push(note),
    });
    const note =
      `${server.url}/v1 does not list the model "meta-lama/Llama-3.1-8b-Instruct". ` +
      "Nearest: meta-llama/Llama-3.1-8B-Instruct, mistralai/Mistral-7B-Instruct-v0.3. The workbook asks for it anyway; the server's answer to the first request decides.";
    assert.deepEqual(endpoint.notes, [note]);
    assert.deepEqual(told, [note]);
    assert.equal((await ask(endpoint)).text, "Hi");
  });
});

describe("a server without a list of models", () => {
  const json =
    (status: number, body: unknown = { error: "not found" }) =>
    (response: ServerResponse) =>
      sendJson(response, body, status);
  const plain =
    (status: number, text = "") =>
    (response: ServerResponse) =>
      response.writeHead(status).end(text);
  const lists: [what: string, models: (response: ServerResponse) => unknown, status: number][] = [
    ["404 in JSON", json(404), 404],
    ["404 of Go", plain(404, "404 page not found"), 404],
    ["404 without a word", plain(404), 404],
    ["405", plain(405), 405],
    ["403 on this route only", json(403), 403],
    ["501", json(501), 501],
    ["500", json(500), 500],
    ["400", json(400), 400],
    ["429", json(429), 429],
    ["something else", json(200, { hello: "world" }), 200],
    ["no JSON", plain(200, "ok"), 200],
  ];
  for (const [what, models, status] of lists) {
    test(`is tried with the model that is named: ${what}`, async (t) => {
      const server = await startServer(t, models);
      const endpoint = await connectEndpoint({ baseUrl: `${server.url}/v1`, model: "small" });
      assert.deepEqual(endpoint.notes, [
        `${server.url}/v1/models gives no list of models (HTTP ${status}), so the workbook could not look up "small": the server's answer to the first request decides.`,
      ]);
      assert.equal(endpoint.model, "small");
      assert.equal((await ask(endpoint)).text, "Hi");
    });

    test(`cannot be opened without a model: ${what}`, async (t) => {
      const server = await startServer(t, models);
      await assert.rejects(connectEndpoint({ baseUrl: `${server.url}/v1` }), EndpointError);
    });
  }

  test("refuses a chat in its own words", async (t) => {
    const server = await startServer(t, json(404), (response) =>
      sendJson(response, { error: { message: "no such model: small" } }, 404),
    );
    const endpoint = await connectEndpoint({ baseUrl: `${server.url}/v1`, model: "small" });
    await assert.rejects(ask(endpoint), /404 no such model: small/);
  });

  test("may want another form of key for its list, and take this one for chats", async (t) => {
    const server = await startServer(t, json(401));
    assert.equal((await connectEndpoint({ baseUrl: `${server.url}/v1`, model: "small" })).model, "small");
  });
});

describe("what a named model does not excuse", () => {
  const refused: [what: string, status: number, type: string, body: string, problem: string][] = [
    ["a key that is refused", 401, "application/json", "{}", "unauthorized"],
    ["a key that is refused with 403", 403, "application/json", "{}", "unauthorized"],
    ["a proxy that knows no such pod yet", 404, "text/plain", "", "proxy-without-server"],
    ["a proxy whose server is not up", 502, "text/html", "<html></html>", "proxy-without-server"],
    ["a web page", 200, "text/html", "<!doctype html><p>Log in</p>", "web-page"],
    ["a route that is not there, on several addresses", 404, "application/json", "{}", "not-openai"],
  ];
  for (const [what, status, type, body, problem] of refused) {
    test(`is ${what}`, async (t) => {
      const server = await startLocalServer(t, (_, response) =>
        response.writeHead(status, { "content-type": type }).end(body),
      );
      const baseUrl = problem === "not-openai" ? server.url : `${server.url}/v1`;
      await assert.rejects(connectEndpoint({ baseUrl, model: "small" }), { problem });
    });
  }

  test("is a web page or a redirect, even where a chat route answers", async (t) => {
    const page = (response: ServerResponse) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<p>Log in</p>");
    const away = (response: ServerResponse) => response.writeHead(302, { location: "/login" }).end();
    for (const [models, problem] of [
      [page, "web-page"],
      [away, "redirected"],
    ] as const) {
      const server = await startServer(t, models);
      await assert.rejects(connectEndpoint({ baseUrl: `${server.url}/v1`, model: "small" }), { problem });
    }
  });

  test("is a key that is refused, even where a chat route takes whatever comes", async (t) => {
    const server = await startLocalServer(t, ({ path }, response) =>
      path === "/v1/models" ? sendJson(response, {}, 401) : answer(response),
    );
    await assert.rejects(connectEndpoint({ baseUrl: `${server.url}/v1`, model: "small" }), {
      problem: "unauthorized",
    });
  });

  test("is a pod whose list lacks the plan's model", async (t) => {
    const server = await startServer(t, (response) => sendJson(response, {}, 404));
    const opening = connectEndpoint({ baseUrl: `${server.url}/v1`, model: "small", origin: "pod" });
    await assert.rejects(opening, { problem: "not-openai" });
    assert.equal(server.requests.length, 1);
  });
});
