import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { createChatRecorder } from "../../lib/src/endpoint/chat-result.ts";
import type { ChatEvent, ChatResult } from "../../lib/src/endpoint/index.ts";

const usage = (completion_tokens: number) => ({
  prompt_tokens: 10,
  completion_tokens,
  total_tokens: 10 + completion_tokens,
});
const request = (atMs: number): ChatEvent => ({ type: "request", atMs });
const text = (atMs: number, words: string): ChatEvent => ({ type: "text", text: words, atMs });
const running = (atMs: number, tokens: number): ChatEvent => ({
  type: "usage",
  usage: usage(tokens),
  isFinal: false,
  atMs,
});
const total = (atMs: number, tokens: number): ChatEvent => ({
  type: "usage",
  usage: usage(tokens),
  isFinal: true,
  atMs,
});
const finish = (atMs: number): ChatEvent => ({
  type: "finish",
  finishReason: "stop",
  stopReason: null,
  atMs,
});

function resultOf(events: readonly ChatEvent[], options = { hasStop: false }): ChatResult {
  const recorder = createChatRecorder(options);
  for (const event of events) recorder.add(event);
  return recorder.result();
}

describe("the figures of an answer", () => {
  test("are exact with running token counts: 4 tokens in 0.2 s after the first of 5", () => {
    const result = resultOf([
      request(1_000),
      running(1_100, 0),
      running(1_100, 1),
      text(1_100, "One"),
      running(1_150, 2),
      text(1_150, " two"),
      running(1_200, 3),
      text(1_200, " three"),
      running(1_250, 4),
      text(1_250, " four"),
      running(1_300, 5),
      text(1_300, "."),
      finish(1_300),
      total(1_301, 5),
    ]);
    assert.deepEqual(
      { ...result },
      {
        text: "One two three four.",
        reasoning: "",
        toolCalls: [],
        usage: usage(5),
        finishReason: "stop",
        timeToFirstTokenMs: 100,
        timeToFirstAnswerMs: 100,
        isFirstTokenHeldBack: false,
        outputTokensPerSecond: 20,
        isRateApproximate: false,
        notices: [],
      },
    );
  });

  test("leave out the tokens that the first text already holds, as with several tokens a chunk", () => {
    const result = resultOf([
      request(0),
      running(100, 4),
      text(100, "one two three four"),
      running(300, 8),
      text(300, " five six seven eight"),
      total(300, 8),
    ]);
    assert.equal(result.outputTokensPerSecond, 20);
    assert.equal(result.isRateApproximate, false);
  });

  test("count the time of tokens without text, such as the model's end", () => {
    const result = resultOf([
      request(0),
      running(100, 1),
      text(100, "Hi"),
      running(600, 2),
      finish(600),
      total(700, 2),
    ]);
    assert.equal(result.outputTokensPerSecond, 2);
  });

  test("take the first text for one token where counts come only at the end, and say so", () => {
    const result = resultOf([request(0), text(50, "a"), text(250, "b"), finish(250), total(900, 5)]);
    assert.equal(result.outputTokensPerSecond, 20);
    assert.equal(result.isRateApproximate, true);
    assert.deepEqual(result.usage, usage(5));
  });

  test("are null where the server counts no tokens, never guessed", () => {
    const result = resultOf([request(0), text(50, "a"), text(250, "b"), finish(250)]);
    assert.equal(result.usage, null);
    assert.equal(result.outputTokensPerSecond, null);
    assert.equal(result.isRateApproximate, false);
    assert.equal(result.timeToFirstTokenMs, 50);
  });

  test("have no rate for an answer of one chunk, and no time without text", () => {
    assert.equal(resultOf([request(0), text(50, "Hi"), total(50, 1)]).outputTokensPerSecond, null);
    const empty = resultOf([request(0), finish(80), total(80, 0)]);
    assert.equal(empty.timeToFirstTokenMs, null);
    assert.equal(empty.outputTokensPerSecond, null);
    assert.equal(empty.text, "");
  });

  test("count from the second request where the first had to be sent again", () => {
    assert.equal(resultOf([request(0), request(400), text(450, "Hi")]).timeToFirstTokenMs, 50);
  });

  test("take a reasoning model's first thought for its first token", () => {
    const result = resultOf([
      request(0),
      running(100, 1),
      { type: "reasoning", text: "Hm.", atMs: 100 },
      running(600, 2),
      text(600, "Yes."),
      total(600, 2),
    ]);
    assert.equal(result.timeToFirstTokenMs, 100);
    assert.equal(result.timeToFirstAnswerMs, 600);
    assert.equal(
      inspect(result),
      "[2 tokens, first thought after 100 ms, answer after 600 ms, 2.0 tokens/s]",
    );
    assert.equal(result.reasoning, "Hm.");
    assert.equal(result.text, "Yes.");
    assert.equal(result.outputTokensPerSecond, 2);
    assert.equal(result.isRateApproximate, false);
  });

  test("say that no answer came where the tokens did not reach beyond the thoughts", () => {
    const result = resultOf([
      request(0),
      { type: "reasoning", text: "Hm.", atMs: 50 },
      finish(90),
      total(90, 1),
    ]);
    assert.equal(result.timeToFirstAnswerMs, null);
    assert.equal(inspect(result), "[1 tokens, first thought after 50 ms, no answer, finish reason stop]");
  });

  test("keep what a reader must know, which counts for no token", () => {
    const notice = { type: "notice", notice: "answer-shortened", text: "Short.", atMs: 10 } as const;
    const result = resultOf([request(0), notice, text(50, "Hi"), total(50, 1)]);
    assert.deepEqual(result.notices, ["Short."]);
    assert.equal(result.timeToFirstTokenMs, 50);
  });

  test("say of a stop that it held the first token back", () => {
    assert.equal(resultOf([request(0), text(9, "Hi")], { hasStop: true }).isFirstTokenHeldBack, true);
  });

  test("give the rate at which tokens came, whatever it was", () => {
    const steps = fc.record({
      tokens: fc.integer({ min: 2, max: 200 }),
      stepMs: fc.integer({ min: 1, max: 500 }),
      firstMs: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(steps, ({ tokens, stepMs, firstMs }) => {
        const events: ChatEvent[] = [request(0)];
        for (let index = 0; index < tokens; index++) {
          const atMs = firstMs + index * stepMs;
          events.push(running(atMs, index + 1), text(atMs, "x"));
        }
        const result = resultOf([...events, total(99_999_999, tokens)]);
        assert.equal(result.timeToFirstTokenMs, firstMs);
        assert.ok(Math.abs((result.outputTokensPerSecond ?? 0) - 1_000 / stepMs) < 1e-6);
      }),
    );
  });
});

describe("the result of a chat, printed", () => {
  test("is one line of figures without the text, which has been printed already", () => {
    const events = [request(0), running(42.4, 1), text(42.4, "One"), running(92.4, 2), text(92.4, " two")];
    const result = resultOf([...events, finish(93), total(93, 2)]);
    assert.equal(inspect(result), "[2 tokens, first text after 42 ms, 20.0 tokens/s, finish reason stop]");
    assert.equal(JSON.parse(JSON.stringify(result)).text, "One two");
  });

  test("says what is approximate, held back, or unknown", () => {
    assert.equal(
      inspect(resultOf([request(0), text(50, "a"), text(250, "b"), total(250, 5)], { hasStop: true })),
      "[5 tokens, first text after 50 ms (held back by stop), about 20.0 tokens/s]",
    );
    assert.equal(inspect(resultOf([request(0)])), "[tokens unknown, no text]");
  });
});
