import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import {
  type ChatEvent,
  type ChatRequest,
  ChatRequestError,
  type ChatResult,
  connectEndpoint,
  describeEndpoint,
  type Endpoint,
  printChat,
  streamChat,
} from "../../lib/src/endpoint/index.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import type { ModelQuirks } from "../../rehearsal/src/model-server/model-quirks.ts";
import { sendJson, sendStream, startLocalServer } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";
import { readMetric } from "../helpers/timed-server.ts";

const profile = { timeToFirstTokenMs: 5, timePerOutputTokenMs: 2 };

/** Opens a quick server without a model that behaves like a model with quirks. */
async function openQuirky(context: TestContext, quirks: ModelQuirks): Promise<Endpoint> {
  const server = await startModelServer({ engine: "timed", model: "small", profile, quirks });
  context.after(() => server.close());
  return connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
}

const system = { role: "system", content: "Be brief." } as const;
const user = { role: "user", content: "What is a lighthouse?" } as const;
const request: ChatRequest = { messages: [system, user], max_tokens: 8, temperature: 0 };

async function chat(endpoint: Endpoint, sent: ChatRequest): Promise<ChatResult & { printed: string }> {
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const result = await printChat(endpoint, sent, { write });
  return { ...result, printed };
}

/** Opens a vLLM with a context of 64 tokens that counts prompts as told. */
async function connectCounting(
  context: TestContext,
  count: (body: string, response: ServerResponse) => void,
): Promise<Endpoint> {
  const { url } = await startLocalServer(context, ({ path, body }, response) => {
    if (path === "/version") sendJson(response, { version: "0.32.0" });
    else if (path === "/v1/models") {
      sendJson(response, { data: [{ id: "small", owned_by: "vllm", max_model_len: 64 }] });
    } else if (path === "/tokenize") count(body, response);
    else sendStream(response, [chunk({ finish_reason: "stop" }), done]);
  });
  return connectEndpoint({ baseUrl: url });
}

async function typesOf(endpoint: Endpoint, sent: ChatRequest): Promise<ChatEvent["type"][]> {
  const types: ChatEvent["type"][] = [];
  for await (const { type } of streamChat(endpoint, sent)) types.push(type);
  return types;
}

const foldedText =
  "This model's chat template has no system role: the system prompt was put in front of the first user message.";

