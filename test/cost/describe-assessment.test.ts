import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assessBreakEven, describeAssessment, stateVerdict } from "../../lib/src/cost/index.ts";
import { makeCapacity } from "./capacities.ts";

const against = (usdPerMillion: number) => ({
  gpuUsdPerHour: 1.76,
  inputUsdPerMillion: usdPerMillion,
  outputUsdPerMillion: usdPerMillion,
  inputTokensPerOutputToken: 5.47,
});
const labels = { machine: "4 × A40", api: "Bedrock" };
const prices = { A40: { observed: "2026-08-19" }, Bedrock: { observed: "2026-11-20" } };
const today = "2026-11-27";

const slowRun = {
  tokensPerSecond: 301,
  kind: "published",
  source: "Llama 3 on vllm",
  date: "2024-04-24",
} as const;
const fastRun = {
  tokensPerSecond: 901,
  kind: "published",
  source: "Llama 3 on llama.cpp",
  date: "2024-05",
} as const;
const writingRun = { ...slowRun, tokensPerSecond: 660 };

// Reads with one run and writes with another, whose own reading is a third as fast.
const published = makeCapacity({
  prefillTokensPerSecond: 901,
  decodeTokensPerSecond: 660,
  atLatency: null,
  kind: "published",
  source: "writing: Llama 3 on vllm, 2024-04-24; reading: Llama 3 on llama.cpp, 2024-05",
  date: "2024-04-24 and 2024-05",
  rateFigures: { reading: [fastRun, slowRun], writing: [writingRun] },
});
const ceiling = makeCapacity({
  prefillTokensPerSecond: 4_308,
  decodeTokensPerSecond: 2_000,
  atLatency: null,
  kind: "computed",
  source: "from the data sheet",
  date: "2026-11-23",
});

describe("what a verdict assumes of caches and batches", () => {
  const assumed = (change: object) =>
    stateVerdict(assessBreakEven({ ...against(0.72), capacity: published, ...change }), {
      labels,
      prices,
      today,
    }).assumed;

  test("is said with the side on which it is, and not at all where there is none", () => {
    const cached = { cachedInputShare: 0.5, cachedInputUsdPerMillion: 0.36 };
    assert.match(assumed(cached), /each out; 50 % of the input cached on both sides; \$/);
    assert.match(
      assumed({ ...cached, ownCachedInputShare: 0 }),
      /50 % .* cached at the API, 0 % on the machine;/,
    );
    assert.match(
      assumed({ ownCachedInputShare: 0.3 }),
      /0 % of the input cached at the API, 30 % on the machine;/,
    );
    assert.match(assumed({ cachedInputShare: 0.5 }), /on both sides \(at the API for its full price\);/);
    assert.match(assumed({ batchShare: 1 }), /100 % in batches at the API only;/);
    assert.doesNotMatch(assumed({}), /cached|batch/);
  });
});

