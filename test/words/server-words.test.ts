import assert from "node:assert/strict";
import { test } from "node:test";
import { readServerWords } from "../../lib/src/words/index.ts";

const bodies: [form: string, body: unknown, words: string][] = [
  ["OpenAI's and vLLM's form", '{"error":{"message":"no such model","code":404}}', "no such model"],
  ["an error that is a string", { error: "no such model" }, "no such model"],
  [
    "Spring Boot's, whose error is the status",
    { status: 504, error: "Gateway Timeout", message: "Response took longer than timeout: PT0.1S" },
    "Gateway Timeout: Response took longer than timeout: PT0.1S",
  ],
  ["an error said twice", { error: "no such model", message: "no such model" }, "no such model"],
  [
    "FastAPI's list of wrong fields",
    { detail: [{ loc: ["body"], msg: "missing" }] },
    '[{"loc":["body"],"msg":"missing"}]',
  ],
  [
    "problem+json, with its list",
    '{"title":"Bad","detail":"Invalid.","errors":[{"message":"gpu: is required"}]}',
    "Invalid.; gpu: is required",
  ],
  ["problem+json without a detail", { title: "Not found", status: 404 }, "Not found"],
  ["GraphQL's list alone", { data: null, errors: [{ message: "one" }, { message: "two" }] }, "one; two"],
  ["a bare string", '"busy"', "busy"],
  ["plain text over several lines", "first\n  second\n", "first second"],
  ["a web page's title", "<html><head><title>502 Bad gateway</title>", "502 Bad gateway"],
  ["another form, as it is", { reason: 7 }, '{"reason":7}'],
  ["nothing", "", ""],
];
for (const [form, body, words] of bodies) {
  test(`the server's words are read from ${form}`, () => assert.equal(readServerWords(body), words));
}

test("the server's words come without secrets and control characters, and not at any length", () => {
  const body = { error: `\x1b[31mno\x1b[0m key-1234 nor hf_abcdefgh ${"x".repeat(50)}` };
  const words = readServerWords(body, { secrets: ["key-1234"], maxCharacters: 30 });
  assert.equal(words, `no … nor hf_… ${"x".repeat(16)}…`);
});
