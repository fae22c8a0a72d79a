import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readThroughput } from "../../bin/commands/summary.ts";
import { assessBreakEven } from "../../lib/src/cost/index.ts";
import { saveMeasurement } from "../../lib/src/measure/index.ts";
import { printVerdict, readRunFindings } from "../../lib/src/run-findings.ts";
import { makeFolder, setEnvironment } from "../helpers/environment.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const assessment = assessBreakEven({
  gpuUsdPerHour: 1.76,
  inputUsdPerMillion: 0.72,
  outputUsdPerMillion: 0.72,
  inputTokensPerOutputToken: 5,
});
const offer = {
  product: "llama",
  provider: "Bedrock",
  inputUsdPerMillion: 0.72,
  outputUsdPerMillion: 0.72,
  observed: "2026-08-21",
  sources: ["https://example.com/bedrock"],
};
const verdicts = [{ offer, assessment }];
const options: Parameters<typeof printVerdict>[1] = {
  machine: "4 × A40",
  prices: {
    A40: { value: 0.49, unit: "usd_per_hour", observed: "2026-08-19", sources: ["https://example.com/a40"] },
  },
  today: "2026-11-23",
};

describe("the verdict of a run", () => {
  test("is printed, and read from the file that the environment names", (context) => {
    const file = join(makeFolder(context), "executed/04-cost.findings.json");
    setEnvironment(context, { WORKBOOK_FINDINGS: file });
    const log = context.mock.method(console, "log", () => {});
    printVerdict(verdicts, options);
    const { verdict } = readRunFindings(file);
    assert.match(
      verdict?.sentence ?? "",
      /^4 × A40, 5 tokens in for each out: pays against Bedrock \(\$0\.72 in and \$0\.72 out per million tokens, seen 2026-08-21\) from /,
    );
    assert.deepEqual(verdict?.prices, [
      { name: "A40: $0.49 per hour", observed: "2026-08-19", source: "https://example.com/a40" },
      {
        name: "Bedrock: $0.72 in, $0.72 out",
        observed: "2026-08-21",
        source: "https://example.com/bedrock",
      },
    ]);
    assert.match(verdict?.assumed ?? "", /^Assumed: 5 tokens in for each out; /);
    assert.deepEqual(log.mock.calls[0]?.arguments, [`${verdict?.sentence}\n\n${verdict?.assumed}`]);
  });

  test("is only printed where nobody asked for it", (context) => {
    const folder = makeFolder(context);
    setEnvironment(context, { WORKBOOK_FINDINGS: "" });
    const log = context.mock.method(console, "log", () => {});
    printVerdict(verdicts, options);
    assert.equal(log.mock.callCount(), 1);
    assert.equal(existsSync(join(folder, "04-cost.findings.json")), false);
  });

  test("is not known where no notebook has found one, or its file is broken", (context) => {
    const folder = makeFolder(context);
    assert.deepEqual(readRunFindings(join(folder, "missing.json")), { verdict: null });
    writeFileSync(join(folder, "broken.json"), '{"verdict":"It pays."}');
    assert.deepEqual(readRunFindings(join(folder, "broken.json")), { verdict: null });
  });

  test("is printed by one cell of the notebooks", () => {
    const file = new URL("../../notebooks/04-cost.ipynb", import.meta.url);
    const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: { source: string[] }[] };
    assert.equal(cells.filter(({ source }) => source.join("").includes("printVerdict(")).length, 1);
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
