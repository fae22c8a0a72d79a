import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import {
  createRepeatedEvents,
  createWireReader,
  type RepeatedEvents,
  type WireChunk,
} from "../../../lib/src/endpoint/wire/index.ts";
import { readCorpus } from "./corpus.ts";

const none: RepeatedEvents = { read: () => null, learn() {} };

/** Reads an answer that comes in these pieces, with or without comparison. */
function read(pieces: readonly Buffer[], repeats: RepeatedEvents) {
  const said: (WireChunk | "frame")[] = [];
  const reader = createWireReader({
    contentType: "text/event-stream",
    onFrame: () => said.push("frame"),
    onChunk: (chunk) => said.push(chunk),
    repeats,
  });
  for (const piece of pieces) reader.feed(piece);
  return { said, end: reader.end({ isCut: false }), finished: reader.finishedChoices() };
}

/** Compares events, and counts those that it has read. */
function counting(): RepeatedEvents & { count: number } {
  const inner = createRepeatedEvents();
  const counted = {
    count: 0,
    learn: inner.learn,
    read(bytes: Buffer, from: number, to: number) {
      const event = inner.read(bytes, from, to);
      if (event !== null) counted.count++;
      return event;
    },
  };
  return counted;
}

/** Cuts a body behind each blank line, as servers send it. */
function byEvents(body: Buffer): Buffer[] {
  const parts = body.toString("latin1").split(/(?<=\n\r?\n)/);
  return parts.map((part) => Buffer.from(part, "latin1"));
}

const event = (chunk: object) => Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);

/** A chunk as vLLM sends it. */
const vllm = (content: unknown, tokens: number, rest: object = {}) => ({
  id: `chatcmpl-${tokens}`,
  object: "chat.completion.chunk",
  created: 1_700_000_000 + tokens,
  model: "small",
  choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
  usage: { prompt_tokens: 12, total_tokens: 12 + tokens, completion_tokens: tokens },
  ...rest,
});