describe("a template that takes no system prompt", () => {
  for (const chatTemplate of ["mistral-0.1", "gemma-2", "ministral-3"] as const) {
    test(`as that of ${chatTemplate} gets it in the first user message, and the reader is told`, async (t) => {
      const endpoint = await openQuirky(t, { chatTemplate });
      const answer = await chat(endpoint, request);
      const folded = await chat(endpoint, {
        ...request,
        messages: [{ role: "user", content: "Be brief.\n\nWhat is a lighthouse?" }],
      });
      assert.equal(answer.text, folded.text);
      assert.deepEqual(answer.notices, [foldedText]);
      assert.equal(answer.printed, `[${foldedText}]\n${answer.text}\n`);
      assert.deepEqual(folded.notices, []);
    });
  }

  test("is asked twice the first time, and once from then on", async (t) => {
    const endpoint = await openQuirky(t, { chatTemplate: "gemma-2" });
    const first = await typesOf(endpoint, request);
    const second = await typesOf(endpoint, request);
    assert.deepEqual(first.slice(0, 3), ["request", "request", "notice"]);
    assert.deepEqual(second.slice(0, 2), ["request", "notice"]);
    assert.deepEqual(second.slice(2), first.slice(3));
  });

  test("is remembered for the model that has it, not for its neighbours", async (t) => {
    const sent: unknown[][] = [];
    const endpoint = await connectOpenAiLike(t, ({ body }, response) => {
      const { messages, model } = JSON.parse(body);
      sent.push([model, messages.length]);
      if (model === "gemma" && messages[0].role === "system") {
        sendJson(response, { error: { message: "System role not supported" } }, 400);
      } else sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]);
    });
    for (const model of ["gemma", "llama", "gemma"]) await typesOf(endpoint, { ...request, model });
    assert.deepEqual(sent, [
      ["gemma", 2],
      ["gemma", 1],
      ["llama", 2],
      ["gemma", 1],
    ]);
  });

  test("is not remembered where several system prompts were refused: a single one may be welcome", async (t) => {
    const sent: string[][] = [];
    const endpoint = await connectOpenAiLike(t, ({ body }, response) => {
      const roles = JSON.parse(body).messages.map(({ role }: { role: string }) => role);
      sent.push(roles);
      const message =
        "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...";
      if (roles.join() === "system,system,user") sendJson(response, { error: { message } }, 400);
      else sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]);
    });
    const { notices } = await chat(endpoint, { messages: [system, system, user] });
    assert.deepEqual(notices, [
      "This model's chat template does not take these system prompts: they were put in front of the first user message.",
    ]);
    assert.deepEqual((await chat(endpoint, { messages: [system, user] })).notices, []);
    assert.deepEqual(sent, [["system", "system", "user"], ["user"], ["system", "user"]]);
  });

  const wordings: [server: string, status: number, message: string][] = [
    ["Gemma 2", 400, "System role not supported"],
    ["Mistral 7B 0.1", 400, "Conversation roles must alternate user/assistant/user/assistant/..."],
    [
      "Mistral 7B 0.3",
      400,
      "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...",
    ],
    ["Mistral of 2024", 400, "Only user and assistant roles are supported!"],
    ["Ministral 3", 400, "Only user, assistant and tool roles are supported, got system."],
    ["llama.cpp", 500, "Jinja Exception: System role not supported"],
  ];
  for (const [server, status, message] of wordings) {
    test(`is recognised by the words of ${server}`, async (t) => {
      let requests = 0;
      const endpoint = await connectOpenAiLike(t, ({ body }, response) => {
        requests++;
        const hasSystem = JSON.parse(body).messages[0].role === "system";
        if (hasSystem) sendJson(response, { error: { message } }, status);
        else sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]);
      });
      assert.equal((await chat(endpoint, request)).text, "Hi");
      assert.equal(requests, 2);
    });
  }

  test("is not asked again where there is no system prompt to move, or moving it did not help", async (t) => {
    let requests = 0;
    const endpoint = await connectOpenAiLike(t, (_request, response) => {
      requests++;
      sendJson(response, { error: { message: "Conversation roles must alternate user/assistant" } }, 400);
    });
    await assert.rejects(chat(endpoint, { messages: [user, user] }), /400 Conversation roles must alternate/);
    assert.equal(requests, 1);
    await assert.rejects(chat(endpoint, request), /400 Conversation roles must alternate/);
    assert.equal(requests, 3);
    await assert.rejects(chat(endpoint, request), /400 Conversation roles must alternate/);
    assert.equal(requests, 5, "what did not help is not remembered");
  });
});

describe("a model without a chat template", () => {
  test("is named, with both ways out", async (t) => {
    const endpoint = await openQuirky(t, { chatTemplate: "missing" });
    await assert.rejects(chat(endpoint, request), (error) => {
      assert.ok(error instanceof ChatRequestError);
      assert.equal(error.problem, "no-chat-template");
      assert.equal(
        error.message,
        "small has no chat template, so it cannot chat. Serve its instruction-tuned version, whose name usually ends in " +
          "Instruct, it or Chat; or start vLLM with `--chat-template FILE`, if you know the format with which this model was trained.",
      );
      assert.match(String(error.cause), /400 As of transformers v4.44/);
      return true;
    });
  });
});

