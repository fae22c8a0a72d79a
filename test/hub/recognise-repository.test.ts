import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { fetchModelShape } from "../../lib/src/hub/fetch-model-shape.ts";
import { sendJson, startLocalServer } from "../helpers/local-server.ts";

const qwen = {
  architectures: ["Qwen3ForCausalLM"],
  model_type: "qwen3",
  num_hidden_layers: 36,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  hidden_size: 4_096,
  max_position_embeddings: 40_960,
};

/** A repository: its files with their sizes, or with what stands in them. */
type Files = Readonly<Record<string, number | object>>;

/** Starts a stand-in of Hugging Face that has this one repository, and reads its shape. */
async function shapeOf(t: TestContext, files: Files, said: object = {}) {
  const server = await startLocalServer(t, ({ path }, response) => {
    const file = path.split("/resolve/main/")[1];
    if (file === undefined) {
      const siblings = Object.entries(files).map(([rfilename, size]) => ({
        rfilename,
        size: typeof size === "number" ? size : 900,
      }));
      sendJson(response, { id: "me/it", gated: false, siblings, ...said });
    } else if (typeof files[file] === "object") sendJson(response, files[file]);
    else sendJson(response, { error: "Entry not found" }, 404);
  });
  return fetchModelShape("me/it", { url: server.url, token: null });
}

const weights = { "model.safetensors": 16e9 };

