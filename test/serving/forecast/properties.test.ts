import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Band, type Forecast, forecast } from "../../../lib/src/serving/index.ts";

const load = fc.record({
  model: fc.constantFrom("meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen3-14B", "openai/gpt-oss-20b"),
  gpu: fc.constantFrom("A100 SXM", "H100 SXM", "H200 SXM"),
  gpuCount: fc.constantFrom(1, 2, 4),
  precision: fc.constantFrom("16-bit", "fp8", "4-bit"),
  inputTokens: fc.integer({ min: 1, max: 2_000 }),
  outputTokens: fc.integer({ min: 1, max: 300 }),
  lengthSpread: fc.constantFrom(0, 0.5),
  streams: fc.integer({ min: 1, max: 24 }),
  cachedInputShare: fc.constantFrom(0, 0.3),
});
const runs = { numRuns: 60, seed: 18 };

describe("whatever the load, a forecast", () => {
  test("is the same each time, and each band is in order", () => {
    fc.assert(
      fc.property(load, (input) => {
        const first = forecast(input);
        assert.deepEqual(forecast(input), first);
        for (const band of listBands(first)) {
          assert.ok(band.low > 0 && band.low <= band.typical && band.typical <= band.high);
          assert.ok(Number.isFinite(band.high));
        }
      }),
      runs,
    );
  });

  test("writes no less with more streams", () => {
    fc.assert(
      fc.property(load, (input) => {
        const more = forecast({ ...input, streams: input.streams * 2 });
        assert.ok(rateOf(more) > 0.97 * rateOf(forecast(input)));
      }),
      runs,
    );
  });

  test("is no slower on more cards over NVLink", () => {
    fc.assert(
      fc.property(load, (input) => {
        // Small models gain nothing from a further card, and lose the time that their cards need to exchange data.
        const large = { ...input, model: "Qwen/Qwen3-32B", outputTokens: input.outputTokens + 20 };
        const [few, many] = [1, 2].map((gpuCount) =>
          rateOf(forecast({ ...large, precision: "fp8", gpuCount })),
        );
        assert.ok((many ?? 0) > 0.97 * (few ?? 0));
      }),
      runs,
    );
  });

  test("waits no longer for a first token when part of the prompt is cached", () => {
    fc.assert(
      fc.property(load, (input) => {
        const waits = [0.8, 0].map(
          (cachedInputShare) =>
            forecast({ ...input, inputTokens: input.inputTokens + 100, cachedInputShare }).timeToFirstTokenMs
              ?.typical ?? 0,
        );
        assert.ok((waits[0] ?? 0) <= (waits[1] ?? 0) * 1.02);
      }),
      runs,
    );
  });
});

function rateOf(result: Forecast): number {
  return result.outputTokensPerSecond?.typical ?? 0;
}

function listBands(result: Forecast): Band[] {
  const { outputTokensPerSecond, inputTokensPerSecond, timeToFirstTokenMs, p95 } = result;
  const { timePerOutputTokenMs, secondsPerRequest } = result;
  return [
    outputTokensPerSecond,
    inputTokensPerSecond,
    timeToFirstTokenMs,
    timePerOutputTokenMs,
    secondsPerRequest,
    p95.timeToFirstTokenMs,
    p95.timePerOutputTokenMs,
  ].filter((band) => band !== null);
}
