import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { z } from "zod";
import { type FaultInput, faultHeader } from "../../rehearsal/src/faults/chat-faults.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import type { ModelQuirks } from "../../rehearsal/src/model-server/model-quirks.ts";
import { createReasoningSplitter } from "../../rehearsal/src/model-server/split-reasoning.ts";
import { goodPod, openRehearsedAccount } from "../helpers/rehearsed-account.ts";

type Ask = (path: string, body: object, fault?: FaultInput) => Promise<{ status: number; body: unknown }>;

const user = { role: "user", content: "Hello" };
const system = { role: "system", content: "Be brief." };

/** Starts a quick server with quirks and gives what sends it requests. */
async function open(t: TestContext, quirks: ModelQuirks): Promise<Ask> {
  const profile = { timeToFirstTokenMs: 2, timePerOutputTokenMs: 1 };
  const { baseUrl, apiKey, close } = await startModelServer({ engine: "timed", profile, quirks });
  t.after(close);
  return async (path, body, fault) => {
    const response = await fetch(new URL(path, baseUrl), {
      method: "POST",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": "application/json",
        ...(fault === undefined ? {} : { [faultHeader]: JSON.stringify(fault) }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
}

const chatPath = "/v1/chat/completions";
const refusal = (message: string) => ({
  status: 400,
  body: { error: { message, type: "BadRequestError", param: null, code: 400 } },
});

describe("a rehearsed chat template with quirks", () => {
  test("refuses as vLLM does, also where tokens are only counted", async (t) => {
    const ask = await open(t, { chatTemplate: "gemma-2" });
    const refused = refusal("System role not supported");
    assert.deepEqual(await ask(chatPath, { messages: [system, user] }), refused);
    assert.deepEqual(await ask("/tokenize", { messages: [system, user] }), refused);
    assert.equal((await ask(chatPath, { messages: [user], max_tokens: 1 })).status, 200);
    assert.equal((await ask("/tokenize", { prompt: "Hello" })).status, 200);
  });

  test("wants user and assistant in turns", async (t) => {
    const ask = await open(t, { chatTemplate: "mistral-0.1" });
    const refused = refusal("Conversation roles must alternate user/assistant/user/assistant/...");
    assert.deepEqual(await ask(chatPath, { messages: [user, user] }), refused);
    assert.deepEqual(await ask(chatPath, { messages: [system, user] }), refused);
    const turns = [user, { role: "assistant", content: "Hi" }, user];
    assert.equal((await ask(chatPath, { messages: turns, max_tokens: 1 })).status, 200);
  });

  test("can be had for one request alone", async (t) => {
    const ask = await open(t, {});
    const missing =
      "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template " +
      "if the tokenizer does not define one.";
    assert.deepEqual(
      await ask(chatPath, { messages: [user] }, { kind: "no-chat-template" }),
      refusal(missing),
    );
    assert.equal((await ask(chatPath, { messages: [user], max_tokens: 1 })).status, 200);
  });
});

const answerSchema = z.object({
  choices: z.tuple([z.object({ message: z.looseObject({ content: z.string().nullable() }) })]),
  usage: z.looseObject({ completion_tokens: z.number() }),
});

describe("a rehearsed model that thinks", () => {
  const question = { messages: [user], temperature: 0, ignore_eos: true };
  const thought = "\nThis stands for a thought: no model wrote it.\nNow it answers.\n";
  const answerOf = async (ask: Ask, body: object) => {
    const { choices, usage } = answerSchema.parse((await ask(chatPath, { ...question, ...body })).body);
    return { message: choices[0].message, usage };
  };

  test("puts its thoughts into a field of their own, and counts them", async (t) => {
    const { message, usage } = await answerOf(await open(t, { reasoning: "reasoning" }), { max_tokens: 40 });
    assert.equal(message["reasoning"], thought);
    assert.match(message.content ?? "", /^\n\nPlaceholder /);
    assert.equal(usage.completion_tokens, 40);
    assert.deepEqual(usage["completion_tokens_details"], { reasoning_tokens: 16 });
  });

  test("has no answer, as vLLM says it, where it is cut off in thought", async (t) => {
    const { message, usage } = await answerOf(await open(t, { reasoning: "reasoning" }), { max_tokens: 3 });
    assert.equal(message["reasoning"], "\nThis");
    assert.equal(message.content, null);
    assert.deepEqual(usage["completion_tokens_details"], { reasoning_tokens: 3 });
  });

  test("answers alike without thoughts, whether it may not think or its thoughts are left out", async (t) => {
    const ask = await open(t, { reasoning: "reasoning" });
    const silent = await answerOf(ask, { max_tokens: 9, chat_template_kwargs: { enable_thinking: false } });
    const plain = await answerOf(await open(t, {}), { max_tokens: 9 });
    assert.equal(silent.message.content, plain.message.content);
    assert.deepEqual(silent.usage["completion_tokens_details"], { reasoning_tokens: 0 });
    assert.equal(plain.usage["completion_tokens_details"], null);
  });

  test("is divided at its marks, which are left out", () => {
    const splitter = createReasoningSplitter({ reasoningField: "reasoning", isThinking: true });
    const pieces = ["<think>", "Hm", ".", "</think>", "\n", "Yes </think>"].map((piece) =>
      splitter.push(piece),
    );
    assert.equal(pieces.map(({ thought }) => thought).join(""), "Hm.");
    assert.equal(pieces.map(({ content }) => content).join(""), "\nYes </think>");
  });
});

describe("quirks", () => {
  test("that nobody knows are refused", async () => {
    const quirks = { reasoning: "aloud" } as unknown as ModelQuirks;
    await assert.rejects(startModelServer({ engine: "timed", quirks }), {
      name: "InputError",
      message: /no such quirk: .*reasoning.* It takes chatTemplate, maxModelTokens/s,
    });
  });

  test("are worn by every pod of a rehearsal that has them", async (t) => {
    const quirks: ModelQuirks = { chatTemplate: "ministral-3", maxModelTokens: 99 };
    const { create, rehearsal, visit } = await openRehearsedAccount(t, { engine: "timed", quirks });
    const id = await create(goodPod);
    rehearsal.advance(100_000);
    const response = await visit(id, "/v1/chat/completions", {
      method: "POST",
      headers: { authorization: "Bearer sk-canary-not-a-key", "content-type": "application/json" },
      body: JSON.stringify({ messages: [system, user] }),
    });
    assert.deepEqual(
      { status: response.status, body: await response.json() },
      refusal("Only user, assistant and tool roles are supported, got system."),
    );
  });
});
