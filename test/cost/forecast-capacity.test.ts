import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forecastCapacity, outputTokensPerSecondAt } from "../../lib/src/cost/index.ts";
import { forecast } from "../../lib/src/serving/index.ts";

const machine = {
  model: "meta-llama/Llama-3.1-8B-Instruct",
  gpu: "NVIDIA A40",
  gpuCount: 1,
  precision: "16-bit",
  inputTokens: 1_000,
  outputTokens: 200,
} as const;

describe("a capacity of a forecast", () => {
  test("gives at its mix what is forecast for the streams that bring most", () => {
    const capacity = forecastCapacity(machine);
    assert.ok(capacity !== null);
    const rates = [1, 2, 4, 8, 16, 32, 64, 128, 256].map(
      (streams) => forecast({ ...machine, streams }).outputTokensPerSecond?.typical ?? 0,
    );
    const mixed = outputTokensPerSecondAt(capacity, 5);
    assert.ok(Math.abs(mixed / Math.max(...rates) - 1) < 1e-9);
    assert.equal(capacity.kind, "computed");
    const [low, high] = capacity.decodeRange ?? [0, 0];
    assert.ok(low < capacity.decodeTokensPerSecond && capacity.decodeTokensPerSecond < high);
  });

  test("is less within a latency target, and that of one stream where none keeps to it", () => {
    const target = { timeToFirstTokenMs: null, timePerOutputTokenMs: 60, percentile: 95 };
    const [free, within, alone] = [null, target, { ...target, timePerOutputTokenMs: 0.1 }].map((asked) => {
      const capacity = forecastCapacity(machine, asked);
      return capacity === null ? 0 : outputTokensPerSecondAt(capacity, 5);
    });
    assert.ok((within ?? 0) < (free ?? 0));
    const single = forecast({ ...machine, streams: 1 }).outputTokensPerSecond?.typical ?? 0;
    assert.ok(Math.abs((alone ?? 0) / single - 1) < 1e-9);
  });

  test("is none where the forecast can say nothing", () => {
    const unknown = { ...machine, model: "deepseek-ai/DeepSeek-V3.2", gpu: "NVIDIA B200", gpuCount: 8 };
    assert.equal(forecastCapacity({ ...unknown, precision: "fp8" }), null);
  });
});
