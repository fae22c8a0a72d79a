import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { printChat } from "../lib/src/endpoint/index.ts";
import { WorkbookError } from "../lib/src/errors.ts";
import { openEndpoint } from "../lib/src/open-endpoint.ts";
import { endRehearsal, ensureRehearsal } from "../rehearsal/src/index.ts";
import { makeCheckout, makeFolder, setEnvironment } from "./helpers/environment.ts";
import { findClosedPort, sendJson, sendStream, startLocalServer } from "./helpers/local-server.ts";
import { chunk, done, startOpenAiLike } from "./helpers/openai-like.ts";

/** An environment with a state folder of its own, in which no `.env` is read. */
function isolate(t: TestContext, values: Record<string, string>): { stateFolder: string } {
  const stateFolder = join(makeFolder(t), "state");
  setEnvironment(t, {
    WORKBOOK_IGNORE_ENV_FILE: "1",
    WORKBOOK_STATE: stateFolder,
    WORKBOOK_TARGET: "",
    OPENAI_BASE_URL: "",
    OPENAI_API_KEY: "",
    MODEL: "",
    REHEARSAL_MODEL: "",
    ...values,
  });
  return { stateFolder };
}

describe("openEndpoint with an address", () => {
  test("opens it, whatever the target, with the key that is given or EMPTY", async (t) => {
    for (const target of ["rehearsal", "given", "runpod", "nonsense"]) {
      isolate(t, {
        WORKBOOK_TARGET: target,
        OPENAI_BASE_URL: "http://127.0.0.1:1",
        OPENAI_API_KEY: "sk-canary",
      });
      const server = await startOpenAiLike(t);
      const endpoint = await openEndpoint({ baseUrl: server.url });
      assert.equal(endpoint.baseUrl, `${server.url}/v1`);
      assert.equal(endpoint.apiKey, "EMPTY");
      assert.equal(endpoint.origin, "given");
      assert.equal((await openEndpoint({ baseUrl: server.url, apiKey: "sk-own" })).apiKey, "sk-own");
      assert.doesNotMatch(JSON.stringify(server.requests), /canary/);
    }
  });
});

describe("openEndpoint with the target given", () => {
  test("takes address, key and model from the settings", async (t) => {
    const models = { data: [{ id: "small" }, { id: "large" }] };
    const server = await startOpenAiLike(t, { models });
    isolate(t, {
      WORKBOOK_TARGET: "given",
      OPENAI_BASE_URL: `${server.url}/v1/`,
      OPENAI_API_KEY: "sk-own",
      MODEL: "large",
    });
    const endpoint = await openEndpoint();
    assert.equal(endpoint.baseUrl, `${server.url}/v1`);
    assert.equal(endpoint.model, "large");
    assert.equal(endpoint.origin, "given");
    assert.equal(server.requests[0]?.headers.authorization, "Bearer sk-own");
    const other = await openEndpoint({ model: "small", apiKey: "sk-other" });
    assert.equal(other.model, "small");
    assert.equal(other.apiKey, "sk-other");
  });

  test("sends EMPTY where no key is set", async (t) => {
    const server = await startOpenAiLike(t);
    isolate(t, { WORKBOOK_TARGET: "given", OPENAI_BASE_URL: server.url });
    assert.equal((await openEndpoint()).apiKey, "EMPTY");
  });

  test("reads the settings anew at every call", async (t) => {
    const [first, second] = [await startOpenAiLike(t), await startOpenAiLike(t)];
    isolate(t, { WORKBOOK_TARGET: "given", OPENAI_BASE_URL: first.url });
    assert.equal((await openEndpoint()).baseUrl, `${first.url}/v1`);
    setEnvironment(t, { OPENAI_BASE_URL: second.url });
    assert.equal((await openEndpoint()).baseUrl, `${second.url}/v1`);
  });
});

