import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InputError } from "../../lib/src/errors.ts";
import type { ModelShape } from "../../lib/src/facts/index.ts";
import { planPod } from "../../lib/src/runpod/pods/plan-pod.ts";
import { canSplit } from "../../lib/src/serving/split-model.ts";

const h100 = "NVIDIA H100 80GB HBM3";

/** Qwen3-235B-A22B as its makers quantised it: FP8 in blocks of 128, experts 1,536 wide. */
const qwen235b: ModelShape = {
  id: "Qwen/Qwen3-235B-A22B-FP8",
  layers: 94,
  attentionHeads: 64,
  kvHeads: 4,
  headDimension: 128,
  latentDimension: null,
  windowTokens: null,
  windowedLayers: 0,
  contextTokens: 40_960,
  precision: "fp8",
  quantisationBlock: 128,
  expertSize: 1_536,
  feedForwardSize: null,
  weightsGb: 236.4,
  downloadGb: 236.4,
  gated: "no",
  vllmArguments: [],
  chatTemplate: true,
};

function refusalOf(model: ModelShape, gpuCount: number, extraArguments: readonly string[] = []): InputError {
  try {
    planPod({ model, gpus: [h100], gpuCount, extraArguments });
  } catch (error) {
    if (error instanceof InputError) return error;
  }
  return assert.fail(`${model.id} was planned over ${gpuCount}`);
}

describe("weights that were quantised in blocks", () => {
  test("are not split through a block, and the message names the split that works and the flag that helps", () => {
    const { problem, field, message } = refusalOf(qwen235b, 8);
    assert.deepEqual([problem, field], ["cannot-split", "gpuCount"]);
    assert.equal(
      message,
      "planPod: gpuCount is 8, over which Qwen/Qwen3-235B-A22B-FP8 cannot be split: its weights are quantised in blocks of 128, " +
        "of which each GPU's part of an expert, 192 wide, is no multiple: vLLM refuses that, or has one kernel left for it. " +
        'Possible is 4; or keep 8 with extraArguments: ["--enable-expert-parallel"].',
    );
    assert.equal(planPod({ model: qwen235b, gpus: [h100], gpuCount: 4 }).gpuCount, 4);
  });

  test("are split where whole experts are dealt out", () => {
    const extraArguments = ["--enable-expert-parallel"];
    const plan = planPod({ model: qwen235b, gpus: [h100], gpuCount: 8, extraArguments });
    assert.ok(plan.vllmArguments.includes("--enable-expert-parallel"));
    assert.equal(
      planPod({ model: qwen235b, gpus: [h100], gpuCount: 8, extraArguments: ["-ep"] }).gpuCount,
      8,
    );
    const withFlag = { ...qwen235b, vllmArguments: extraArguments };
    assert.equal(planPod({ model: withFlag, gpus: [h100], gpuCount: 8 }).gpuCount, 8);
  });

  test("are refused also with that flag where a dense layer or a shared expert would be cut", () => {
    const model = { ...qwen235b, feedForwardSize: 512 };
    const error = refusalOf(model, 8, ["--enable-expert-parallel"]);
    assert.match(error.message, /of a dense layer, 64 wide/);
    assert.doesNotMatch(error.remedy, /expert-parallel/);
  });

  test("in groups of 128 need whole groups in dense layers; groups of experts are made smaller by vLLM", () => {
    const awq: ModelShape = { ...qwen235b, precision: "awq-int4", weightsGb: 120 };
    assert.equal(canSplit(awq, 8), true);
    assert.equal(canSplit({ ...awq, expertSize: null, feedForwardSize: 29_568 }, 4), false);
    assert.equal(canSplit({ ...awq, expertSize: null, feedForwardSize: 29_696 }, 4), true);
  });

  test("do not matter on one card, nor do widths of weights that are in no blocks", () => {
    assert.equal(canSplit({ ...qwen235b, expertSize: 100 }, 1), true);
    assert.equal(canSplit({ ...qwen235b, quantisationBlock: null }, 8), true);
  });

  test("divide in every split that is accepted", () => {
    const model = fc.record({
      expertSize: fc.constantFrom(320, 384, 512, 640, 768, 896, 1_024, 1_408, 1_536, 2_048, 3_072),
      feedForwardSize: fc.constantFrom(null, 512, 1_024, 9_728, 12_288, 18_432),
      attentionHeads: fc.constantFrom(16, 32, 40, 64, 96),
      quantisationBlock: fc.constantFrom(32, 64, 128),
    });
    fc.assert(
      fc.property(model, fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 16), (fields, gpuCount) => {
        if (gpuCount === 1 || !canSplit({ ...qwen235b, ...fields }, gpuCount)) return;
        for (const width of [fields.expertSize, fields.feedForwardSize ?? 0, fields.attentionHeads * 128]) {
          assert.equal((width / gpuCount) % fields.quantisationBlock, 0);
        }
      }),
    );
  });
});

describe("heads", () => {
  test("do not matter where no layer has any, as in Falcon Mamba", () => {
    const mamba = {
      ...qwen235b,
      quantisationBlock: null,
      attentionHeads: 1,
      kvHeads: 1,
      caches: [],
      stateMb: 20,
    };
    assert.deepEqual(
      [1, 2, 3, 4, 8].filter((count) => canSplit(mamba, count)),
      [1, 2, 4, 8],
    );
    assert.match(refusalOf(mamba, 3).message, /its layers cannot be shared out evenly\. Possible are 4, 8/);
  });

  test("of layers with a window divide as well, and the one latent vector needs no dividing", () => {
    const mimo = { ...qwen235b, quantisationBlock: null, windowTokens: 128, windowedLayers: 39 };
    assert.equal(canSplit({ ...mimo, windowedKvHeads: 8 }, 8), true);
    assert.equal(canSplit({ ...mimo, windowedKvHeads: 6 }, 4), false);
    const latent = { ...qwen235b, quantisationBlock: null, kvHeads: 3, latentDimension: 576 };
    assert.equal(canSplit(latent, 8), true);
  });
});
