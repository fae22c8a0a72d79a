import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InputError } from "../../lib/src/errors.ts";
import { parseConfig } from "../../lib/src/hub/parse-config.ts";
import { readModelShape } from "../../lib/src/hub/read-model-shape.ts";

const plain = {
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  hidden_size: 4_096,
  max_position_embeddings: 131_072,
};

const read = (config: unknown) => readModelShape({ id: "a/b", config, weightsGb: 16 });

describe("a config.json as Python writes it", () => {
  test("may have numbers that JSON does not know, which stand for nothing", () => {
    assert.deepEqual(parseConfig('{"a": Infinity, "b": [-Infinity, NaN], "c": 1}'), {
      a: null,
      b: [null, null],
      c: 1,
    });
  });

  test("keeps texts that only look so", () => {
    assert.deepEqual(parseConfig('{"NaN": "Infinity and \\"NaN\\"", "x": NaN}'), {
      NaN: 'Infinity and "NaN"',
      x: null,
    });
  });

  test("is nothing where it is no JSON for other reasons", () => {
    assert.equal(parseConfig('{"a": "NaN'), undefined);
    assert.equal(parseConfig("{a: NaN}"), undefined);
  });
});

describe("the part of a config that writes", () => {
  for (const [name, config] of Object.entries({
    text_config: { text_config: plain },
    llm_config: { llm_config: plain },
    language_config: { language_config: plain },
    "thinker_config.text_config": {
      thinker_config: { text_config: plain },
      talker_config: { num_hidden_layers: 4 },
    },
  })) {
    test(`is found under ${name}, with the quantisation of the whole`, () => {
      const shape = read({ ...config, quantization_config: { quant_method: "fp8" } });
      assert.deepEqual([shape.layers, shape.kvHeads, shape.precision], [32, 8, "fp8"]);
    });
  }

  test("may carry the quantisation itself", () => {
    const quantization_config = { quant_method: "awq", bits: 4, group_size: 128 };
    const shape = read({ text_config: { ...plain, quantization_config } });
    assert.deepEqual([shape.precision, shape.quantisationBlock], ["awq-int4", 128]);
  });
});

describe("the fields of a config in other words", () => {
  const sizesOf = (config: object) => {
    const { layers, attentionHeads, kvHeads, headDimension, contextTokens } = read(config);
    return [layers, attentionHeads, kvHeads, headDimension, contextTokens];
  };

  test("of GPT-2: n_layer, n_head, n_embd, n_positions", () => {
    assert.deepEqual(
      sizesOf({ n_layer: 12, n_head: 12, n_embd: 768, n_positions: 1_024 }),
      [12, 12, 12, 64, 1_024],
    );
  });

  test("of MPT: n_layers, n_heads, d_model, max_seq_len", () => {
    assert.deepEqual(
      sizesOf({ n_layers: 32, n_heads: 32, d_model: 4_096, max_seq_len: 2_048 }),
      [32, 32, 32, 128, 2_048],
    );
  });

  test("of Falcon, where all heads share one, and of its newer form, where groups do", () => {
    const falcon = {
      model_type: "falcon",
      num_hidden_layers: 32,
      num_attention_heads: 71,
      hidden_size: 4_544,
    };
    assert.deepEqual(sizesOf({ ...falcon, multi_query: true }), [32, 71, 1, 64, 2_048]);
    const newer = { ...falcon, num_attention_heads: 128, hidden_size: 8_192, new_decoder_architecture: true };
    assert.deepEqual(sizesOf({ ...newer, num_kv_heads: 8, multi_query: true }), [32, 128, 8, 64, 2_048]);
  });

  test("of ChatGLM: num_layers, kv_channels, multi_query_group_num, seq_length", () => {
    const chatGlm = { num_layers: 40, num_attention_heads: 32, hidden_size: 4_096, kv_channels: 128 };
    const groups = { multi_query_attention: true, multi_query_group_num: 2, seq_length: 131_072 };
    assert.deepEqual(sizesOf({ ...chatGlm, ...groups }), [40, 32, 2, 128, 131_072]);
  });

  test("of Mistral's params.json: dim, n_layers, n_heads, n_kv_heads", () => {
    const params = {
      dim: 5_120,
      n_layers: 40,
      n_heads: 32,
      n_kv_heads: 8,
      head_dim: 128,
      max_seq_len: 131_072,
    };
    assert.deepEqual(sizesOf(params), [40, 32, 8, 128, 131_072]);
  });

  test("as strings, and with a head dimension of null or 0", () => {
    const asTexts = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, String(value)]));
    for (const head_dim of [null, 0, "none"]) {
      assert.deepEqual(sizesOf({ ...asTexts, head_dim }), [32, 32, 8, 128, 131_072]);
    }
  });

  test("with a stretched context: linear factors count, those of YaRN stand in the length already", () => {
    const stretched = (rope_scaling: object) => read({ ...plain, rope_scaling }).contextTokens;
    assert.equal(stretched({ type: "linear", factor: 4 }), 524_288);
    assert.equal(stretched({ rope_type: "dynamic", factor: 2 }), 262_144);
    assert.equal(stretched({ rope_type: "yarn", factor: 4 }), 131_072);
    assert.equal(stretched({ rope_type: "llama3", factor: 8 }), 131_072);
  });
});

