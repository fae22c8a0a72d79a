import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { listCaches } from "../../lib/src/facts/index.ts";
import { readModelShape } from "../../lib/src/hub/read-model-shape.ts";
import { fitMemory } from "../../lib/src/serving/memory-fit.ts";

const base = {
  num_hidden_layers: 8,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  hidden_size: 4_096,
  max_position_embeddings: 131_072,
};

function read(fields: object) {
  return readModelShape({ id: "a/b", config: { ...base, ...fields }, weightsGb: 16 });
}

/** Layers that keep all tokens, layers with a window, and megabytes of state. */
function kindsOf(fields: object) {
  const shape = read(fields);
  const caches = listCaches(shape);
  const count = (isWindowed: boolean) =>
    caches
      .filter(({ windowTokens }) => (windowTokens !== null) === isWindowed)
      .reduce((sum, { layers }) => sum + layers, 0);
  return [count(false), count(true), (shape.stateMb ?? 0) > 0];
}

const types = (...names: string[]) => Array.from({ length: 8 }, (_, layer) => names[layer % names.length]);

describe("which layers keep a cache that grows", () => {
  const cases: [name: string, fields: object, full: number, windowed: number, hasState: boolean][] = [
    ["no field for it", {}, 8, 0, false],
    [
      "layer_types of Qwen3.5",
      { layer_types: types("linear_attention", "linear_attention", "linear_attention", "full_attention") },
      2,
      0,
      true,
    ],
    [
      "layer_types of gpt-oss",
      { layer_types: types("sliding_attention", "full_attention"), sliding_window: 128 },
      4,
      4,
      false,
    ],
    [
      "layer_types of Llama 4",
      { layer_types: types("chunked_attention", "full_attention"), attention_chunk_size: 8_192 },
      4,
      4,
      false,
    ],
    ["layer_types of LFM2", { layer_types: types("conv", "full_attention"), conv_L_cache: 3 }, 4, 0, true],
    ["full_attention_interval", { full_attention_interval: 4 }, 2, 0, true],
    ["hybrid_override_pattern", { hybrid_override_pattern: "MEM*E-M*" }, 2, 0, true],
    ["attn_layer_indices of Bamba", { attn_layer_indices: [2, 5] }, 2, 0, true],
    ["full_attn_idxs of LFM2", { full_attn_idxs: [0, 4, 7] }, 3, 0, true],
    ["attn_layer_period of Jamba", { attn_layer_period: 4, attn_layer_offset: 2 }, 2, 0, true],
    [
      "layers_block_type of Granite 4",
      { layers_block_type: types("mamba", "mamba", "mamba", "attention") },
      2,
      0,
      true,
    ],
    ["linear_attn_config of Kimi", { linear_attn_config: { full_attn_layers: [4, 8] } }, 2, 0, true],
    ["attn_type_list of MiniMax", { attn_type_list: [0, 0, 0, 1, 0, 0, 0, 1] }, 2, 0, true],
    [
      "hybrid_layer_pattern of MiMo",
      { hybrid_layer_pattern: [0, 1, 1, 1, 0, 1, 1, 1], sliding_window: 128 },
      2,
      6,
      false,
    ],
    [
      "no_rope_layers of Llama 4",
      { no_rope_layers: [1, 1, 1, 0, 1, 1, 1, 0], attention_chunk_size: 8_192 },
      2,
      6,
      false,
    ],
    ["sliding_window_pattern as a number", { sliding_window_pattern: 4, sliding_window: 1_024 }, 2, 6, false],
    [
      "sliding_window_pattern as letters",
      { sliding_window_pattern: "LLLG", sliding_window: 1_024 },
      2,
      6,
      false,
    ],
    ["Gemma 2, by its type alone", { model_type: "gemma2", sliding_window: 4_096 }, 4, 4, false],
    ["Qwen3-Next, by its type alone", { model_type: "qwen3_next" }, 2, 0, true],
    ["Falcon-H1, where each layer has both", { model_type: "falcon_h1" }, 8, 0, true],
    [
      "block_types of RecurrentGemma",
      { block_types: ["recurrent", "recurrent", "attention"], attention_window_size: 2_048 },
      2,
      0,
      true,
    ],
    ["layers that share the cache of earlier ones", { num_kv_shared_layers: 3 }, 5, 0, false],
    [
      "a window that begins at a layer",
      { use_sliding_window: true, sliding_window: 1_024, max_window_layers: 6 },
      6,
      2,
      false,
    ],
    ["a window without a length", { layer_types: types("sliding_attention") }, 8, 0, false],
  ];
  for (const [name, fields, full, windowed, hasState] of cases) {
    test(`by ${name}`, () => assert.deepEqual(kindsOf(fields), [full, windowed, hasState]));
  }

  test("by block_configs, each layer with KV heads of its own or none: Llama-3.3-Nemotron", () => {
    const attention = (n_heads_in_group: number | null, no_op = false) => ({
      attention: { n_heads_in_group, no_op },
    });
    const block_configs = [8, 8, null, 16, 32, null, 8, 8].map((heads) => attention(heads, heads === null));
    assert.deepEqual(listCaches(read({ num_key_value_heads: null, block_configs })), [
      { layers: 4, kvHeads: 4, numbersPerHead: 256, windowTokens: null },
      { layers: 1, kvHeads: 2, numbersPerHead: 256, windowTokens: null },
      { layers: 1, kvHeads: 1, numbersPerHead: 256, windowTokens: null },
    ]);
  });

  test("by a list of KV heads, one for each layer", () => {
    const shape = read({ num_key_value_heads: [4, 4, 4, 4, 8, 8, 8, 8] });
    assert.equal(shape.kvHeads, 4);
    assert.deepEqual(
      listCaches(shape).map(({ layers, kvHeads }) => [layers, kvHeads]),
      [
        [4, 4],
        [4, 8],
      ],
    );
  });

  test("by the global heads of Gemma 4 and the window's own of MiMo", () => {
    const gemma = {
      layer_types: types("sliding_attention", "full_attention"),
      sliding_window: 1_024,
      global_head_dim: 512,
      num_global_key_value_heads: 4,
    };
    assert.deepEqual(listCaches(read(gemma)), [
      { layers: 4, kvHeads: 4, numbersPerHead: 1_024, windowTokens: null },
      { layers: 4, kvHeads: 8, numbersPerHead: 256, windowTokens: 1_024 },
    ]);
    const { global_head_dim: _, ...unsaid } = { ...gemma, model_type: "gemma4_text" };
    assert.deepEqual(listCaches(read(unsaid)), listCaches(read(gemma)));
    const mimo = {
      hybrid_layer_pattern: [0, 1, 1, 1, 0, 1, 1, 1],
      sliding_window: 128,
      head_dim: 192,
      v_head_dim: 128,
      swa_num_key_value_heads: 16,
      swa_head_dim: 192,
      swa_v_head_dim: 128,
    };
    assert.deepEqual(
      listCaches(read(mimo)).map(({ kvHeads, numbersPerHead }) => [kvHeads, numbersPerHead]),
      [
        [8, 320],
        [16, 320],
      ],
    );
  });

  test("with the keys by which sparse layers choose: in all of them, in some of GLM 5.2, in those that MiniMax M3 names", () => {
    const keysOf = (fields: object, size: number) =>
      listCaches(read(fields)).find(({ numbersPerHead }) => numbersPerHead === size)?.layers;
    const latent = { kv_lora_rank: 512, qk_rope_head_dim: 64, index_topk: 2_048, index_head_dim: 128 };
    assert.equal(keysOf(latent, 66), 8);
    assert.equal(keysOf({ ...latent, index_topk_freq: 4, index_skip_topk_offset: 3 }, 66), 4);
    assert.equal(keysOf({ ...latent, index_topk_pattern: "FFFSSSFS" }, 66), 4);
    const sparse_attention_config = {
      sparse_attention_freq: [0, 0, 0, 1, 1, 1, 1, 1],
      sparse_index_dim: 128,
    };
    assert.equal(keysOf({ sparse_attention_config }, 128), 5);
  });

  test("by pairs of layers, as LongCat counts them", () => {
    const { num_hidden_layers: _, ...config } = { ...base, model_type: "longcat_flash", kv_lora_rank: 512 };
    const shape = readModelShape({ id: "a/b", config: { ...config, num_layers: 28 }, weightsGb: 16 });
    assert.deepEqual(
      listCaches(shape).map(({ layers }) => layers),
      [56],
    );
    assert.equal(read({ model_type: "longcat_flash", num_layers: 4 }).layers, 8);
  });

  test("by the ratios of DeepSeek V4, roughly, and says that it is rough", () => {
    const shape = read({
      compress_ratios: [0, 0, 4, 128, 4, 128, 4, 128],
      head_dim: 512,
      sliding_window: 128,
    });
    assert.deepEqual(shape.doubts, ["cache-estimated"]);
    assert.equal(shape.sparseAttention, true);
    const growing = listCaches(shape).filter(({ windowTokens }) => windowTokens === null);
    assert.deepEqual(
      growing.map(({ layers, numbersPerHead }) => [layers, numbersPerHead]),
      [
        [3, 128],
        [3, 16.5],
        [3, 4],
      ],
    );
  });
});