describe("a context that is too small", () => {
  const quirks = { maxModelTokens: 64 };
  const long = (words: number): ChatRequest["messages"] => [{ role: "user", content: "word ".repeat(words) }];

  test("refuses an answer longer than itself before the call, with the flag that enlarges it", async (t) => {
    const server = await startModelServer({ engine: "timed", profile, quirks });
    t.after(() => server.close());
    const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
    await assert.rejects(chat(endpoint, { messages: [user], max_tokens: 100 }), {
      name: "ChatRequestError",
      problem: "context-too-small",
      message:
        "The request asks for an answer of 100 tokens, and this model's context holds 64, prompt and answer together: " +
        "the request was not sent. Shorten the conversation, or lower max_tokens. For a longer context start vLLM with " +
        "`--max-model-len 100` (in planPod: maxModelTokens), as far as the model and the GPU's memory allow.",
    });
    assert.equal(await readMetric(server, "request_success_total"), 0);
  });

  test("is not said to grow beyond what the model was made for", async (t) => {
    const model = "Qwen/Qwen2.5-7B-Instruct";
    const server = await startModelServer({ engine: "timed", profile, quirks, model });
    t.after(() => server.close());
    const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
    await assert.rejects(
      chat(endpoint, { messages: [user], max_tokens: 1_000_000 }),
      /This model was made for 32,768 tokens at most\. For a longer context .* `--max-model-len 32768`/,
    );
  });

  test("refuses a prompt longer than itself, as the server counts it", async (t) => {
    const endpoint = await openQuirky(t, quirks);
    await assert.rejects(chat(endpoint, { messages: long(100), max_tokens: 10 }), {
      problem: "context-too-small",
      message: /^The prompt has 1\d\d tokens, and this model's context holds 64.*--max-model-len 1\d\d/,
    });
  });

  test("cuts the answer shorter where the prompt leaves less room than was asked for, and says so", async (t) => {
    const endpoint = await openQuirky(t, quirks);
    const { usage, notices, finishReason } = await chat(endpoint, {
      messages: long(40),
      max_tokens: 60,
      ignore_eos: true,
    });
    const promptTokens = usage?.prompt_tokens ?? 0;
    assert.equal(usage?.total_tokens, 64);
    assert.equal(finishReason, "length");
    assert.deepEqual(notices, [
      `The prompt takes ${promptTokens} of the 64 tokens that the context holds: the answer can have ${64 - promptTokens} ` +
        "at most, not the 60 asked for.",
    ]);
  });

  test("is not asked about short prompts, whose bytes already say that they fit", async (t) => {
    const paths: string[] = [];
    const server = await startLocalServer(t, ({ path }, response) => {
      paths.push(path);
      if (path === "/version") sendJson(response, { version: "0.32.0" });
      else if (path === "/v1/models") {
        sendJson(response, { data: [{ id: "small", owned_by: "vllm", max_model_len: 2_048 }] });
      } else if (path === "/tokenize") sendJson(response, { count: 12 });
      else sendStream(response, [chunk({ delta: { content: "Hi" }, finish_reason: "stop" }), done]);
    });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    await chat(endpoint, request);
    assert.deepEqual(paths.slice(2), ["/v1/chat/completions"]);
    await chat(endpoint, { ...request, max_tokens: 2_000 });
    assert.deepEqual(paths.slice(3), ["/tokenize", "/v1/chat/completions"]);
  });

  for (const [what, status] of [
    ["cannot count", 404],
    ["cannot count these messages", 400],
  ] as const) {
    test(`is ${status === 404 ? "not " : ""}asked again where the server ${what}`, async (t) => {
      let counts = 0;
      const endpoint = await connectCounting(t, (_body, response) => {
        counts++;
        sendJson(response, {}, status);
      });
      for (let chats = 0; chats < 3; chats++) await chat(endpoint, { messages: long(40) });
      assert.equal(counts, status === 404 ? 1 : 3);
    });
  }

  test("waits for the count but once where the server does not come to an end with it", async (t) => {
    let counts = 0;
    const endpoint = await connectCounting(t, () => {
      counts++;
    });
    for (let chats = 0; chats < 2; chats++) await chat(endpoint, { messages: long(40) });
    assert.equal(counts, 1);
  });

  test("does not refuse what the server shortens or leaves out by itself", async (t) => {
    const tools = [
      { type: "function" as const, function: { name: "look", description: "word ".repeat(99) } },
    ];
    const endpoint = await connectCounting(t, (body, response) => {
      const request: { messages: unknown[]; tools?: unknown } = JSON.parse(body);
      sendJson(response, { count: request.tools === undefined ? 60 : 160 });
    });
    await chat(endpoint, { messages: long(4), tools, tool_choice: "none" });
    await assert.rejects(chat(endpoint, { messages: long(4), tools }), { problem: "context-too-small" });
    const cut = { messages: long(4), tools, truncate_prompt_tokens: 50 };
    await chat(endpoint, cut);
  });

  test("counts no words of earlier answers, whose thoughts templates leave out", async (t) => {
    const endpoint = await connectCounting(t, (_body, response) => sendJson(response, {}, 404));
    const thought = { role: "assistant", content: `<think>${"word ".repeat(99)}</think>Hi` } as const;
    await chat(endpoint, { messages: [user, thought, user] });
  });

  test("is counted in words where the server cannot count, so that nothing it would take is refused", async (t) => {
    const server = await startLocalServer(t, ({ path }, response) => {
      if (path === "/v1/models") sendJson(response, { data: [{ id: "small", max_model_len: 64 }] });
      else if (path === "/v1/chat/completions")
        sendStream(response, [chunk({ finish_reason: "stop" }), done]);
      else sendJson(response, {}, 404);
    });
    const endpoint = await connectEndpoint({ baseUrl: server.url });
    await chat(endpoint, { messages: long(64), max_tokens: 1_000 });
    await assert.rejects(chat(endpoint, { messages: long(65) }), /The prompt has at least 65 tokens/);
  });

  test("is told in the same words where the server itself refuses", async (t) => {
    const message =
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion).";
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendJson(response, { error: { message } }, 400),
    );
    await assert.rejects(chat(endpoint, request), {
      problem: "context-too-small",
      message: /^Prompt and answer together do not fit .*--max-model-len N/,
    });
  });
});

