import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { loadPublishedThroughput } from "../../lib/src/facts/index.ts";
import {
  exportedSchema,
  exportMeasurement,
  type Measurement,
  measurementSchema,
} from "../../lib/src/measure/index.ts";
import { takeExport } from "../../tools/facts/take-export.ts";
import { makeFolder } from "../helpers/environment.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const source = "https://github.com/owner/name/blob/main/export.json";

/** A measurement with something in every field that takes a text. */
function fullMeasurement(parts: Partial<Measurement> = {}): Measurement {
  const levels = [
    makeLevel({ streams: 1, outputTokensPerSecond: 16.238, notes: ["a note"] }),
    makeLevel({ streams: 4, outputTokensPerSecond: 60 }),
    makeLevel({ streams: 8, verdict: "client-bound", reason: "The client is the limit." }),
  ];
  const base = makeMeasurement({ levels });
  return {
    ...base,
    gpu: { name: "NVIDIA A40", count: 4, usdPerHour: 1.76, peerToPeer: "yes" },
    notes: ["Measured from home."],
    formulas: { knee: "a formula" },
    leftOut: [{ streams: 16, reason: "no time" }],
    knee: { streams: 4, reason: "From 4 to 8" },
    workload: { ...base.workload, request: { user: "somebody" } },
    evidence: {
      image: "vllm/vllm-openai:v0.32.0",
      arguments: ["meta-llama/Llama-3.1-70B-Instruct", "--tensor-parallel-size", "4", "--hf-token", "…"],
      modelRevision: commit,
      driver: "580.1",
      price: { usdPerHour: 1.76, source: "a contract", observed: "2026-11-24" },
      recordsSha256: "f".repeat(64),
    },
    ...parts,
  };
}

async function refusedField(measurement: Measurement, recordsFile?: string): Promise<string | null> {
  const options = recordsFile === undefined ? {} : { recordsFile };
  try {
    await exportMeasurement(measurement, options);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.field;
  }
  return assert.fail("it was not refused");
}

/** A folder with the table's head alone. */
function makeTable(context: TestContext): string {
  const folder = makeFolder(context);
  const path = new URL("../../lib/data/throughput.csv", import.meta.url);
  writeFileSync(join(folder, "throughput.csv"), `${readFileSync(path, "utf8").split("\n")[0]}\n`);
  return folder;
}

describe("an exported measurement", () => {
  test("becomes rows of the table of published throughput, one for each valid level", async (context) => {
    const dataFolder = makeTable(context);
    const file = join(makeFolder(context), "export.json");
    await exportMeasurement(fullMeasurement(), { path: file });
    const lines = takeExport({ file, source, today: "2026-11-28", dataFolder });
    assert.equal(lines.length, 2);
    const [alone, four] = loadPublishedThroughput({ folder: dataFolder, onProblem: assert.fail });
    assert.deepEqual(alone, {
      model: "meta-llama/Llama-3.1-70B-Instruct",
      shapeOf: "meta-llama/Llama-3.1-70B-Instruct",
      parametersBillion: 70.55,
      precision: "16-bit",
      gpu: "NVIDIA A40",
      gpuCount: 4,
      split: "tensor",
      engine: "vllm",
      engineVersion: "0.32.0",
      workload: "random prompts, answers of a fixed length; each stream sends its next request at once",
      streams: 1,
      inputTokensMean: 128,
      outputTokensMean: 128,
      inputTokensPerSecond: 100,
      outputTokensPerSecond: 16.24,
      timeToFirstTokenP50Ms: 200,
      timePerOutputTokenP50Ms: 40,
      method: "client",
      published: "2026-11-24",
      note:
        "Measured with this workbook, once. Image vllm/vllm-openai:v0.32.0. Arguments --tensor-parallel-size=4 and 1 more. " +
        `Weights of commit ${commit}. Peer-to-peer: yes. Requests had 1 further field. SHA-256 of the raw records ${"f".repeat(64)}.`,
      observed: "2026-11-28",
      sources: [source],
    });
    assert.equal(four?.streams, 4);
    assert.throws(() => takeExport({ file, source, today: "2026-12-01", dataFolder }), /already/);
  });

  test("holds no text of its measurement but names that the tables have", async () => {
    const measurement = measurementSchema.parse(fullMeasurement());
    let attacks = 0;
    for (const attack of canaries) {
      for (const attacked of replaceEach(measurement, attack)) {
        const text = await exportMeasurement(attacked as Measurement).then(
          JSON.stringify,
          (error: unknown) => {
            // Whatever the reason, nobody should find the canary in what is sent around, nor in a report of it.
            return error instanceof Error ? error.message : "";
          },
        );
        assert.doesNotMatch(text, /canary/i);
        attacks++;
      }
    }
    assert.ok(attacks > 200, `${attacks} attacks`);
  });

  test("is refused of a rehearsal, of a simulation, of loads that the table has no column for, and without evidence", async () => {
    const { workload } = makeMeasurement();
    const cases: [Partial<Measurement>, string][] = [
      [{ origin: "rehearsal" }, "origin"],
      [{ kind: "simulated" }, "origin"],
      [{ gpu: null }, "gpu"],
      [{ model: "owner/secret-model" }, "model"],
      [{ engine: "api.example.com" }, "engine"],
      [{ levels: [] }, "levels"],
      [{ levels: [makeLevel({ verdict: "failed", reason: "HTTP 500" })] }, "levels"],
      [{ levels: [makeLevel({ steadyWindow: { startMs: 2, endMs: 1, seconds: 1 } })] }, "levels"],
      // Four A40s read the weights of a 70B model some twenty times a second.
      [{ levels: [makeLevel({ streams: 1, outputTokensPerSecond: 100 })] }, "levels"],
      [{ levels: [makeLevel({ outputTokensPerSecond: 10, inputTokensPerSecond: 1e6 })] }, "levels"],
      [{ workload: { ...workload, arrivals: { requestsPerSecond: 2 } } }, "workload.arrivals"],
      [{ workload: { ...workload, turns: 2 } }, "workload.turns"],
    ];
    for (const [parts, field] of cases) assert.equal(await refusedField(fullMeasurement(parts)), field);
  });

  test("is refused of other weights than the model's name says", async () => {
    const { model, evidence } = fullMeasurement();
    assert.ok(evidence !== null);
    const served = ["--served-model-name", model];
    for (const given of [
      ["owner/llama-70b-awq", ...served],
      [model, "--quantization", "bitsandbytes"],
      [model, "-q=bitsandbytes"],
    ]) {
      const measurement = fullMeasurement({ evidence: { ...evidence, arguments: given } });
      assert.equal(await refusedField(measurement), "evidence.arguments");
    }
    const fp8 = { ...evidence, arguments: [model, ...served, "--quantization", "fp8"] };
    const { rows } = await exportMeasurement(fullMeasurement({ evidence: fp8 }));
    assert.equal(rows[0]?.["precision"], "fp8");
  });

  test("is refused with a file of raw records that is not its own", async (context) => {
    const recordsFile = join(makeFolder(context), "records.jsonl");
    writeFileSync(recordsFile, "{}\n");
    assert.equal(await refusedField(fullMeasurement(), recordsFile), "recordsFile");
    const sha = "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356";
    const { evidence } = fullMeasurement();
    assert.ok(evidence !== null);
    const own = fullMeasurement({ evidence: { ...evidence, recordsSha256: sha } });
    assert.equal((await exportMeasurement(own, { recordsFile })).recordsSha256, sha);
  });
});

