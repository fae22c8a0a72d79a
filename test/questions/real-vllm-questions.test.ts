import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { connectEndpoint, printChat } from "../../lib/src/endpoint/index.ts";
import { explainError } from "../../lib/src/explain/index.ts";
import { askQuestions, compareAnswered } from "../../lib/src/questions/index.ts";
import { planPod } from "../../lib/src/runpod/index.ts";
import { makeRepositories, realVllmHome, startRealVllm } from "../helpers/real-vllm.ts";

const skip = realVllmHome === "" ? "REAL_VLLM_HOME is not set: tools were not tried on a real vLLM." : false;
const model = "HuggingFaceTB/SmolLM2-135M-Instruct";
const questions = fileURLToPath(new URL("../../notebooks/questions.json", import.meta.url));
const write = () => {};

test("a real vLLM calls tools, keeps to a schema, and answers questions", { skip }, async (t) => {
  const plan = planPod({
    model,
    maxModelTokens: 1_024,
    extraArguments: [
      ...["--enforce-eager", "--max-num-seqs", "4"],
      ...["--enable-auto-tool-choice", "--tool-call-parser", "hermes"],
    ],
  });
  assert.equal(plan.toolParser, "hermes");
  const { root, hasEnded, log } = await startRealVllm(t, plan.vllmArguments, makeRepositories(t, model));
  assert.ok(!hasEnded, log().slice(-3_000));
  const endpoint = await connectEndpoint({ baseUrl: `${root}/v1` });

  const place = z.object({ city: z.string() });
  // Without `strict` this vLLM holds the arguments to no schema, whatever `tool_choice` says.
  const described = { name: "get_weather", parameters: z.toJSONSchema(place), strict: true };
  const asking = {
    messages: [{ role: "user" as const, content: "What is the weather in Paris? Use the tool." }],
    tools: [{ type: "function" as const, function: described }],
    max_tokens: 64,
    temperature: 0,
  };
  const named = { type: "function" as const, function: { name: "get_weather" } };
  for (const tool_choice of ["required" as const, named]) {
    const { toolCalls, finishReason } = await printChat(endpoint, { ...asking, tool_choice }, { write });
    t.diagnostic(JSON.stringify({ tool_choice, toolCalls, finishReason }));
    const [call] = toolCalls;
    assert.ok(call !== undefined && call.id !== "");
    assert.equal(call.name, "get_weather");
    assert.ok(place.safeParse(JSON.parse(call.arguments)).success, call.arguments);
    const said = { id: call.id, type: "function" as const, function: { ...call } };
    const result = { role: "tool" as const, tool_call_id: call.id, content: "18 degrees, light rain" };
    const called = { role: "assistant" as const, content: null, tool_calls: [said] };
    const told = await printChat(
      endpoint,
      { ...asking, messages: [...asking.messages, called, result], tool_choice: "none" },
      { write },
    );
    t.diagnostic(JSON.stringify({ told: told.text }));
    assert.notEqual(told.text, "");
  }
  const free = await printChat(endpoint, asking, { write });
  t.diagnostic(JSON.stringify({ auto: free.text, toolCalls: free.toolCalls }));

  const born = z.object({ name: z.string(), city: z.string(), year: z.int().min(1700).max(2000) });
  const schema = z.toJSONSchema(born);
  const content = "Ada Lovelace was born in London in 1815. Answer with name, city and year.";
  const written = await printChat(
    endpoint,
    {
      ...{ messages: [{ role: "user", content }], max_tokens: 96, temperature: 0 },
      response_format: { type: "json_schema", json_schema: { name: "born", schema } },
    },
    { write },
  );
  t.diagnostic(written.text);
  assert.ok(born.safeParse(JSON.parse(written.text)).success);

  const price = { usdPerHour: 0.35 };
  const alone = await askQuestions(endpoint, questions, { write, answerTokens: 32, concurrency: 1, price });
  const together = await askQuestions(endpoint, questions, { write, answerTokens: 32, price });
  const { words } = compareAnswered(alone, together, { names: ["one at a time", "four at a time"] });
  t.diagnostic(JSON.stringify([alone.words, together.words, words]));
  assert.deepEqual([alone.failed, together.failed], [0, 0]);
  assert.ok(alone.right > 0);
});

describe("a real vLLM without a parser", { skip }, () => {
  test("refuses a tool call in words that the workbook knows", async (t) => {
    const plan = planPod({ model, maxModelTokens: 512, extraArguments: ["--enforce-eager"] });
    const { root, hasEnded, log } = await startRealVllm(t, plan.vllmArguments, makeRepositories(t, model));
    assert.ok(!hasEnded, log().slice(-3_000));
    const endpoint = await connectEndpoint({ baseUrl: `${root}/v1` });
    const request = {
      messages: [{ role: "user" as const, content: "Hello" }],
      tools: [{ type: "function" as const, function: { name: "clock", parameters: {} } }],
    };
    await assert.rejects(printChat(endpoint, request, { write }), (error) => {
      t.diagnostic(String(error));
      assert.match(explainError(error).remedy, /planPod\(\{ tools: true \}\) sets/);
      return true;
    });
  });
});
