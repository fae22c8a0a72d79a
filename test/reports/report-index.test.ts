import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { readRuns, writeReportIndex } from "../../bin/commands/report/index.ts";
import type { RunSummary } from "../../bin/commands/report/run-summary.ts";
import { comparableSchema, type Level, type Measurement } from "../../lib/src/measure/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const summary: RunSummary = {
  target: "given",
  model: "small",
  server: "vLLM 0.32.0",
  isSimulated: false,
  standsInFor: null,
  startedAt: "2026-11-23T19:52:03.000Z",
  answer: "Hello.",
  timeToFirstTokenMs: 1310.6,
  outputTokensPerSecond: 53.34,
  throughput: { outputTokensPerSecond: 660.4, streams: 64 },
  people: "At 2 streams 96 % of requests kept to 2 s.",
  answers: [
    {
      asked: "The walkthrough, 2024",
      sentence: "It paid.",
      rests: ["One run.", "Two prices."],
      notebook: "04-cost",
    },
    { asked: "Your load", sentence: "Take the API.", rests: [], notebook: "02-chat" },
  ],
  picture: {
    headline: "Take the API: DeepInfra, $400 a month.",
    subject: "2,000,000 requests a month.",
    ways: [
      {
        ...{ label: "DeepInfra, by token", serves: "api", remark: "the answer", isAnswer: true },
        usdPerMonth: { low: 400, typical: 400, high: 400 },
      },
      {
        ...{ label: "1 × H100, always", serves: "machine", remark: "measure first", isAnswer: false },
        usdPerMonth: { low: 2_500, typical: 2_913, high: 4_000 },
      },
    ],
  },
  measurements: [],
  sources: [{ name: "A40", observed: "2026-08-19", source: "https://example.com/a40" }],
  notebooks: [{ name: "02-chat", title: "Chat", file: "02-chat.html", ok: true, seconds: 15.65 }],
  versions: { node: "24.19.0" },
};

/** Writes the pages of one run and returns both fronts: the run's and the one over all runs. */
function write(reportsFolder: string, changes: Partial<RunSummary> = {}): { run: string; all: string } {
  const changed = { ...summary, ...changes };
  const start = changed.startedAt.slice(0, 19).replaceAll(":", "-");
  const runFolder = join(reportsFolder, changed.target, start);
  writeReportIndex({ reportsFolder, runFolder, summary: changed });
  return {
    run: readFileSync(join(runFolder, "index.html"), "utf8"),
    all: readFileSync(join(reportsFolder, "index.html"), "utf8"),
  };
}