describe("fields that are missing", () => {
  test("have the value of the type of model, as Gemma 3 4B's heads, and the shape says so", () => {
    const text_config = {
      model_type: "gemma3_text",
      hidden_size: 2_560,
      num_hidden_layers: 34,
      sliding_window: 1_024,
      rope_scaling: { factor: 8, rope_type: "linear" },
    };
    const shape = read({ model_type: "gemma3", text_config });
    const { attentionHeads, kvHeads, headDimension, contextTokens, windowTokens, windowedLayers, doubts } =
      shape;
    assert.deepEqual([attentionHeads, kvHeads, headDimension, contextTokens], [8, 4, 256, 131_072]);
    assert.deepEqual([windowTokens, windowedLayers, doubts], [1_024, 29, ["type-defaults"]]);
  });

  test("of the number of layers are counted where the layers are named one by one, as in Nemotron 3 Ultra", () => {
    const { num_hidden_layers: _, ...config } = plain;
    const layers_block_type = ["mamba", "moe", "mamba", "attention", "moe"];
    const shape = read({ ...config, model_type: "nemotron_h", layers_block_type, ssm_state_size: 128 });
    assert.deepEqual([shape.layers, shape.cacheLayers, shape.doubts], [5, 1, undefined]);
    assert.throws(() => read({ ...config, model_type: "nemotron_h" }), InputError);
  });

  test("of KV heads mean one for each head, or those of the type", () => {
    const { num_key_value_heads: _, ...config } = plain;
    assert.equal(read(config).kvHeads, 32);
    assert.equal(read({ ...config, model_type: "mistral", sliding_window: null }).kvHeads, 8);
    assert.equal(read({ ...config, model_type: "mistral", num_key_value_heads: null }).kvHeads, 32);
  });

  test("of the context mean 2,048 tokens where no type says better, which the shape says", () => {
    const { max_position_embeddings: _, ...config } = plain;
    for (const absurd of [undefined, null, 1e30, -1, "many"]) {
      const shape = read({ ...config, max_position_embeddings: absurd });
      assert.deepEqual([shape.contextTokens, shape.doubts], [2_048, ["context-assumed"]]);
    }
  });

  test("of the build itself are named, and so are absurd ones", () => {
    for (const num_hidden_layers of [undefined, null, 0, -3, 1.5, 1e12, "x", {}, []]) {
      assert.throws(
        () => read({ ...plain, num_hidden_layers }),
        (error: unknown) => error instanceof InputError && /\(num_hidden_layers\)/.test(error.message),
      );
    }
  });
});

describe("code of a repository's own", () => {
  test("is told where Transformers may not know the type of the whole, and not where it does", () => {
    const auto_map = { AutoConfig: "configuration_it.ItConfig" };
    const doubtsOf = (fields: object) => read({ ...plain, ...fields }).doubts;
    assert.deepEqual(doubtsOf({ auto_map, model_type: "internvl_chat" }), ["own-code"]);
    assert.equal(doubtsOf({ auto_map, model_type: "deepseek_v3" }), undefined);
    assert.equal(doubtsOf({ model_type: "internvl_chat" }), undefined);
  });
});

