import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { publishedCapacity, rooflineCapacity } from "../../lib/src/cost/index.ts";
import { loadPublishedThroughput } from "../../lib/src/facts/index.ts";
import { roofline } from "../../lib/src/serving/index.ts";

const fourA40s = { gpu: "NVIDIA A40", gpuCount: 4 };
const runs = loadPublishedThroughput({ ...fourA40s, parametersBillion: 70.55 }).filter(
  ({ precision }) => precision === "16-bit",
);
const writing = runs.find(({ engine, model }) => engine === "vllm" && model.endsWith("Instruct"));
const reading = runs.find((run) => run.engine === "llama.cpp" && run.inputTokensPerSecond !== null);

describe("a capacity of published runs", () => {
  test("has the rate of writing from one and that of reading from another, and says which", () => {
    const { note, ...capacity } = publishedCapacity({ writing, reading });
    assert.deepEqual(capacity, {
      prefillTokensPerSecond: 900.79,
      decodeTokensPerSecond: 660,
      atLatency: null,
      isLimit: true,
      streams: null,
      kind: "published",
      source:
        "writing: Llama 3 70B Instruct on vllm 0.4.1, 2024-04-24; reading: Llama 3 70B on llama.cpp, 2024-05",
      sources: [
        "https://github.com/VectorInstitute/vector-inference/blob/c499209/models/llama3/README.md",
        "https://github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference/blob/aa72e0e/README.md",
      ],
      date: "2024-04-24 and 2024-05",
      rateFigures: {
        reading: [
          { tokensPerSecond: 900.79, kind: "published", source: "Llama 3 70B on llama.cpp", date: "2024-05" },
          {
            tokensPerSecond: 301,
            kind: "published",
            source: "Llama 3 70B Instruct on vllm 0.4.1",
            date: "2024-04-24",
          },
        ],
        writing: [
          {
            tokensPerSecond: 660,
            kind: "published",
            source: "Llama 3 70B Instruct on vllm 0.4.1",
            date: "2024-04-24",
          },
        ],
      },
      ...fourA40s,
    });
    assert.match(note ?? "", /^Writing: Llama 3 70B Instruct on vllm.*https:.* Reading: .* on llama\.cpp/);
  });

  test("is no limit where the number of streams was set, and has the latency of the median", () => {
    const run = loadPublishedThroughput({ gpu: "NVIDIA A40", gpuCount: 1 }).find(
      ({ model, streams }) => model === "Llama 3.1 8B Instruct" && streams === 50,
    );
    const { isLimit, streams, atLatency, source, date, rateFigures } = publishedCapacity({
      writing: run,
      // Read a second time it is still one run.
      reading: run && { ...run },
    });
    assert.deepEqual([source, date, rateFigures], ["Llama 3.1 8B Instruct on vllm", "2025", undefined]);
    assert.deepEqual([isLimit, streams], [false, 50]);
    assert.deepEqual(atLatency, {
      timeToFirstTokenMs: 219.88,
      timePerOutputTokenMs: 35.96,
      percentile: 50,
    });
  });

  test("is refused without a run or a rate, never guessed", () => {
    assert.throws(() => publishedCapacity({ writing: undefined, reading }), {
      name: "InputError",
      message: /there is no run to take the rate of writing from/,
    });
    assert.throws(
      () => publishedCapacity({ writing: reading, reading }),
      /on llama\.cpp has no outputTokensPerSecond to take the rate of writing from/,
    );
    const elsewhere = loadPublishedThroughput({ gpu: "NVIDIA A40", gpuCount: 1 }).find(
      ({ inputTokensPerSecond }) => inputTokensPerSecond !== null,
    );
    assert.throws(
      () => publishedCapacity({ writing, reading: elsewhere }),
      /writing is of 4 × NVIDIA A40, and the rate of reading of 1 × NVIDIA A40/,
    );
  });
});

describe("a capacity of a computed ceiling", () => {
  test("is the most that the hardware allows, and a limit", () => {
    const ceiling = roofline({
      ...fourA40s,
      model: "meta-llama/Llama-3.1-70B-Instruct",
      contextTokens: 1_300,
    });
    const capacity = rooflineCapacity(ceiling);
    assert.equal(capacity.kind, "computed");
    assert.equal(capacity.isLimit, true);
    assert.equal(capacity.prefillTokensPerSecond, ceiling.prefillTokensPerSecond);
    assert.equal(capacity.decodeTokensPerSecond, ceiling.points.at(-1)?.outputTokensPerSecond);
    assert.equal(capacity.model, "meta-llama/Llama-3.1-70B-Instruct");
    assert.deepEqual([capacity.gpu, capacity.gpuCount], ["NVIDIA A40", 4]);
  });

  test("reads without end where the card's arithmetic is not known", () => {
    const ceiling = roofline({ ...fourA40s, model: "meta-llama/Llama-3.1-70B-Instruct" });
    const { prefillTokensPerSecond } = rooflineCapacity({ ...ceiling, prefillTokensPerSecond: null });
    assert.equal(prefillTokensPerSecond, Number.POSITIVE_INFINITY);
  });
});