describe("openEndpoint with the target given and no address", () => {
  const portOf = (url: string) => Number(new URL(url).port);
  const vendor = { server: "vLLM", start: "vllm serve small" };
  const other = { server: "Ollama", start: "ollama serve" };
  const listed = (owner: string, ...ids: string[]) => ({ data: ids.map((id) => ({ id, owned_by: owner })) });

  test("takes the first server of this machine that answers, and names it and the others", async (t) => {
    isolate(t, { WORKBOOK_TARGET: "given" });
    const first = await startOpenAiLike(t, { models: listed("vllm", "small") });
    const second = await startOpenAiLike(t, { models: listed("library", "large:latest") });
    const third = await startOpenAiLike(t, { models: listed("somebody", "other") });
    const ports = [
      { ...vendor, port: await findClosedPort() },
      { ...vendor, port: portOf(first.url) },
      { ...other, port: portOf(second.url) },
      { server: "llama.cpp", start: "llama-server", port: portOf(third.url) },
    ];
    const { result, printed } = await captureOutput(t, () => openEndpoint({ ports }));
    assert.equal(result.baseUrl, `${first.url}/v1`);
    assert.equal(result.origin, "given");
    const note =
      `OPENAI_BASE_URL is not set, and vLLM answers on this machine at ${first.url}/v1: it was taken. ` +
      `Others answer too: ${second.url}/v1 (Ollama), ${third.url}/v1 (what listens at llama.cpp's usual port). ` +
      "To use one of them, set OPENAI_BASE_URL.";
    assert.deepEqual(result.notes, [note]);
    assert.equal(printed, `${note}\n`);
  });

  test("takes the one that has the model that is named, and none that is empty before another", async (t) => {
    const empty = await startOpenAiLike(t, { models: { object: "list", data: null } });
    const first = await startOpenAiLike(t, { models: listed("vllm", "small") });
    const second = await startOpenAiLike(t, { models: listed("library", "large:latest") });
    const ports = [empty, first, second].map(({ url }) => ({ ...vendor, port: portOf(url) }));
    isolate(t, { WORKBOOK_TARGET: "given" });
    assert.equal((await openEndpoint({ ports })).baseUrl, `${first.url}/v1`);
    const large = await openEndpoint({ ports, model: "large" });
    assert.deepEqual([large.baseUrl, large.model], [`${second.url}/v1`, "large:latest"]);
    isolate(t, { WORKBOOK_TARGET: "given", MODEL: "large" });
    assert.equal((await openEndpoint({ ports })).baseUrl, `${second.url}/v1`);
  });

  test("says what was tried where none answers, and how to start one", async (t) => {
    isolate(t, { WORKBOOK_TARGET: "given" });
    const closed = await findClosedPort();
    const page = await startLocalServer(t, (_, response) => response.end("<html>"));
    const locked = await startLocalServer(t, (_, response) => sendJson(response, {}, 401));
    const ports = [
      { ...vendor, port: closed },
      { ...other, port: portOf(page.url) },
      { ...vendor, port: portOf(locked.url) },
    ];
    await assert.rejects(openEndpoint({ ports }), {
      name: "SettingsError",
      message:
        "WORKBOOK_TARGET is given and OPENAI_BASE_URL is not set, and no model server answers at the usual ports of this " +
        `machine: vLLM's ${closed} (nothing listens), Ollama's ${portOf(page.url)} (something else answers), vLLM's ` +
        `${portOf(locked.url)} (wants a key). For a server that wants a key set OPENAI_BASE_URL and ` +
        "OPENAI_API_KEY in .env. Start one, for example with `vllm serve small` or `ollama serve`, or put an endpoint's address " +
        "into .env, such as OPENAI_BASE_URL=http://127.0.0.1:8001/v1 or https://api.openai.com/v1.",
    });
  });

  test("sends no key of the settings, and says so; one that is given goes only to the server that is taken", async (t) => {
    isolate(t, { WORKBOOK_TARGET: "given", OPENAI_API_KEY: "sk-canary-of-openai" });
    const first = await startOpenAiLike(t, { models: listed("vllm", "small") });
    const second = await startOpenAiLike(t, { models: listed("library", "large") });
    const ports = [first, second].map(({ url }) => ({ ...vendor, port: portOf(url) }));
    const { notes, apiKey } = await openEndpoint({ ports });
    assert.equal(apiKey, "EMPTY");
    assert.equal(
      notes[1],
      `OPENAI_API_KEY is not sent to ${first.url}: a key goes only to an address that is set beside it.`,
    );
    assert.equal((await openEndpoint({ ports, apiKey: "sk-own" })).apiKey, "sk-own");
    assert.doesNotMatch(JSON.stringify([first.requests, second.requests]), /canary/);
    assert.doesNotMatch(JSON.stringify(second.requests), /sk-own/);
  });
});

/** Calls as a notebook does, in a checkout whose `.env` says this, and gives what is printed. */
async function inCheckout<Result>(
  t: TestContext,
  options: { envFile: string; environment: Record<string, string> },
  work: () => Promise<Result>,
): Promise<{ result: Result; printed: string }> {
  const { root } = makeCheckout(t, { envFile: options.envFile });
  isolate(t, { WORKBOOK_IGNORE_ENV_FILE: "", ...options.environment });
  const before = process.cwd();
  process.chdir(root);
  t.after(() => process.chdir(before));
  return captureOutput(t, work);
}

async function captureOutput<Result>(
  t: TestContext,
  work: () => Promise<Result>,
): Promise<{ result: Result; printed: string }> {
  let printed = "";
  const original = process.stdout.write.bind(process.stdout);
  const write = t.mock.method(process.stdout, "write", (text: string | Uint8Array) => {
    // What the test runner itself reports comes as bytes.
    if (typeof text !== "string") return original(text);
    printed += text;
    return true;
  });
  try {
    return { result: await work(), printed };
  } finally {
    write.mock.restore();
  }
}

