import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describePlan } from "../../lib/src/describe-plan.ts";
import { InputError } from "../../lib/src/errors.ts";
import { loadGpus, type ModelShape } from "../../lib/src/facts/index.ts";
import { planPod } from "../../lib/src/runpod/pods/plan-pod.ts";

const sparse: ModelShape = {
  id: "a/sparse",
  layers: 61,
  attentionHeads: 128,
  kvHeads: 128,
  headDimension: 128,
  latentDimension: 576,
  sparseAttention: true,
  windowTokens: null,
  windowedLayers: 0,
  contextTokens: 163_840,
  precision: "fp8",
  weightsGb: 20,
  downloadGb: 20,
  gated: "no",
  vllmArguments: [],
  chatTemplate: true,
};

describe("sparse attention", () => {
  test("is planned on Hopper and data-centre Blackwell, with a warning on other Blackwells, and refused on all older cards", () => {
    for (const { id, computeCapability, memoryGb } of loadGpus()) {
      if (memoryGb < 40) continue;
      const warned = () => planPod({ model: sparse, gpus: [id] }).warnings.some((text) => /31936/.test(text));
      if (computeCapability >= 12) assert.equal(warned(), true, id);
      else if (computeCapability >= 9) assert.equal(warned(), false, id);
      else {
        assert.throws(
          warned,
          (error: unknown) =>
            error instanceof InputError && error.problem === "no-kernel" && /H100/.test(error.remedy),
          id,
        );
      }
    }
  });

  test("leaves out the cards of a list that have no kernels, and says so", () => {
    const plan = planPod({ model: sparse, gpus: ["NVIDIA A100-SXM4-80GB", "NVIDIA H100 80GB HBM3"] });
    assert.deepEqual(
      plan.gpuCandidates.map(({ gpuTypeId }) => gpuTypeId),
      ["NVIDIA H100 80GB HBM3"],
    );
    assert.ok(plan.warnings.some((text) => /^Left out, because vLLM cannot compute.*A100 SXM\.$/.test(text)));
  });

  test("is no matter for a model without it", () => {
    const model = { ...sparse, sparseAttention: false };
    assert.equal(planPod({ model, gpus: ["NVIDIA A100-SXM4-80GB"] }).gpuCandidates.length, 1);
  });
});

describe("weights in FP4", () => {
  test("are planned on every card, with a word on those that do not compute in it", () => {
    const model: ModelShape = { ...sparse, sparseAttention: false, precision: "nvfp4" };
    const isWarned = (gpu: string) =>
      planPod({ model, gpus: [gpu] }).warnings.some((text) =>
        text.startsWith("Only Blackwell computes in FP4"),
      );
    assert.equal(isWarned("NVIDIA H100 80GB HBM3"), true);
    assert.equal(isWarned("NVIDIA B200"), false);
    assert.equal(isWarned("NVIDIA RTX PRO 6000 Blackwell Server Edition"), false);
  });
});

describe("what a plan says of a model whose layers differ", () => {
  test("is the state that each conversation keeps beside its tokens, and what is only estimated", () => {
    const model: ModelShape = {
      ...sparse,
      sparseAttention: false,
      cacheLayers: 15,
      stateMb: 150,
      doubts: ["state-estimated"],
    };
    const plan = planPod({ model, gpus: ["NVIDIA H100 80GB HBM3"] });
    assert.match(describePlan(plan), /KV cache +[\d,]+ tokens, and 300 MB of state for each conversation\n/);
    assert.match(
      describePlan(plan),
      /mind +a\/sparse has layers without a KV cache whose state .* is estimated/,
    );
  });
});

describe("what a plan says of a model whose layers look back only so far", () => {
  test("is the room for short conversations and for one long one, which are not the same", () => {
    const model: ModelShape = {
      ...sparse,
      sparseAttention: false,
      latentDimension: null,
      kvHeads: 8,
      layers: 48,
      windowTokens: 1_024,
      windowedLayers: 40,
      contextTokens: 4_194_304,
    };
    const text = describePlan(planPod({ model, gpus: ["NVIDIA H100 80GB HBM3"] }));
    const [, short = "", long = ""] =
      /KV cache +([\d,]+) tokens in short conversations, ([\d,]+) in a single long one\n/.exec(text) ?? [];
    const [shortTokens, longTokens] = [short, long].map((words) => Number(words.replaceAll(",", "")));
    assert.ok((shortTokens ?? 0) > 0 && (longTokens ?? 0) > 3 * (shortTokens ?? 0), text);
  });
});

describe("a model with a short context", () => {
  test("is planned with all of it, down to a few tokens", () => {
    for (const contextTokens of [1_023, 512, 128, 1]) {
      const model = { ...sparse, sparseAttention: false, contextTokens, weightsGb: 0.5, downloadGb: 0.5 };
      assert.equal(planPod({ model, gpus: ["NVIDIA A40"] }).maxModelTokens, contextTokens);
    }
  });
});