describe("events that are read by comparison", () => {
  for (const { name, body: sent, headers, status } of readCorpus()) {
    if (status >= 300) continue;
    test(`say what they say when read as they come: ${name}`, () => {
      const pieces = byEvents(headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent);
      const shared = createRepeatedEvents();
      for (const repeats of [createRepeatedEvents(), shared, shared]) {
        assert.deepEqual(read(pieces, repeats), read(pieces, none));
      }
    });
  }

  const text = fc.oneof(
    { arbitrary: fc.constantFrom(" word", "one", " two"), weight: 12 },
    fc.constantFrom(
      "",
      " word",
      "é",
      "日本",
      "🕰",
      'a "quote"',
      "back\\slash",
      "\n",
      "\u0007",
      "\u2028",
      "data: x",
    ),
    fc.string({ unit: "binary" }),
    fc.constant(null),
    fc.constant(7),
  );
  const deltas: readonly ((text: unknown) => unknown)[] = [
    (content) => ({ content }),
    (reasoning) => ({ reasoning }),
    (content) => ({ content, reasoning: content }),
    (content) => ({ role: "assistant", content }),
    (content) => ({ tool_calls: [{ index: 0, id: "id", function: { arguments: content } }] }),
    (content) => content,
  ];
  const count = fc.oneof(fc.nat(50), fc.constantFrom(-1, 1.5, 1e21, null, "3", 2 ** 53));
  const usages: readonly ((count: unknown) => unknown)[] = [
    (completion_tokens) => ({ prompt_tokens: 5, completion_tokens, total_tokens: completion_tokens }),
    (completion_tokens) => ({ prompt_tokens: 5, completion_tokens }),
    (cached) => ({ prompt_tokens: 5, completion_tokens: cached, details: { cached } }),
    () => null,
  ];
  const form = fc.record({
    delta: fc.constantFrom(...deltas),
    usage: fc.constantFrom(...usages),
    index: fc.constantFrom(0, 0, 1, undefined),
  });
  const stream = fc.record({
    /** Most events have the first form. */
    forms: fc.array(form, { minLength: 2, maxLength: 2 }),
    values: fc.array(
      fc.record({
        which: fc.constantFrom(0, 0, 0, 1),
        text,
        count,
        reason: fc.oneof({ arbitrary: fc.constant(null), weight: 20 }, fc.constantFrom("", "stop", "error")),
        other: fc.oneof(
          { arbitrary: fc.constant({}), weight: 20 },
          fc.constantFrom({ error: { message: "no" } }, { object: "error" }),
        ),
      }),
      { maxLength: 20 },
    ),
    cuts: fc.array(fc.nat(5_000), { maxLength: 3 }),
  });

  test("say the same whatever differs from one to the next, and wherever they are cut", () => {
    const shared = createRepeatedEvents();
    let compared = 0;
    fc.assert(
      fc.property(stream, ({ forms, values, cuts }) => {
        const events = values.map(({ which, text, count, reason, other }) => {
          const { delta, usage, index } = forms[which] ?? assert.fail();
          const choices = [{ index, delta: delta(text), finish_reason: reason }];
          return event({ ...vllm("", 1), choices, usage: usage(count), ...other });
        });
        const whole = Buffer.concat(events);
        const places = [0, ...cuts.map((place) => place % (whole.length + 1)), whole.length];
        places.sort((one, other) => one - other);
        const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        for (const cut of [events, pieces]) {
          const wanted = read(cut, none);
          const own = counting();
          assert.deepEqual(read(cut, own), wanted);
          assert.deepEqual(read(cut, shared), wanted);
          compared += own.count;
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(compared > 100, `${compared} events were read by comparison`);
  });

  test("say the same where a byte of one is another", () => {
    const repeats = counting();
    const like = [event(vllm("one", 1)), event(vllm(" two", 2)), event(vllm(" three", 3))];
    read(like, repeats);
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(255), (place, byte) => {
        const changed = Buffer.from(event(vllm(" four", 4)));
        changed[place % changed.length] = byte;
        const pieces = [...like, changed, event(vllm(" five", 5))];
        assert.deepEqual(read(pieces, repeats), read(pieces, none));
      }),
      { numRuns: 2_000 },
    );
  });

  test("are nearly all of a stream, though each has its own id, time and counts", () => {
    const pieces = Array.from({ length: 100 }, (_, index) => event(vllm(` word ${index}`, index + 1)));
    const repeats = counting();
    const { said } = read(pieces, repeats);
    assert.equal(repeats.count, 99);
    assert.deepEqual(said.at(-1), { type: "text", text: " word 99", choice: 0 });
    assert.equal(said.length, 300);
  });

  test("may alternate between a few forms, and come several at once", () => {
    const forms = [
      (index: number) => event(vllm(`word ${index}`, index + 1)),
      (index: number) => event({ ...vllm(`word ${index}`, index + 1), usage: null }),
      (index: number) => event({ choices: [{ index: 0, delta: { reasoning_content: `word ${index}` } }] }),
    ];
    const pieces = Array.from({ length: 90 }, (_, index) => forms[index % 3]?.(index) ?? assert.fail());
    const repeats = counting();
    const wanted = read(pieces, none);
    assert.deepEqual(read(pieces, repeats), wanted);
    assert.equal(repeats.count, 87);
    assert.deepEqual(
      read([Buffer.concat(pieces.slice(0, 1)), Buffer.concat(pieces.slice(1))], repeats),
      wanted,
    );
    assert.equal(repeats.count, 87 + 89);
  });

  test("are given up where no two are alike, for looking for likeness has its price", () => {
    let learned = 0;
    const inner = createRepeatedEvents();
    const pieces = Array.from({ length: 200 }, (_, index) =>
      event(vllm("word", 1, { [`field${index}`]: index })),
    );
    const learn = (bytes: Buffer) => {
      learned++;
      inner.learn(bytes);
    };
    read(pieces, { ...inner, learn });
    assert.equal(learned, 200);
    const isRead = (piece = Buffer.of()) => inner.read(piece, 0, piece.length) !== null;
    assert.deepEqual([isRead(pieces[3]), isRead(pieces[199])], [true, false]);
  });
});