describe("openEndpoint with an address of .env and a key of the shell", () => {
  const environment = { OPENAI_API_KEY: "sk-proj-canary-of-the-real-openai-account" };

  test("sends no key, says so, and works where none is needed", async (t) => {
    const chat = (_: unknown, response: ServerResponse) =>
      sendStream(response, [chunk({ delta: { content: "Hello" }, finish_reason: "stop" }), done]);
    const server = await startOpenAiLike(t, { chat });
    const { result, printed } = await inCheckout(
      t,
      { envFile: `WORKBOOK_TARGET=given\nOPENAI_BASE_URL=${server.url}/v1\n`, environment },
      async () => {
        const endpoint = await openEndpoint();
        const messages = [{ role: "user" as const, content: "Hello" }];
        return { endpoint, chat: await printChat(endpoint, { messages }, { write: () => {} }) };
      },
    );
    const sentence =
      `OPENAI_API_KEY (set in the environment) is not sent to ${server.url}, for OPENAI_BASE_URL is set in .env. ` +
      "If the key belongs to that host, OPENAI_API_KEY must be set in .env too.";
    assert.equal(printed, `${sentence}\n`);
    assert.deepEqual(result.endpoint.notes, [sentence]);
    assert.notEqual(result.chat.text, "");
    assert.equal(result.endpoint.apiKey, "EMPTY");
    assert.ok(server.requests.length >= 3);
    assert.doesNotMatch(JSON.stringify(server.requests), /canary/);
  });

  test("says so also in the error of a server that wants a key", async (t) => {
    const server = await startLocalServer(t, (_request, response) => sendJson(response, {}, 401));
    const opening = inCheckout(
      t,
      { envFile: `WORKBOOK_TARGET=given\nOPENAI_BASE_URL=${server.url}/v1\n`, environment },
      () => openEndpoint(),
    );
    await assert.rejects(
      opening,
      /\(HTTP 401\): none was given\. OPENAI_API_KEY \(set in the environment\) is not sent/,
    );
    assert.doesNotMatch(JSON.stringify(server.requests), /canary/);
  });
});

describe("openEndpoint with an address outside this machine", () => {
  test("sends no key in clear, not even one that is given", async (t) => {
    const fetchMock = t.mock.method(globalThis, "fetch", () => assert.fail("it was sent"));
    isolate(t, {});
    const opening = openEndpoint({ baseUrl: "http://gpu.example:8000", apiKey: "sk-own-key" });
    await assert.rejects(opening, { name: "SettingsError" });
    assert.equal(fetchMock.mock.callCount(), 0);
  });
});

describe("openEndpoint with the target runpod", () => {
  test("never falls back to another one", async (t) => {
    const server = await startOpenAiLike(t);
    isolate(t, { WORKBOOK_TARGET: "runpod", OPENAI_BASE_URL: server.url, RUNPOD_API_KEY: "" });
    await assert.rejects(openEndpoint(), (error) => {
      assert.ok(error instanceof WorkbookError);
      assert.notEqual(error.remedy, "");
      return true;
    });
    assert.equal(server.requests.length, 0);
  });
});

describe("openEndpoint in a rehearsal", () => {
  test("finds the rehearsal of the state folder, with no key read and no other host called", async (t) => {
    const elsewhere = await startOpenAiLike(t);
    const canaries = {
      OPENAI_API_KEY: "sk-canary",
      RUNPOD_API_KEY: "rpa_canary",
      HF_TOKEN: "hf_canary",
      OPENAI_BASE_URL: elsewhere.url,
      RUNPOD_API_URL: `${elsewhere.url}/v2`,
      HF_ENDPOINT: elsewhere.url,
    };
    let stateFolder = "";
    t.after(() => endRehearsal({ stateFolder }));
    stateFolder = isolate(t, canaries).stateFolder;
    const running = await ensureRehearsal({ stateFolder, engine: "timed" });

    const endpoint = await openEndpoint();
    assert.equal(endpoint.origin, "rehearsal");
    assert.equal(endpoint.baseUrl, running.baseUrl);
    assert.equal(endpoint.apiKey, "sk-rehearsal");
    assert.equal(new URL(endpoint.baseUrl).hostname, "127.0.0.1");
    assert.match(endpoint.server, /^rehearsal: .* standing in for meta-llama\/Llama-3\.1-8B-Instruct/);
    const result = await printChat(
      endpoint,
      { messages: [{ role: "user", content: "Hello" }], max_tokens: 3 },
      { write: () => {} },
    );
    assert.notEqual(result.text, "");
    assert.equal(elsewhere.requests.length, 0);
  });

  test("starts it where none runs, on the real small model and under the id of MODEL", async (t) => {
    let stateFolder = "";
    t.after(() => endRehearsal({ stateFolder }));
    stateFolder = isolate(t, { MODEL: "Qwen/Qwen3-8B" }).stateFolder;
    const endpoint = await openEndpoint();
    assert.equal(endpoint.model, "Qwen/Qwen3-8B");
    assert.equal(endpoint.server, "rehearsal: SmolLM2-135M-Instruct standing in for Qwen/Qwen3-8B");
    assert.equal(endpoint.maxModelTokens, 2_048);
  });
});
