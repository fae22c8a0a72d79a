import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { policyCostChart, replayTrace, traceLoadChart, waitingChart } from "../../../lib/src/cost/index.ts";
import { type ChartSpec, chartBundle } from "../../../lib/src/show/index.ts";
import { repeatAsWeek } from "../../../lib/src/traffic/index.ts";
import { makeTrace } from "./traces.ts";

const trace = makeTrace([
  [0, 4, 6],
  [0, 5, 5],
  [15, 6, 4],
  [3_000, 0, 10],
]);
const replay = replayTrace({
  trace,
  capacity: { prefillTokensPerSecond: 1, decodeTokensPerSecond: 1 },
  prices: { gpuUsdPerHour: 3.6, inputUsdPerMillion: 1_000, outputUsdPerMillion: 2_000 },
  policies: [{ kind: "always-on" }, { kind: "pods", pods: 2 }, { kind: "maas" }],
  latencyTarget: { timeToFirstTokenMs: 8_000, percentile: 95 },
});

/** Draws a chart with its sliders as told, and gives the words that stand in it. */
async function wordsOf(spec: ChartSpec, signals: Record<string, number> = {}): Promise<string> {
  const view = new View(parse(compile(spec as unknown as TopLevelSpec).spec), { renderer: "none" });
  for (const [name, value] of Object.entries(signals)) view.signal(name, value);
  await view.runAsync();
  const svg = await view.toSVG();
  view.finalize();
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  return [...svg.matchAll(/>([^<>]+)</g)].map(([, words]) => words).join(" ");
}

describe("the chart of costs by policy", () => {
  test("names every policy with its dollars a day, and says which are too slow", async () => {
    const words = await wordsOf(policyCostChart(replay));
    assert.match(words, /1 pod, always on/);
    assert.match(words, /\$86\.40, too slow/);
    assert.match(words, /\$172\.80(?!,)/);
    assert.match(words, /\$1\.56/);
  });

  test("says which fall behind", async () => {
    const [first, ...others] = replay.policies;
    assert.ok(first !== undefined);
    const behind = { ...replay, policies: [{ ...first, keepsUp: false }, ...others] };
    assert.match(await wordsOf(policyCostChart(behind)), /\$86\.40, falls behind/);
  });

  test("follows its sliders, each for its own prices", async () => {
    const words = await wordsOf(policyCostChart(replay), { gpuFactor: 0.5, apiFactor: 2 });
    assert.match(words, /\$43\.20, too slow/);
    assert.match(words, /\$86\.40(?!,)/);
    assert.match(words, /\$3\.12/);
  });

  test("is described by its verdict", () => {
    assert.equal(
      policyCostChart(replay).description ?? "",
      "What 3 ways of serving a synthetic load (made by hand) cost a day, computed: " +
        "the cheapest that gives first words within 8 s for 95 % of the requests is “MaaS” at $1.56.",
    );
    assert.match(
      policyCostChart({ ...replay, cheapest: null }).description ?? "",
      /none gives first words within 8 s/,
    );
  });
});

describe("the chart of waits", () => {
  test("has half, 95 % and 99 % of each policy whose waits are known, on a scale that has room for none", async () => {
    const words = await wordsOf(waitingChart(replay));
    for (const name of [
      /1 pod, always on/,
      /2 pods, always on/,
      /50 % 95 % 99 %/,
      /part of the requests/,
      /none/,
      /5 s/,
    ]) {
      assert.match(words, name);
    }
    assert.doesNotMatch(words, /MaaS/);
    assert.match(
      waitingChart(replay).description ?? "",
      /1 of 2 policies give 95 % their first token within 8 s/,
    );
  });
});

describe("the chart of a trace's load", () => {
  test("shows the whole load of which the trace is a share", () => {
    const { data } = traceLoadChart(trace, { share: 0.5 }) as {
      data: { values: { requestsPerSecond: number }[] };
    };
    assert.equal(data.values[0]?.requestsPerSecond, 6 / 60);
  });

  test("counts by the minute, and over a week by the hour", async () => {
    assert.match(await wordsOf(traceLoadChart(trace)), /minutes/);
    const { data } = traceLoadChart(trace) as { data: { values: { requestsPerSecond: number }[] } };
    assert.deepEqual(
      data.values.slice(0, 2).map(({ requestsPerSecond }) => requestsPerSecond),
      [3 / 60, 0],
    );
    const week = repeatAsWeek(trace);
    assert.match(await wordsOf(traceLoadChart(week)), /days/);
    assert.match(traceLoadChart(week).description ?? "", /made by hand, as a week \(synthetic\)/);
  });
});

test("every chart of a replay makes a bundle that stays small, with no colour of its own on its texts", async () => {
  const specs = [policyCostChart(replay), waitingChart(replay), traceLoadChart(repeatAsWeek(trace))];
  for (const spec of specs) {
    const { data } = await chartBundle(spec, { description: "A chart." });
    assert.ok(JSON.stringify(data).length < 100_000);
    assert.match(String(data["image/svg+xml"]), /<text[^>]*fill="currentColor"/);
  }
});
