import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { WorkbookError } from "../../lib/src/errors.ts";
import {
  findModel,
  loadGpuPrices,
  loadGpus,
  loadHostedModels,
  loadModels,
  loadStoragePrices,
} from "../../lib/src/facts/index.ts";
import { canSplit } from "../../lib/src/serving/split-model.ts";
import { makeFolder } from "../helpers/environment.ts";

const data = new URL("../../lib/data/", import.meta.url);

/** Copies a table of the library, changed as told, into a folder of its own. */
function copyTable(context: TestContext, file: string, change: (lines: string[]) => string[]): string {
  const folder = makeFolder(context);
  const lines = readFileSync(new URL(file, data), "utf8").split("\n");
  writeFileSync(join(folder, file), change(lines).join("\n"));
  return folder;
}

describe("the facts of the library", () => {
  test("are all readable: no row is left out", () => {
    const problems: string[] = [];
    const onProblem = (problem: string) => problems.push(problem);
    loadGpus({ onProblem });
    loadGpuPrices({ onProblem });
    loadModels({ onProblem });
    loadHostedModels({ onProblem });
    assert.deepEqual(problems, []);
  });

  test("say where each fact comes from, and when it was looked at", () => {
    for (const fact of [...loadGpus(), ...loadGpuPrices(), ...loadModels(), loadStoragePrices()]) {
      assert.ok(fact.sources.length > 0);
      for (const source of fact.sources) assert.equal(new URL(source).protocol, "https:");
      assert.match(fact.observed, /^20\d\d-\d\d-\d\d$/);
    }
  });

  test("give each quantised checkpoint a source of its own, which has its name", () => {
    const quantised = loadModels().filter(({ baseId }) => baseId !== null);
    const ownName = (id: string) => id.slice(id.indexOf("/") + 1).toLowerCase();
    assert.ok(quantised.length > 0);
    assert.deepEqual(
      quantised.filter(
        ({ id, sources }) => !sources.some((source) => source.toLowerCase().includes(ownName(id))),
      ),
      [],
    );
  });

  test("name nothing twice", () => {
    for (const facts of [loadGpus(), loadModels()]) {
      const ids = facts.map((fact) => fact.id.toLowerCase());
      assert.deepEqual(
        ids.filter((id, place) => ids.indexOf(id) !== place),
        [],
      );
    }
    const names = loadGpus().map((gpu) => gpu.name);
    assert.equal(new Set(names).size, names.length);
  });

  test("know the A40 as Runpod has it", () => {
    const gpu = loadGpus().find(({ name }) => name === "A40");
    assert.ok(gpu !== undefined);
    const { id, memoryGb, usableMemoryGib, memoryBandwidthGbPerSecond, bf16DenseTflops, fp8 } = gpu;
    assert.deepEqual(
      { id, memoryGb, usableMemoryGib, memoryBandwidthGbPerSecond, bf16DenseTflops, fp8 },
      {
        id: "NVIDIA A40",
        memoryGb: 48,
        usableMemoryGib: 44.98,
        memoryBandwidthGbPerSecond: 696,
        bf16DenseTflops: 149.7,
        fp8: false,
      },
    );
  });

  test("give no GPU more memory than it is sold with", () => {
    for (const { id, memoryGb, usableMemoryGib } of loadGpus()) {
      // Sold GB of the larger cards are rounded from GiB.
      if (usableMemoryGib !== null) assert.ok(usableMemoryGib <= memoryGb, id);
      if (usableMemoryGib !== null) assert.ok(usableMemoryGib > memoryGb * 0.92, id);
    }
  });

  test("price only GPUs that are in the table", () => {
    const ids = loadGpus().map((gpu) => gpu.id);
    assert.deepEqual(
      loadGpuPrices().filter((price) => !ids.includes(price.gpuId)),
      [],
    );
  });

  test("give every model weights of about the size of its parameters", () => {
    const bytesPerParameter: Record<string, [number, number]> = {
      bf16: [1.95, 2.05],
      fp8: [0.95, 1.25],
      int8: [1, 1.25],
      "awq-int4": [0.5, 0.85],
      "gptq-int4": [0.5, 0.85],
      mxfp4: [0.5, 0.7],
      // Some leave attention or the draft layer at 16 bits.
      nvfp4: [0.55, 1.1],
    };
    for (const model of loadModels()) {
      const [least = 0, most = 0] = bytesPerParameter[model.precision] ?? [];
      const share = model.weightsGb / model.parametersBillion;
      assert.ok(share >= least && share <= most, `${model.id}: ${share} bytes for each parameter`);
      assert.ok(model.downloadGb >= model.weightsGb, model.id);
    }
  });

  test("know over how many GPUs the models of known trouble can be split", () => {
    const splits = (id: string) => {
      const model = findModel(id);
      assert.ok(model !== null, id);
      return [1, 2, 4, 8].filter((count) => canSplit(model, count));
    };
    assert.deepEqual(splits("meta-llama/Llama-3.1-8B-Instruct"), [1, 2, 4, 8]);
    assert.deepEqual(splits("Qwen/Qwen2.5-7B-Instruct"), [1, 2, 4]);
    assert.deepEqual(splits("microsoft/phi-4"), [1, 2]);
    assert.deepEqual(splits("HuggingFaceTB/SmolLM2-135M-Instruct"), [1]);
  });

  test("give sampling defaults by vLLM's names, and tell none from not known", (t) => {
    assert.deepEqual(findModel("Qwen/Qwen2.5-7B-Instruct")?.samplingDefaults, {
      temperature: 0.7,
      top_p: 0.8,
      top_k: 20,
      repetition_penalty: 1.05,
    });
    assert.equal(findModel("microsoft/phi-4")?.samplingDefaults, null);
    const cells = ["sampling_defaults", "none", "hot"];
    const folder = copyTable(t, "models.csv", (lines) =>
      lines.slice(0, 3).map((line, index) => line.replace("temperature=0.6 top_p=0.9", cells[index] ?? "")),
    );
    writeFileSync(join(folder, "quantised-models.csv"), "id\n");
    const problems: string[] = [];
    const models = loadModels({ folder, onProblem: (problem) => problems.push(problem) });
    assert.deepEqual(
      models.map(({ samplingDefaults }) => samplingDefaults),
      [{}],
    );
    assert.deepEqual(problems, [
      "models.csv, line 3: sampling_defaults: takes none, or pairs such as temperature=0.6. The row is left out.",
    ]);
  });

  test("give a quantised checkpoint the shape of the one it was made from", () => {
    const base = findModel("meta-llama/Llama-3.1-70B-Instruct");
    const quantised = findModel("hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4");
    assert.ok(base !== null && quantised !== null);
    assert.equal(quantised.baseId, base.id);
    assert.equal(quantised.precision, "awq-int4");
    assert.equal(quantised.weightsGb, 39.8);
    assert.equal(quantised.gated, "no");
    assert.deepEqual(
      [quantised.layers, quantised.attentionHeads, quantised.kvHeads, quantised.contextTokens],
      [80, 64, 8, 131_072],
    );
    assert.deepEqual(
      [base.layers, base.attentionHeads, base.kvHeads, base.contextTokens],
      [80, 64, 8, 131_072],
    );
    // Its own config allows 196,608 tokens, its base's 204,800.
    assert.equal(findModel("nvidia/MiniMax-M2.7-NVFP4")?.contextTokens, 196_608);
  });

  test("find a model by an older name, and whatever the case", () => {
    assert.equal(findModel("meta-llama/Meta-Llama-3.1-8B-Instruct")?.id, "meta-llama/Llama-3.1-8B-Instruct");
    assert.equal(findModel("META-LLAMA/llama-3.1-8b-instruct")?.id, "meta-llama/Llama-3.1-8B-Instruct");
    assert.equal(findModel("meta-llama/Llama-9"), null);
  });
});

