import assert from "node:assert/strict";
import { z } from "zod";
import { chatBody } from "../chat.ts";
import { askOnce, type Check, type ConformanceContext } from "../check.ts";
import { refusalCheck } from "../refusal.ts";
import { readJson, send } from "../send.ts";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    strict: true,
    parameters: {
      type: "object",
      properties: {
        city: { type: "string", enum: ["Paris", "Rome"] },
        days: { type: "integer", minimum: 1, maximum: 9 },
      },
      required: ["city", "days"],
      additionalProperties: false,
    },
  },
};
const argumentsSchema = z.strictObject({ city: z.enum(["Paris", "Rome"]), days: z.int().min(1).max(9) });
const named = { type: "function", function: { name: "get_weather" } };
const question = [{ role: "user", content: "What is the weather in Paris on the next two days?" }];
const asking = { messages: question, tools: [weather], max_tokens: 120 };

const callSchema = z.strictObject({
  id: z.string().regex(/^chatcmpl-tool-.+/),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});
const messageSchema = z.object({
  content: z.string().nullable(),
  tool_calls: z.array(callSchema).optional(),
});
const answerSchema = z.object({
  choices: z.tuple([z.object({ message: messageSchema, finish_reason: z.string() })]),
});
const deltaSchema = z.object({
  role: z.string().optional(),
  content: z.string().nullish(),
  tool_calls: z
    .tuple([
      z.strictObject({
        id: z.string().optional(),
        type: z.literal("function").optional(),
        index: z.literal(0),
        function: z.strictObject({ name: z.string().optional(), arguments: z.string().optional() }),
      }),
    ])
    .optional(),
});
const chunkSchema = z.object({
  choices: z.array(z.object({ delta: deltaSchema, finish_reason: z.string().nullable() })),
});

