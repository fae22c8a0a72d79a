import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  compareWithPublished,
  comparisonChart,
  requestTimelineChart,
  throughputChart,
  tokenTimelineChart,
} from "../../lib/src/measure/index.ts";
import { type ChartSpec, chartBundle } from "../../lib/src/show/index.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";
import { makeRecord } from "../helpers/request-record.ts";

/** Draws a chart as notebooks do, which fails on whatever vega-lite drops, and gives the words that stand in it. */
async function wordsOf(spec: ChartSpec): Promise<string> {
  assert.ok(spec.description);
  const { data } = await chartBundle(spec);
  return [...String(data["image/svg+xml"]).matchAll(/>([^<>]+)</g)].map(([, words]) => words).join(" ");
}

const ladder = makeMeasurement({
  levels: [
    makeLevel({ streams: 1, outputTokensPerSecond: 15.25, timeToFirstTokenMs: allAt(90) }),
    makeLevel({ streams: 2, outputTokensPerSecond: 29, timeToFirstTokenMs: allAt(120) }),
    makeLevel({ streams: 4, outputTokensPerSecond: 1_250, verdict: "client-bound", reason: "busy" }),
    makeLevel({ streams: 8, verdict: "failed", reason: "HTTP 500" }),
  ],
  knee: { streams: 2, reason: "no gain" },
});

describe("the chart of a ladder", () => {
  test("shows rates and waiting times against the streams, with the knee", async () => {
    const words = await wordsOf(throughputChart(ladder));
    assert.match(words, /output tokens per second/);
    assert.match(words, /time to first token, ms/);
    assert.match(words, /the knee: 2 streams/);
  });

  test("is described with its figures, without the levels that failed", () => {
    assert.equal(
      throughputChart(ladder).description,
      "Output tokens per second and median time to first token by streams at once. 1: 15.3 tokens per second and 90.0 ms; " +
        "2: 29.0 tokens per second and 120 ms; 4: 1,250 tokens per second and 200 ms. The knee is at 2 streams.",
    );
    assert.equal(
      throughputChart(makeMeasurement({ levels: [] })).description,
      "Output tokens per second and median time to first token by streams at once. No level has figures.",
    );
  });

  test("can be drawn of one level, without counts, without a knee, and of none", async () => {
    const uncounted = makeLevel({ streams: 1, outputTokensPerSecond: null, timeToFirstTokenMs: allAt(null) });
    for (const levels of [[makeLevel()], [uncounted], []]) {
      const measurement = makeMeasurement({ levels });
      const words = await wordsOf(throughputChart(measurement));
      assert.doesNotMatch(words, /knee/);
    }
  });
});

describe("the timeline of an answer", () => {
  const unit = "tokens";
  const arrivals = [
    { atMs: 250, count: 1, text: "Hello" },
    { atMs: 300, count: 3, text: " there, <you>" },
    { atMs: 350, count: 5, text: "." },
  ];

  test("marks the waiting and says the rate after it", async () => {
    const spec = tokenTimelineChart({ unit, arrivals });
    assert.match(await wordsOf(spec), /first text: 250 ms/);
    assert.equal(
      spec.description,
      "One answer as it arrived: the first text after 250 ms, then 5 tokens until 350 ms, 40.0 tokens per second.",
    );
  });

  test("can be drawn of one piece and of none", async () => {
    for (const some of [arrivals.slice(0, 1), []]) {
      const trace = { unit, arrivals: some } as const;
      await wordsOf(tokenTimelineChart(trace));
    }
    assert.equal(tokenTimelineChart({ unit, arrivals: [] }).description, "No text arrived.");
  });

  test("says pieces where nobody counted tokens", async () => {
    const trace = { unit: "pieces", arrivals } as const;
    assert.match(await wordsOf(tokenTimelineChart(trace)), /pieces of the answer/);
    assert.match(String(tokenTimelineChart(trace).description), /then 5 pieces until/);
  });
});

