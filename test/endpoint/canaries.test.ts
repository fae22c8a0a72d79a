import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, type Endpoint, printChat, streamChat } from "../../lib/src/endpoint/index.ts";
import { openEndpoint } from "../../lib/src/open-endpoint.ts";
import { setEnvironment } from "../helpers/environment.ts";
import { type LocalServer, sendJson, sendStream } from "../helpers/local-server.ts";
import { chunk, done, startOpenAiLike } from "../helpers/openai-like.ts";

// What a person who also uses OpenAI may have in the environment; none of it may reach another host.
const canaries = {
  OPENAI_API_KEY: "sk-canary-not-a-key",
  OPENAI_ADMIN_KEY: "sk-admin-canary-not-a-key",
  OPENAI_ORG_ID: "org-canary",
  OPENAI_PROJECT_ID: "proj_canary",
  OPENAI_WEBHOOK_SECRET: "whsec_canary",
  OPENAI_CUSTOM_HEADERS: [
    "x-gateway-key: canary",
    "Authorization: Bearer canary",
    "api-key: canary:with:colons",
  ].join("\n"),
  RUNPOD_API_KEY: "rpa_canary_not_a_key",
  RUNPOD_ENDPOINT_KEY: "rpa_canary_endpoint",
  HF_TOKEN: "hf_canary_not_a_token",
};

const messages = [{ role: "user" as const, content: "Hello" }];

async function startWithCanaries(t: TestContext): Promise<LocalServer> {
  setEnvironment(t, canaries);
  return startOpenAiLike(t, {
    chat: (request, response) => {
      if (request.body.includes('"stream":true')) {
        sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]);
      } else sendJson(response, { choices: [{ message: { role: "assistant", content: "Hi" } }] });
    },
  });
}

/** Sends every kind of request that the library and its client know. */
async function useEndpoint(endpoint: Endpoint): Promise<void> {
  for await (const event of streamChat(endpoint, { messages })) assert.ok(event);
  await printChat(endpoint, { messages }, { write: () => {} });
  await endpoint.client.chat.completions.create({ model: endpoint.model, messages });
  await endpoint.client.models.list();
  await endpoint.client.withOptions({ timeout: 300_000 }).models.list();
  await endpoint.client.post("/tokenize", { body: { prompt: "Hello" } }).catch(() => {});
  await endpoint.close();
}

function assertNoCanary(server: LocalServer, key: string): void {
  assert.ok(server.requests.length > 2);
  for (const { path, headers, body } of server.requests) {
    assert.doesNotMatch(JSON.stringify(headers) + body, /canary/, path);
    assert.equal(headers.authorization, `Bearer ${key}`, path);
  }
}

describe("keys and names that the environment holds for OpenAI", () => {
  test("never reach another host through an endpoint that is opened by its address", async (t) => {
    const server = await startWithCanaries(t);
    await useEndpoint(await openEndpoint({ baseUrl: server.url }));
    assertNoCanary(server, "EMPTY");
  });

  test("never stand in for the key that is given with the address", async (t) => {
    const server = await startWithCanaries(t);
    await useEndpoint(await openEndpoint({ baseUrl: server.url, apiKey: "sk-this-endpoint" }));
    assertNoCanary(server, "sk-this-endpoint");
  });

  test("stay here with the target given too, except for the key that belongs to its address", async (t) => {
    const server = await startWithCanaries(t);
    setEnvironment(t, {
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "given",
      OPENAI_BASE_URL: server.url,
      OPENAI_API_KEY: "sk-this-endpoint",
    });
    await useEndpoint(await openEndpoint());
    assertNoCanary(server, "sk-this-endpoint");
  });

  test("go to OpenAI, whose they are", async (t) => {
    setEnvironment(t, { ...canaries, OPENAI_CUSTOM_HEADERS: "x-own: canary" });
    const sent: Headers[] = [];
    const answer = async (_input: unknown, init?: RequestInit) => {
      sent.push(new Headers(init?.headers));
      return Response.json({ data: [{ id: "gpt" }], choices: [] });
    };
    const endpoint = await connectEndpoint({
      baseUrl: "https://api.openai.com/v1",
      apiKey: "sk-openai",
      fetch: answer as typeof fetch,
    });
    await endpoint.client.chat.completions.create({ model: "gpt", messages });
    const last = sent.at(-1);
    assert.equal(last?.get("authorization"), "Bearer sk-openai");
    assert.equal(last?.get("openai-organization"), "org-canary");
    assert.equal(last?.get("openai-project"), "proj_canary");
  });

  test("stay here for a host that is merely named alike", async (t) => {
    setEnvironment(t, canaries);
    const sent: string[] = [];
    const answer = async (_input: unknown, init?: RequestInit) => {
      sent.push(JSON.stringify([...new Headers(init?.headers)]));
      return Response.json({ data: [{ id: "gpt" }], choices: [] });
    };
    for (const host of ["api.openai.com.example.com", "example.com/api.openai.com", "openai.com"]) {
      const endpoint = await connectEndpoint({ baseUrl: `https://${host}`, fetch: answer as typeof fetch });
      await endpoint.client.chat.completions.create({ model: "gpt", messages });
    }
    assert.equal(sent.length, 9);
    assert.doesNotMatch(sent.join(""), /canary/);
  });
});