describe("the front page of a run", () => {
  test("has the answer, the figures with their units and kind, the verdict, and the way to the notebooks", (context) => {
    const { run } = write(makeFolder(context));
    for (const part of [
      "<h1>Run on a given endpoint, 23 November 2026</h1>",
      "1,311 ms",
      "53.3 tokens/s",
      "<b>Measured</b> from this machine",
      "660.4 tokens/s",
      "64 requests at a time",
      "<h3>The walkthrough, 2024</h3>\n<p>It paid.</p>",
      "<p>One run.</p>\n<p>Two prices.</p>",
      "<h3>Your load</h3>\n<p>Take the API.</p>",
      '<td data-label="Source"><cite><a href="https://example.com/a40">example.com/a40</a></cite></td>',
      "Hello.",
      '<a href="02-chat.html">How it was found out</a>',
      '<a href="02-chat.html">Chat</a>',
      "ran through",
      '<a href="../../index.html">All runs</a>',
      "What the figures are",
      "searched for keys before it was written",
    ])
      assert.ok(run.includes(part), `the page does not have ${part}`);
  });

  test("begins with a picture of the ways to serve the load, which says in words what it shows", (context) => {
    const { run } = write(makeFolder(context));
    const said =
      "Take the API: DeepInfra, $400 a month. 2,000,000 requests a month. DeepInfra, by token, the answer: $400; 1 × H100, always, measure first: $2,913 ($2,500 to $4,000).";
    assert.ok(run.includes(`<title>${said}</title>`));
    assert.ok(run.indexOf("<svg") < run.indexOf("It paid."));
    const bars = [...run.matchAll(/<rect y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width));
    assert.deepEqual(bars, [16.7, 121.6], "as wide as the dollars: 4,000 would be 167 wide");
    assert.ok(!write(makeFolder(context), { picture: null }).run.includes("<svg"));
  });

  const kinds: [string, Partial<RunSummary>, string][] = [
    ["of a rehearsal", { target: "rehearsal" }, "it says nothing about a GPU"],
    [
      "of a simulated engine",
      { target: "rehearsal", isSimulated: true },
      "<b>Simulated</b>: it says nothing about any machine",
    ],
    ["that are not known", { timeToFirstTokenMs: null }, "no text came"],
    ["without a measurement", { throughput: null }, "this run has measured none"],
    ["without token counts", { outputTokensPerSecond: null }, "the server reports no token counts"],
  ];
  for (const [title, changes, text] of kinds) {
    test(`says what figures are worth ${title}`, (context) => {
      assert.ok(write(makeFolder(context), changes).run.includes(text));
    });
  }

  test("replaces what is private, also in the saved figures", (context) => {
    const folder = makeFolder(context);
    const { run } = write(folder, {
      server: "vLLM at https://r2jc494xzf-8000.proxy.runpod.net",
      answer: "I am in /home/ada/x.",
    });
    const saved = readFileSync(join(folder, "given/2026-11-23T19-52-03/summary.json"), "utf8");
    for (const text of [run, saved]) {
      assert.doesNotMatch(text, /r2jc494xzf|ada/);
      assert.match(text, /https:\/\/\{podId\}-8000\.proxy\.runpod\.net/);
    }
  });

  test("is not written with a key in it", (context) => {
    const folder = makeFolder(context);
    assert.throws(() => write(folder, { answer: "rpa_canary_not_a_key" }), {
      name: "LauncherError",
      message: /^The summary of the run was not written: it would hold what looks like a Runpod key/,
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  test("escapes the model's answer and says which notebook failed", (context) => {
    const notebooks = [{ name: "a", title: "<b>A</b>", file: "a b.html", ok: false, seconds: 1 }];
    const { run } = write(makeFolder(context), { answer: "<script>x</script>", notebooks });
    assert.ok(run.includes("&lt;script&gt;x&lt;/script&gt;"));
    assert.equal(run.includes("<script"), false);
    assert.ok(run.includes('<a href="a%20b.html">&lt;b&gt;A&lt;/b&gt;</a>'));
    assert.ok(run.includes('<span class="failed">failed</span>'));
  });
});

describe("the front page of all runs", () => {
  function links(context: TestContext, startedAts: readonly string[]): (string | undefined)[] {
    const folder = makeFolder(context);
    const pages = startedAts.map((startedAt) => write(folder, { startedAt }).all);
    return [...(pages.at(-1) ?? "").matchAll(/href="(given[^"]+)"/g)].map(([, href]) => href);
  }

  test("lists them newest first, whatever order they came in", (context) => {
    const starts = ["2026-11-23T10:00:00.000Z", "2026-11-24T10:00:00.000Z", "2026-11-22T10:00:00.000Z"];
    assert.deepEqual(links(context, starts), [
      "given/2026-11-24T10-00-00/index.html",
      "given/2026-11-23T10-00-00/index.html",
      "given/2026-11-22T10-00-00/index.html",
    ]);
  });

  test("knows of no run where no report was ever made", (context) => {
    assert.deepEqual(readRuns(join(makeFolder(context), "reports")), { runs: [], unreadable: [] });
  });

  test("says what truly answered in a rehearsal", (context) => {
    const stand = "rehearsal: SmolLM2-135M-Instruct standing in for big/model";
    const { all } = write(makeFolder(context), {
      target: "rehearsal",
      server: stand,
      standsInFor: "big/model",
    });
    assert.ok(all.includes(">rehearsal: SmolLM2-135M-Instruct standing in for big/model</td>"));
  });

  test("shows each run's verdict beside its figures, and says where there is none", (context) => {
    const folder = makeFolder(context);
    write(folder, { startedAt: "2026-11-22T10:00:00.000Z", picture: null });
    const { all } = write(folder);
    assert.ok(all.includes(">Take the API: DeepInfra, $400 a month.</td>"));
    assert.ok(all.includes(">none: 05-decide has not run through</td>"));
    for (const figure of ["1,311", "53.3", "660.4"]) assert.ok(all.includes(`>${figure}</td>`));
  });

  test("says with one run what it takes to compare, and leads to the pages of one that was stopped", (context) => {
    const folder = makeFolder(context);
    assert.match(write(folder).all, /Where two runs have measured something, they can be compared here/);
    mkdirSync(join(folder, "given", "broken"), { recursive: true });
    writeFileSync(join(folder, "given", "broken", "00-setup.html"), "a page");
    assert.match(
      write(folder).all,
      /Left out: given\/broken has no summary that can be read\. Its pages: <a href="given\/broken\/00-setup\.html">00-setup<\/a>\./,
    );
  });

  test("counts failures, and leaves out what it cannot read, by name", (context) => {
    const folder = makeFolder(context);
    mkdirSync(join(folder, "given", "broken"), { recursive: true });
    writeFileSync(join(folder, "given", "broken", "summary.json"), "{");
    const failed = { name: "b", title: "B", file: "b.html", ok: false, seconds: 1 };
    const { all } = write(folder, { notebooks: [...summary.notebooks, failed] });
    assert.ok(all.includes('<span class="failed">1 of 2 failed</span>'));
    assert.ok(all.includes("Left out: given/broken has no summary that can be read."));
  });
});

describe("two runs in the list of all runs", () => {
  const level = (...rates: number[]) =>
    makeLevel({
      streams: 4,
      repeats: rates.map((outputTokensPerSecond) => ({
        ...{ inputTokensPerSecond: 100, outputTokensPerSecond },
        ...{ firstTokenP50Ms: 200, firstTokenP95Ms: 300, perTokenP50Ms: 20 },
      })),
    });
  const measured = (levels: Level[], parts: Partial<Measurement> = {}) => ({
    measurements: [comparableSchema.parse(makeMeasurement({ levels, ...parts }))],
  });
  const at = (day: number) => ({ startedAt: `2026-11-${day}T10:00:00.000Z` });

  test("are compared where both have measured the same load, the older one as A", (context) => {
    const folder = makeFolder(context);
    write(folder, { ...at(23), ...measured([level(100, 101)]) });
    const { all } = write(folder, { ...at(24), ...measured([level(130, 131)], at(24)) });
    assert.match(all, /id="run-0" aria-label="Compare the run of 24 November 2026, 10:00 UTC, given"/);
    assert.match(all, /main:has\(#run-0:checked\):has\(#run-1:checked\) #pair-0-1\{display:block\}/);
    assert.match(all, /A: 23 November 2026, 10:00 UTC \(given\); B: 24 November 2026, 10:00 UTC \(given\)/);
    assert.match(all, /<p>128 tokens in and 128 out: B writes 30 % more tokens at 4 streams/);
    assert.doesNotMatch(all, /<script/);
  });

  test("say why they cannot be compared, and are no choice where nothing was measured", (context) => {
    const folder = makeFolder(context);
    write(folder, { ...at(22) });
    write(folder, { ...at(23), ...measured([level(100, 101)]) });
    const workload = { ...makeMeasurement().workload, promptTokens: 512 };
    const { all } = write(folder, { ...at(24), ...measured([level(100, 101)], { workload }) });
    assert.match(
      all,
      /no measurement that can be compared\.<\/p>\n<p class="note">workload\.promptTokens is 128 in A and 512 in B\./,
    );
    assert.equal(all.match(/type="checkbox"/g)?.length, 2);
  });

  test("are among the newest six, so that the page stays small", (context) => {
    const folder = makeFolder(context);
    let all = "";
    for (let day = 10; day < 24; day++) {
      const levels = Array.from({ length: 12 }, (_, index) => ({ ...level(100, day), streams: index + 1 }));
      const one = comparableSchema.parse(makeMeasurement({ levels, ...at(day) }));
      ({ all } = write(folder, { ...at(day), measurements: Array.from({ length: 6 }, () => one) }));
    }
    assert.equal(all.match(/type="checkbox"/g)?.length, 6);
    assert.equal(all.match(/class="pair"/g)?.length, 15);
    assert.ok(all.length < 1_500_000, `${all.length} bytes`);
  });
});