describe("the days of a verdict's prices", () => {
  const assessment = assessBreakEven({ ...against(0.72), capacity: published });

  test("are those on which somebody saw each price, never the reader's", () => {
    const { assumed } = stateVerdict(assessment, { labels, prices, today });
    assert.match(assumed, /A40 price seen 2026-08-19, Bedrock price seen 2026-11-20/);
    assert.doesNotMatch(assumed, new RegExp(today));
  });

  test("are in the sentence where a price is older than 60 days, and only there", () => {
    const said = (day: string) => stateVerdict(assessment, { labels, prices, today: day }).sentence;
    assert.match(said(today), /prices older than 60 days \(A40 seen 100 days ago\): look at today's first\./);
    assert.match(said("2026-10-19"), /A40 seen 61 days ago/);
    assert.doesNotMatch(said("2026-10-18"), /older/);
  });

  test("are said to be unknown where nobody gave them", () => {
    const { assumed } = stateVerdict(assessment, { labels, prices: {}, today });
    assert.match(assumed, /nobody says when the prices were seen/);
  });
});

describe("a weak figure", () => {
  test("is the published rate with which the verdict turns, with what the others would make of it", () => {
    const { weakFigure } = assessBreakEven({ ...against(0.72), capacity: [published, ceiling] });
    assert.equal(weakFigure?.rate, "reading");
    const shown = [weakFigure.used, ...weakFigure.others].map(
      ({ tokensPerSecond, kind, date, utilisationNeeded, pays }) =>
        [tokensPerSecond, kind, date, Math.round(utilisationNeeded * 100), pays] as const,
    );
    assert.deepEqual(shown, [
      [901, "published", "2024-05", 80, true],
      [301, "published", "2024-04-24", 207, false],
      [4_308, "computed", "2026-11-23", 29, true],
    ]);
  });

  test("is named in the sentence, with each other figure, its source, its day and its verdict", () => {
    const assessment = assessBreakEven({ ...against(0.72), capacity: [published, ceiling] });
    const { weakness } = stateVerdict(assessment, { labels, prices, today: "2026-09-01" });
    assert.match(
      weakness,
      /^This hangs on the rate of reading, 901 tokens\/s \(published: Llama 3 on llama\.cpp, 2024-05\): with 301 tokens\/s \(published: Llama 3 on vllm, 2024-04-24\), never \(207 %\) against Bedrock; with 4,308 tokens\/s \(computed: from the data sheet, 2026-11-23\), from 29 % of full load against Bedrock\.$/,
    );
  });

  test("can make a verdict of never as doubtful as one of yes", () => {
    const { pays, weakFigure } = assessBreakEven({ ...against(0.4), capacity: [published, ceiling] });
    assert.equal(pays, "never");
    assert.deepEqual(
      weakFigure?.others.map((one) => one.pays),
      [false, true],
    );
  });

  test("can be the rate of writing", () => {
    const rateFigures = { reading: [fastRun], writing: [writingRun, { ...fastRun, tokensPerSecond: 60 }] };
    const { weakFigure } = assessBreakEven({
      ...against(0.72),
      inputTokensPerOutputToken: 1,
      inputUsdPerMillion: 3,
      capacity: { ...published, rateFigures },
    });
    assert.equal(weakFigure?.rate, "writing");
  });

  test("is none where no known figure turns the verdict", () => {
    const assessed = assessBreakEven({ ...against(5), capacity: [published, ceiling] });
    assert.equal(assessed.weakFigure, null);
    assert.equal(stateVerdict(assessed, { labels, prices, today }).weakness, "");
  });

  test("is none in a measurement of the machine itself, nor without any evidence", () => {
    const measured = makeCapacity({ prefillTokensPerSecond: 901, decodeTokensPerSecond: 660 });
    const assess = (capacity: (typeof measured)[]) =>
      assessBreakEven({ ...against(0.72), capacity }).weakFigure;
    assert.equal(assess([measured, published, ceiling]), null);
    assert.equal(assess([]), null);
    assert.equal(assess([ceiling]), null);
  });

  test("is none where the latency decides", () => {
    const atLatency = { timeToFirstTokenMs: 9_000, timePerOutputTokenMs: null, percentile: 95 };
    const { pays, weakFigure } = assessBreakEven({
      ...against(0.72),
      capacity: { ...published, atLatency, streams: 1 },
      latencyTarget: { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: null, percentile: 95 },
    });
    assert.deepEqual([pays, weakFigure], ["never", null]);
  });

  test("is not taken from evidence for another machine, nor from one that more streams may exceed", () => {
    const assess = (changes: Partial<typeof ceiling>) =>
      assessBreakEven({
        ...against(0.72),
        gpu: "NVIDIA A40",
        capacity: [
          { ...published, rateFigures: { reading: [fastRun], writing: [writingRun] } },
          { ...ceiling, prefillTokensPerSecond: 301, kind: "published", ...changes },
        ],
      }).weakFigure;
    assert.notEqual(assess({}), null);
    assert.equal(assess({ gpu: "NVIDIA L40S" }), null);
    assert.equal(assess({ isLimit: false, prefillTokensPerSecond: 100 }), null);
  });
});

describe("the two runs of a published capacity", () => {
  test("are both in the reason, each with its day", () => {
    const { reason } = assessBreakEven({ ...against(0.72), capacity: published });
    assert.match(
      reason,
      /^The pair of published runs \(writing: Llama 3 on vllm, 2024-04-24; reading: Llama 3 on llama\.cpp, 2024-05\) reaches it/,
    );
  });
});

test("a machine with the rate and no known latency would pay, and the sentence says what is not known", () => {
  const target = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: null, percentile: 95 };
  const assessment = assessBreakEven({ ...against(0.72), capacity: published, latencyTarget: target });
  assert.match(
    describeAssessment(assessment, { labels, prices, today }),
    /^4 × A40 would pay against Bedrock above 679 tokens per second \(105 of them output\), which is 80 % of what it can do; no evidence shows how long users wait at that load\./,
  );
});
