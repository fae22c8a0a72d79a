import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { loadGpus, loadPublishedThroughput } from "../../lib/src/facts/index.ts";
import { makeFolder } from "../helpers/environment.ts";

describe("the published throughput", () => {
  test("is readable to the last row, with sources and days", () => {
    const problems: string[] = [];
    const rows = loadPublishedThroughput({ onProblem: (problem) => problems.push(problem) });
    assert.deepEqual(problems, []);
    assert.ok(rows.length > 30);
    for (const row of rows) {
      for (const source of row.sources) assert.equal(new URL(source).protocol, "https:");
      assert.ok(row.published <= row.observed.slice(0, row.published.length), row.published);
    }
  });

  test("names cards as the table of cards does, and splits only what lies on several", () => {
    const ids = loadGpus().map(({ id }) => id);
    for (const row of loadPublishedThroughput()) {
      assert.ok(ids.includes(row.gpu), row.gpu);
      assert.equal(row.split === null, row.gpuCount === 1, `${row.gpuCount} × ${row.gpu}`);
    }
  });

  test("has no run twice", () => {
    const keys = loadPublishedThroughput().map(
      ({ model, precision, gpu, gpuCount, engine, streams, workload }) =>
        [model, precision, gpu, gpuCount, engine, streams, workload].join("|"),
    );
    assert.deepEqual(
      keys.filter((key, place) => keys.indexOf(key) !== place),
      [],
    );
  });

  test("answers the open question: 660 tokens per second, of Llama 3 and not 3.1, on four A40s in 2024", () => {
    const rows = loadPublishedThroughput({ gpu: "NVIDIA A40", gpuCount: 4, parametersBillion: 70.55 });
    const fastest = rows.toSorted(
      (one, other) => (other.outputTokensPerSecond ?? 0) - (one.outputTokensPerSecond ?? 0),
    )[0];
    assert.equal(fastest?.outputTokensPerSecond, 660);
    assert.equal(fastest.model, "Llama 3 70B Instruct");
    assert.equal(fastest.precision, "16-bit");
    assert.equal(fastest.published, "2024-04-24");
    assert.equal(fastest.method, "engine-log");
    assert.equal(fastest.streams, null);
    const layers = rows.find((row) => row.split === "layers" && row.precision === "16-bit");
    assert.deepEqual([layers?.outputTokensPerSecond, layers?.streams], [3.98, 1]);
  });

  test("says where a load was only inferred, and then has no figure of it", () => {
    const inferred = loadPublishedThroughput().filter(({ workload }) => workload.includes("inferred"));
    assert.ok(inferred.length > 0);
    for (const { note, streams, inputTokensMean, outputTokensMean } of inferred) {
      assert.match(note, /Load inferred from/);
      assert.deepEqual([streams, inputTokensMean, outputTokensMean], [null, null, null]);
    }
  });

  test("is found by card, number of cards and about the size of the model", () => {
    const small = loadPublishedThroughput({ gpu: "NVIDIA A40", gpuCount: 1, parametersBillion: 8.03 });
    assert.ok(small.some(({ model }) => model === "Llama 3.1 8B Instruct"));
    assert.ok(small.some(({ model }) => model === "Qwen2.5 7B Instruct"));
    assert.ok(small.every(({ parametersBillion }) => parametersBillion > 7 && parametersBillion < 9));
    assert.deepEqual(loadPublishedThroughput({ gpu: "NVIDIA A40", gpuCount: 3 }), []);
  });

  test("leaves out a row that says no rate or no date, and names it", (t) => {
    const folder = makeFolder(t);
    const head =
      "model,parameters_billion,precision,gpu,gpu_count,engine,workload,output_tokens_per_second,method,published,observed,sources";
    const end = "2026-11-23,https://example.org/";
    writeFileSync(
      join(folder, "throughput.csv"),
      `${head}\nA,8,16-bit,NVIDIA A40,1,vllm,chat,100,client,2025-01,${end}\n` +
        `B,8,16-bit,NVIDIA A40,1,vllm,chat,,client,2025-01,${end}\n` +
        `C,8,16-bit,NVIDIA A40,1,vllm,chat,100,client,lately,${end}\n`,
    );
    const problems: string[] = [];
    const rows = loadPublishedThroughput({ folder, onProblem: (problem) => problems.push(problem) });
    assert.deepEqual(
      rows.map(({ model }) => model),
      ["A"],
    );
    assert.match(problems[0] ?? "", /line 3: .*needs a rate of reading or of writing/);
    assert.match(problems[1] ?? "", /line 4: published: is no day, month or year/);
  });
});
