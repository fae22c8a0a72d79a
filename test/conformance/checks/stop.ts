import assert from "node:assert/strict";
import { askChat, streamChat } from "../chat.ts";
import { askOnce, type Check } from "../check.ts";

/** Stop strings: where the text ends, what is counted, and how much is held back meanwhile. */
export const stopChecks: readonly Check[] = [
  {
    name: "a stop string ends the text before itself and is named",
    async run(context) {
      const { stop, textBefore } = await plainAnswer(context);
      const answer = await askChat(context, { ...long, stop });
      assert.equal(answer.text, textBefore);
      assert.equal(answer.finishReason, "stop");
      assert.equal(answer.stopReason, stop);
    },
  },
  {
    name: "tokens count up to the one that completes the stop string",
    async run(context) {
      const { stop, tokensUntilStop } = await plainAnswer(context);
      const answer = await askChat(context, { ...long, stop });
      assert.equal(answer.usage.completion_tokens, tokensUntilStop);
    },
  },
  {
    name: "streamed, the last chunk brings the rest before the stop string, and names it",
    dependsOnEngine: true,
    async run(context) {
      const { stop, textBefore, tokensUntilStop } = await plainAnswer(context);
      const stream = await streamChat(context, { ...long, stop });
      assert.equal(stream.text, textBefore);
      assert.equal(stream.finishReason, "stop");
      assert.equal(stream.stopReason, stop);
      assert.equal(stream.usage?.completion_tokens, tokensUntilStop);
    },
  },
  {
    name: "of several stop strings the one that comes first counts",
    async run(context) {
      const { stop, textBefore, textAfter } = await plainAnswer(context);
      const answer = await askChat(context, { ...long, stop: [textAfter, "never said", stop] });
      assert.equal(answer.text, textBefore);
      assert.equal(answer.stopReason, stop);
    },
  },
  {
    name: "a stop string in the last token that max_tokens allows still counts as stop",
    async run(context) {
      const { stop, tokensUntilStop } = await plainAnswer(context);
      const answer = await askChat(context, { ...long, stop, max_tokens: tokensUntilStop });
      assert.equal(answer.finishReason, "stop");
      assert.equal(answer.stopReason, stop);
    },
  },
  {
    name: "a stop string in the first token leaves an empty text",
    dependsOnEngine: true,
    async run(context) {
      const { pieces } = await plainAnswer(context);
      const stream = await streamChat(context, { ...long, stop: pieces[0] });
      assert.deepEqual(stream.pieces, [""]);
      assert.equal(stream.finishReason, "stop");
      assert.equal(stream.usage?.completion_tokens, 1);
    },
  },
  {
    name: "as many characters are held back as the longest stop string has, less one",
    dependsOnEngine: true,
    async run(context) {
      const { pieces } = await plainAnswer(context);
      for (const stop of ["\u0001", "\u0001".repeat(4), ["\u0001".repeat(2), "\u0001".repeat(10)]]) {
        const heldBack = Math.max(...[stop].flat().map((each) => each.length - 1));
        const stream = await streamChat(context, { ...long, stop });
        const expected = holdBack(pieces, heldBack);
        assert.equal(stream.text, expected.join(""));
        const ends = new Set(endsOf(expected));
        assert.ok(endsOf(stream.pieces).every((end) => ends.has(end)), JSON.stringify(stream.pieces));
      }
    },
  },
];

const long = { max_tokens: 12, ignore_eos: true };

/** An answer without stop strings, and a stop string out of its middle that spans two tokens. */
const plainAnswer = askOnce(async (context) => {
  const { pieces, text } = await streamChat(context, long);
  const border = pieces.slice(0, pieces.length / 2).join("").length;
  const stop = text.slice(border - 3, border + 2);
  const stopAt = text.indexOf(stop);
  const ends = endsOf(pieces);
  return {
    pieces,
    stop,
    textBefore: text.slice(0, stopAt),
    textAfter: text.slice(stopAt + stop.length),
    tokensUntilStop: ends.findIndex((end) => end >= stopAt + stop.length) + 1,
  };
});

/** Where each piece ends. A busy vLLM puts two of them into one chunk, and one with a tool parser sends none without text. */
function endsOf(pieces: readonly string[]): number[] {
  return pieces.map((_, index) => pieces.slice(0, index + 1).join("").length);
}

/** The pieces as they come out where so many characters are always held back, until the last piece brings them. */
function holdBack(pieces: readonly string[], heldBack: number): string[] {
  let held: string[] = [];
  return pieces.map((piece, index) => {
    held.push(...piece);
    const isLast = index === pieces.length - 1;
    const shown = held.slice(0, isLast ? held.length : Math.max(0, held.length - heldBack));
    held = held.slice(shown.length);
    return shown.join("");
  });
}
