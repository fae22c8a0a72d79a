import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { readThroughput } from "../../bin/commands/summary.ts";
import { saveMeasurement } from "../../lib/src/measure/index.ts";
import {
  printDecision,
  printPeople,
  printVerdict,
  readRunFindings,
} from "../../lib/src/run-findings/index.ts";
import { makeFolder, setEnvironment } from "../helpers/environment.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const verdict: Parameters<typeof printVerdict>[0] = {
  served: {
    ...{ gpu: "NVIDIA A40", gpuCount: 4, model: "meta-llama/Llama-3.1-70B-Instruct", precision: "16-bit" },
    ...{ inputTokens: 512, outputTokens: 512 },
  },
  card: { provider: "runpod", value: 0.49, observed: "2026-08-19", sources: ["https://example.com/a40"] },
  offers: [
    {
      ...{ provider: "aws-bedrock", inputUsdPerMillion: 72, outputUsdPerMillion: 72 },
      ...{ observed: "2026-08-21", sources: ["https://example.com/bedrock"] },
    },
  ],
  date: "2026-09-01",
};

describe("the verdict of a run", () => {
  test("is printed, and read from the file that the environment names", (context) => {
    const file = join(makeFolder(context), "executed/04-cost.findings.json");
    setEnvironment(context, { WORKBOOK_FINDINGS: file });
    const log = context.mock.method(console, "log", () => {});
    printVerdict(verdict);
    const found = readRunFindings(file).verdict;
    assert.match(
      found?.sentence ?? "",
      /^At the prices of September 2026, .* can be cheaper than Amazon Bedrock\./,
    );
    assert.deepEqual(found?.prices, [
      { name: "Runpod, a card: $0.49 an hour", observed: "2026-08-19", source: "https://example.com/a40" },
      {
        name: "Amazon Bedrock: $72.00 in, $72.00 out",
        observed: "2026-08-21",
        source: "https://example.com/bedrock",
      },
    ]);
    assert.deepEqual(log.mock.calls[0]?.arguments, [[found.sentence, ...found.rests].join("\n\n")]);
  });

  test("is only printed where nobody asked for it", (context) => {
    const folder = makeFolder(context);
    setEnvironment(context, { WORKBOOK_FINDINGS: "" });
    const log = context.mock.method(console, "log", () => {});
    printVerdict(verdict);
    assert.equal(log.mock.callCount(), 1);
    assert.equal(existsSync(join(folder, "04-cost.findings.json")), false);
  });

  test("is not known where no notebook has found one, or its file is broken", (context) => {
    const folder = makeFolder(context);
    const nothing = { verdict: null, decision: null, people: null };
    assert.deepEqual(readRunFindings(join(folder, "missing.json")), nothing);
    writeFileSync(join(folder, "broken.json"), '{"verdict":"It pays."}');
    assert.deepEqual(readRunFindings(join(folder, "broken.json")), nothing);
  });

  test("is printed by one cell of the notebooks", () => {
    const file = new URL("../../notebooks/04-cost.ipynb", import.meta.url);
    const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: { source: string[] }[] };
    assert.equal(cells.filter(({ source }) => source.join("").includes("printVerdict(")).length, 1);
  });
});

