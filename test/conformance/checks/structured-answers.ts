import assert from "node:assert/strict";
import { z } from "zod";
import { askChat, streamChat, userSays } from "../chat.ts";
import type { Check } from "../check.ts";
import { refusalCheck } from "../refusal.ts";

const schema = {
  type: "object",
  properties: {
    city: { type: "string", enum: ["Paris", "Rome"] },
    days: { type: "integer", minimum: 1, maximum: 9 },
    tags: { type: "array", items: { type: "string", maxLength: 12 }, minItems: 1, maxItems: 2 },
    more: { anyOf: [{ type: "null" }, { $ref: "#/$defs/more" }] },
  },
  required: ["city", "days", "tags", "more"],
  additionalProperties: false,
  $defs: {
    more: {
      type: "object",
      properties: { isSure: { type: "boolean" } },
      required: ["isSure"],
      additionalProperties: false,
    },
  },
};
const fitting = z.strictObject({
  city: z.enum(["Paris", "Rome"]),
  days: z.int().min(1).max(9),
  tags: z.array(z.string().max(12)).min(1).max(2),
  more: z.strictObject({ isSure: z.boolean() }).nullable(),
});
const asking = { messages: userSays("Describe a journey to Paris as JSON."), max_tokens: 160 };
const formatOf = (inner: unknown) => ({
  response_format: { type: "json_schema", json_schema: { name: "journey", schema: inner } },
});

/** Answers in JSON: by a schema, or any object; and schemas that are none. */
export const structuredAnswerChecks: readonly Check[] = [
  {
    name: "an answer by a JSON schema keeps to it, at any temperature",
    dependsOnEngine: true,
    async run(context) {
      for (const temperature of [0, 1]) {
        const answer = await askChat(context, { ...asking, ...formatOf(schema), temperature, seed: 5 });
        assert.equal(answer.finishReason, "stop");
        fitting.parse(JSON.parse(answer.text));
      }
    },
  },
  {
    name: "streamed and not, an answer by a schema is the same",
    dependsOnEngine: true,
    async run(context) {
      const answer = await askChat(context, { ...asking, ...formatOf(schema) });
      const stream = await streamChat(context, { ...asking, ...formatOf(schema) });
      assert.equal(stream.text, answer.text);
      assert.deepEqual(stream.usage, answer.usage);
    },
  },
  {
    name: "structured_outputs takes a JSON schema as response_format does",
    async run(context) {
      const answer = await askChat(context, { ...asking, structured_outputs: { json: schema } });
      fitting.parse(JSON.parse(answer.text));
    },
  },
  {
    name: "an answer as json_object is an object, unless max_tokens cuts it off",
    dependsOnEngine: true,
    async run(context) {
      const answer = await askChat(context, { ...asking, response_format: { type: "json_object" } });
      assert.match(answer.text, /^\s*\{/);
      if (answer.finishReason === "stop") z.record(z.string(), z.unknown()).parse(JSON.parse(answer.text));
    },
  },
  {
    name: "response_format text changes nothing",
    async run(context) {
      const plain = await askChat(context, {});
      const text = await askChat(context, { response_format: { type: "text" } });
      assert.equal(text.text, plain.text);
    },
  },
  ...[
    ["a json_schema without one", { response_format: { type: "json_schema" } }, null],
    [
      "a schema with an unknown type",
      formatOf({ type: "nonsense" }),
      "Grammar error: Invalid type: nonsense",
    ],
    [
      "a schema whose properties are no object",
      formatOf({ type: "object", properties: 5 }),
      "Grammar error: properties must be an object",
    ],
    [
      "a schema with a reference to nothing",
      formatOf({ $ref: "#/$defs/none" }),
      "Grammar error: Pointer '/$defs/none' does not exist",
    ],
    [
      "a schema that no number fits",
      formatOf({ type: "integer", minimum: 5, maximum: 1 }),
      "Grammar error: Unsatisfiable schema: minimum (5) is greater than maximum (1)",
    ],
    [
      "a schema with a key that the grammar does not know",
      formatOf({ type: "array", items: { type: "integer" }, uniqueItems: true }),
      'Grammar error: Unimplemented keys: ["uniqueItems"]',
    ],
  ].map(([what, request, message]) => refusal(String(what), request, message)),
];

function refusal(what: string, request: unknown, message: unknown): Check {
  return refusalCheck({
    what,
    request: z.record(z.string(), z.unknown()).parse(request),
    param: message === null ? "response_format" : null,
    message:
      message === null
        ? "When response_format type is 'json_schema', the 'json_schema' field must be provided. (parameter=response_format)"
        : String(message),
  });
}
