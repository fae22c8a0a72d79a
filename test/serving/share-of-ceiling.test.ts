import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadModels, loadPublishedThroughput, type PublishedThroughput } from "../../lib/src/facts/index.ts";
import { roofline, shareOfCeiling } from "../../lib/src/serving/index.ts";

const runs = loadPublishedThroughput();

/** The shares of the runs of a card, in percent. */
function percents(wanted: (run: PublishedThroughput) => boolean, streams?: number): number[] {
  return runs
    .filter(wanted)
    .map((run) => Math.round((shareOfCeiling(run, streams === undefined ? {} : { streams }) ?? 0) * 100));
}

describe("the part of the ceiling that a published run reached", () => {
  test("is 77 % for one stream on an RTX A6000, 55 % for eight, and 36 % for 512", () => {
    const qwen = percents(({ model, gpu }) => model === "Qwen2.5 7B Instruct" && gpu.endsWith("A6000"));
    assert.deepEqual(qwen, [77, 55, 62, 46, 37, 36]);
  });

  test("is a fifth with the layers in a row, and for vLLM in 2024 15 % if 256 streams ran, 51 % if 64", () => {
    const of70b = ({ model, gpu, gpuCount, precision }: PublishedThroughput) =>
      model.startsWith("Llama 3 70B") && gpu.endsWith("A40") && gpuCount === 4 && precision === "16-bit";
    const inARow = (run: PublishedThroughput) => of70b(run) && run.split === "layers";
    assert.equal(Math.max(...percents(inARow)), 20);
    const log = (run: PublishedThroughput) => of70b(run) && run.outputTokensPerSecond === 660;
    assert.deepEqual([...percents(log, 256), ...percents(log, 64)], [15, 51]);
  });

  test("is about four fifths for one stream of 70B on four RTX A6000, split by tensors", () => {
    const shares = percents(
      ({ gpu, gpuCount, split, streams }) =>
        gpu.endsWith("A6000") && gpuCount === 4 && split === "tensor" && streams === 1,
    );
    assert.ok(shares.length >= 8 && shares.every((share) => share >= 70 && share <= 85), shares.join(" "));
  });

  test("is the rate over the ceiling at the run's own streams and lengths", () => {
    const run = runs.find(({ streams, inputTokensMean }) => streams === 50 && inputTokensMean === 100);
    assert.ok(run?.outputTokensMean);
    const contextTokens = 100 + Math.round(run.outputTokensMean / 2);
    const model = run.shapeOf ?? "";
    const { points } = roofline({ gpu: run.gpu, gpuCount: 1, model, contextTokens, streams: [50] });
    const expected = (run.outputTokensPerSecond ?? 0) / (points[0]?.outputTokensPerSecond ?? 0);
    assert.ok(Math.abs((shareOfCeiling(run) ?? 0) - expected) < 0.002);
  });

  test("is never above the whole, and unknown without streams, a rate of writing or a shape", () => {
    for (const run of runs) {
      const share = shareOfCeiling(run);
      const isKnown = run.streams !== null && run.outputTokensPerSecond !== null && run.shapeOf !== null;
      assert.equal(share !== null, isKnown, `${run.model} on ${run.gpu}`);
      assert.ok(share === null || (share > 0 && share <= 1), `${run.model} on ${run.gpu}: ${share}`);
    }
    const ids = new Set(loadModels().map(({ id }) => id));
    for (const { shapeOf } of runs) assert.ok(shapeOf === null || ids.has(shapeOf), String(shapeOf));
  });
});
