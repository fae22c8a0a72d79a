import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import OpenAI from "openai";
import { z } from "zod";
import { connectEndpoint, streamChat } from "../../lib/src/endpoint/index.ts";
import { InputError, SettingsError, WorkbookError } from "../../lib/src/errors.ts";
import { type Diagnosis, explainError } from "../../lib/src/explain/explain-error.ts";
import { findClosedPort, sendJson, startLocalServer } from "../helpers/local-server.ts";
import { connectOpenAiLike } from "../helpers/openai-like.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

const messages = [{ role: "user" as const, content: "Hello" }];

/** Explains the error that a call gives. */
async function explainFailure(call: () => unknown): Promise<Diagnosis> {
  try {
    await call();
  } catch (error) {
    return explainError(error);
  }
  return assert.fail("no error was thrown");
}

/** Explains what the `openai` package throws where a server refuses like this. */
async function explainRefusal(t: TestContext, status: number, body: unknown): Promise<Diagnosis> {
  const { url } = await startLocalServer(t, (_request, response) => sendJson(response, body, status));
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "EMPTY", maxRetries: 0 });
  return explainFailure(() => client.chat.completions.create({ model: "small", messages }));
}

describe("what the openai package throws", () => {
  const refusals: [what: string, status: number, message: string, cause: RegExp, remedy: RegExp][] = [
    [
      "a system prompt without a place",
      400,
      "System role not supported",
      /does not take a system prompt/,
      /foldSystemPrompt/,
    ],
    [
      "roles out of turn",
      400,
      "Conversation roles must alternate user/assistant/user/assistant/...",
      /wants user and assistant in turns/,
      /foldSystemPrompt/,
    ],
    [
      "an unknown model, in vLLM's words",
      404,
      "The model `nope` does not exist. Valid aliases: small.",
      /does not serve a model of this name/,
      /names that the error lists/,
    ],
    [
      "an unknown model, in Ollama's words",
      404,
      'model "nope" not found, try pulling it first',
      /does not serve a model/,
      /spelled exactly the same/,
    ],
    ["another path", 404, "404 page not found", /not at this path/, /end in \/v1/],
    [
      "too many tokens",
      400,
      "max_tokens=5000 cannot be greater than max_model_len=2048.",
      /do not fit the model's context/,
      /lower max_tokens/,
    ],
    [
      "too long a prompt",
      400,
      "This model's maximum context length is 2048 tokens.",
      /do not fit the model's context/,
      /Shorten the prompt/,
    ],
    [
      "no message",
      400,
      "Cannot apply chat template to an empty conversation.",
      /turned into a prompt/,
      /at least one message/,
    ],
    [
      "a wrong parameter",
      400,
      "temperature must be non-negative, got -1.0.",
      /refused one of its parameters/,
      /names the parameter/,
    ],
    [
      "an unknown parameter",
      422,
      "Extra inputs are not permitted",
      /no parameter of this name/,
      /ignore_eos/,
    ],
    ["a refused key", 401, "Unauthorized", /wants another key/, /OPENAI_API_KEY/],
    ["a key without the right", 403, "Forbidden", /wants another key/, /OPENAI_API_KEY/],
    ["spent credit", 402, "Insufficient balance", /paid first/, /Add credit/],
    ["too large a body", 413, "Payload too large", /larger than the server takes/, /Shorten/],
    ["a rate limit", 429, "Rate limit reached", /no more requests at the moment/, /fewer requests at a time/],
    ["a failure of the server", 500, "CUDA out of memory", /failed while it worked/, /Look at its log/],
    ["a proxy without a server", 502, "Bad gateway", /A proxy answered/, /ten minutes/],
    ["a proxy that lost patience", 524, "A timeout occurred", /A proxy answered/, /stream/],
  ];
  for (const [what, status, message, cause, remedy] of refusals) {
    test(`is explained: ${what}, HTTP ${status}`, async (t) => {
      const diagnosis = await explainRefusal(t, status, { error: { message } });
      assert.match(diagnosis.cause, cause);
      assert.match(diagnosis.remedy, remedy);
      assert.equal(diagnosis.evidence, `${status} ${message}`);
    });
  }

  test("is explained: a refusal in vLLM's short form", async (t) => {
    const { server } = await openTimedServer(t);
    const client = new OpenAI({ baseURL: server.baseUrl, apiKey: "sk-wrong", maxRetries: 0 });
    const diagnosis = await explainFailure(() => client.models.list());
    assert.equal(diagnosis.cause, "The server wants another key.");
    assert.match(diagnosis.evidence, /^401 .*Unauthorized/);
  });

  test("is explained: a proxy's page in place of an answer", async (t) => {
    const { url } = await startLocalServer(t, (_request, response) =>
      response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad gateway</html>"),
    );
    const client = new OpenAI({ baseURL: url, apiKey: "EMPTY", maxRetries: 0 });
    assert.match((await explainFailure(() => client.models.list())).cause, /A proxy answered/);
  });

  test("is explained: a client without a key", async () => {
    const apiKey = process.env["OPENAI_API_KEY"];
    delete process.env["OPENAI_API_KEY"];
    try {
      const diagnosis = await explainFailure(() => new OpenAI({ baseURL: "http://127.0.0.1:8000/v1" }));
      assert.equal(diagnosis.cause, "The client was made without a key.");
      assert.match(diagnosis.remedy, /endpoint\.apiKey/);
    } finally {
      if (apiKey !== undefined) process.env["OPENAI_API_KEY"] = apiKey;
    }
  });

  test("is explained: its own time limit, and an abort from this side", async (t) => {
    const { url } = await startLocalServer(t, () => {});
    const client = new OpenAI({ baseURL: url, apiKey: "EMPTY", maxRetries: 0 });
    const late = await explainFailure(() => client.models.list({ timeout: 50 }));
    assert.equal(late.cause, "The server did not answer in time.");
    const aborted = await explainFailure(() => client.models.list({ signal: AbortSignal.abort() }));
    assert.equal(aborted.cause, "The call was interrupted from this side.");
    assert.match(aborted.remedy, /^Nothing is wrong/);
  });

  test("is explained: a base URL that is none, and a key that no header carries", async () => {
    const list = (baseURL: string, apiKey: string) => () =>
      new OpenAI({ baseURL, apiKey, maxRetries: 0 }).models.list();
    assert.equal(
      (await explainFailure(list("nonsense", "EMPTY"))).cause,
      "The base URL is not a web address.",
    );
    const typographic = await explainFailure(list("http://127.0.0.1:9/v1", "“canary”"));
    assert.equal(typographic.cause, "The key contains characters that no HTTP header can carry.");
    const broken = await explainFailure(list("http://127.0.0.1:9/v1", "canary\ncanary"));
    assert.equal(broken.cause, "The key contains characters that no HTTP header can carry.");
    assert.doesNotMatch(inspect(typographic) + inspect(broken), /canary/);
  });
});

