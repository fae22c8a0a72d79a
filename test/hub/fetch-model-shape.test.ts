import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError, WorkbookError } from "../../lib/src/errors.ts";
import { fetchModelShape } from "../../lib/src/hub/fetch-model-shape.ts";
import { planPod } from "../../lib/src/runpod/pods/plan-pod.ts";
import { startHuggingFaceLike } from "../helpers/hugging-face-like.ts";

const config = {
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  hidden_size: 4_096,
  max_position_embeddings: 32_768,
};
const siblings = [
  { rfilename: "config.json", size: 600 },
  { rfilename: "model-00001-of-00002.safetensors", size: 10_000_000_000 },
  { rfilename: "model-00002-of-00002.safetensors", size: 4_500_000_000 },
  { rfilename: "consolidated.safetensors", size: 14_500_000_000 },
  { rfilename: "original/consolidated.00.safetensors", size: 99_000_000_000 },
];

describe("fetchModelShape", () => {
  test("gives a plan what it needs to know of any model on Hugging Face", async (t) => {
    const server = await startHuggingFaceLike(t, { model: { gated: "auto", siblings }, config });
    const shape = await fetchModelShape("someone/else", { url: server.url, token: null });
    assert.equal(shape.weightsGb, 14.5);
    assert.equal(shape.downloadGb, 29);
    assert.equal(shape.gated, "automatic");
    assert.equal(shape.contextTokens, 32_768);
    const plan = planPod({ model: shape });
    assert.equal(plan.maxModelTokens, 32_768);
    assert.equal(plan.needsHuggingFaceToken, true);
    assert.equal(plan.containerDiskGb, 60);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ["/api/models/someone/else?blobs=true", "/someone/else/resolve/main/config.json"],
    );
  });

  test("counts weights of 32 bits as the 16 that vLLM loads, on disk as they are, and not those of a quantised checkpoint", async (t) => {
    const model = {
      gated: false as const,
      siblings: [{ rfilename: "model.safetensors", size: 37e9 }],
      safetensors: { parameters: { F32: 9e9, BF16: 0.5e9 } },
    };
    const read = async (fields: object) => {
      const server = await startHuggingFaceLike(t, { model, config: { ...config, ...fields } });
      const { weightsGb, downloadGb } = await fetchModelShape("a/b", { url: server.url, token: null });
      return [weightsGb, downloadGb];
    };
    assert.deepEqual(await read({ torch_dtype: "float32" }), [19, 37]);
    assert.deepEqual(await read({ quantization_config: { quant_method: "fp8" } }), [37, 37]);
  });

  test("does not take a part of the files for all: where a size is missing, the numbers of the weights tell it", async (t) => {
    const model = {
      gated: false as const,
      siblings: [{ rfilename: "model-1.safetensors", size: 5e9 }, { rfilename: "model-2.safetensors" }],
    };
    const weightsOf = async (said: object) => {
      const server = await startHuggingFaceLike(t, { model: { ...model, ...said }, config });
      return (await fetchModelShape("a/b", { url: server.url, token: null })).weightsGb;
    };
    assert.equal(await weightsOf({ safetensors: { parameters: { BF16: 8e9 } } }), 16);
    await assert.rejects(weightsOf({}), /no \.safetensors files with known sizes/);
  });

  test("refuses a repository without weights that vLLM reads", async (t) => {
    const server = await startHuggingFaceLike(t, {
      model: { gated: false, siblings: [{ rfilename: "model.gguf", size: 5_000_000_000 }] },
      config,
    });
    await assert.rejects(fetchModelShape("someone/gguf", { url: server.url, token: null }), InputError);
  });

  test("leads to checkModelAccess where the files may not be read", async (t) => {
    const server = await startHuggingFaceLike(t, {
      model: { gated: "manual", siblings },
      file: { status: 403, errorCode: "GatedRepo" },
    });
    await assert.rejects(
      fetchModelShape("someone/gated", { url: server.url, token: "hf_canary_not_a_key" }),
      (error: unknown) =>
        error instanceof WorkbookError &&
        /HTTP 403, GatedRepo.*checkModelAccess/.test(error.message) &&
        !error.message.includes("canary"),
    );
  });
});
