import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  assessDecision,
  decide,
  inspectMachine,
  modelToDecide,
  replayDecision,
} from "../../lib/src/decide/index.ts";
import { describeLoad } from "../../lib/src/traffic/index.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";
import { makeBook } from "./made-up.ts";

const load = describeLoad({ requestsPerMonth: 50_000, inputTokens: 500, outputTokens: 200, hours: "office" });
const latencyTarget = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 };
const model = "meta-llama/Llama-3.1-8B-Instruct";
const decision = decide({ models: model, load, latencyTarget, gpus: ["NVIDIA A40"], maxGpuCount: 2 });
const nothing = decide({ models: "deepseek-ai/DeepSeek-V3.2", load, gpus: ["NVIDIA A40"] });

describe("what a decision rests on:", () => {
  test("its machine, with the rate of the busiest minute, a forecast, the ceiling and own measurements of it", () => {
    const { gpu, gpuCount } = decision.cheapestMachine ?? {};
    const of = (name: string) =>
      makeMeasurement({
        model,
        gpu: { name, count: gpuCount ?? 1, usdPerHour: null },
        levels: [makeLevel({ streams: 1 })],
      });
    const measurements = [of(gpu ?? ""), of("NVIDIA H100 80GB HBM3")];
    const machine = inspectMachine(decision, { measurements });
    assert.equal(machine?.label, decision.cheapestMachine?.label);
    const wanted = load.requestsPerSecond.busiestMinute * 200;
    assert.equal(machine?.outputTokensPerSecond, wanted / (decision.cheapestMachine?.machines?.typical ?? 0));
    assert.deepEqual(machine.evidence.measurements, measurements.slice(0, 1));
    assert.ok(machine.forecasts[0]?.points.every(({ outputTokensPerSecond: rate }) => rate !== null));
    assert.ok(machine.rows.some(({ kind }) => kind === "computed"));
  });

  test("a replay of its load, on that machine and at the cheapest API", () => {
    const replay = replayDecision(decision);
    const kinds = replay?.policies.map(({ label }) => label) ?? [];
    assert.ok(kinds.includes("1 pod, always on") && kinds.includes("MaaS"));
    const api = replay?.policies.find(({ label }) => label === "MaaS");
    const asked = decision.cheapestApi?.usdPerMonth.typical ?? 0;
    // A week that was made up has its own number of requests.
    assert.ok(Math.abs((api?.usdPerMonth ?? 0) / asked - 1) < 0.02);
  });

  test("an assessment against the cheapest API, with its mix and labels", () => {
    const assessed = assessDecision(decision);
    assert.equal(assessed?.assessment.ranges.inputTokensPerOutputToken.typical, 2.5);
    assert.deepEqual(assessed?.labels, {
      machine: decision.cheapestMachine?.label,
      api: decision.cheapestApi?.label,
    });
  });

  test("the prompts that are shared and the link that is known, as in the decision itself", () => {
    const shared = { ...load, cachedInputShare: 0.75 };
    const known = decide({ models: model, load: shared, latencyTarget, gpus: ["A40"], peerToPeer: "no" });
    const { request } = inspectMachine(known) ?? {};
    assert.deepEqual([request?.cachedInputShare, request?.peerToPeer], [0.75, "no"]);
    const { assessment } = assessDecision(known) ?? {};
    const { readTokensPerSecond: read = 0, inputTokensPerSecond: input = 0 } = assessment ?? {};
    assert.ok(Math.abs(read / input - 0.25) < 1e-9, `${read} of ${input}`);
  });

  test("the product that is the cheapest for its mix, where a provider has two", () => {
    // For 5,000 tokens in and 100 out the first costs 0.6 thousandths of a dollar, the second 2.04; one to one it is the dearer.
    const { prices, ...book } = makeBook([
      { provider: "alpha", kind: "input_tokens", value: 0.1 },
      { provider: "alpha", kind: "output_tokens", value: 1 },
      { provider: "alpha", kind: "input_tokens", value: 0.4 },
      { provider: "alpha", kind: "output_tokens", value: 0.4 },
      { provider: "runpod", kind: "gpu_hour_secure", value: 3 },
    ]);
    const products = prices.map((price, at) => ({ ...price, product: at < 2 ? "first" : "second" }));
    const two = { ...book, prices: products };
    const long = describeLoad({
      requestsPerMonth: 50_000,
      inputTokens: 5_000,
      outputTokens: 100,
      hours: "office",
    });
    const reading = decide({ models: "Qwen/Qwen3-32B", load: long, book: two, date: "2026-01-01" });
    const { input } = assessDecision(reading, { book: two }) ?? {};
    assert.deepEqual([input?.inputUsdPerMillion, input?.outputUsdPerMillion], [0.1, 1]);
  });

  test("nothing, where there is no machine", () => {
    assert.deepEqual(
      [inspectMachine(nothing), replayDecision(nothing), assessDecision(nothing)],
      [null, null, null],
    );
  });
});

test("the model of the settings counts where the table has it, else an example", () => {
  assert.equal(modelToDecide("qwen/qwen3-32b"), "Qwen/Qwen3-32B");
  assert.equal(modelToDecide("somebody/else"), modelToDecide(null));
});
