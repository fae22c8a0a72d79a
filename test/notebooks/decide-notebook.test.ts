import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inProject } from "../../bin/set-up/project.mjs";
import { readNotebook } from "./read-notebook.ts";
import { type DecideCase, runDecideCells, runDecideNotebook } from "./run-decide-cells.ts";

// From 7 to 235 billion parameters, dense and of experts, each on other cards.
const models: readonly (readonly [model: string, ...cards: string[]])[] = [
  ["mistralai/Mistral-7B-Instruct-v0.3", "L4", "RTX 4090"],
  ["openai/gpt-oss-20b", "A40"],
  ["Qwen/Qwen3-30B-A3B-Instruct-2507", "RTX PRO 6000"],
  ["Qwen/Qwen3-32B"],
  ["meta-llama/Llama-3.3-70B-Instruct", "A40", "H100 SXM"],
  ["openai/gpt-oss-120b", "A100 SXM"],
  ["google/gemma-3-27b-it", "RTX A5000", "L40S"],
  ["Qwen/Qwen3-235B-A22B-Instruct-2507", "H200 SXM", "B200"],
];

const office =
  'describeLoad({ requestsPerMonth: 2_000_000, inputTokens: 600, outputTokens: 250, hours: "office" })';
const usual = 'latencyTarget({ firstWordsWithinSeconds: 2, pace: "reading" })';

const loads = [
  {
    load: 'describeLoad({ requestsPerMonth: 20, inputTokens: 30, outputTokens: 10, hours: "always" })',
    target: usual,
  },
  { load: office, target: 'latencyTarget({ firstWordsWithinSeconds: 1, pace: "twice reading" })' },
  {
    load: 'describeLoad({ requestsPerMonth: 400_000, inputTokens: 30_000, outputTokens: 3_000, hours: "office" })',
    target: "latencyTarget({ firstWordsWithinSeconds: 10 })",
  },
];

const isBroken = /\b(NaN|undefined|null|Infinity)\b|\[object/;
const nameOf = (model: string) => model.slice(model.lastIndexOf("/") + 1);

function checkRuns(cases: readonly DecideCase[]): void {
  const runs = runDecideCells(cases);
  assert.equal(runs.length, cases.length);
  for (const { model, printed, error } of runs) {
    assert.equal(error, null, model);
    assert.match(printed, /For your [\d,]+ requests a month/);
    assert.match(printed, /You have measured|To settle it|No machine holds/);
    assert.ok(printed.includes(nameOf(model)), model);
    assert.equal(printed.match(isBroken)?.[0], undefined, model);
    // Runs that others have published are of models of theirs.
    const own = printed.split("\n").filter((line) => !line.includes(" published "));
    const others = models.filter(
      ([other]) => other !== model && own.some((line) => line.includes(`${nameOf(other)} `)),
    );
    assert.deepEqual(others, [], model);
  }
}

describe("the notebook 05-decide", () => {
  test("follows its first cell, for any model, load and card", () => {
    checkRuns(models.flatMap(([model, ...cards]) => loads.map((load) => ({ model, ...load, cards }))));
  });

  test("says so where no machine holds the model, nothing is forecast or priced of it, or nothing is so fast", () => {
    const impossible = "latencyTarget({ firstWordsWithinSeconds: 2, pace: 0.01 })";
    checkRuns([
      { model: "meta-llama/Llama-3.1-405B-Instruct", load: office, target: usual, cards: ["A40"] },
      { model: "Qwen/Qwen3.5-27B", load: office, target: usual },
      { model: "deepseek-ai/DeepSeek-V3.2", load: office, target: usual },
      { model: "Qwen/Qwen2.5-7B-Instruct", load: office, target: impossible, cards: ["A40"] },
    ]);
  });

  test("takes a log, and a load of more requests than a replay has", () => {
    const log = 'describeLoad({ trace: await loadTrace("azure-2023-conversation") })';
    const large =
      'describeLoad({ requestsPerMonth: 9_000_000, inputTokens: 500, outputTokens: 100, hours: "always" })';
    checkRuns([
      { model: "Qwen/Qwen3-8B", load: log, target: usual, cards: ["A40"] },
      { model: "Qwen/Qwen3-8B", load: large, target: usual, cards: ["H100 SXM"] },
    ]);
  });

  test("takes the model of the settings", () => {
    const { printed } = runDecideNotebook("Qwen/Qwen3-14B");
    assert.match(printed, /Qwen3-14B/);
    assert.doesNotMatch(printed, /Llama-3\.3-70B/);
  });

  test("takes an example where the settings name a model that nobody knows", () => {
    assert.match(runDecideNotebook("somebody/a-model-of-their-own").printed, /Llama-3\.3-70B-Instruct/);
  });

  test("names no sum of money in its text, for the first cell would change it", () => {
    const { cells } = readNotebook(inProject("notebooks/05-decide.ipynb"));
    const prose = cells.filter(({ type }) => type === "markdown").map(({ source }) => source);
    assert.doesNotMatch(prose.join("\n"), /\$\d/);
  });
});