describe("what Node's network throws", () => {
  test("is explained, with the words of all causes: nothing listens", async () => {
    const port = await findClosedPort();
    const diagnosis = await explainFailure(() => fetch(`http://127.0.0.1:${port}`));
    assert.deepEqual(
      { ...diagnosis },
      {
        cause: "Nothing listens at this address.",
        remedy: "Start the server, or correct host and port of the base URL.",
        evidence: `fetch failed ← connect ECONNREFUSED 127.0.0.1:${port}`,
      },
    );
    const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "EMPTY", maxRetries: 0 });
    const wrapped = await explainFailure(() => client.models.list());
    assert.equal(wrapped.cause, diagnosis.cause);
  });

  test("is explained: an unknown host", async () => {
    assert.equal(
      (await explainFailure(() => fetch("http://pod.invalid"))).cause,
      "The host name is not known.",
    );
  });

  test("is explained: a cut connection", async (t) => {
    const { url } = await startLocalServer(t, (_request, response) => response.destroy());
    const diagnosis = await explainFailure(() => fetch(url));
    assert.equal(diagnosis.cause, "The connection was cut while the answer was on its way.");
  });

  test("is explained: https where http is spoken", async (t) => {
    const { url } = await startLocalServer(t, (_request, response) => response.end());
    const diagnosis = await explainFailure(() => fetch(url.replace("http:", "https:")));
    assert.match(diagnosis.cause, /^No secure connection could be made/);
  });

  test("is explained: a page where JSON was expected", async () => {
    const diagnosis = await explainFailure(() => new Response("<html>").json());
    assert.equal(diagnosis.cause, "The answer is not JSON: a web page, or an answer that was cut off.");
  });

  const codes: [code: string, cause: string][] = [
    ["EAI_AGAIN", "The host name is not known."],
    ["EHOSTUNREACH", "This machine has no network route to that host."],
    ["ENETUNREACH", "This machine has no network route to that host."],
    ["EPIPE", "The connection was cut while the answer was on its way."],
    ["EADDRINUSE", "The port is taken by another program."],
    ["ENOSPC", "The disk is full."],
    ["EACCES", "This user may not read or write there."],
    ["EROFS", "This user may not read or write there."],
    ["ERR_MODULE_NOT_FOUND", "A package that the workbook needs is not installed."],
    [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "No secure connection could be made: the server speaks plain http, or its certificate is not trusted here.",
    ],
  ];
  for (const [code, cause] of codes) {
    test(`is explained by its code, also as the cause of another error: ${code}`, () => {
      const error = Object.assign(new Error("technical"), { code });
      assert.equal(explainError(error).cause, cause);
      assert.equal(explainError(new Error("failed", { cause: error })).cause, cause);
    });
  }

  test("is explained where all that the error has is a code", () => {
    const error = Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" });
    assert.equal(explainError(error).cause, "Nothing listens at this address.");
    assert.equal(explainError(error).evidence, "ECONNREFUSED");
  });
});

