import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { loadModels, type ModelShape } from "../../lib/src/facts/index.ts";
import { countSequences, findModelShape, fitMemory } from "../../lib/src/serving/memory-fit.ts";
import { canSplit } from "../../lib/src/serving/split-model.ts";

const a40Gib = 44.98;
const llama8b = "meta-llama/Llama-3.1-8B-Instruct";
const llama70b = "meta-llama/Llama-3.1-70B-Instruct";
const llama70bAwq = "hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4";

function fitOnA40(id: string, gpuCount: number, kvCacheDtype: "auto" | "fp8" = "auto") {
  return fitMemory({
    model: findModelShape(id, "planPod"),
    usableMemoryGibPerGpu: a40Gib,
    gpuCount,
    kvCacheDtype,
  });
}

function assertWithin(actual: number, expected: number, share: number): void {
  assert.ok(
    Math.abs(actual - expected) <= expected * share,
    `${actual} is not within ${share * 100} % of ${expected}`,
  );
}

describe("the memory that a model leaves on A40s", () => {
  test("is what is known of these cases", () => {
    assertWithin(fitOnA40(llama8b, 1).kvCacheTokens, 192_700, 0.05);
    assertWithin(fitOnA40(llama70b, 4).kvCacheTokens, 73_800, 0.05);
    assertWithin(fitOnA40(llama70bAwq, 1).kvCacheTokens, 4_600, 0.05);
    assert.equal(fitOnA40(llama70b, 1).kvCacheTokens, 0);
  });

  test("agrees with what vLLM was seen to print: 39,024 tokens for 8B on a card of 24 GB", () => {
    // Graph-COM/SubgraphRAG#19: an RTX 4090, whose driver reports 23.98 GiB.
    const model = findModelShape(llama8b, "planPod");
    const fit = fitMemory({ model, usableMemoryGibPerGpu: 23.98, gpuCount: 1 });
    assertWithin(fit.kvCacheTokens, 39_024, 0.05);
  });

  test("is told in parts that add up", () => {
    const fit = fitOnA40(llama70b, 4);
    assertWithin(fit.weightsGib, 131.42, 0.001);
    assert.equal(fit.overheadGib, 8);
    assertWithin(fit.weightsGib + fit.overheadGib + fit.kvCacheGib, 4 * 44.98 * 0.9, 1e-9);
  });

  test("takes 128 KiB for each token of Llama 3.1 8B and 320 KiB of 70B, half of it with an FP8 cache", () => {
    assert.equal(fitOnA40(llama8b, 1).kvBytesPerToken, 131_072);
    assert.equal(fitOnA40(llama70b, 4).kvBytesPerToken, 327_680);
    assert.equal(fitOnA40(llama70b, 4, "fp8").kvBytesPerToken, 163_840);
  });

  test("does not let a model go beyond the context that it was made for", () => {
    assert.equal(fitOnA40(llama8b, 1).longestContextTokens, 131_072);
    assert.equal(fitOnA40(llama70b, 4).longestContextTokens, fitOnA40(llama70b, 4).kvCacheTokens);
  });

  test("repeats KV heads where there are fewer of them than GPUs", () => {
    // 28 layers, 4 KV heads of 128: over 4 GPUs one each; no half heads.
    const qwen = findModelShape("Qwen/Qwen2.5-7B-Instruct", "planPod");
    const on = (gpuCount: number) => fitMemory({ model: qwen, usableMemoryGibPerGpu: a40Gib, gpuCount });
    assert.equal(on(1).kvBytesPerToken, 57_344);
    assert.equal(on(4).kvBytesPerToken, 57_344);
    const wide = { ...qwen, attentionHeads: 32 };
    assert.equal(
      fitMemory({ model: wide, usableMemoryGibPerGpu: a40Gib, gpuCount: 8 }).kvBytesPerToken,
      114_688,
    );
  });

  test("keeps one vector for each token and layer with latent attention, on every GPU", () => {
    // DeepSeek-V3: 61 layers, 512 + 64 numbers.
    const model: ModelShape = { ...findModelShape(llama70b, "planPod"), layers: 61, latentDimension: 576 };
    const on = (gpuCount: number) => fitMemory({ model, usableMemoryGibPerGpu: 140.4, gpuCount });
    assert.equal(on(1).kvBytesPerToken, 70_272);
    assert.equal(on(8).kvBytesPerToken, 8 * 70_272);
  });

  test("lets layers with a window keep no more than their window", () => {
    const gemma = findModelShape("google/gemma-3-27b-it", "planPod");
    const input = { model: gemma, usableMemoryGibPerGpu: a40Gib, gpuCount: 2 };
    // Every layer with all tokens would hold 54,700; only 10 of the 62 layers keep all.
    assert.equal(fitMemory(input).longestContextTokens, 131_072);
    assert.ok(countSequences(input, 131_072) >= 1);
    const plain = { ...input, model: { ...gemma, windowTokens: null, windowedLayers: 0 } };
    assertWithin(fitMemory(plain).longestContextTokens, 54_700, 0.05);
    assert.equal(countSequences(plain, 131_072), 0);
  });

  test("counts conversations of a length", () => {
    const input = { model: findModelShape(llama8b, "planPod"), usableMemoryGibPerGpu: a40Gib, gpuCount: 1 };
    assert.equal(countSequences(input, 131_072), 1);
    assert.equal(countSequences(input, 8_192), 23);
    assert.equal(countSequences(input, 1_024), 188);
  });
});

