import assert from "node:assert/strict";
import { askChat, streamChat, userSays } from "../chat.ts";
import type { Check, ConformanceContext } from "../check.ts";

/** Which requests give the same text, which do not, and that no character is torn apart. */
export const samplingChecks: readonly Check[] = [
  {
    name: "temperature 0 gives the same text every time, whatever the seed",
    async run(context) {
      const texts = await askForEach(context, [undefined, 1, 2], { temperature: 0 });
      assert.equal(new Set(texts).size, 1, JSON.stringify(texts));
    },
  },
  {
    name: "the same seed gives the same text",
    async run(context) {
      const texts = await askForEach(context, [11, 11], { temperature: 1 });
      assert.equal(new Set(texts).size, 1, JSON.stringify(texts));
    },
  },
  {
    name: "other seeds give other texts",
    async run(context) {
      const texts = await askForEach(context, [11, 12, 13, -14], { temperature: 1 });
      assert.ok(new Set(texts).size > 1, JSON.stringify(texts));
    },
  },
  {
    name: "without a seed and above temperature 0 texts differ",
    async run(context) {
      const texts = await askForEach(context, [undefined, undefined, undefined], { temperature: 1 });
      assert.ok(new Set(texts).size > 1, JSON.stringify(texts));
    },
  },
  {
    name: "a character of several tokens comes whole, with the token that completes it",
    dependsOnEngine: true,
    async run(context) {
      const { text, pieces } = await streamChat(context, { messages: emojiPlease, max_tokens: emojiTokens });
      // An emoji of a model's, the dots of the timed engine's: each is several tokens.
      assert.match(
        text,
        /[\p{Extended_Pictographic}…]/u,
        `no such character in "${text}": nothing was checked`,
      );
      assertWhole(pieces);
      const answer = await askChat(context, { messages: emojiPlease, max_tokens: emojiTokens });
      assert.equal(answer.text, text);
    },
  },
  {
    name: "a character that max_tokens cuts off is left out",
    dependsOnEngine: true,
    async run(context) {
      const { text } = await askChat(context, { messages: emojiPlease, max_tokens: emojiTokens });
      const texts: string[] = [];
      for (const max_tokens of [1, 2, 3, 4, 5, 6]) {
        texts.push((await askChat(context, { messages: emojiPlease, max_tokens })).text);
      }
      assertWhole(texts);
      for (const shorter of texts) assert.ok(text.startsWith(shorter), `"${text}" begins with "${shorter}"`);
    },
  },
  {
    name: "text that a stop string holds back is never cut within a character",
    dependsOnEngine: true,
    async run(context) {
      for (const stop of ["xx", "xxx"]) {
        const fields = { messages: emojiPlease, max_tokens: emojiTokens, stop };
        assertWhole((await streamChat(context, fields)).pieces);
      }
    },
  },
];

const emojiPlease = userSays("Write emoji: 🙂🚀🎉");
const emojiTokens = 12;

async function askForEach(
  context: ConformanceContext,
  seeds: readonly (number | undefined)[],
  fields: Record<string, unknown>,
): Promise<string[]> {
  const texts: string[] = [];
  for (const seed of seeds) texts.push((await askChat(context, { ...fields, seed, max_tokens: 10 })).text);
  return texts;
}

function assertWhole(pieces: readonly string[]): void {
  for (const piece of pieces) {
    assert.ok(piece.isWellFormed(), `half a character in ${JSON.stringify(piece)}`);
    assert.equal(piece.includes("\u{FFFD}"), false, `a replacement character in ${JSON.stringify(piece)}`);
  }
}
