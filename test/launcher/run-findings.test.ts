import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { readThroughput, readVerdict } from "../../bin/commands/run-findings.mjs";
import { saveMeasurement } from "../../lib/src/measure/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";
import { codeCell, notebookOf, stream } from "../reports/sample-notebook.ts";

function writeNotebook(context: TestContext, cells: Parameters<typeof notebookOf>[0]): string {
  const file = join(makeFolder(context), "04-cost.ipynb");
  writeFileSync(file, JSON.stringify(notebookOf(cells)));
  return file;
}

describe("the verdict of a run", () => {
  const tagged = { metadata: { tags: ["verdict"] } };

  test("is the first line that the tagged cell printed", (context) => {
    const file = writeNotebook(context, [
      codeCell("1", [stream("not this")]),
      { ...codeCell("2", [stream("It "), stream("pays.\nOther words."), stream("no", "stderr")]), ...tagged },
    ]);
    assert.equal(readVerdict([join(file, "missing"), file]), "It pays.");
  });

  test("is not known where the cell failed, or no cell has the tag", (context) => {
    const failed = { ...codeCell("1", [stream("Error: no", "stderr")]), ...tagged };
    assert.equal(readVerdict([writeNotebook(context, [failed])]), null);
    assert.equal(readVerdict([writeNotebook(context, [codeCell("1", [stream("It pays.")])])]), null);
  });

  test("is printed by one cell of the notebooks", () => {
    const file = new URL("../../notebooks/04-cost.ipynb", import.meta.url);
    const { cells } = JSON.parse(readFileSync(file, "utf8")) as {
      cells: { metadata: { tags?: string[] } }[];
    };
    assert.equal(cells.filter(({ metadata }) => metadata.tags?.includes("verdict")).length, 1);
  });
});

describe("the throughput of a run", () => {
  test("is the highest of the valid levels that were measured since the run began", (context) => {
    const stateFolder = makeFolder(context);
    const save = (startedAt: string, levels: ReturnType<typeof makeLevel>[]) =>
      saveMeasurement(makeMeasurement({ startedAt, levels }), { stateFolder });
    save("2026-11-24T09:00:00.000Z", [makeLevel({ streams: 1, outputTokensPerSecond: 999 })]);
    save("2026-11-24T10:00:00.000Z", [makeLevel({ streams: 1, outputTokensPerSecond: 20 })]);
    save("2026-11-24T10:01:00.000Z", [
      makeLevel({ streams: 2, outputTokensPerSecond: 40 }),
      makeLevel({ streams: 4, outputTokensPerSecond: 35 }),
      makeLevel({ streams: 8, outputTokensPerSecond: 90, verdict: "client-bound" }),
      makeLevel({ streams: 16, outputTokensPerSecond: null }),
    ]);
    const since = new Date("2026-11-24T09:59:59.000Z");
    assert.deepEqual(readThroughput({ stateFolder, since }), { streams: 2, outputTokensPerSecond: 40 });
  });

  test("is not known where nothing was measured", (context) => {
    assert.equal(readThroughput({ stateFolder: makeFolder(context), since: new Date() }), null);
  });
});
