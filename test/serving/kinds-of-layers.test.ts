import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { listCaches, type ModelShape } from "../../lib/src/facts/index.ts";
import { countSequences, fitMemory } from "../../lib/src/serving/memory-fit.ts";

const plain: ModelShape = {
  id: "a/b",
  layers: 64,
  attentionHeads: 32,
  kvHeads: 8,
  headDimension: 128,
  latentDimension: null,
  windowTokens: null,
  windowedLayers: 0,
  contextTokens: 262_144,
  precision: "bf16",
  weightsGb: 20,
  downloadGb: 20,
  gated: "no",
  vllmArguments: [],
  chatTemplate: null,
};

/** A card on which vLLM said that this much was left for the cache of each GPU. */
function withRoom(model: ModelShape, roomGib: number, gpuCount = 1) {
  const usableMemoryGibPerGpu = (roomGib + 2 + (model.weightsGb * 1e9) / gpuCount / 2 ** 30) / 0.9;
  return { model, usableMemoryGibPerGpu, gpuCount };
}

function assertWithin(actual: number, expected: number, share: number): void {
  assert.ok(Math.abs(actual - expected) <= expected * share, `${actual}, where vLLM says ${expected}`);
}

describe("what start logs of vLLM say of the cache", () => {
  test("of full layers over four cards, one KV head on each: Qwen3-235B-A22B-FP8, 8.11 GiB, 178,880 tokens", () => {
    // vllm-project/vllm#21348, 2025-07-22: 94 layers, 64 heads, 4 KV heads of 128.
    const model = { ...plain, layers: 94, attentionHeads: 64, kvHeads: 4 };
    assertWithin(fitMemory(withRoom(model, 8.11, 4)).kvCacheTokens, 178_880, 0.02);
  });

  test("of 10 full layers and 30 with linear attention: Qwen3.6-35B-A3B, FP8 cache, 5.98 GiB, 4.33 conversations of 131,072", () => {
    // noonghunna/club-3090#612, 2026-07-06, vLLM 0.24.0. Each linear layer: 32 heads of 128 × 128 at 32 bits, and a short memory.
    const stateMb = (30 * (32 * 128 * 128 * 4 + 3 * 8_192 * 2)) / 1e6;
    const model = { ...plain, layers: 40, cacheLayers: 10, kvHeads: 2, headDimension: 256, stateMb };
    const fit = fitMemory({ ...withRoom(model, 5.98), kvCacheDtype: "fp8" });
    assert.equal(fit.kvBytesPerToken, 10_240);
    const perConversation = fit.kvBytesPerToken * 131_072 + fit.stateBytesPerSequence;
    assertWithin((5.98 * 2 ** 30) / perConversation, 4.33, 0.02);
  });
});