describe("a file that is sent in", () => {
  test("is refused where anything was added, changed or is no export", async (context) => {
    const dataFolder = makeTable(context);
    const untouched = join(makeFolder(context), "before.csv");
    copyFileSync(join(dataFolder, "throughput.csv"), untouched);
    const exported = await exportMeasurement(fullMeasurement());
    const [row = {}] = exported.rows;
    const [level] = exported.levels;
    const cases: [unknown, RegExp][] = [
      ["no JSON at all", /is not what exportMeasurement writes/],
      [{ ...exported, host: "somewhere" }, /is not what exportMeasurement writes/],
      [
        { ...exported, arguments: ["--served-model-name=x"] },
        /is not what exportMeasurement writes: arguments/,
      ],
      [{ ...exported, rows: [{ ...row, output_tokens_per_second: "9999" }] }, /not those of its own figures/],
      [{ ...exported, levels: [{ ...level, outputTokensPerSecond: 9_999 }] }, /beyond what memory/],
      [{ ...exported, levels: [{ ...level, timeToFirstTokenMs: { p50: 2, p95: 1 } }] }, /do not ascend/],
      [{ ...exported, levels: [level, level], rows: [row, row] }, /has one twice/],
      [
        {
          ...exported,
          day: "2031-01-01",
          rows: exported.rows.map((one) => ({ ...one, published: "2031-01-01" })),
        },
        /a day to come/,
      ],
    ];
    for (const [content, reason] of cases) {
      const file = join(makeFolder(context), "export.json");
      writeFileSync(file, JSON.stringify(content));
      assert.throws(() => takeExport({ file, source, today: "2026-11-28", dataFolder }), reason);
    }
    const file = join(makeFolder(context), "export.json");
    writeFileSync(file, JSON.stringify(exported));
    for (const elsewhere of [
      "my disk",
      "http://example.org/x",
      "https://me:key@example.org/x",
      `${source}\nx,y`,
    ]) {
      const options = { file, source: elsewhere, today: "2026-11-28", dataFolder };
      assert.throws(() => takeExport(options), /would not take .* sources/);
    }
    assert.equal(readFileSync(join(dataFolder, "throughput.csv"), "utf8"), readFileSync(untouched, "utf8"));
    assert.ok(exportedSchema.safeParse(exported).success);
  });
});

/** What takes the place of each text: alone, behind what it was, before it, and in forms that pass for something else. */
const canaries: readonly ((text: string) => string)[] = [
  () => "canary",
  (text) => `${text}canary`,
  (text) => `${text} canary`,
  (text) => `canary/${text}`,
  (text) => `${text}=canary`,
  () => "--max-model-len=canary",
];

/** Returns the value once for each text in it, names of properties included where they may be anything. */
function* replaceEach(value: unknown, attack: (text: string) => string): Generator<unknown> {
  if (typeof value === "string") yield attack(value);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const changed of replaceEach(item, attack)) yield value.with(index, changed);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      for (const changed of replaceEach(item, attack)) yield { ...value, [name]: changed };
      const { [name]: _, ...others } = value as Record<string, unknown>;
      if (Object.keys(others).length === 0) yield { [attack(name)]: item };
    }
  }
}
