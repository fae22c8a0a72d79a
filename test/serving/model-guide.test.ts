import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadModels } from "../../lib/src/facts/index.ts";
import { planPod } from "../../lib/src/runpod/index.ts";
import { type GuidedModel, modelGuide } from "../../lib/src/serving/model-guide.ts";

function rowOf(id: string, options: Parameters<typeof modelGuide>[0] = {}): GuidedModel {
  const row = modelGuide(options).find(({ model }) => model === id);
  assert.ok(row !== undefined, id);
  return row;
}

describe("the guide to models", () => {
  test("says how many A40s hold a model, with how much context and with which flags", () => {
    const figures = (id: string) => {
      const { gpuCount, maxModelTokens, vllmFlags } = rowOf(id);
      return [gpuCount, maxModelTokens, vllmFlags];
    };
    assert.deepEqual(figures("meta-llama/Llama-3.1-8B-Instruct"), [
      1,
      131_072,
      "--enable-auto-tool-choice --tool-call-parser llama3_json",
    ]);
    assert.deepEqual(figures("meta-llama/Llama-3.1-70B-Instruct"), [
      4,
      65_536,
      "--tensor-parallel-size 4 --max-model-len 65536 --enable-auto-tool-choice --tool-call-parser llama3_json",
    ]);
    assert.deepEqual(figures("meta-llama/Llama-3.1-405B-Instruct"), [
      null,
      null,
      "--enable-auto-tool-choice --tool-call-parser llama3_json",
    ]);
    assert.deepEqual(figures("Qwen/Qwen3-32B"), [
      2,
      40_960,
      "--tensor-parallel-size 2 --reasoning-parser qwen3 --enable-auto-tool-choice --tool-call-parser hermes",
    ]);
  });

  test("never says other than planPod, for any model on any of these machines", () => {
    for (const { model, gpuCount, maxModelTokens, usdPerHour } of modelGuide({ everything: true })) {
      if (gpuCount === null) continue;
      const plan = planPod({ model, gpus: ["NVIDIA A40"], gpuCount });
      assert.equal(plan.maxModelTokens, maxModelTokens, model);
      assert.equal(plan.usdPerHour, usdPerHour, model);
      const fewer = gpuCount / 2;
      if (fewer < 1) continue;
      const contextOnFewer = () => planPod({ model, gpus: ["NVIDIA A40"], gpuCount: fewer }).maxModelTokens;
      let longest = 0;
      try {
        longest = contextOnFewer();
      } catch {
        // It does not fit there, or cannot be split so.
      }
      assert.ok(longest < 8_192, `${model} also fits ${fewer}`);
    }
  });

  test("takes another kind of card, and refuses one that nobody knows", () => {
    assert.equal(rowOf("meta-llama/Llama-3.1-70B-Instruct", { gpu: "H200 SXM" }).gpuCount, 2);
    assert.throws(() => modelGuide({ gpu: "A4000000" }), {
      name: "InputError",
      message: /^modelGuide: gpu is "A4000000", which the workbook does not know\. Give Runpod's id/,
    });
  });

  test("names what is different about a model", () => {
    assert.equal(rowOf("mistralai/Mistral-7B-Instruct-v0.1").quirks, "takes no system prompt");
    assert.equal(rowOf("google/gemma-2-9b-it").quirks, "takes no system prompt");
    assert.equal(rowOf("Qwen/Qwen3-8B").quirks, "thinks unless the request switches it off");
    assert.equal(rowOf("openai/gpt-oss-20b").quirks, "thinks before it answers");
    assert.equal(rowOf("meta-llama/Llama-3.1-8B-Instruct").quirks, "");
    assert.equal(
      rowOf("meta-llama/Llama-3.1-8B", { everything: true }).quirks,
      "no chat template: it cannot chat",
    );
  });

  test("names what vLLM takes where a request says nothing", () => {
    assert.equal(rowOf("meta-llama/Llama-3.1-8B-Instruct").samplingDefaults, "temperature 0.6, top_p 0.9");
    assert.equal(rowOf("google/gemma-3-4b-it").samplingDefaults, "top_k 64, top_p 0.95");
    assert.equal(rowOf("microsoft/phi-4").samplingDefaults, "", "nobody looked");
  });

  test("leaves base and quantised checkpoints out unless everything is asked for, and dates each row", () => {
    assert.equal(modelGuide({ everything: true }).length, loadModels().length);
    const ids = modelGuide().map(({ model }) => model);
    assert.ok(!ids.includes("meta-llama/Llama-3.1-8B"));
    assert.ok(!ids.includes("nvidia/Llama-3.1-8B-Instruct-FP8"));
    for (const { observed, sources } of modelGuide()) {
      assert.match(observed, /^20\d\d-/);
      assert.ok(sources.length > 0);
    }
  });
});
