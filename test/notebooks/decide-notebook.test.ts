import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runDecideCells, runDecideNotebook } from "./run-decide-cells.ts";

// From 7 to 235 billion parameters, dense and of experts; of one the forecast can say nothing.
const models = [
  "mistralai/Mistral-7B-Instruct-v0.3",
  "openai/gpt-oss-20b",
  "Qwen/Qwen3-30B-A3B-Instruct-2507",
  "Qwen/Qwen3-32B",
  "meta-llama/Llama-3.3-70B-Instruct",
  "openai/gpt-oss-120b",
  "Qwen/Qwen3.5-122B-A10B",
  "Qwen/Qwen3-235B-A22B-Instruct-2507",
];

const loads = [
  {
    load: 'describeLoad({ requestsPerMonth: 20_000, inputTokens: 300, outputTokens: 400, hours: "always" })',
    target: 'latencyTarget({ firstWordsWithinSeconds: 2, pace: "reading" })',
  },
  {
    load: 'describeLoad({ requestsPerMonth: 2_000_000, inputTokens: 1_000, outputTokens: 250, hours: "office" })',
    target: 'latencyTarget({ firstWordsWithinSeconds: 1, pace: "twice reading" })',
  },
  {
    load: 'describeLoad({ requestsPerMonth: 3_000_000, inputTokens: 8_000, outputTokens: 60, hours: "always" })',
    target: "latencyTarget({ firstWordsWithinSeconds: 10 })",
  },
];

const isBroken = /\b(NaN|undefined|null|Infinity)\b|\[object/;

describe("the notebook 05-decide", () => {
  test("follows its first cell, for any model and load", () => {
    const runs = runDecideCells(models.flatMap((model) => loads.map((load) => ({ model, ...load }))));
    assert.equal(runs.length, models.length * loads.length);
    const nameOf = (model: string) => model.slice(model.lastIndexOf("/") + 1);
    for (const { model, printed, error } of runs) {
      assert.equal(error, null, model);
      assert.match(printed, /At your [\d,]+ requests a month/);
      assert.ok(printed.includes(nameOf(model)), model);
      assert.equal(printed.match(isBroken)?.[0], undefined, model);
      const others = models.filter((other) => printed.includes(`${nameOf(other)} `) && other !== model);
      assert.deepEqual(others, [], model);
    }
  });

  test("takes the model of the settings", () => {
    const { printed } = runDecideNotebook("Qwen/Qwen3-32B");
    assert.match(printed, /to Qwen\/Qwen3-32B/);
    assert.doesNotMatch(printed, /Llama-3\.3-70B/);
  });

  test("takes an example where the settings name a model that nobody knows", () => {
    const { printed } = runDecideNotebook("somebody/a-model-of-their-own");
    assert.match(printed, /to meta-llama\/Llama-3\.3-70B-Instruct/);
  });
});