describe("memory, whatever the model", () => {
  const shape = fc.constantFrom(...loadModels());
  const memory = fc.double({ min: 8, max: 300, noNaN: true });
  const kvCacheDtype = fc.constantFrom("auto" as const, "fp8" as const);
  const counts = fc.constantFrom(1, 2, 4, 8);

  test("more context never needs less of it", () => {
    const context = fc.integer({ min: 1, max: 300_000 });
    fc.assert(
      fc.property(shape, counts, kvCacheDtype, context, context, (model, gpuCount, dtype, one, other) => {
        const input = { model, usableMemoryGibPerGpu: 80, gpuCount, kvCacheDtype: dtype };
        const [shorter, longer] = one < other ? [one, other] : [other, one];
        assert.ok(countSequences(input, shorter) >= countSequences(input, longer));
      }),
    );
  });

  test("more GPUs, larger ones and a smaller cache type never fit fewer tokens", () => {
    fc.assert(
      fc.property(shape, memory, counts, counts, kvCacheDtype, (model, gib, one, other, dtype) => {
        const [fewer, more] = one < other ? [one, other] : [other, one];
        fc.pre(canSplit(model, fewer) && canSplit(model, more));
        const fit = (gpuCount: number, usableMemoryGibPerGpu = gib, kvCacheDtype = dtype) =>
          fitMemory({ model, usableMemoryGibPerGpu, gpuCount, kvCacheDtype });
        assert.ok(fit(more).kvCacheTokens >= fit(fewer).kvCacheTokens);
        assert.ok(fit(more).longestContextTokens >= fit(fewer).longestContextTokens);
        assert.ok(fit(fewer, gib + 1).kvCacheTokens >= fit(fewer).kvCacheTokens);
        assert.ok(fit(fewer, gib, "fp8").kvCacheTokens >= fit(fewer, gib, "auto").kvCacheTokens);
      }),
    );
  });

  test("the longest context fits, and one token more does not", () => {
    fc.assert(
      fc.property(shape, memory, counts, (model, usableMemoryGibPerGpu, gpuCount) => {
        fc.pre(canSplit(model, gpuCount));
        const input = { model, usableMemoryGibPerGpu, gpuCount };
        const { longestContextTokens } = fitMemory(input);
        assert.ok(longestContextTokens <= model.contextTokens);
        if (longestContextTokens > 0) assert.ok(countSequences(input, longestContextTokens) >= 1);
        if (longestContextTokens < model.contextTokens) {
          assert.equal(countSequences(input, longestContextTokens + 1), 0);
        }
      }),
    );
  });
});
