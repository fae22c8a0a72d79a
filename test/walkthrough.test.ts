import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PodPlanRequest, planPod } from "../lib/src/runpod/index.ts";
import { modelGuide } from "../lib/src/serving/index.ts";
import { walkthrough } from "../lib/src/walkthrough.ts";

describe("the pod of the walkthrough", () => {
  test("takes as many cards as a MODEL of .env needs, for each that some number of them holds", () => {
    for (const { model, gpuCount } of modelGuide()) {
      if (gpuCount === null) continue;
      assert.equal(planPod({ ...walkthrough.pod, model }).gpuCount, gpuCount, model);
    }
  });

  test("refuses a model that no number of them holds, and says what would", () => {
    const model = "meta-llama/Llama-3.1-405B-Instruct";
    assert.throws(() => planPod({ ...walkthrough.pod, model }), {
      name: "InputError",
      message: /does not fit the gpus asked for .* \d × .* hold it/s,
    });
  });

  test("takes more cards for a longer context, and fewer with a smaller cache", () => {
    const counts = (request: Partial<PodPlanRequest>) =>
      planPod({ ...walkthrough.pod, model: "microsoft/Phi-3.5-mini-instruct", ...request }).gpuCount;
    assert.equal(counts({}), 1);
    assert.equal(counts({ maxModelTokens: 131_072 }), 2);
    assert.equal(counts({ maxModelTokens: 131_072, kvCacheDtype: "fp8" }), 1);
  });
});