describe("what the workbook throws", () => {
  test("carries its own diagnosis, with what caused it as evidence", () => {
    for (const Kind of [WorkbookError, SettingsError, InputError]) {
      const error = new Kind("The pod does not answer.", {
        remedy: "Start it.",
        cause: new Error("connect ECONNREFUSED"),
      });
      assert.deepEqual(
        { ...explainError(error) },
        { cause: "The pod does not answer.", remedy: "Start it.", evidence: "connect ECONNREFUSED" },
      );
    }
  });

  test("carries it too when it comes from another copy of this library", () => {
    const error = Object.assign(new Error("Gone. Come back."), {
      problemText: "Gone.",
      remedy: "Come back.",
    });
    assert.deepEqual({ ...explainError(error) }, { cause: "Gone.", remedy: "Come back.", evidence: "" });
  });

  test("is explained from an endpoint that cannot be opened", async () => {
    const port = await findClosedPort();
    const diagnosis = await explainFailure(() => connectEndpoint({ baseUrl: `http://127.0.0.1:${port}` }));
    assert.match(diagnosis.cause, /^Nothing listens at 127\.0\.0\.1/);
    assert.equal(diagnosis.evidence, `fetch failed ← connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  test("is explained from a stream that breaks off", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end();
    });
    const diagnosis = await explainFailure(async () => {
      for await (const event of streamChat(endpoint, { messages })) assert.ok(event);
    });
    assert.match(diagnosis.cause, /^The stream was cut off after 0 characters/);
  });

  test("is explained from an answer of another form", () => {
    const { error } = z.object({ data: z.array(z.string()) }).safeParse({});
    assert.equal(explainError(error).cause, "The answer does not have the form of an OpenAI-compatible API.");
  });
});

describe("a diagnosis", () => {
  test("prints as three short paragraphs, and is plain data otherwise", () => {
    const diagnosis = explainError(Object.assign(new Error("500 boom"), { status: 500 }));
    assert.equal(
      inspect(diagnosis),
      "The server failed while it worked on the request.\n" +
        "What to do: Look at its log for the first error; out of memory is the usual one. Then try again with a shorter request.\n" +
        "It said: 500 boom",
    );
    assert.deepEqual(Object.keys(diagnosis), ["cause", "remedy", "evidence"]);
  });

  test("hides keys that a server repeats, in whatever depth", () => {
    const error = new Error("Incorrect API key provided: sk-canary-not-a-key", {
      cause: new Error("rpa_canary_not_a_key and hf_canaryNotAToken and Authorization: Bearer canary.not"),
    });
    assert.equal(
      explainError(error).evidence,
      "Incorrect API key provided: sk-… ← rpa_… and hf_… and Authorization: Bearer …",
    );
  });

  const secrets: [where: string, said: string, shown: string][] = [
    [
      "an address with a password",
      "a URL that includes credentials: https://me:canary@host/v1",
      "a URL that includes credentials: https://…@host/v1",
    ],
    ["the query of an address", "GET https://host/v1?key=canary&page=2", "GET https://host/v1?key=…&page=2"],
    ["a key of no known form", "Incorrect API key provided: canary-1.", "Incorrect API key provided: …"],
    ["a header", '{"x-api-key":"canary-123456"}', '{"x-api-key":"…"}'],
    ["a variable", "HF_TOKEN=canary123456 is not valid", "HF_TOKEN=… is not valid"],
    ["an argument", "vllm serve --api-key canary --port 8000", "vllm serve --api-key … --port 8000"],
  ];
  for (const [where, said, shown] of secrets) {
    test(`hides what is secret in ${where}`, () => {
      assert.equal(explainError(said).evidence, shown);
      assert.equal(explainError(new Error(said)).evidence, shown);
    });
  }

  test("leaves alone what only reads like a secret", () => {
    for (const said of [
      "Unexpected token: identifier",
      "max_tokens=5000 cannot be greater than max_model_len=2048.",
      "(parameter=max_tokens, value=5000)",
      "ask for a token at https://huggingface.co/settings/tokens",
      "vllm serve --tokenizer-mode mistral --max-model-len 4096",
    ]) {
      assert.equal(explainError(said).evidence, said);
    }
  });

  test("is as careful with what a remedy repeats, and with the workbook's own errors", () => {
    const { remedy } = explainError("vllm: error: unrecognized arguments: \x1b[31m--apikey canary");
    assert.equal(
      remedy,
      "Take --apikey … out of the plan's extraArguments; then end this pod and create another.",
    );
    const own = new WorkbookError("The server said: API key provided: canary.", {
      remedy: "Ask for Bearer canary.",
    });
    assert.doesNotMatch(inspect(explainError(own)), /canary/);
  });

  test("reads the end of a log, however long", () => {
    const log = `${"INFO loading\n".repeat(40_000)}torch.OutOfMemoryError: CUDA out of memory.`;
    assert.equal(explainError(log).cause, "The GPU's memory does not hold the model.");
  });

  test("does not take a reader's own words for those of a network or a cloud", () => {
    for (const said of [
      "1:24 - Cannot find name 'certificat'. Did you mean 'certificate'?",
      "certificates is not iterable",
      "The list holds no instances of Book.",
    ]) {
      assert.doesNotMatch(explainError(said).cause, /secure connection|GPU/);
    }
  });

  test("strips control characters, and is of a length that fits a cell", () => {
    const { evidence } = explainError(new Error(`\x1b[2Jhello\x07${"x".repeat(2_000)}`));
    assert.match(evidence, /^hellox+…$/);
    assert.equal(evidence.length, 501);
  });

  test("is given for whatever can be thrown", () => {
    const circular = new Error("round");
    circular.cause = circular;
    for (const [thrown, words] of [
      ["just text", "just text"],
      [undefined, "undefined"],
      [null, "null"],
      [7, "7"],
      [Object.create(null), "[Object: null prototype] {}"],
      [{ message: 5, status: "x" }, "{ message: 5, status: 'x' }"],
      [circular, "round ← round ← round ← round ← round"],
    ] as const) {
      const { cause, remedy, evidence } = explainError(thrown);
      assert.equal(cause, "The workbook does not know this error.");
      assert.equal(remedy, "Read its text below; the server's log often says more.");
      assert.equal(evidence, words);
    }
  });
});
