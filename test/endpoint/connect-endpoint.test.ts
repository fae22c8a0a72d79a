import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { connectEndpoint, describeEndpoint, EndpointError } from "../../lib/src/endpoint/index.ts";
import { sendJson, startLocalServer } from "../helpers/local-server.ts";
import { listOf, startOpenAiLike } from "../helpers/openai-like.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

describe("the model of an endpoint", () => {
  test("is the only one that is served, where none is given", async (t) => {
    const server = await startOpenAiLike(t, { models: listOf("meta-llama/Llama-3.1-8B-Instruct") });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    assert.equal(endpoint.model, "meta-llama/Llama-3.1-8B-Instruct");
  });

  test("is the one that is given, where it is served", async (t) => {
    const server = await startOpenAiLike(t, { models: listOf("small", "large") });
    assert.equal((await connectEndpoint({ baseUrl: server.url, model: "large" })).model, "large");
  });

  test("has to be chosen where several are served, and the error lists them", async (t) => {
    const server = await startOpenAiLike(t, { models: listOf("small", "large") });
    await assert.rejects(connectEndpoint({ baseUrl: server.url }), {
      name: "EndpointError",
      problem: "model-ambiguous",
      message: `${server.url}/v1 serves 2 models, so one has to be chosen: small, large. Set MODEL (or model) to one of these.`,
    });
  });

  test("has to be served where the workbook itself has chosen it, as on a pod: the error lists what is", async (t) => {
    const server = await startOpenAiLike(t, { models: listOf("small", "large") });
    await assert.rejects(connectEndpoint({ baseUrl: server.url, model: "medium", origin: "pod" }), {
      problem: "model-missing",
      message: `${server.url}/v1 does not serve the model "medium". It serves: small, large. Set MODEL (or model) to one of these, spelled exactly the same.`,
    });
  });

  test("is listed in part where a provider has hundreds", async (t) => {
    const ids = Array.from({ length: 300 }, (_, index) => `model-${index}`);
    const server = await startOpenAiLike(t, { models: listOf(...ids) });
    await assert.rejects(connectEndpoint({ baseUrl: server.url }), {
      message: new RegExp(`: ${ids.slice(0, 12).join(", ")} and 288 more\\.`),
    });
  });

  test("is missing where the server has loaded none", async (t) => {
    const server = await startOpenAiLike(t, { models: listOf() });
    await assert.rejects(connectEndpoint({ baseUrl: server.url }), {
      problem: "model-missing",
      message: /serves no model at all\. Load one on the server/,
    });
  });
});

describe("adapters of a model, as vLLM lists them", () => {
  const card = (id: string, parent: string | null) => ({
    ...{ id, object: "model", owned_by: "vllm", root: `somebody/${id}`, parent },
    max_model_len: parent === null ? 4_096 : null,
  });
  const models = { object: "list", data: [card("base", null), card("sql", "base"), card("mails", "base")] };

  test("leave nothing to choose: the base is taken, and they are named", async (t) => {
    const server = await startOpenAiLike(t, { models });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    assert.deepEqual([endpoint.model, endpoint.adapters], ["base", ["sql", "mails"]]);
    assert.match(describeEndpoint(endpoint), /^adapters +sql, mails$/m);
  });

  test("are taken by their name, or by their repository, with the context of the base", async (t) => {
    const server = await startOpenAiLike(t, { models });
    const endpoint = await connectEndpoint({ baseUrl: server.url, model: "sql" });
    const { model, adapters, maxModelTokens, notes } = endpoint;
    assert.deepEqual([model, adapters, maxModelTokens, notes], ["sql", ["sql", "mails"], 4_096, []]);
    const byRepository = await connectEndpoint({ baseUrl: server.url, model: "somebody/mails" });
    assert.equal(byRepository.model, "mails");
    assert.match(byRepository.notes.join(), /under the name "mails"/);
  });

  test("are not all there is: of names that circle one has to be chosen", async (t) => {
    const data = [card("one", "two"), card("two", "three"), card("three", "one")];
    const server = await startOpenAiLike(t, { models: { data } });
    await assert.rejects(connectEndpoint({ baseUrl: server.url }), {
      problem: "model-ambiguous",
      message: /serves 3 models.*one, two, three/,
    });
  });

  test("do not hide a second base, and names that circle are no adapters", async (t) => {
    const two = { data: [...models.data, card("large", null)] };
    const ambiguous = await startOpenAiLike(t, { models: two });
    await assert.rejects(connectEndpoint({ baseUrl: ambiguous.url }), { problem: "model-ambiguous" });
    const second = await connectEndpoint({ baseUrl: ambiguous.url, model: "large" });
    assert.deepEqual(second.adapters, []);
    for (const data of [
      [card("one", "one")],
      [card("one", "two"), card("two", "one")],
      [card("one", "gone")],
    ]) {
      const server = await startOpenAiLike(t, { models: { data } });
      const endpoint = await connectEndpoint({ baseUrl: server.url, model: "one" });
      assert.deepEqual([endpoint.model, endpoint.adapters], ["one", []]);
    }
  });
});

