import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { planEndpoint, planPod } from "../../lib/src/runpod/index.ts";
import { chooseForm } from "../../lib/src/scale-out/index.ts";
import { makeCapacity } from "../cost/capacities.ts";
import { makeTrace } from "../cost/replay/traces.ts";

const model = "meta-llama/Llama-3.1-8B-Instruct";
const request = {
  trace: makeTrace(Array.from({ length: 6 }, (_, index) => [index * 600, 400, 100] as const)),
  capacity: makeCapacity(),
  podPlan: planPod({ model }),
  endpointPlan: planEndpoint({ model, maxWorkers: 2, idleSeconds: 30, requestsPerWorker: 16 }),
};

describe("the choice of a form", () => {
  test("takes prices and limits from the plans", () => {
    const { replay } = chooseForm({ ...request, coldStartSeconds: 60 });
    const { podPlan, endpointPlan } = request;
    assert.equal(replay.prices.gpuUsdPerHour, podPlan.usdPerHour);
    assert.equal(replay.prices.serverlessUsdPerSecond, (endpointPlan.usdPerWorkerHour ?? 0) / 3_600);
    assert.deepEqual(replay.policies[1]?.policy, {
      kind: "serverless",
      coldStartSeconds: 60,
      idleTimeoutSeconds: 30,
      maxWorkers: 2,
      minWorkers: 0,
      queueDelaySeconds: 4,
      requestsPerWorker: 16,
    });
  });

  test("finds serverless too slow for people who wait two seconds, and the cheapest for those who wait minutes", () => {
    const target = (timeToFirstTokenMs: number) => ({
      latencyTarget: { timeToFirstTokenMs, percentile: 95 },
    });
    assert.equal(chooseForm({ ...request, ...target(2_000) }).cheapest?.provider, "pods");
    assert.equal(chooseForm({ ...request, ...target(180_000) }).cheapest?.provider, "serverless");
  });

  test("sets an API beside them where its prices are given", () => {
    const api = { inputUsdPerMillion: 0.05, outputUsdPerMillion: 0.08 };
    assert.equal(chooseForm({ ...request, api }).cheapest?.provider, "api");
    assert.equal(chooseForm(request).replay.policies.length, 2);
  });

  test("is refused where a plan has no price, with the way to one", () => {
    const withoutPrice = { ...request, podPlan: { ...request.podPlan, usdPerHour: null } };
    assert.throws(
      () => chooseForm(withoutPrice),
      (error: unknown) => error instanceof InputError && /podPlan has no price.*listGpus/.test(error.message),
    );
  });
});