describe("a model that thinks first", () => {
  const thought = "\nThis stands for a thought: no model wrote it.\nNow it answers.\n";
  const question: ChatRequest = { messages: [user], max_tokens: 60, temperature: 0, ignore_eos: true };

  for (const reasoning of ["reasoning", "reasoning_content"] as const) {
    test(`has its thoughts apart, in ${reasoning}`, async (t) => {
      const endpoint = await openQuirky(t, { reasoning });
      const answer = await chat(endpoint, question);
      assert.equal(answer.reasoning, thought);
      assert.match(answer.text, /^\n\nPlaceholder /);
      assert.match(
        answer.printed,
        /^Thinking:\n {2}│ This stands .*\n {2}│ Now it answers.\n\nAnswer:\nPlaceholder /,
      );
      assert.deepEqual(answer.notices, []);
      assert.equal(answer.usage?.completion_tokens, 60);
      assert.ok((answer.timeToFirstTokenMs ?? 0) < (answer.timeToFirstAnswerMs ?? 0));
    });
  }

  test("has them in the text where the server does not split them off, and the reader is told", async (t) => {
    const endpoint = await openQuirky(t, { reasoning: "content" });
    const answer = await chat(endpoint, question);
    assert.equal(answer.reasoning, "");
    assert.ok(answer.text.startsWith(`<think>${thought}</think>\n\nPlaceholder `));
    assert.deepEqual(answer.notices, [
      "The text contains the thoughts of the model: this server does not separate them from the answer. " +
        "vLLM does with `--reasoning-parser`.",
    ]);
    assert.ok(answer.printed.endsWith("`--reasoning-parser`.]\n"));
  });

  test("has them apart also behind a stop string, which cuts the marks in two", async (t) => {
    const endpoint = await openQuirky(t, { reasoning: "reasoning" });
    const plain = await chat(endpoint, question);
    const stopped = await chat(endpoint, { ...question, stop: "<|eot_id|>" });
    assert.deepEqual([stopped.reasoning, stopped.text], [plain.reasoning, plain.text]);
  });

  test("has them apart also where a server leaves one of the two fields empty", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [
        chunk({ delta: { reasoning: "", reasoning_content: "Hm." } }),
        chunk({ delta: { content: "Hi" }, finish_reason: "stop" }),
        done,
      ]),
    );
    const answer = await chat(endpoint, question);
    assert.deepEqual([answer.reasoning, answer.text], ["Hm.", "Hi"]);
  });

  test("is told with the parser that the table knows for it", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [
        chunk({ delta: { content: "Hm.\n</think>\n\nHi" }, finish_reason: "stop" }),
        done,
      ]),
    );
    const { notices } = await chat(
      { ...endpoint, client: endpoint.client, apiKey: "EMPTY", model: "Qwen/Qwen3-8B" },
      question,
    );
    assert.match(notices.join(), /vLLM does with `--reasoning-parser qwen3`\./);
  });

  for (const reasoning of ["reasoning", "content"] as const) {
    test(`does not think with enable_thinking: false, be it split or not (${reasoning})`, async (t) => {
      const endpoint = await openQuirky(t, { reasoning });
      const answer = await chat(endpoint, { ...question, chat_template_kwargs: { enable_thinking: false } });
      assert.equal(answer.reasoning, "");
      assert.match(answer.text, /^Placeholder /);
      assert.deepEqual(answer.notices, []);
    });
  }

  test("gives no answer where max_tokens ends it in the middle of a thought", async (t) => {
    const endpoint = await openQuirky(t, { reasoning: "reasoning" });
    const answer = await chat(endpoint, { ...question, max_tokens: 5 });
    assert.equal(answer.reasoning, "\nThis stands for");
    assert.equal(answer.text, "");
    assert.equal(answer.finishReason, "length");
    assert.equal(answer.timeToFirstAnswerMs, null);
  });
});

