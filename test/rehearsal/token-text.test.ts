import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Token } from "node-llama-cpp";
import { createTokenText } from "../../rehearsal/src/model-server/token-text.ts";

const endOfTurn = 256;

/** A model whose tokens are single bytes, the hardest case; 256 is a special token without text. */
const byteModel = {
  detokenize(tokens: readonly Token[]): string {
    const bytes = tokens.filter((token) => token !== endOfTurn);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes.map(Number)));
  },
};

/** Turns a text, as bytes, into the pieces of text that come out token by token. */
function piecesOf(text: string): string[] {
  const readText = createTokenText(byteModel as Parameters<typeof createTokenText>[0]);
  return [...new TextEncoder().encode(text)].map((byte) => readText(byte as Token));
}

describe("tokens as text", () => {
  test("come one by one where each is a character", () => {
    assert.deepEqual(piecesOf("Hi!"), ["H", "i", "!"]);
  });

  test("wait until a character of several tokens is whole", () => {
    assert.deepEqual(piecesOf("a🙂é"), ["a", "", "", "", "🙂", "", "é"]);
    assert.deepEqual(piecesOf("世"), ["", "", "世"]);
  });

  test("give nothing for a special token, and nothing for a character that never ends", () => {
    const readText = createTokenText(byteModel as Parameters<typeof createTokenText>[0]);
    const texts = [72, endOfTurn, 105, 0xf0, 0x9f].map((token) => readText(token as Token));
    assert.deepEqual(texts, ["H", "", "i", "", ""]);
  });

  test("hold a replacement character of the text's own back until more follows, for it looks like a torn one", () => {
    assert.deepEqual(piecesOf("\u{FFFD}!"), ["", "", "", "\u{FFFD}!"]);
  });

  test("look back at a few tokens only, however long the answer", () => {
    const seen: number[] = [];
    const readText = createTokenText({
      detokenize(tokens: readonly Token[], _special?: boolean, before: readonly Token[] = []) {
        seen.push(before.length + tokens.length);
        return "x";
      },
    } as Parameters<typeof createTokenText>[0]);
    for (let index = 0; index < 100; index++) readText(65 as Token);
    assert.equal(Math.max(...seen), 5);
  });

  test("add up to any other text, without a torn character on the way", () => {
    const texts = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\u{FFFD}"));
    fc.assert(
      fc.property(texts, (text) => {
        const pieces = piecesOf(text);
        assert.equal(pieces.join(""), text);
        assert.ok(pieces.every((piece) => piece.isWellFormed() && !piece.includes("\u{FFFD}")));
      }),
    );
  });
});