describe("the state of layers without a cache", () => {
  test("is as wide as intermediate_size where all layers are Mamba's first kind, whatever expand says", () => {
    const falcon = { model_type: "falcon_mamba", state_size: 16, conv_kernel: 4, expand: 16 };
    assert.equal(
      read({ ...falcon, intermediate_size: 8_192 }).stateMb,
      (8 * (8_192 * 3 + 8_192 * 16) * 2) / 1e6,
    );
  });

  const linear = { full_attention_interval: 4 };

  test("is Qwen3.5's: heads of 128 × 128 at 32 bits, and three tokens of its short memory", () => {
    const { stateMb, doubts } = read({
      ...linear,
      linear_num_key_heads: 16,
      linear_num_value_heads: 48,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      linear_conv_kernel_dim: 4,
      mamba_ssm_dtype: "float32",
    });
    assert.equal(stateMb, (6 * (48 * 128 * 128 * 4 + 10_240 * 3 * 2)) / 1e6);
    assert.equal(doubts, undefined);
  });

  test("is Nemotron's: Mamba 2 at 32 bits, as vLLM has it for this type", () => {
    const { stateMb } = read({
      model_type: "nemotron_h",
      hybrid_override_pattern: "MEM*E-M*",
      mamba_num_heads: 64,
      mamba_head_dim: 64,
      ssm_state_size: 128,
      n_groups: 8,
      conv_kernel: 4,
    });
    assert.equal(stateMb, (3 * (4_096 * 128 * 4 + (4_096 + 2 * 8 * 128) * 3 * 2)) / 1e6);
  });

  test("is estimated where the config does not say it, and the shape says so", () => {
    const { stateMb, doubts } = read(linear);
    assert.equal(stateMb, (6 * 200 * 4_096 * 4) / 1e6);
    assert.deepEqual(doubts, ["state-estimated"]);
  });
});