describe("how the weights are stored", () => {
  const stored = (quantization_config: object) => {
    const { precision, quantisationBlock = null } = read({
      ...plain,
      intermediate_size: 12_288,
      quantization_config,
    });
    return [precision, quantisationBlock];
  };
  const compressed = (weights: object) =>
    stored({ quant_method: "compressed-tensors", config_groups: { group_0: { weights } } });

  test("is read from the blocks and groups of every method", () => {
    assert.deepEqual(stored({ quant_method: "fp8", weight_block_size: [128, 128] }), ["fp8", 128]);
    assert.deepEqual(stored({ quant_method: "fp8", activation_scheme: "dynamic" }), ["fp8", null]);
    assert.deepEqual(stored({ quant_method: "gptq", bits: 4, group_size: -1 }), ["gptq-int4", null]);
    assert.deepEqual(stored({ quant_method: "modelopt", quant_algo: "NVFP4" }), ["nvfp4", null]);
    assert.deepEqual(stored({ quant_method: "bitsandbytes" }), ["unknown", null]);
    assert.deepEqual(compressed({ type: "float", num_bits: 8, strategy: "channel" }), ["fp8", null]);
    const block = { type: "float", num_bits: 8, strategy: "block", block_structure: [128, 128] };
    assert.deepEqual(compressed(block), ["fp8", 128]);
    assert.deepEqual(compressed({ type: "int", num_bits: 8, strategy: "channel" }), ["int8", null]);
    assert.deepEqual(compressed({ type: "float", num_bits: 4, group_size: 16 }), ["nvfp4", null]);
  });

  test("goes with the cache that vLLM takes by itself, where the checkpoint has scales for it", () => {
    const asks = (quantization_config: object) => read({ ...plain, quantization_config }).fp8Cache ?? false;
    const scheme = { dynamic: false, num_bits: 8, type: "float" };
    assert.equal(asks({ quant_method: "modelopt", quant_algo: "NVFP4", kv_cache_scheme: scheme }), true);
    assert.equal(asks({ quant_method: "compressed-tensors", kv_cache_scheme: scheme }), true);
    assert.equal(asks({ quantization: { quant_algo: "FP8", kv_cache_quant_algo: "FP8" } }), true);
    assert.equal(asks({ quant_method: "compressed-tensors", kv_cache_scheme: null }), false);
    assert.equal(asks({ quant_method: "fp8" }), false);
  });

  test("goes with the widths that a split divides", () => {
    const quantization_config = { quant_method: "fp8", weight_block_size: [128, 128] };
    const widths = (fields: object) => {
      const { expertSize, feedForwardSize } = read({ ...plain, ...fields, quantization_config });
      return [expertSize, feedForwardSize];
    };
    const qwen = {
      intermediate_size: 12_288,
      moe_intermediate_size: 1_536,
      num_experts: 128,
      mlp_only_layers: [],
    };
    assert.deepEqual(widths(qwen), [1_536, null]);
    assert.deepEqual(widths({ intermediate_size: 12_288 }), [null, 12_288]);
    assert.deepEqual(widths({ intermediate_size: 1_536, num_local_experts: 256 }), [1_536, null]);
    const deepseek = { intermediate_size: 18_432, moe_intermediate_size: 2_048, n_routed_experts: 256 };
    assert.deepEqual(widths({ ...deepseek, n_shared_experts: 1, first_k_dense_replace: 3 }), [2_048, 2_048]);
  });
});

describe("any config", () => {
  test("is read to sensible numbers, or refused with a sentence", () => {
    const names = [
      ...Object.keys(plain),
      "head_dim",
      "n_layer",
      "text_config",
      "layer_types",
      "kv_lora_rank",
      "model_type",
    ];
    const config = fc.dictionary(
      fc.constantFrom(...names, "quantization_config", "block_configs"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(config, fc.boolean(), (fields, isWhole) => {
        try {
          const shape = read(isWhole ? { ...plain, ...fields } : fields);
          for (const count of [shape.layers, shape.attentionHeads, shape.kvHeads, shape.headDimension]) {
            assert.ok(Number.isInteger(count) && count > 0);
          }
        } catch (error) {
          assert.ok(error instanceof InputError, String(error));
        }
      }),
    );
  });
});
