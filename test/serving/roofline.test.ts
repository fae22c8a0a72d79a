import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InputError } from "../../lib/src/errors.ts";
import { findModel, loadGpus, loadModels, type Model } from "../../lib/src/facts/index.ts";
import { roofline, streamsNeeded } from "../../lib/src/serving/index.ts";

const large = { gpu: "NVIDIA A40", gpuCount: 4, model: "meta-llama/Llama-3.1-70B-Instruct" };
const small = { gpu: "NVIDIA A40", gpuCount: 1, model: "meta-llama/Llama-3.1-8B-Instruct" };

/** The ceiling at some numbers of streams, to one decimal. */
function rates(input: Parameters<typeof roofline>[0], streams: number[]): number[] {
  const { points } = roofline({ ...input, streams });
  return points.map(({ outputTokensPerSecond }) => Math.round(outputTokensPerSecond * 10) / 10);
}

describe("the ceiling", () => {
  test("of one stream of 70B on four A40s is 20 tokens per second, and rises with the streams", () => {
    assert.deepEqual(rates(large, [1, 8, 64, 256]), [20, 158.7, 1_189.9, 3_916.9]);
    assert.deepEqual(rates({ ...large, contextTokens: 2_048 }, [1, 8, 64]), [19.9, 154.3, 979.2]);
    assert.deepEqual(rates({ ...large, precision: "awq-int4" }, [1, 8]), [73.5, 570.5]);
  });

  test("of 8B on one A40 is 46 tokens per second for one stream", () => {
    assert.deepEqual(rates(small, [1, 16, 128]), [46.2, 692.4, 3_775]);
    // Weights of 8 bits are half as much to read, also where the card computes in 16.
    assert.deepEqual(rates({ ...small, precision: "fp8" }, [1]), [86]);
  });

  test("for one stream is nearly twice as high with weights of 8 bits, on every card, and higher still with 4", () => {
    for (const { id: gpu } of loadGpus().filter(({ memoryGb }) => memoryGb >= 24)) {
      const at = (precision: "bf16" | "fp8" | "awq-int4") => rates({ ...small, gpu, precision }, [1])[0] ?? 0;
      assert.ok(at("fp8") > 1.7 * at("bf16") && at("fp8") <= 2 * at("bf16"), gpu);
      assert.ok(at("awq-int4") > 1.5 * at("fp8"), gpu);
    }
  });

  test("follows from 139.0 GB that four cards read at 2,784 GB/s, and 320 KiB a token", () => {
    const { streamedWeightsGb, cacheBytesPerToken, prefillTokensPerSecond, points } = roofline(large);
    assert.equal(streamedWeightsGb.toFixed(1), "139.0");
    assert.equal(cacheBytesPerToken, 327_680);
    assert.equal(prefillTokensPerSecond?.toFixed(0), "4308");
    assert.equal(points[0]?.stepMs.toFixed(1), ((139.0087 + (512 * 327_680) / 1e9) / 2.784).toFixed(1));
    assert.equal(points[0]?.bound, "memory bandwidth");
  });

  test("is set by arithmetic where few bytes serve many streams", () => {
    const { points } = roofline({ ...large, precision: "awq-int4", streams: [256] });
    assert.equal(points[0]?.bound, "compute");
    assert.equal(points[0]?.outputTokensPerSecond.toFixed(0), "4308");
  });

  test("rises no further than the memory holds streams", () => {
    const { mostStreams, points } = roofline({ ...large, contextTokens: 2_048, streams: [77, 78, 256] });
    assert.equal(mostStreams, 77);
    assert.deepEqual(
      points.map(({ bound }) => bound),
      ["memory bandwidth", "memory size", "memory size"],
    );
    assert.equal(points[0]?.outputTokensPerSecond, points[2]?.outputTokensPerSecond);
    assert.equal(points[2]?.outputTokensPerSecondPerStream, (points[2]?.outputTokensPerSecond ?? 0) / 256);
  });

  test("says what it is, from when, and what it rests on", () => {
    const { kind, source, sources, date, assumptions } = roofline(large);
    assert.equal(kind, "computed");
    assert.equal(source, "696 GB/s a card and 139.0 GB of weights");
    assert.match(date, /^20\d\d-\d\d-\d\d$/);
    assert.ok(sources.length > 1);
    assert.match(assumptions, /upper limit/);
  });

  test("lies above every published run of the same cards and size", () => {
    // The runs themselves are in throughput.test.ts; these are the fastest of them.
    assert.ok((rates(large, [256])[0] ?? 0) > 660);
    assert.ok((rates({ ...large, precision: "awq-int4" }, [1])[0] ?? 0) > 11.91);
    assert.ok((rates(small, [256])[0] ?? 0) > 1_990);
    assert.ok((rates(small, [1])[0] ?? 0) > 33.95);
  });

  test("reads the experts that its streams hit: a few for one, nearly all for many", () => {
    const at = (streams: number, model: string | Model = "openai/gpt-oss-120b") => {
      const { points, streamedWeightsGb, assumptions } = roofline({
        gpu: "NVIDIA H100 80GB HBM3",
        gpuCount: 1,
        model,
        contextTokens: 1,
        streams: [streams],
      });
      const [point] = points;
      return { streamedWeightsGb, assumptions, point, readGb: (point?.stepMs ?? 0) * 3.35 };
    };
    // 5.1 of 116.8 billion parameters work on a token; of 128 experts each token hits 4.
    assert.equal(at(1).streamedWeightsGb.toFixed(2), ((65.1 * 5.1) / 116.8).toFixed(2));
    for (const streams of [1, 2, 16, 256]) {
      const share = 1 - (1 - 5.1 / 116.8) * (124 / 128) ** (streams - 1);
      const cacheGb = streams * (at(1).readGb - at(1).streamedWeightsGb);
      assert.ok(Math.abs(at(streams).readGb - 65.1 * share - cacheGb) < 0.01, `${streams} streams`);
    }
    assert.equal(at(1).point?.allExpertsTokensPerSecond, null);
    assert.match(at(1).assumptions, /^Of 128 experts those read that a step's tokens hit, 4 each/);
  });

  test("of a mixture whose experts nobody counted lies between one token's experts and all, and says so", () => {
    const known = findModel("openai/gpt-oss-120b");
    assert.ok(known !== null);
    const unknown: Model = { ...known, experts: null, expertsPerToken: null };
    const run = (model: Model) => roofline({ gpu: "H100 SXM", gpuCount: 1, model, streams: [2, 64] });
    for (const [place, { outputTokensPerSecond: most, allExpertsTokensPerSecond: least }] of run(
      unknown,
    ).points.entries()) {
      const between = run(known).points[place]?.outputTokensPerSecond ?? 0;
      assert.ok(least !== null && least < between && between <= most);
    }
    assert.match(run(unknown).assumptions, /number is not in the table/);
    const dense = roofline({ ...small, streams: [1] });
    assert.equal(dense.points[0]?.allExpertsTokensPerSecond, null);
    assert.match(dense.assumptions, /^All weights read once a step/);
  });

  test("counts the layers that keep a cache, and the state of the others", () => {
    // 16 of 64 layers with 4 heads of 256 numbers, twice; the others keep 153.9 MB of each stream, read and written.
    const { cacheBytesPerToken, points } = roofline({
      gpu: "NVIDIA A100-SXM4-80GB",
      gpuCount: 1,
      model: "Qwen/Qwen3.5-27B",
      contextTokens: 1_000,
      streams: [1, 2],
    });
    assert.equal(cacheBytesPerToken, 16 * 4 * 512 * 2);
    const [one, two] = points.map(({ stepMs }) => stepMs);
    assert.equal((((two ?? 0) - (one ?? 0)) * 2.039).toFixed(3), (0.065536 + 2 * 0.1539).toFixed(3));
  });

  test("reads no more of a window than there is", () => {
    const model = findModel("google/gemma-3-12b-it");
    assert.ok(model !== null && model.windowTokens !== null);
    const at = (contextTokens: number) =>
      roofline({ gpu: "A40", gpuCount: 1, model, contextTokens, streams: [1] }).points[0]?.stepMs ?? 0;
    const [short, long, longer] = [at(1_024), at(16_384), at(31_744)];
    assert.ok(longer - long < (long - short) * 1.001);
    const full = { ...model, windowTokens: null, windowedLayers: 0 };
    assert.ok(roofline({ gpu: "A40", gpuCount: 1, model: full, contextTokens: 16_384 }).mostStreams < 5);
    assert.ok(roofline({ gpu: "A40", gpuCount: 1, model, contextTokens: 16_384 }).mostStreams > 10);
  });

  test("never falls with more streams, and a stream never gains by others", () => {
    const gpus = loadGpus().map(({ id }) => id);
    const models = loadModels().map(({ id }) => id);
    const input = fc.record({
      gpu: fc.constantFrom(...gpus),
      gpuCount: fc.constantFrom(1, 2, 4, 8),
      model: fc.constantFrom(...models),
      contextTokens: fc.integer({ min: 1, max: 8_192 }),
    });
    fc.assert(
      fc.property(input, (one) => {
        const { points } = (() => {
          try {
            return roofline(one);
          } catch (error) {
            assert.ok(error instanceof InputError, String(error));
            return { points: [] };
          }
        })();
        for (const [place, point] of points.entries()) {
          const next = points[place + 1];
          if (next === undefined) continue;
          assert.ok(next.outputTokensPerSecond >= point.outputTokensPerSecond * (1 - 1e-9));
          assert.ok(next.outputTokensPerSecondPerStream <= point.outputTokensPerSecondPerStream * (1 + 1e-9));
        }
      }),
    );
  });

  test("is refused for unknown cards and models, and for weights that do not fit, with what to do", () => {
    assert.throws(() => roofline({ ...large, gpu: "A41" }), /the GPU "A41" is not in the table.*NVIDIA A40/);
    assert.throws(
      () => roofline({ ...large, model: "nobody/nothing" }),
      /"nobody\/nothing" is not in the table/,
    );
    assert.throws(() => roofline({ ...large, gpuCount: 2 }), /141 GB of weights.*2 × A40.*more than 2/);
    assert.throws(() => roofline({ ...large, gpuCount: 1.5 }), /gpuCount is 1\.5/);
    assert.throws(() => roofline({ ...large, streams: [0] }), /streams is 0/);
  });
});

describe("the streams that a rate takes", () => {
  const wanted = 69.7;

  test("are 6 to 11 for the break-even on four A40s, from 70 down to 35 % of the ceiling", () => {
    const at = (efficiency: number) => streamsNeeded(large, { outputTokensPerSecond: wanted, efficiency });
    assert.deepEqual([at(1), at(0.7), at(0.5), at(0.35)], [4, 6, 8, 11]);
  });

  test("are none where the memory does not hold enough of them", () => {
    assert.equal(streamsNeeded(large, { outputTokensPerSecond: 100_000 }), null);
  });

  test("are refused for an efficiency that is none", () => {
    for (const efficiency of [0, 1.1, Number.NaN]) {
      assert.throws(() => streamsNeeded(large, { outputTokensPerSecond: wanted, efficiency }), InputError);
    }
  });
});
