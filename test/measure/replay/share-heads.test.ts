import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { wholeBlocks } from "../../../lib/src/measure/prefix-cache.ts";
import {
  expectedHitShare,
  shareHeads,
  writeSharedPrompt,
} from "../../../lib/src/measure/replay/share-heads.ts";

type Lengths = { inputTokens: number; cachedInputTokens: number };

const lengths = (...pairs: readonly (readonly [input: number, cached: number])[]): Lengths[] =>
  pairs.map(([inputTokens, cachedInputTokens]) => ({ inputTokens, cachedInputTokens }));

/** The prompts as words; a word stands for a token. */
function writeAll(requests: readonly Lengths[]): string[][] {
  const prompts = { heads: shareHeads(requests), toWords: (tokens: number) => tokens, seed: 1 };
  return requests.map(({ inputTokens }, index) => writeSharedPrompt(prompts, index, inputTokens).split(" "));
}

/** How many tokens of a prompt a cache that forgets nothing has, in whole blocks. */
function findCached(prompts: readonly string[][], index: number): number {
  const own = prompts[index] ?? [];
  const shared = prompts.slice(0, index).map((other) => {
    const differs = own.findIndex((word, place) => word !== other[place]);
    return differs === -1 ? own.length : differs;
  });
  return Math.floor(Math.max(0, ...shared) / 16) * 16;
}

describe("prompts that share their heads as a log says", () => {
  test("begin like the latest earlier one that is long enough", () => {
    const heads = shareHeads(lengths([100, 0], [40, 32], [80, 60], [70, 32], [70, 100]));
    assert.deepEqual(heads, [
      { from: null, tokens: 0 },
      { from: 0, tokens: 32 },
      { from: 0, tokens: 60 },
      { from: 2, tokens: 32 },
      { from: 0, tokens: 100 },
    ]);
  });

  test("have nothing in common with the first, and no more than the longest before them has", () => {
    assert.deepEqual(shareHeads(lengths([100, 50], [200, 150])), [
      { from: null, tokens: 0 },
      { from: 0, tokens: 100 },
    ]);
  });

  test("have exactly as many words as asked for, and are found in a cache as far as the log says", () => {
    const request = fc.record({
      inputTokens: fc.integer({ min: 20, max: 300 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (drawn) => {
        const asked = drawn.map(({ inputTokens, share }) => ({
          inputTokens,
          cachedInputTokens: Math.floor((inputTokens - 1) * share),
        }));
        const heads = shareHeads(asked);
        const prompts = writeAll(asked);
        for (const [index, { inputTokens }] of asked.entries()) {
          assert.equal(prompts[index]?.length, inputTokens);
          const expected = Math.floor((heads[index]?.tokens ?? 0) / 16) * 16;
          assert.equal(findCached(prompts, index), expected);
        }
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  test("say which part of the input a cache could hold, in whole blocks", () => {
    assert.equal(expectedHitShare(lengths([100, 0], [100, 40]), 16), 32 / 200);
    assert.equal(expectedHitShare(lengths([100, 0], [100, 15]), 16), null);
    assert.equal(expectedHitShare(lengths([200, 0], [200, 140]), 128), 128 / 400);
    // The last token is always computed.
    assert.equal(expectedHitShare(lengths([64, 0], [64, 64]), 16), 48 / 128);
    // Some servers count no tokens at all.
    assert.equal(wholeBlocks({ inputTokens: 0, cachedInputTokens: 0 }, 16), 0);
  });
});