describe("whatever a config says of its layers", () => {
  const kind = fc.constantFrom(
    "full_attention",
    "sliding_attention",
    "linear_attention",
    "mamba",
    "conv",
    "moe",
    "?",
  );
  const fields = fc.record(
    {
      num_hidden_layers: fc.integer({ min: 1, max: 200 }),
      layer_types: fc.array(kind, { maxLength: 200 }),
      full_attention_interval: fc.integer({ min: -2, max: 12 }),
      hybrid_override_pattern: fc.string({ unit: fc.constantFrom("M", "*", "E", "-", "|"), maxLength: 100 }),
      sliding_window: fc.constantFrom(null, 0, -1, 128, 4_096, "512"),
      sliding_window_pattern: fc.constantFrom(0, 3, "LLG", "x"),
      num_kv_shared_layers: fc.integer({ min: 0, max: 300 }),
      attn_layer_indices: fc.array(fc.integer({ min: -1, max: 300 }), { maxLength: 20 }),
      compress_ratios: fc.array(fc.constantFrom(0, 1, 4, 128), { maxLength: 20 }),
    },
    { requiredKeys: [] },
  );

  test("no more layers keep a cache than there are, and the cache is at most that of all of them in full", () => {
    fc.assert(
      fc.property(fields, ({ compress_ratios: _, ...some }) => {
        const shape = read(some);
        const kept = listCaches(shape).reduce((sum, { layers }) => sum + layers, 0);
        assert.ok(kept <= shape.layers);
        const on = { usableMemoryGibPerGpu: 79, gpuCount: 1 };
        const own = fitMemory({ ...on, model: shape });
        const full = fitMemory({
          ...on,
          model: {
            ...shape,
            caches: [{ ...read({}), numbersPerHead: 256, windowTokens: null, layers: shape.layers }],
          },
        });
        assert.ok(own.kvBytesPerToken <= full.kvBytesPerToken);
      }),
    );
  });

  test("every figure of the memory is a number, and none is below zero but what the weights do not leave", () => {
    fc.assert(
      fc.property(fields, (some) => {
        const { kvCacheGib, ...fit } = fitMemory({
          model: read(some),
          usableMemoryGibPerGpu: 44.98,
          gpuCount: 2,
        });
        assert.ok(Number.isFinite(kvCacheGib));
        for (const [name, value] of Object.entries(fit))
          assert.ok(Number.isFinite(value) && value >= 0, name);
      }),
    );
  });
});