describe("what a server takes where a request names no temperature", () => {
  test("is what the model's generation_config says, and the endpoint tells", async (t) => {
    const endpoint = await openQuirky(t, { samplingDefaults: { temperature: 0, top_p: 0.9 } });
    assert.deepEqual(endpoint.samplingDefaults, { temperature: 0, top_p: 0.9 });
    assert.match(
      describeEndpoint(endpoint),
      /^sampling {2}temperature 0, top_p 0.9 where a request sets none \(the model's generation_config.json\)$/m,
    );
    const textOf = async (seed: number, temperature?: number) => {
      const sampling = temperature === undefined ? { seed } : { seed, temperature };
      return (await chat(endpoint, { messages: [user], max_tokens: 8, ...sampling })).text;
    };
    assert.equal(await textOf(1), await textOf(2));
    assert.notEqual(await textOf(1, 1), await textOf(2, 1));
  });

  test("is vLLM's own where the model says nothing", async (t) => {
    const endpoint = await openQuirky(t, {});
    assert.deepEqual(endpoint.samplingDefaults, {});
    assert.match(
      describeEndpoint(endpoint),
      /temperature 1, top_p 1 where a request sets none \(vLLM's own\)/,
    );
  });

  test("is taken from the table for a vLLM, by what it serves or has loaded", async (t) => {
    const defaultsOf = async (id: string, root: string) => {
      const server = await startLocalServer(t, ({ path }, response) => {
        if (path === "/version") sendJson(response, { version: "0.32.0" });
        else sendJson(response, { data: [{ id, root, owned_by: "vllm" }] });
      });
      return (await connectEndpoint({ baseUrl: server.url })).samplingDefaults;
    };
    const llama = "meta-llama/Llama-3.1-8B-Instruct";
    assert.deepEqual(await defaultsOf(llama, llama), { temperature: 0.6, top_p: 0.9 });
    assert.deepEqual(await defaultsOf("llama", llama), { temperature: 0.6, top_p: 0.9 });
    assert.equal(await defaultsOf("my-model", "/models/mine"), null);
  });

  test("is not known of other servers", async (t) => {
    const endpoint = await connectOpenAiLike(t, () => {});
    assert.equal(endpoint.samplingDefaults, null);
    assert.match(
      describeEndpoint(endpoint),
      /the server's own defaults, which are not known: set temperature and top_p/,
    );
  });
});

describe("a model that is served under another name", () => {
  const loaded = "meta-llama/Llama-3.1-8B-Instruct";
  async function openAs(t: TestContext, wanted: string): Promise<Endpoint> {
    const server = await startModelServer({ engine: "timed", profile, model: "llama", root: loaded });
    t.after(() => server.close());
    return connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey, model: wanted });
  }

  for (const wanted of [loaded, "meta-llama/Meta-Llama-3.1-8B-Instruct"]) {
    test(`is found as ${wanted}, and requests say what the server wants`, async (t) => {
      const endpoint = await openAs(t, wanted);
      assert.equal(endpoint.model, "llama");
      assert.deepEqual(endpoint.notes, [
        `The server has the model ${wanted} under the name "llama": requests must use that name.`,
      ]);
      assert.match(describeEndpoint(endpoint), /^mind {6}The server has the model/m);
      assert.equal((await chat(endpoint, { messages: [user], max_tokens: 2 })).usage?.completion_tokens, 2);
    });
  }

  test("is not taken for another one: that is tried as it is named", async (t) => {
    const endpoint = await openAs(t, "meta-llama/Llama-3.1-70B-Instruct");
    assert.equal(endpoint.model, "meta-llama/Llama-3.1-70B-Instruct");
    assert.match(endpoint.notes.join(), /does not list the model/);
    await assert.rejects(chat(endpoint, { messages: [user] }), /404 .*does not exist/);
  });
});
