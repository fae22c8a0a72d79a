import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Endpoint } from "../../lib/src/endpoint/index.ts";
import { askQuestions, type GivenQuestion } from "../../lib/src/questions/index.ts";
import { sendJson, sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const questions: readonly GivenQuestion[] = [
  { question: "Capital of France?", check: "exact", expected: "Paris" },
  { question: "6 times 7?", check: "number", expected: 42 },
  { question: "Colour of the sky?", check: "pattern", expected: "\\bblue\\b" },
  { question: "Think!", check: "exact", expected: "yes" },
];
const answers: Readonly<Record<string, string>> = {
  "Capital of France?": "Paris.",
  "6 times 7?": "It is 41.",
  "Colour of the sky?": "It is blue today.",
  "Think!": "<think>no, or rather: no</think>\nYes",
};
const write = () => {};

/** A model that knows some answers, refuses what it is told to, and keeps the requests. */
async function openKnowing(t: TestContext, refused: string[] = []) {
  const requests: Record<string, unknown>[] = [];
  const endpoint = await connectOpenAiLike(t, (request, response) => {
    const body = JSON.parse(request.body);
    requests.push(body);
    const asked = body.messages.at(-1).content;
    if (refused.includes(asked)) return sendJson(response, { error: { message: "Too many requests" } }, 429);
    const content = answers[asked] ?? "";
    sendStream(response, [chunk({ delta: { content } }), chunk({ finish_reason: "stop", usage }), done]);
  });
  return { endpoint, requests };
}

describe("askQuestions", () => {
  test("counts right answers, with interval and price; thoughts are not judged", async (t) => {
    const { endpoint, requests } = await openKnowing(t);
    const price = { inputUsdPerMillion: 1_000, outputUsdPerMillion: 4_000 };
    const said: string[] = [];
    const result = await askQuestions(endpoint, questions, { price, write: (text) => said.push(text) });
    assert.deepEqual(said, [
      `Asking small 4 questions, with at most ${(4 * 1_024 + 52).toLocaleString("en-US")} tokens, prompts and answers together.\n`,
    ]);
    assert.deepEqual(
      result.questions.map(({ verdict }) => verdict),
      ["right", "wrong", "right", "right"],
    );
    assert.equal(result.questions[3]?.answer, "Yes");
    assert.deepEqual(result.tokens, { input: 40, output: 20 });
    assert.ok(Math.abs((result.usd ?? 0) - 0.12) < 1e-9);
    assert.equal(result.words, "3 of 4 right (95 % interval 30 to 95 %), $0.04 a right answer.");
    const [first] = requests;
    assert.deepEqual([first?.["temperature"], first?.["max_tokens"]], [0, 512]);
  });

  test("counts failed requests as not right, and says so in the server's words", async (t) => {
    const { endpoint } = await openKnowing(t, ["6 times 7?"]);
    const result = await askQuestions(endpoint, questions, { write, concurrency: 1 });
    assert.deepEqual([result.right, result.asked, result.failed], [3, 4, 1]);
    assert.deepEqual([result.usd, result.usdPerRightAnswer], [null, null]);
    assert.match(
      result.words,
      /^3 of 4 right \(.*\)\. 1 failed and counts as not right: 429 .*Too many requests\.$/,
    );
  });

  test("knows no price of a right answer where none was right", async (t) => {
    const { endpoint } = await openKnowing(t);
    const one: GivenQuestion = { question: "Unknown?", check: "exact", expected: "x" };
    const result = await askQuestions(endpoint, [one], { write, price: { usdPerHour: 1 } });
    assert.equal(result.questions[0]?.verdict, "empty");
    assert.equal(result.usdPerRightAnswer, null);
    assert.match(result.words, /^0 of 1 right \(95 % interval 0 to 79 %\)\.$/);
  });

  test("says which answers were cut off", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [
        chunk({ delta: { content: "<think>hm" } }),
        chunk({ finish_reason: "length" }),
        done,
      ]),
    );
    const result = await askQuestions(endpoint, questions.slice(0, 1), { write, answerTokens: 64 });
    assert.equal(result.questions[0]?.verdict, "empty");
    assert.match(result.words, /1 wrong answer was cut off at 64 tokens: raise answerTokens\.$/);
  });

  test("keeps the answers so far when it is interrupted", async (t) => {
    const stop = new AbortController();
    const endpoint = await connectOpenAiLike(t, (request, response) => {
      const asked = JSON.parse(request.body).messages.at(-1).content;
      if (asked === questions[1]?.question) stop.abort();
      else
        sendStream(response, [
          chunk({ delta: { content: "Paris" } }),
          chunk({ finish_reason: "stop" }),
          done,
        ]);
    });
    const result = await askQuestions(endpoint, questions, { write, concurrency: 1, signal: stop.signal });
    assert.deepEqual([result.right, result.asked, result.leftOut], [1, 1, 3]);
    assert.match(result.words, /3 were not asked: it was interrupted\.$/);
  });

  test("refuses what exceeds the budget before anything is sent", async (t) => {
    const { endpoint, requests } = await openKnowing(t);
    await assert.rejects(askQuestions(endpoint, questions, { write, maxTokens: 1_000 }), {
      name: "InputError",
      message: /4 questions may take 4,148 tokens, and maxTokens is 1,000\. Raise maxTokens/,
    });
    assert.equal(requests.length, 0);
  });

  test("puts a system prompt before each question, leaves the temperature out, and takes a pod's price", async (t) => {
    const { endpoint, requests } = await openKnowing(t);
    const gpu = { name: "A40", count: 1, usdPerHour: 0.4 };
    const pod: Endpoint = Object.defineProperties(
      { ...endpoint, gpu },
      Object.getOwnPropertyDescriptors({ client: endpoint.client, apiKey: endpoint.apiKey }),
    );
    const options = { write, systemPrompt: "Be brief.", temperature: null };
    const result = await askQuestions(pod, questions.slice(0, 1), options);
    assert.deepEqual(requests[0]?.["messages"], [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Capital of France?" },
    ]);
    assert.equal("temperature" in (requests[0] ?? {}), false);
    assert.deepEqual(result.price, { usdPerHour: 0.4 });
    assert.ok((result.usd ?? 0) > 0);
  });
});
