import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { readModelShape } from "../../lib/src/hub/read-model-shape.ts";

const llama = {
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  hidden_size: 4_096,
  intermediate_size: 14_336,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
  torch_dtype: "bfloat16",
};

describe("a model's shape, read from its config.json", () => {
  test("takes the head dimension from the hidden size where it is not said", () => {
    assert.deepEqual(readModelShape({ id: "a/b", config: llama, weightsGb: 16.06 }), {
      id: "a/b",
      layers: 32,
      attentionHeads: 32,
      kvHeads: 8,
      headDimension: 128,
      hiddenSize: 4_096,
      vocabularySize: 128_256,
      feedForwardSize: 14_336,
      experts: null,
      expertSize: null,
      latentDimension: null,
      windowTokens: null,
      windowedLayers: 0,
      contextTokens: 131_072,
      precision: "bf16",
      weightsGb: 16.06,
      downloadGb: 16.06,
      gated: "unknown",
      vllmArguments: [],
      chatTemplate: null,
    });
  });

  test("keeps a head dimension that is said, and takes every head for a KV head where none are named", () => {
    const config = { ...llama, head_dim: 160, num_key_value_heads: null };
    const shape = readModelShape({ id: "a/b", config, weightsGb: 16 });
    assert.equal(shape.headDimension, 160);
    assert.equal(shape.kvHeads, 32);
  });

  test("knows latent attention", () => {
    const config = { ...llama, kv_lora_rank: 512, qk_rope_head_dim: 64 };
    assert.equal(readModelShape({ id: "a/b", config, weightsGb: 16 }).latentDimension, 576);
  });

  test("counts the layers with a window", () => {
    const layer_types = ["full_attention", "sliding_attention", "sliding_attention"];
    const windowed = readModelShape({
      id: "a/b",
      config: { ...llama, sliding_window: 1_024, layer_types },
      weightsGb: 16,
    });
    assert.deepEqual([windowed.windowTokens, windowed.windowedLayers], [1_024, 2]);
  });

  test("gives every layer the window where no field says which ones, as vLLM does, and none where it is turned off", () => {
    const read = (fields: object) => {
      const config = { ...llama, ...fields };
      const { windowTokens, windowedLayers } = readModelShape({ id: "a/b", config, weightsGb: 16 });
      return [windowTokens, windowedLayers];
    };
    assert.deepEqual(read({ sliding_window: 1_024 }), [1_024, 32]);
    assert.deepEqual(read({ sliding_window: 1_024, use_sliding_window: false }), [null, 0]);
    assert.deepEqual(read({ sliding_window: 1_024, model_type: "qwen2" }), [null, 0]);
    assert.deepEqual(read({ sliding_window: null, model_type: "mistral" }), [null, 0]);
  });

  test("finds the language part of a model with pictures", () => {
    const config = { architectures: ["SomethingForConditionalGeneration"], text_config: llama };
    assert.equal(readModelShape({ id: "a/b", config, weightsGb: 16 }).layers, 32);
  });

  test("tells the precision of quantised weights where it is one that is known", () => {
    const known = [
      [{ quant_method: "awq", bits: 4 }, "awq-int4"],
      [{ quant_method: "gptq", bits: 4 }, "gptq-int4"],
      [{ quant_method: "gptq", bits: 8 }, "unknown"],
      [{ quant_method: "fp8" }, "fp8"],
      [{ quant_method: "mxfp4" }, "mxfp4"],
      [{ quant_method: "compressed-tensors" }, "unknown"],
    ] as const;
    for (const [quantization_config, precision] of known) {
      const config = { ...llama, quantization_config };
      assert.equal(readModelShape({ id: "a/b", config, weightsGb: 16 }).precision, precision);
    }
  });

  test("names what a config lacks", () => {
    const { num_hidden_layers: _, ...config } = llama;
    assert.throws(
      () => readModelShape({ id: "a/b", config, weightsGb: 16 }),
      (error: unknown) =>
        error instanceof InputError &&
        error.message ===
          "fetchModelShape: the config.json of a/b does not say how the model is built (num_hidden_layers). " +
            "Give planPod a ModelShape written by hand from the model's card.",
    );
    assert.throws(() => readModelShape({ id: "a/b", config: "no object", weightsGb: 16 }), InputError);
  });
});