describe("a table with mistakes", () => {
  test("names each broken row with its line, and gives the rest", (t) => {
    const folder = copyTable(t, "gpus.csv", ([head = "", a40 = "", ...others]) => [
      head,
      a40.replace(",48,", ",many,"),
      ...others.slice(0, 2),
      "NVIDIA Half,Half,24",
      ...others.slice(2),
    ]);
    const problems: string[] = [];
    const gpus = loadGpus({ folder, onProblem: (problem) => problems.push(problem) });
    assert.equal(gpus.length, loadGpus().length - 1);
    assert.equal(gpus[0]?.id, "NVIDIA RTX A6000");
    assert.equal(problems.length, 2);
    assert.equal(problems[0], "gpus.csv, line 2: memory_gb: is not a number. The row is left out.");
    assert.match(problems[1] ?? "", /^gpus\.csv, line 5: memory_bandwidth_gb_per_second: /);
    assert.match(problems[1] ?? "", /sources: is missing\..* The row is left out\.$/);
  });

  test("leaves a quantised checkpoint out with the one it was made from", (t) => {
    const folder = copyTable(t, "models.csv", (lines) =>
      lines.filter((line) => !line.startsWith("microsoft/phi-4,")),
    );
    writeFileSync(
      join(folder, "quantised-models.csv"),
      readFileSync(new URL("quantised-models.csv", data), "utf8"),
    );
    const problems: string[] = [];
    const models = loadModels({ folder, onProblem: (problem) => problems.push(problem) });
    assert.equal(findModel("RedHatAI/phi-4-FP8-dynamic", models), null);
    assert.deepEqual(problems, [
      "quantised-models.csv: RedHatAI/phi-4-FP8-dynamic is left out, for models.csv lacks its base microsoft/phi-4.",
      "quantised-models.csv: RedHatAI/phi-4-quantized.w4a16 is left out, for models.csv lacks its base microsoft/phi-4.",
    ]);
  });

  test("that is missing, or no table, is an error that names the file", (t) => {
    const empty = makeFolder(t);
    assert.throws(
      () => loadGpus({ folder: empty }),
      (error: unknown) => error instanceof WorkbookError && error.message.includes(join(empty, "gpus.csv")),
    );
    writeFileSync(join(empty, "gpus.csv"), 'id,name\n"open,quote\n');
    assert.throws(() => loadGpus({ folder: empty }), WorkbookError);
  });
});
