import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectEndpoint, streamChat } from "../../lib/src/endpoint/index.ts";
import { type ModelServerOptions, startModelServer } from "../../rehearsal/src/index.ts";
import { readServerFlags } from "../../rehearsal/src/model-server/server-flags.ts";
import { chooseTool } from "../../rehearsal/src/model-server/tools/choose-tool.ts";

const tool = (name: string, description = "") => ({ name, description, parameters: {} });
const tools = [tool("get_time", "What the clock says"), tool("get_weather", "The weather of a city")];
const user = (content: string) => ({ role: "user", content });

describe("the tool that the rehearsal calls", () => {
  const choose = (content: string, choice: "auto" | "required" | "none" | { name: string } = "auto") =>
    chooseTool({ tools, choice }, [user(content)])?.name ?? null;

  test("is the one whose name and description share the most words with the question", () => {
    assert.equal(choose("What is the weather in Paris?"), "get_weather");
    assert.equal(choose("Which TIME is it? Ask the clock."), "get_time");
  });

  test("is none where no word is shared, unless a call is required", () => {
    assert.equal(choose("Hello, how are you?"), null);
    assert.equal(choose("Hello, how are you?", "required"), "get_time");
    assert.equal(choose("What is the weather?", "none"), null);
    assert.equal(choose("Hello", { name: "get_weather" }), "get_weather");
  });

  test("is none right after a tool has answered", () => {
    const messages = [user("What is the weather?"), { role: "tool", content: "sunny" }];
    assert.equal(chooseTool({ tools, choice: "auto" }, messages), null);
  });
});

/** The client's own view of a call: the openai package reads what the server writes. */
async function callWith(options: ModelServerOptions) {
  const server = await startModelServer({ engine: "timed", ...options });
  const { client, model } = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const request = {
    model,
    messages: [{ role: "user" as const, content: "The weather, please." }],
    tools: [{ type: "function" as const, function: { name: "get_weather", parameters } }],
  };
  return { server, client, request };
}

describe("a tool call of the rehearsal's server", () => {
  test("is read by the openai client, whole and streamed", async (t) => {
    const { server, client, request } = await callWith({});
    t.after(() => server.close());
    const { choices } = await client.chat.completions.create(request);
    assert.equal(choices[0]?.finish_reason, "tool_calls");
    const [call] = choices[0]?.message.tool_calls ?? [];
    assert.ok(call?.type === "function");
    assert.equal(call.function.name, "get_weather");
    assert.deepEqual(JSON.parse(call.function.arguments), { city: "simulated" });
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    const [again] = streamed.choices[0]?.message.tool_calls ?? [];
    assert.ok(again?.type === "function");
    assert.deepEqual(JSON.parse(again.function.arguments), { city: "simulated" });
  });

  test("comes after the thoughts of a model that thinks", async (t) => {
    const { server, client, request } = await callWith({ quirks: { reasoning: "reasoning" } });
    t.after(() => server.close());
    const { choices } = await client.chat.completions.create(request);
    const message = choices[0]?.message;
    assert.ok(message !== undefined && "reasoning" in message);
    assert.match(String(message.reasoning), /stands for a thought/);
    assert.equal(message.tool_calls?.length, 1);
  });

  test("that max_tokens cuts off is no call", async (t) => {
    const { server, client, request } = await callWith({});
    t.after(() => server.close());
    const { choices } = await client.chat.completions.create({ ...request, max_tokens: 2 });
    assert.equal(choices[0]?.finish_reason, "length");
    assert.equal(choices[0]?.message.tool_calls, undefined);
  });

  test("is refused where the arguments of a pod name no parser", async (t) => {
    const { server, client, request } = await callWith({
      flags: readServerFlags(["--enable-auto-tool-choice"]),
    });
    t.after(() => server.close());
    await assert.rejects(client.chat.completions.create(request), /"auto" tool choice requires/);
    const both = ["--enable-auto-tool-choice", "--tool-call-parser=hermes", "--no-enable-prefix-caching"];
    const { toolCalls, prefixCaching } = readServerFlags(both);
    assert.deepEqual({ toolCalls, prefixCaching }, { toolCalls: true, prefixCaching: false });
  });
});

test("the fault reset-at-turn cuts a conversation off at its third turn, and no other", async (t) => {
  const server = await startModelServer({ engine: "timed", faults: [{ kind: "reset-at-turn" }] });
  t.after(() => server.close());
  const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const turns = (count: number) =>
    Array.from({ length: 2 * count - 1 }, (_, index) => ({
      role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
      content: `part ${index}`,
    }));
  const read = async (count: number) => {
    const request = { messages: turns(count), max_tokens: 12, ignore_eos: true };
    for await (const event of streamChat(endpoint, request)) if (event.type === "finish") return;
  };
  await read(2);
  await assert.rejects(read(3));
});