describe("what an endpoint tells of its server", () => {
  test("is null for the context length where the server does not say, as with Ollama", async (t) => {
    const server = await startOpenAiLike(t);
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    assert.deepEqual(
      { ...endpoint, close: null },
      {
        baseUrl: `${server.url}/v1`,
        model: "small",
        adapters: [],
        maxModelTokens: null,
        origin: "given",
        server: server.url.replace("http://", ""),
        engine: server.url.replace("http://", ""),
        isSimulated: false,
        standsInFor: null,
        gpu: null,
        hasRunningUsage: false,
        samplingDefaults: null,
        notes: [],
        close: null,
      },
    );
    assert.equal(endpoint.apiKey, "EMPTY");
  });

  test("names vLLM with its version and its context length", async (t) => {
    const server = await startLocalServer(t, ({ path }, response) => {
      if (path === "/version") sendJson(response, { version: "0.32.0" });
      else sendJson(response, { data: [{ id: "small", owned_by: "vllm", max_model_len: 2048 }] });
    });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    assert.equal(endpoint.server, "vLLM 0.32.0");
    assert.equal(endpoint.maxModelTokens, 2048);
    assert.equal(endpoint.hasRunningUsage, true);
  });

  test("says that a rehearsal is one, and for which model it stands in", async (t) => {
    const { endpoint } = await openTimedServer(t);
    assert.equal(
      endpoint.server,
      "rehearsal: the timed engine standing in for small (simulated: no model, no measurement)",
    );
    assert.equal(endpoint.engine, "rehearsal: the timed engine");
    assert.equal(endpoint.isSimulated, true);
    assert.equal(endpoint.standsInFor, "small");
  });

  test("takes no real server for a simulated one, whatever its model is called", async (t) => {
    const id = "somebody/simulated-dialogue standing in for small";
    const server = await startLocalServer(t, ({ path }, response) => {
      if (path === "/version") sendJson(response, { version: "0.32.0-simulated" });
      else sendJson(response, { data: [{ id, owned_by: "vllm" }] });
    });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    assert.equal(endpoint.isSimulated, false);
    assert.equal(endpoint.standsInFor, null);
  });

  test("takes no real model of a rehearsal for a simulated one, whatever it is called", async (t) => {
    const rehearsal = { model: "simulated-dialogue", simulated: false };
    const server = await startLocalServer(t, ({ path }, response) => {
      if (path === "/version") sendJson(response, { version: "0.32.0", rehearsal });
      else sendJson(response, { data: [{ id: "simulated-dialogue", owned_by: "vllm" }] });
    });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    assert.equal(endpoint.isSimulated, false);
    assert.equal(endpoint.standsInFor, null);
  });

  test("asks each of its two questions once, with the endpoint's key", async (t) => {
    const server = await startOpenAiLike(t);
    await connectEndpoint({ baseUrl: server.url, apiKey: "sk-this-endpoint" });
    assert.deepEqual(
      server.requests.map(({ method, path, headers }) => [method, path, headers.authorization]),
      [
        ["GET", "/v1/models", "Bearer sk-this-endpoint"],
        ["GET", "/version", "Bearer sk-this-endpoint"],
      ],
    );
  });

  test("has a client that does not try again by itself", async (t) => {
    const server = await startLocalServer(t, ({ path }, response) => {
      if (path === "/v1/models") sendJson(response, listOf("small"));
      else sendJson(response, { error: { message: "busy" } }, 503);
    });
    const { client } = await connectEndpoint({ baseUrl: server.url });
    await assert.rejects(
      client.chat.completions.create({ model: "small", messages: [{ role: "user", content: "Hello" }] }),
      /503 busy/,
    );
    assert.equal(server.requests.filter(({ path }) => path === "/v1/chat/completions").length, 1);
  });
});

describe("the key of an endpoint", () => {
  test("does not show when the endpoint is printed, copied or turned into JSON", async (t) => {
    const server = await startOpenAiLike(t);
    const endpoint = await connectEndpoint({ baseUrl: server.url, apiKey: "sk-canary-not-a-key" });
    const shown = [inspect(endpoint, { depth: 9 }), JSON.stringify(endpoint), inspect({ ...endpoint })];
    assert.doesNotMatch(shown.join(""), /canary/);
    assert.deepEqual(Object.keys(endpoint).includes("apiKey"), false);
    assert.equal(endpoint.apiKey, "sk-canary-not-a-key");
  });

  test("is freed of the blanks and the line break that come with pasting", async (t) => {
    const server = await startOpenAiLike(t);
    assert.equal((await connectEndpoint({ baseUrl: server.url, apiKey: " sk-1\n" })).apiKey, "sk-1");
    assert.equal((await connectEndpoint({ baseUrl: server.url, apiKey: "" })).apiKey, "EMPTY");
  });

  for (const apiKey of ["“sk-canary”", "sk-canary\nsk-canary", "sk–canary"]) {
    test(`is refused where no header can carry it, and not shown: ${JSON.stringify(apiKey)}`, async (t) => {
      const server = await startOpenAiLike(t);
      await assert.rejects(connectEndpoint({ baseUrl: server.url, apiKey }), (error) => {
        assert.match(inspect(error), /InputError: The key for 127\.0\.0\.1:\d+ contains characters/);
        assert.doesNotMatch(inspect(error) + inspect((error as Error).cause), /canary/);
        return true;
      });
      assert.equal(server.requests.length, 0);
    });
  }

  test("does not follow a redirect to another host", async (t) => {
    const other = await startOpenAiLike(t);
    const first = await startLocalServer(t, ({ path }, response) =>
      response.writeHead(307, { location: `${other.url.replace("127.0.0.1", "localhost")}${path}` }).end(),
    );
    await connectEndpoint({ baseUrl: first.url, apiKey: "sk-canary" }).catch((error) =>
      assert.ok(error instanceof EndpointError),
    );
    assert.ok(first.requests.every(({ headers }) => headers.authorization === "Bearer sk-canary"));
    assert.doesNotMatch(JSON.stringify(other.requests), /canary/);
  });
});