/** Calls of tools: their form, whole and streamed, and what is refused. */
export const toolCallChecks: readonly Check[] = [
  {
    name: 'tool_choice "required" gives a call that keeps to a strict schema, and finish_reason tool_calls',
    dependsOnEngine: true,
    lacks: lacksParser,
    async run(context) {
      const { message, finish_reason } = await ask(context, { ...asking, tool_choice: "required" });
      assert.equal(finish_reason, "tool_calls");
      assert.equal(message.content, "");
      assert.deepEqual(
        message.tool_calls?.map((call) => call.function.name),
        ["get_weather"],
      );
      argumentsSchema.parse(JSON.parse(message.tool_calls?.[0]?.function.arguments ?? ""));
    },
  },
  {
    name: "a tool that the request names is called, and the answer ends as any other does",
    dependsOnEngine: true,
    lacks: lacksParser,
    async run(context) {
      const { message, finish_reason } = await ask(context, { ...asking, tool_choice: named });
      assert.equal(finish_reason, "stop");
      argumentsSchema.parse(JSON.parse(message.tool_calls?.[0]?.function.arguments ?? ""));
    },
  },
  {
    name: "a streamed call begins with its id and name, goes on with pieces of its arguments, and ends without a delta",
    dependsOnEngine: true,
    lacks: lacksParser,
    async run(context) {
      const choices = await stream(context, { ...asking, tool_choice: "required" });
      const calls = choices.flatMap(({ delta }) => delta.tool_calls ?? []);
      assert.deepEqual(choices[0]?.delta, { role: "assistant", content: "" });
      assert.match(calls[0]?.id ?? "", /^chatcmpl-tool-/);
      assert.deepEqual(calls[0]?.function, { name: "get_weather" });
      assert.ok(calls.slice(1).every((call) => call.id === undefined && call.type === undefined));
      assert.ok(calls.length > 2, "the arguments came in one piece");
      argumentsSchema.parse(JSON.parse(calls.map((call) => call.function.arguments ?? "").join("")));
      assert.deepEqual(choices.at(-1)?.delta, {});
      assert.equal(choices.at(-1)?.finish_reason, "tool_calls");
    },
  },
  {
    name: 'tool_choice "auto", which is the default, gives a call or words',
    dependsOnEngine: true,
    lacks: lacksParser,
    async run(context) {
      for (const fields of [{}, { tool_choice: "auto" }]) {
        const { message, finish_reason } = await ask(context, { ...asking, ...fields });
        const isCall = finish_reason === "tool_calls";
        assert.equal(message.tool_calls !== undefined, isCall);
        if (!isCall) assert.notEqual(message.content, null);
      }
    },
  },
  {
    name: 'tool_choice "none" gives words, with or without tools',
    async run(context) {
      for (const tools of [[weather], undefined]) {
        const { message } = await ask(context, { messages: question, tools, tool_choice: "none" });
        assert.equal(message.tool_calls, undefined);
        assert.notEqual(message.content, "");
      }
    },
  },
  {
    name: "an answer to a tool's result is taken",
    async run(context) {
      const call = { id: "call-1", type: "function", function: { name: "get_weather", arguments: "{}" } };
      const messages = [
        ...question,
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "call-1", content: "sunny" },
      ];
      const { message } = await ask(context, { messages, tools: [weather], tool_choice: "none" });
      assert.equal(message.tool_calls, undefined);
    },
  },
  ...[
    {
      what: "an empty list of tools",
      request: { tools: [] },
      param: "tools",
      message:
        "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely. (parameter=tools)",
    },
    {
      what: "a tool_choice without tools",
      request: { tool_choice: "auto" },
      param: "tool_choice",
      message: "When using `tool_choice`, `tools` must be set. (parameter=tool_choice)",
    },
    {
      what: "an unknown tool_choice",
      request: { tools: [weather], tool_choice: "maybe" },
      param: "tool_choice",
      message:
        'Invalid value for `tool_choice`: maybe! Only named tools, "none", "auto" or "required" are supported. (parameter=tool_choice)',
    },
    {
      what: "the choice of a tool that is not there",
      request: { tools: [weather], tool_choice: { type: "function", function: { name: "nope" } } },
      param: "tool_choice",
      message:
        "The tool specified in `tool_choice` does not match any of the specified `tools` (parameter=tool_choice)",
    },
    {
      what: "a tool without a name",
      request: { tools: [{ type: "function", function: {} }] },
      type: "Bad Request",
      param: "body.tools.0.function.name",
      message:
        "1 validation error:\n  {'type': 'missing', 'loc': 'body.tools.0.function.name', 'msg': 'Field required', 'input': '<dict of 0 items>'}",
    },
  ].map(refusalCheck),
  ...[
    {
      what: 'without a parser "auto"',
      request: { tools: [weather] },
      message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    },
    {
      what: 'without a parser "required"',
      request: { tools: [weather], tool_choice: "required" },
      message: 'tool_choice="required" requires --tool-call-parser to be set',
    },
    {
      what: "without a parser the choice of a tool",
      request: { tools: [weather], tool_choice: named },
      message: 'tool_choice=function "get_weather" requires --tool-call-parser to be set',
    },
  ].map((refusal) => ({ ...refusalCheck({ ...refusal, param: null }), lacks: hasParser })),
];

const parserIsThere = askOnce(async (context) => {
  const body = chatBody(context, { tools: [weather], tool_choice: "required", max_tokens: 1 });
  return (await send(context, { path: "/v1/chat/completions", body })).status === 200;
});

async function lacksParser(context: ConformanceContext): Promise<string | null> {
  if (await parserIsThere(context)) return null;
  return "it was started without --enable-auto-tool-choice and --tool-call-parser";
}

async function hasParser(context: ConformanceContext): Promise<string | null> {
  return (await parserIsThere(context)) ? "it was started with a --tool-call-parser" : null;
}

async function ask(context: ConformanceContext, fields: Record<string, unknown>) {
  const answer = await send(context, { path: "/v1/chat/completions", body: chatBody(context, fields) });
  const [choice] = answerSchema.parse(readJson(answer, 200)).choices;
  return choice;
}

async function stream(context: ConformanceContext, fields: Record<string, unknown>) {
  const body = chatBody(context, { ...fields, stream: true });
  const { text } = await send(context, { path: "/v1/chat/completions", body });
  const events = text.split("\n\n").flatMap((event) => (event.startsWith("data: {") ? [event.slice(6)] : []));
  return events.flatMap((event) => chunkSchema.parse(JSON.parse(event)).choices);
}
