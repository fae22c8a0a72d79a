import assert from "node:assert/strict";
import { z } from "zod";
import type { Check } from "../check.ts";
import { type Refusal, refusalCheck } from "../refusal.ts";
import { readJson, send } from "../send.ts";

/** Requests that do not have the right form: vLLM lists what is wrong, in the words of Python's pydantic. */
export const refusedFormChecks: readonly Check[] = [
  {
    name: "malformed JSON is refused",
    async run(context) {
      for (const body of ['{"model": nope}', '{"messages":[', "not JSON"]) {
        const answer = await send(context, { path: "/v1/chat/completions", body });
        const { error } = malformedSchema.parse(readJson(answer, 400));
        assert.match(error.message, /^1 validation error:\n {2}\{'type': 'json_invalid', 'loc': 'body\.\d+'/);
        // Parsers differ in which character they blame.
        assert.match(error.param, /^body\.\d+$/);
      }
    },
  },
  refuse("an empty body", "", [complaint("missing", "body", "Field required", "None")]),
  refuse("a list as body", "[]", [
    complaint(
      "model_attributes_type",
      "body",
      "Input should be a valid dictionary or object to extract fields from",
      "<list of 0 items>",
    ),
  ]),
  refuse("a request without messages", '{"max_tokens": 3}', [
    complaint("missing", "body.messages", "Field required", "<dict of 1 items>"),
  ]),
  refuse("a text in place of messages", { messages: "hi" }, [
    complaint("list_type", "body.messages", "Input should be a valid list", "hi"),
  ]),
  refuse("a word as temperature", { temperature: "hot" }, [
    complaint(
      "float_parsing",
      "body.temperature",
      "Input should be a valid number, unable to parse string as a number",
      "hot",
    ),
  ]),
  refuse("a fraction as max_tokens", { max_tokens: 1.5 }, [
    complaint(
      "int_from_float",
      "body.max_tokens",
      "Input should be a valid integer, got a number with a fractional part",
      "1.5",
    ),
  ]),
  refuse("a word as seed", { seed: "lucky" }, [
    complaint(
      "int_parsing",
      "body.seed",
      "Input should be a valid integer, unable to parse string as an integer",
      "lucky",
    ),
  ]),
  refuse("a word as stream", { stream: "maybe" }, [
    complaint(
      "bool_parsing",
      "body.stream",
      "Input should be a valid boolean, unable to interpret input",
      "maybe",
    ),
  ]),
  refuse("a number as model", { model: 5 }, [
    complaint("string_type", "body.model", "Input should be a valid string", "5"),
  ]),
  refuse("a list of more than four stop strings", { stop: ["a", "b", "c", "d", "e"] }, [
    complaint("string_type", "body.stop", "Input should be a valid string", "<list of 5 items>"),
    complaint(
      "too_long",
      "body.stop",
      "List should have at most 4 items after validation, not 5",
      "<list of 5 items>",
      "{'field_type': 'List', 'max_length': 4, 'actual_length': 5}",
    ),
  ]),
  refuse("a request with several wrong fields", { messages: "hi", max_tokens: "few" }, [
    complaint("list_type", "body.messages", "Input should be a valid list", "hi"),
    complaint(
      "int_parsing",
      "body.max_tokens",
      "Input should be a valid integer, unable to parse string as an integer",
      "few",
    ),
  ]),
  refuseContentType("text/plain"),
  refuseContentType("application/x-www-form-urlencoded"),
];

const malformedSchema = z.object({
  error: z.object({ message: z.string(), type: z.literal("Bad Request"), param: z.string() }),
});

function refuse(what: string, request: Refusal["request"], complaints: readonly string[]): Check {
  const count = `${complaints.length} validation error${complaints.length === 1 ? "" : "s"}:`;
  const message = [count, ...complaints].join("\n  ");
  const param = /'loc': '([^']+)'/.exec(message)?.[1] ?? null;
  return refusalCheck({ what, request, type: "Bad Request", param, message });
}

function refuseContentType(contentType: string): Check {
  return refusalCheck({
    what: `a body of content-type ${contentType}`,
    request: {},
    headers: { "content-type": contentType },
    type: "Bad Request",
    param: null,
    message: "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
  });
}

function complaint(type: string, loc: string, msg: string, input: string, ctx?: string): string {
  const tail = ctx === undefined ? "" : `, 'ctx': ${ctx}`;
  return `{'type': '${type}', 'loc': '${loc}', 'msg': '${msg}', 'input': '${input}'${tail}}`;
}
