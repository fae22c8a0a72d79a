import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  compareWithPublished,
  type Level,
  loadMeasurements,
  type Measurement,
  saveMeasurement,
  toCapacities,
} from "../../lib/src/measure/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const a40 = { name: "NVIDIA A40", count: 4, usdPerHour: 1.76 };

const measurement = (changes: Partial<Measurement> = {}) =>
  makeMeasurement({ startedAt: "2026-11-24T05:00:00.000Z", levels: [], ...changes });

describe("kept measurements", () => {
  test("come back as they were saved, the newest first", (context) => {
    const stateFolder = makeFolder(context);
    const older = measurement();
    const newer = measurement({ startedAt: "2026-11-24T06:00:00.000Z", origin: "given" });
    saveMeasurement(older, { stateFolder });
    saveMeasurement(newer, { stateFolder });
    assert.deepEqual([...loadMeasurements({ stateFolder })], [newer, older]);
  });

  test("whose levels were taken for valid without a token have failed, and are no evidence", (context) => {
    const stateFolder = makeFolder(context);
    const { leftOut: _, ...older } = measurement({
      levels: [
        makeLevel({ streams: 1, outputTokensPerSecond: 0 }),
        makeLevel({ streams: 2, timeToFirstTokenMs: allAt(null) }),
        makeLevel({ streams: 4 }),
      ],
    });
    const path = saveMeasurement(measurement(), { stateFolder });
    writeFileSync(path, JSON.stringify(older));
    const [loaded] = loadMeasurements({ stateFolder });
    assert.ok(loaded !== undefined);
    assert.deepEqual(
      loaded.levels.map(({ verdict, reason }) => ({ verdict, reason })),
      [
        {
          verdict: "failed",
          reason: "By the server's counts the answers have no tokens: 0 tokens per second.",
        },
        { verdict: "failed", reason: "40 of 40 answers had no text, thought or tool call." },
        { verdict: "valid", reason: "" },
      ],
    );
    assert.deepEqual(loaded.leftOut, []);
    assert.deepEqual(
      toCapacities(loaded).map(({ streams }) => streams),
      [4],
    );
    const measured = compareWithPublished(loaded).filter(({ kind }) => kind === "measured");
    assert.deepEqual(
      measured.map(({ streams }) => streams),
      [4],
    );
  });

  test("of a serverless endpoint lie beside those of pods, and come back once", (context) => {
    const stateFolder = makeFolder(context);
    const kept = [
      measurement({ startedAt: "2026-11-24T06:00:00.000Z", origin: "serverless" }),
      measurement({ origin: "pod" }),
    ];
    for (const one of kept) saveMeasurement(one, { stateFolder });
    assert.deepEqual([...loadMeasurements({ stateFolder })], kept);
  });

  test("are found by model and by GPU with its number of cards", (context) => {
    const stateFolder = makeFolder(context);
    saveMeasurement(measurement(), { stateFolder });
    const find = (options: Parameters<typeof loadMeasurements>[0]) =>
      loadMeasurements({ ...options, stateFolder }).length;
    assert.equal(find({ model: "meta-llama/Llama-3.1-70B-Instruct" }), 1);
    assert.equal(find({ model: "another" }), 0);
    assert.equal(find({ gpu: "NVIDIA A40" }), 1);
    assert.equal(find({ gpu: { name: "NVIDIA A40", count: 4 } }), 1);
    assert.equal(find({ gpu: { name: "NVIDIA A40", count: 1 } }), 0);
    assert.equal(find({ gpu: "NVIDIA L40S" }), 0);
  });

  test("of a rehearsal never come where a GPU is asked for, whatever their file claims", (context) => {
    const stateFolder = makeFolder(context);
    saveMeasurement(measurement({ origin: "rehearsal", gpu: a40 }), { stateFolder });
    assert.equal(loadMeasurements({ stateFolder }).length, 1);
    assert.equal(loadMeasurements({ stateFolder, gpu: "NVIDIA A40" }).length, 0);
  });

  test("are named and passed over where they are broken or of another version", (context) => {
    const stateFolder = makeFolder(context);
    const path = saveMeasurement(measurement(), { stateFolder });
    const folder = join(path, "..");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cut.json"), '{ "version": 1, "lev');
    writeFileSync(join(folder, "later.json"), JSON.stringify({ ...measurement(), version: 2 }));
    writeFileSync(join(folder, "thin.json"), JSON.stringify({ version: 1 }));
    let said = "";
    const loaded = loadMeasurements({ stateFolder, write: (text) => (said += text) });
    assert.equal(loaded.length, 1);
    assert.deepEqual(loaded.skipped.map(({ path: skipped }) => skipped.slice(folder.length + 1)).sort(), [
      "cut.json",
      "later.json",
      "thin.json",
    ]);
    assert.match(said, /cut\.json is not readable as JSON/);
    assert.match(said, /later\.json is of version 2, and this workbook reads 1/);
    assert.match(said, /thin\.json is not a measurement/);
  });

  test("are named and passed over where their figures cannot be", (context) => {
    const stateFolder = makeFolder(context);
    const good = makeMeasurement({ levels: [makeLevel({ streams: 2 })] });
    const folder = join(saveMeasurement(good, { stateFolder }), "..");
    const damaged: [string, Record<string, unknown>, RegExp][] = [
      ["nan", { seconds: null }, /not a measurement: seconds /],
      ["negative", { seconds: -1 }, /not a measurement: seconds /],
      ["text", { levels: "none" }, /not a measurement: levels /],
      ["version", { version: { toString: 1, valueOf: 1 } }, /is of version \{"toString":1,"valueOf":1\},/],
      ["escape", { origin: "\u001b[2J" }, /not a measurement: origin /],
    ];
    const wrong: [string, Partial<Level>, RegExp][] = [
      [
        "counts",
        { timeToFirstTokenMs: allAt(200, 41) },
        /at 2 streams timeToFirstTokenMs is of 41 requests, and 40 /,
      ],
      ["order", { requestMs: { ...allAt(9), p50: 10 } }, /requestMs has percentiles that do not ascend/],
      ["below", { requestMs: { ...allAt(9), min: -1 } }, /requestMs is negative/],
      ["mean", { requestMs: { ...allAt(9), mean: 1 } }, /requestMs has a mean outside of its extremes/],
      ["empty", { interChunkMs: { ...allAt(9), count: 0 } }, /interChunkMs has 0 values, and not/],
      ["window", { steadyWindow: { startMs: 2, endMs: 1, seconds: 1 } }, /window ends before it begins/],
      ["flight", { achievedStreams: 3 }, /more requests were in flight on average than at most/],
    ];
    for (const [name, parts] of damaged) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...good, ...parts }));
    }
    for (const [name, parts] of wrong) {
      const levels = [makeLevel({ streams: 2, ...parts })];
      writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...good, levels }));
    }
    writeFileSync(
      join(folder, "endless.json"),
      JSON.stringify(good).replace('"seconds":120', '"seconds":1e999'),
    );
    let said = "";
    const { length, skipped } = loadMeasurements({ stateFolder, write: (text) => (said += text) });
    assert.equal(length, 1);
    const reasons = new Map(skipped.map(({ path, reason }) => [path.slice(folder.length + 1), reason]));
    for (const [name, , reason] of [...damaged, ...wrong])
      assert.match(reasons.get(`${name}.json`) ?? "", reason);
    assert.match(reasons.get("endless.json") ?? "", /not a measurement: seconds /);
    assert.doesNotMatch(said, /\u001b/);
  });

  test("of an empty state folder are none", (context) => {
    assert.equal(loadMeasurements({ stateFolder: makeFolder(context) }).length, 0);
  });
});