describe("the timeline of requests", () => {
  test("splits each into waiting and being answered, and shows what was lost", async () => {
    const records = [
      makeRecord(0),
      makeRecord(1),
      makeRecord(2, { outcome: "failed", firstTokenAtMs: null }),
    ];
    const spec = requestTimelineChart(records);
    const words = await wordsOf(spec);
    assert.match(words, /waiting \(thin\)/);
    assert.match(words, /failed or cancelled/);
    assert.equal(
      spec.description,
      "3 requests as bars over 0.9 seconds, each split into waiting for its first token and being answered; " +
        "2 of them came to their end.",
    );
  });

  test("draws the first 120, and says how many it leaves out", async () => {
    const records = Array.from({ length: 150 }, (_, index) => makeRecord(index));
    const spec = requestTimelineChart(records);
    await wordsOf(spec);
    assert.equal((spec.data as { values: unknown[] }).values.length, 240);
    assert.match(String(spec.description), /30 later ones are left out/);
  });

  test("can be drawn of none", async () => {
    await wordsOf(requestTimelineChart([]));
  });

  test("has a layer only for what there is: vega complains of one without a bar", () => {
    assert.equal(requestTimelineChart([makeRecord(0)]).layer?.length, 2);
    assert.equal(
      requestTimelineChart([makeRecord(0), makeRecord(1, { outcome: "failed" })]).layer?.length,
      3,
    );
  });
});

describe("the chart of measured, published and computed rates", () => {
  const wanted = { wantedTokensPerSecond: 69.66 };

  test("names each for what it is, with the run that fills the width and the rate that is wanted", async () => {
    const rows = compareWithPublished(ladder);
    const words = await wordsOf(comparisonChart(rows, wanted));
    assert.match(words, /computed: the ceiling of 4 × NVIDIA A40, meta-llama\/Llama-3\.1-70B-Instruct/);
    assert.match(words, /published: 4 × NVIDIA A40/);
    assert.match(words, /measured: 4 × NVIDIA A40, vLLM 0\.32\.0/);
    assert.match(words, /Llama 3 70B Instruct, vllm 0\.4\.1 \(2024-04-24\), streams not stated/);
    assert.match(words, /wanted: 69\.7/);
  });

  test("is described with the best of each kind, the ceiling of one stream, and what is wanted", () => {
    const description = String(comparisonChart(compareWithPublished(ladder), wanted).description);
    assert.match(description, /measured on 4 × NVIDIA A40: at most 1,250 at 4 streams/);
    assert.match(description, /published on 4 × NVIDIA A40: at most 660;/);
    assert.match(description, /computed on 4 × NVIDIA A40: the ceiling 20\.0 at 1 stream;/);
    assert.match(description, /Wanted: 69\.7\.$/);
  });

  test("draws forecasts as bands, with the waiting times below, and leaves out what cannot be said", async () => {
    const band = (typical: number) => ({ low: typical * 0.6, typical, high: typical * 1.2 });
    const curve = {
      name: "4 × A40, peer-to-peer",
      points: [
        { streams: 1, outputTokensPerSecond: band(14), timeToFirstTokenMs: band(320) },
        { streams: 8, outputTokensPerSecond: band(97), timeToFirstTokenMs: band(550) },
        { streams: 64, outputTokensPerSecond: null, timeToFirstTokenMs: null },
      ],
    };
    const spec = comparisonChart(compareWithPublished(ladder), { ...wanted, forecasts: [curve] });
    const words = await wordsOf(spec);
    assert.match(words, /forecast: 4 × A40, peer-to-peer/);
    assert.match(words, /first token after, s/);
    assert.match(String(spec.description), /peer-to-peer: 8 to 17 at 1 stream, 58 to 116 at 8 streams\./);
    const unknown = { name: "an unknown machine", points: curve.points.slice(2) };
    const empty = comparisonChart([], { forecasts: [unknown] });
    await wordsOf(empty);
    assert.match(String(empty.description), /an unknown machine: nothing can be said/);
  });

  test("can be drawn of a measurement alone, of a simulation, and of nothing", async () => {
    const alone = compareWithPublished(
      makeMeasurement({ kind: "simulated", gpu: { name: "NVIDIA X1", count: 1, usdPerHour: null } }),
    );
    const words = await wordsOf(comparisonChart(alone));
    assert.match(words, /simulated: 1 × NVIDIA X1/);
    await wordsOf(comparisonChart([]));
    assert.equal(comparisonChart([]).description, "Output tokens per second by streams: no rate is known.");
  });
});