describe("layers that differ from one another", () => {
  test("take half where the checkpoint asks for an FP8 cache", () => {
    assert.equal(fitMemory(withRoom({ ...plain, fp8Cache: true }, 5)).kvBytesPerToken, 64 * 2_048);
  });

  test("with sparse attention an FP8 cache takes 656 bytes for 576 numbers, and its index stays as it is", () => {
    const sparse = { ...plain, latentDimension: 576, sparseAttention: true };
    const { kvBytesPerToken } = fitMemory({ ...withRoom(sparse, 5), kvCacheDtype: "fp8" });
    assert.ok(Math.abs(kvBytesPerToken - plain.layers * (656 + 132)) < 1);
  });

  test("count only where they keep a cache", () => {
    const fit = (model: ModelShape) => fitMemory(withRoom(model, 40));
    assert.equal(fit(plain).kvBytesPerToken, 64 * 4_096);
    assert.equal(fit({ ...plain, cacheLayers: 16 }).kvBytesPerToken, 16 * 4_096);
    assert.equal(fit({ ...plain, cacheLayers: 16 }).kvCacheTokens, Math.floor((40 * 2 ** 30) / (16 * 4_096)));
  });

  test("keep a state for each conversation where they have no cache, twice with vLLM's prefix cache", () => {
    const model = { ...plain, cacheLayers: 16, stateMb: 150 };
    const fit = fitMemory(withRoom(model, 1, 1));
    assert.equal(fit.stateBytesPerSequence, 300e6);
    assert.equal(fit.kvCacheTokens, Math.floor((2 ** 30 - 300e6) / 65_536));
    assert.equal(countSequences(withRoom(model, 1), 1_000), 2);
    assert.equal(fitMemory(withRoom(model, 0.2)).longestContextTokens, 0);
  });

  test("may have other heads where they have a window: Gemma 4's 50 layers of 16 heads and 10 of 4", () => {
    const gemma = {
      ...plain,
      layers: 60,
      kvHeads: 4,
      headDimension: 512,
      windowTokens: 1_024,
      windowedLayers: 50,
      windowedKvHeads: 16,
      windowedHeadDimension: 256,
    };
    assert.deepEqual(listCaches(gemma), [
      { layers: 10, kvHeads: 4, numbersPerHead: 1_024, windowTokens: null },
      { layers: 50, kvHeads: 16, numbersPerHead: 512, windowTokens: 1_024 },
    ]);
    // 81,920 bytes a token for the full layers, and 819,200 for each of 9,216 tokens in the windows.
    const bytes = 81_920 * 131_072 + 819_200 * (1_024 + 8_192);
    assert.equal(countSequences(withRoom(gemma, 50), 131_072), Math.floor((50 * 2 ** 30) / bytes));
  });

  test("keep the indexer's keys beside the latent vector where attention is sparse: 61 layers of DeepSeek V3.2", () => {
    const deepseek = { ...plain, layers: 61, attentionHeads: 128, kvHeads: 128, latentDimension: 576 };
    assert.equal(fitMemory(withRoom(deepseek, 10)).kvBytesPerToken, 61 * 576 * 2);
    const sparse = { ...deepseek, sparseAttention: true };
    assert.equal(fitMemory(withRoom(sparse, 10)).kvBytesPerToken, 61 * (576 * 2 + 132));
  });

  test("may keep nothing that grows at all: then the longest context fits where a state does", () => {
    const mamba = { ...plain, cacheLayers: 1, caches: [], stateMb: 100 };
    const fit = fitMemory(withRoom(mamba, 1));
    assert.deepEqual([fit.kvBytesPerToken, fit.longestContextTokens], [0, 262_144]);
    assert.equal(fit.kvCacheTokens, 5 * 262_144);
    assert.equal(fitMemory(withRoom(mamba, 0.1)).longestContextTokens, 0);
  });
});

describe("memory, whatever the layers are", () => {
  const shape = fc
    .record({
      layers: fc.integer({ min: 1, max: 128 }),
      kvHeads: fc.constantFrom(1, 2, 4, 8, 16),
      headDimension: fc.constantFrom(64, 80, 128, 256),
      latentDimension: fc.constantFrom(null, null, 576),
      windowTokens: fc.constantFrom(null, 128, 1_024, 8_192),
      stateMb: fc.constantFrom(null, 10, 200),
      cached: fc.double({ min: 0, max: 1, noNaN: true }),
      windowed: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ cached, windowed, layers, ...rest }): ModelShape => {
      const cacheLayers = Math.max(1, Math.round(layers * cached));
      return { ...plain, ...rest, layers, cacheLayers, windowedLayers: Math.round(cacheLayers * windowed) };
    });
  const room = fc.double({ min: 0.1, max: 500, noNaN: true });

  test("no layer without a cache, and no window, makes a conversation larger than if all layers kept all", () => {
    fc.assert(
      fc.property(shape, room, fc.integer({ min: 1, max: 262_144 }), (model, gib, context) => {
        const full = { ...model, cacheLayers: null, windowTokens: null, windowedLayers: 0, stateMb: null };
        // Windows of other layers would be of heads, not of the latent vector.
        fc.pre(model.latentDimension === null || model.windowedLayers === 0);
        const own = countSequences(withRoom({ ...model, stateMb: null }, gib), context);
        assert.ok(own >= countSequences(withRoom(full, gib), context));
      }),
    );
  });

  test("a longer conversation never needs less, and the longest one that fits does fit", () => {
    fc.assert(
      fc.property(shape, room, fc.nat(262_143), fc.nat(262_143), (model, gib, one, other) => {
        const input = withRoom(model, gib);
        const [shorter, longer] = one < other ? [one + 1, other + 1] : [other + 1, one + 1];
        assert.ok(countSequences(input, shorter) >= countSequences(input, longer));
        const { longestContextTokens } = fitMemory(input);
        if (longestContextTokens > 0) assert.ok(countSequences(input, longestContextTokens) >= 1);
        if (longestContextTokens < model.contextTokens) {
          assert.equal(countSequences(input, longestContextTokens + 1), 0);
        }
      }),
    );
  });
});