describe("a repository that is no language model which vLLM loads", () => {
  const cases: [name: string, files: Files, what: RegExp, next: RegExp, said?: object][] = [
    [
      "an adapter",
      {
        "adapter_config.json": { base_model_name_or_path: "Qwen/Qwen3-8B" },
        "adapter_model.safetensors": 1.6e8,
      },
      /is a LoRA adapter of Qwen\/Qwen3-8B/,
      /Plan Qwen\/Qwen3-8B with extraArguments: \["--enable-lora", "--lora-modules", "it=me\/it"\]/,
    ],
    [
      "an adapter of a higher rank, trained from a folder",
      {
        "adapter_config.json": { r: 16, rank_pattern: { q_proj: 48 }, base_model_name_or_path: "/data/qwen" },
        "adapter_model.safetensors": 1.6e8,
      },
      /is a LoRA adapter of Qwen\/Qwen3-8B/,
      /"--lora-modules", "it=me\/it", "--max-lora-rank", "64"\]/,
      { cardData: { base_model: "Qwen/Qwen3-8B" } },
    ],
    ...[{ use_dora: true }, { peft_type: "IA3" }, { modules_to_save: ["embed_tokens"] }, { r: 1_024 }].map(
      (kind): [string, Files, RegExp, RegExp] => [
        `an adapter that vLLM loads only merged: ${JSON.stringify(kind)}`,
        { "adapter_config.json": kind, "adapter_model.safetensors": 1.6e8 },
        /is an adapter, no model of its own/,
        /merge it into the model that it was trained on/,
      ],
    ),
    ...["bitsandbytes", "aqlm", "hqq", "bitnet"].map(
      (quant_method): [string, Files, RegExp, RegExp, object] => [
        `a quantisation that vLLM does not load: ${quant_method}`,
        { "config.json": { text_config: { ...qwen, quantization_config: { quant_method } } }, ...weights },
        new RegExp(`quantised with ${quant_method}, which vLLM does not load`),
        /Serve Qwen\/Qwen3-8B/,
        { cardData: { base_model: "Qwen/Qwen3-8B" } },
      ],
    ),
    ...[
      "LlamaForCausalLMEagle3",
      "EagleLlamaForCausalLM",
      "MedusaModel",
      "DFlashDraftModel",
      "Qwen3NextMTP",
    ].map((name): [string, Files, RegExp, RegExp] => [
      `a draft model: ${name}`,
      { "config.json": { ...qwen, architectures: [name] }, ...weights },
      /is a draft model/,
      /--speculative-config/,
    ]),
    ...["Dinov2Model", "SiglipVisionModel", "DetrForObjectDetection", "HF_ColBERT", "__proto__"].map(
      (name): [string, Files, RegExp, RegExp] => [
        `of a class that writes nothing: ${name}`,
        { "config.json": { ...qwen, architectures: [name] }, ...weights },
        /is of the class \w+, with which vLLM writes no text/,
        /Choose a language model/,
      ],
    ),
    [
      "of a class that vLLM has withdrawn",
      { "config.json": { ...qwen, architectures: ["MiniMaxText01ForCausalLM"] }, ...weights },
      /is of the class MiniMaxText01ForCausalLM, which vLLM no longer serves \(v0\.23\.0 was the last that did\)/,
      /another model/,
    ],
    [
      "an adapter beside a config of its base",
      { "config.json": qwen, "adapter_config.json": 900, "adapter_model.bin": 1.6e8 },
      /is a LoRA adapter, no model of its own/,
      /the model that it was trained on/,
    ],
    [
      "GGUF",
      { "it-Q4_K_M.gguf": 5e9 },
      /GGUF only/,
      /Serve Qwen\/Qwen3-8B/,
      { cardData: { base_model: ["Qwen/Qwen3-8B"] } },
    ],
    ["GGUF with a config", { "config.json": qwen, "it-Q8_0.gguf": 9e9 }, /GGUF only/, /safetensors/],
    ["ONNX", { "config.json": qwen, "onnx/model.onnx": 5e9 }, /ONNX only/, /safetensors/],
    [
      "OpenVINO",
      { "config.json": qwen, "openvino_model.xml": 9, "openvino_model.bin": 4e9 },
      /OpenVINO/,
      /safetensors/,
    ],
    [
      "CTranslate2",
      { "config.json": {}, "model.bin": 5e9, "vocabulary.json": 9 },
      /CTranslate2/,
      /safetensors/,
    ],
    [
      "MLX",
      { "config.json": { ...qwen, quantization: { bits: 4, group_size: 64 } }, ...weights },
      /MLX/,
      /safetensors/,
    ],
    [
      "a quantisation that vLLM does not load: ExLlama",
      { "config.json": { ...qwen, quantization_config: { quant_method: "exl2", bits: 4.5 } }, ...weights },
      /quantised with exl2/,
      /safetensors/,
    ],
    [
      "a model of sentence-transformers",
      { "config.json": qwen, "modules.json": 300, ...weights },
      /embedding/,
      /--runner pooling/,
    ],
    [
      "an encoder",
      { "config.json": { ...qwen, architectures: ["BertModel"] }, ...weights },
      /embedding/,
      /--runner pooling/,
    ],
    [
      "a reranker",
      { "config.json": { ...qwen, architectures: ["Qwen3ForSequenceClassification"] }, ...weights },
      /scores or classifies/,
      /--runner pooling/,
    ],
    [
      "a reranker that is built as a language model",
      { "config.json": qwen, ...weights },
      /scores or classifies/,
      /--runner pooling/,
      { pipeline_tag: "text-ranking" },
    ],
    [
      "a voice",
      { "config.json": { ...qwen, architectures: ["ParlerTTSForConditionalGeneration"] }, ...weights },
      /pictures, sound or video/,
      /modelGuide/,
      { pipeline_tag: "text-to-speech" },
    ],
    [
      "a reward model",
      { "config.json": { ...qwen, architectures: ["Qwen2ForRewardModel"] }, ...weights },
      /scores or classifies/,
      /--runner pooling/,
    ],
    [
      "a speech model",
      {
        "config.json": { architectures: ["WhisperForConditionalGeneration"], is_encoder_decoder: true },
        ...weights,
      },
      /speech/,
      /choose a language model/,
    ],
    [
      "an encoder-decoder model",
      {
        "config.json": { architectures: ["T5ForConditionalGeneration"], is_encoder_decoder: true },
        ...weights,
      },
      /encoder-decoder/,
      /modelGuide/,
    ],
    [
      "pictures",
      { "model_index.json": { _class_name: "FluxPipeline" }, "transformer/model.safetensors": 24e9 },
      /pictures, sound or video/,
      /modelGuide/,
    ],
  ];
  for (const [name, files, what, next, said] of cases) {
    test(`is recognised as what it is: ${name}`, async (t) => {
      await assert.rejects(shapeOf(t, files, said), (error: unknown) => {
        assert.ok(error instanceof InputError, String(error));
        assert.deepEqual([error.problem, error.field], ["no-language-model", "model"]);
        assert.match(error.problemText, what);
        assert.match(error.remedy, next);
        return true;
      });
    });
  }
});