describe("the decision of a run", () => {
  type Told = Parameters<typeof printDecision>[0];
  type ToldWay = Told["ways"][number];
  const common = {
    model: "Qwen/Qwen3-32B",
    keepsTarget: "yes",
    waitsHours: null,
    basis: "",
    priceStatus: "current",
    isRouter: false,
    observed: "2026-10-07",
  } as const;
  const priced = (usd: number) => ({
    ...{ usdPerMonth: { low: usd, typical: usd, high: usd }, sources: [`https://example.com/${usd}`] },
  });
  const api = (provider: string, usd: number, changes: Partial<ToldWay> = {}): ToldWay => ({
    ...{ ...common, ...priced(usd), serves: "api", form: "by token", label: `at ${provider}`, provider },
    ...{ gpu: null, gpuCount: null, machine: null, precision: null, machines: null, evidence: null },
    ...changes,
  });
  const pod = (gpu: string, usd: number, changes: Partial<ToldWay> = {}): ToldWay => ({
    ...{ ...common, ...priced(usd), serves: "machine", form: "pod day and night", label: `on ${gpu}` },
    ...{ provider: null, gpu, gpuCount: 1, machine: `1 × ${gpu.replace("NVIDIA ", "")}`, precision: "fp8" },
    ...{ machines: { low: 1, typical: 1, high: 2 }, evidence: "forecast" },
    ...changes,
  });
  const cheap = api("deepinfra", 400, { basis: "the price list.", observed: "2026-11-05" });
  const dear = api("aws-bedrock", 2_088);
  const machine = pod("NVIDIA A40", 2_913, { basis: "forecast from 1,326 figures." });
  const doubtful = pod("NVIDIA RTX A6000", 300, { keepsTarget: "measure" });
  const later = pod("NVIDIA L4", 250, {
    ...{ form: "batch on a pod", waitsHours: 24, machines: { low: 2, typical: 3, high: 4 } },
  });
  const decision: Told = {
    models: ["Qwen/Qwen3-32B"],
    load: { requestsPerMonth: 2_000_000, inputTokens: 500, outputTokens: 200 },
    ways: [
      ...[doubtful, later, cheap, api("a host", 900), dear, machine, pod("NVIDIA L40", 5_825)],
      ...[api("a router", 100, { isRouter: true }), pod("NVIDIA L4", 50, { keepsTarget: "no" })],
      // Only its ceiling is known.
      pod("NVIDIA RTX 4000 Ada Generation", 60, { keepsTarget: "measure", evidence: null }),
    ],
    ...{ answer: cheap, runnerUp: dear, cheapestApi: cheap, cheapestMachine: machine },
    worthMeasuring: { way: doubtful, text: "one hour on 1 × RTX A6000: about $0.49" },
    sentence: "Take the API.",
  };

  function tell(context: TestContext, changes: Partial<Told> = {}) {
    const file = join(makeFolder(context), "05-decide.findings.json");
    setEnvironment(context, { WORKBOOK_FINDINGS: file });
    const log = context.mock.method(console, "log", () => {});
    printDecision({ ...decision, ...changes });
    return { found: readRunFindings(file).decision, printed: String(log.mock.calls[0]?.arguments[0]) };
  }

  test("is printed with what it rests on, and what would settle the rest", (context) => {
    const { found, printed } = tell(context);
    assert.deepEqual(found?.rests, [
      "at deepinfra: the price list.",
      "on NVIDIA A40: forecast from 1,326 figures.",
      "To find out more, measure: one hour on 1 × RTX A6000: about $0.49.",
    ]);
    assert.equal(printed, ["Take the API.", ...found.rests].join("\n\n"));
    assert.deepEqual(found.prices[2], {
      ...{ name: "at deepinfra: $400 a month", observed: "2026-11-05", source: "https://example.com/400" },
    });
  });

  test("has a picture of the cheapest ways of each form and of the dearest API, the answer marked", (context) => {
    const { found } = tell(context);
    assert.equal(found?.picture.headline, "Take the API: DeepInfra, by token, $400 a month.");
    assert.equal(
      found.picture.subject,
      "Dollars a month for 2,000,000 requests to Qwen3-32B, 500 tokens in and 200 out each. Prices seen 2026-10-07 to 2026-11-05.",
    );
    assert.deepEqual(
      found.picture.ways.map(({ label, remark, isAnswer }) => [label, remark, isAnswer]),
      [
        ["1 × L4, fp8, batch on a pod, 3 machines", "within 24 h", false],
        ["1 × RTX A6000, fp8, pod day and night", "measure first", false],
        ["DeepInfra, by token", "the answer", true],
        ["Amazon Bedrock, by token", "", false],
        ["1 × A40, fp8, pod day and night", "", false],
      ],
    );
    const both = tell(context, { models: ["Qwen/Qwen3-32B", "Qwen/Qwen3-8B"] }).found;
    assert.equal(both?.picture.headline, "Take the API: Qwen3-32B, DeepInfra, by token, $400 a month.");
  });

  test("says in the picture that there is none, or what to measure first", (context) => {
    const measure = tell(context, { answer: null }).found;
    assert.equal(measure?.picture.headline, "Measure first: one hour on 1 × RTX A6000: about $0.49.");
    const none = tell(context, { answer: null, worthMeasuring: null }).found;
    assert.equal(none?.picture.headline, "Nothing gives your users what you ask for.");
    assert.ok(none.picture.ways.every(({ isAnswer }) => !isAnswer));
  });

  test("is not told where there is no way at all", (context) => {
    const sides = { runnerUp: null, cheapestApi: null, cheapestMachine: null };
    const nothing = { answer: null, worthMeasuring: null, ways: [], sentence: "No price is known." };
    const { found, printed } = tell(context, { ...sides, ...nothing });
    assert.equal(found, null);
    assert.equal(printed, "No price is known.");
  });
});

describe("how many people a run found to be served at once", () => {
  test("is printed, and read from the file that the environment names", (context) => {
    const file = join(makeFolder(context), "03-throughput.findings.json");
    setEnvironment(context, { WORKBOOK_FINDINGS: file });
    const log = context.mock.method(console, "log", () => {});
    const target = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: null, percentile: 95 };
    const words = "Already at 1 stream only 20 % of requests kept to 2 s to the first token.";
    const targetSearch = { target, most: null, firstBad: null, resolved: true, words };
    printPeople(makeMeasurement({ targetSearch }));
    assert.equal(readRunFindings(file).people, words);
    assert.deepEqual(log.mock.calls[0]?.arguments, [words]);
  });

  test("is not told where no target was given", (context) => {
    const file = join(makeFolder(context), "03-throughput.findings.json");
    setEnvironment(context, { WORKBOOK_FINDINGS: file });
    context.mock.method(console, "log", () => {});
    printPeople(makeMeasurement());
    assert.equal(existsSync(file), false);
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
