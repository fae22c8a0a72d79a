import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Flight } from "../../lib/src/measure/flight.ts";
import { holdConversations } from "../../lib/src/measure/hold-conversations.ts";
import type { Message, RequestShape } from "../../lib/src/measure/request-shape.ts";
import { makeFlight } from "../helpers/flight.ts";

const shape: RequestShape = {
  model: "small",
  mode: "capacity",
  usage: "running",
  limitName: "max_tokens",
  hasTemperature: true,
  extra: {},
  promptWords: 10,
  promptLengthFrom: "tokenize",
  mostPromptTokens: 15,
  shared: { prompt: "Be brief.", isFolded: false, mostTokens: 30 },
};

/** Conversations of three turns, of 10 new tokens and answers of 8 each. */
function hold(parts: Partial<Parameters<typeof holdConversations>[0]> = {}) {
  const plan = { seed: 1, thinkSeconds: 0, promptTokens: 10 };
  const head = { tokens: 20, isRead: false };
  const given = { plan, shape, head, maxModelTokens: 1_000, phase: "level 1", turns: 3, outputTokens: 8 };
  return holdConversations({ ...given, ...parts });
}

type Held = ReturnType<typeof hold>;

const messagesOf = (body: string): Message[] => JSON.parse(body).messages;

/** Answers a turn in these words, with these counts. */
function answer(
  held: Held,
  turn: { conversation: number; turn: number },
  parts: Partial<Flight> & { text?: string } = {},
) {
  const { text = "Yes.", ...flight } = parts;
  const answered = makeFlight({ ...turn, inputTokens: 30, outputTokens: 8, ...flight });
  held.said(answered, { type: "text", text, choice: 0 });
  return answered;
}

describe("a conversation", () => {
  test("begins with the shared prompt, and grows by the answer as it came", () => {
    const held = hold();
    const first = held.next(null);
    const second = held.next(answer(held, first, { text: "Very well." }));
    const [system, asked, ...none] = messagesOf(first.body);
    assert.deepEqual(system, { role: "system", content: "Be brief." });
    assert.deepEqual(none, []);
    assert.deepEqual([first.conversation, first.turn, second.conversation, second.turn], [0, 1, 0, 2]);
    const [same, before, said, more] = messagesOf(second.body);
    assert.deepEqual([same, before], [system, asked]);
    assert.deepEqual(said, { role: "assistant", content: "Very well." });
    assert.notEqual(more?.content, asked?.content);
  });

  test("ends after its last turn, and another one begins with other words", () => {
    const held = hold({ turns: 2 });
    const first = held.next(null);
    const second = held.next(answer(held, first));
    const next = held.next(answer(held, second));
    assert.deepEqual([next.conversation, next.turn], [1, 1]);
    assert.notEqual(messagesOf(next.body)[1]?.content, messagesOf(first.body)[1]?.content);
  });

  test("ends with a turn that failed", () => {
    const held = hold();
    const next = held.next(answer(held, held.next(null), { outcome: "failed" }));
    assert.deepEqual([next.conversation, next.turn], [1, 1]);
  });

  test("ends where the context would not hold another turn, and says so", () => {
    const held = hold({ maxModelTokens: 55 });
    const next = held.next(answer(held, held.next(null)));
    assert.equal(next.conversation, 1);
    assert.match(held.notes().join(), /^1 of 2 conversations ended before turn 3: .* context of 55 tokens/);
    const roomy = hold({ maxModelTokens: 56 });
    assert.equal(roomy.next(answer(roomy, roomy.next(null))).turn, 2);
    assert.deepEqual(roomy.notes(), []);
  });

  test("repeats the prompt before it and its answer, but for the last token", () => {
    const held = hold();
    const first = held.next(null);
    assert.equal(first.repeatedTokens, 0, "nobody has read the head yet");
    assert.equal(held.next(answer(held, first, { inputTokens: 30, outputTokens: 8 })).repeatedTokens, 37);
    assert.equal(held.next(null).repeatedTokens, 20, "the head was read by then");
  });

  test("repeats only the prompt before an answer with a thought, which is not sent back as it was", () => {
    const held = hold();
    const thought = answer(held, held.next(null));
    held.said(thought, { type: "reasoning", text: "Hm.", choice: 0 });
    assert.equal(held.next(thought).repeatedTokens, 30);
  });

  test("sends back what a tool was called with, where an answer says nothing else", () => {
    const held = hold();
    const call = makeFlight({ ...held.next(null), inputTokens: 30, outputTokens: 8 });
    held.said(call, { type: "toolCall", text: '{"city":', choice: 0, call: 0, id: "1", name: "weather" });
    held.said(call, { type: "toolCall", text: '"Bern"}', choice: 0, call: 0, id: "", name: "" });
    const next = held.next(call);
    const said = messagesOf(next.body).find(({ role }) => role === "assistant");
    assert.deepEqual([said?.content, next.repeatedTokens], ['{"city":"Bern"}', 30]);
  });

  test("sets aside what a history can come to, also where nobody counted it", () => {
    const held = hold();
    const first = held.next(null);
    assert.equal(first.worstTokens, 30 + 15 + 8);
    // An answer of 8 tokens comes out as 13 at most when it is read.
    assert.equal(held.next(answer(held, first)).worstTokens, 30 + 13 + 15 + 8);
    const uncounted = answer(held, held.next(null), { inputTokens: null, outputTokens: null });
    assert.equal(held.next(uncounted).worstTokens, 30 + 15 + 13 + 15 + 8);
  });

  test("pauses before a further turn alone, for times that the seed draws around the mean", () => {
    const plan = { seed: 7, thinkSeconds: 2, promptTokens: 10 };
    const pauses = (seed: number) => {
      const held = hold({ plan: { ...plan, seed } });
      return Array.from({ length: 400 }, () => held.pauseMs(answer(held, held.next(null))));
    };
    const drawn = pauses(7);
    assert.deepEqual(drawn, pauses(7));
    assert.notDeepEqual(drawn, pauses(8));
    const meanMs = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length;
    assert.ok(meanMs > 1_700 && meanMs < 2_300, `${meanMs} ms`);
    const last = hold({ plan, turns: 1 });
    assert.equal(last.pauseMs(answer(last, last.next(null))), 0);
  });
});