describe("a repository that is one, whatever lies beside it", () => {
  for (const [name, files] of Object.entries({
    "GGUF copies": { "config.json": qwen, ...weights, "it-Q4_K_M.gguf": 5e9 },
    "ONNX copies": { "config.json": qwen, ...weights, "onnx/model.onnx": 5e9 },
    "an adapter": {
      "config.json": qwen,
      ...weights,
      "adapter_config.json": 9,
      "adapter_model.safetensors": 1e8,
    },
    "PyTorch's form of the same": { "config.json": qwen, ...weights, "pytorch_model.bin": 16e9 },
  } satisfies Record<string, Files>)) {
    test(`has the size of its own weights: ${name}`, async (t) => {
      const { weightsGb, layers } = await shapeOf(t, files);
      assert.deepEqual([weightsGb, layers], [16, 36]);
    });
  }

  for (const name of ["MiniCPMV", "Eagle2_5_VLForConditionalGeneration", "NemotronH_Nano_VL_V2"]) {
    test(`may be of a class with a name of its own: ${name}`, async (t) => {
      const files = { "config.json": { ...qwen, architectures: [name] }, ...weights };
      assert.equal((await shapeOf(t, files, { pipeline_tag: "constructor" })).layers, 36);
    });
  }

  test("may keep its quantisation in NVIDIA's own file", async (t) => {
    const quantisation = { producer: { name: "modelopt" }, quantization: { quant_algo: "FP8" } };
    const files = { "config.json": qwen, ...weights, "hf_quant_config.json": quantisation };
    assert.equal((await shapeOf(t, files)).precision, "fp8");
  });

  test("may have its weights in PyTorch's form alone", async (t) => {
    const parts = { "pytorch_model-00001-of-00002.bin": 10e9, "pytorch_model-00002-of-00002.bin": 4e9 };
    assert.equal((await shapeOf(t, { "config.json": qwen, ...parts })).weightsGb, 14);
  });

  test("is read whatever words stand for its task, its type and its numbers", async (t) => {
    for (const word of ["constructor", "toString", "valueOf"]) {
      const config = { ...qwen, model_type: word };
      const said = { pipeline_tag: word, tags: [word], safetensors: { parameters: { [word]: 8e9 } } };
      const shape = await shapeOf(t, { "config.json": config, "model.safetensors": 0 }, said);
      assert.deepEqual([shape.weightsGb, shape.layers, shape.kvHeads], [16, 36, 8]);
    }
  });

  test("is not taken for another kind by a task that its class contradicts", async (t) => {
    for (const [name, pipeline_tag, kind] of [
      ["InternVLChatModel", "feature-extraction", /embedding model/],
      ["Phi4MMForCausalLM", "automatic-speech-recognition", /speech model/],
      ["LlamaForCausalLM", "text-classification", /scores or classifies/],
    ] as const) {
      const ofClass = (architectures: string[]) => ({
        "config.json": { ...qwen, architectures },
        ...weights,
      });
      assert.equal((await shapeOf(t, ofClass([name]), { pipeline_tag })).layers, 36);
      await assert.rejects(shapeOf(t, ofClass(["SomethingElse"]), { pipeline_tag }), kind);
    }
  });

  test("is told from encoders by the name of its class, also where that ends on Model", async (t) => {
    for (const name of [
      "GPT2LMHeadModel",
      "InternVLChatModel",
      "ChatGLMModel",
      "Qwen2_5OmniModel",
      "UltravoxModel",
    ]) {
      assert.equal(
        (await shapeOf(t, { "config.json": { ...qwen, architectures: [name] }, ...weights })).layers,
        36,
      );
    }
  });
});

describe("a model in Mistral's own form", () => {
  const params = {
    dim: 5_120,
    n_layers: 40,
    n_heads: 32,
    n_kv_heads: 8,
    head_dim: 128,
    max_seq_len: 131_072,
  };

  test("is read from its params.json, and served with the flags that it needs", async (t) => {
    const shape = await shapeOf(t, {
      "params.json": params,
      "consolidated.safetensors": 47e9,
      "tekken.json": 9e6,
    });
    assert.deepEqual([shape.layers, shape.headDimension, shape.contextTokens], [40, 128, 131_072]);
    assert.equal(shape.weightsGb, 47);
    assert.deepEqual(shape.vllmArguments, [
      "--tokenizer-mode",
      "mistral",
      "--config-format",
      "mistral",
      "--load-format",
      "mistral",
    ]);
  });

  test("says what to do where its params.json cannot be read", async (t) => {
    await assert.rejects(
      shapeOf(t, { "params.json": 900, "consolidated.safetensors": 47e9 }),
      (error: unknown) =>
        error instanceof InputError &&
        /Mistral's own format \(params\.json/.test(error.message) &&
        /--config-format/.test(error.remedy),
    );
  });

  test("is taken in Hugging Face's form where it has both", async (t) => {
    const files = {
      "config.json": qwen,
      ...weights,
      "params.json": params,
      "consolidated.safetensors": 16e9,
    };
    const { layers, vllmArguments, weightsGb, downloadGb } = await shapeOf(t, files);
    assert.deepEqual([layers, vllmArguments, weightsGb, downloadGb], [36, [], 16, 32]);
  });
});
