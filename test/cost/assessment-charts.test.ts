import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { assessBreakEven, breakEven, regionChart, sensitivityChart } from "../../lib/src/cost/index.ts";
import { type ChartSpec, chartBundle } from "../../lib/src/show/index.ts";
import { chatTarget, makeCapacity } from "./capacities.ts";

const prices = { gpuUsdPerHour: 1.56, inputUsdPerMillion: 2.68, outputUsdPerMillion: 3.54 };
const mixes = [{ label: "chat", inputTokensPerOutputToken: 5.47 }];

/** Draws a chart with its sliders as told, and gives the rows of all that it computed. */
async function rowsOf(
  spec: ChartSpec,
  signals: Record<string, number> = {},
): Promise<Record<string, number>[]> {
  const compiled = compile(spec as unknown as TopLevelSpec).spec;
  const view = new View(parse(compiled), { renderer: "none" });
  for (const [name, value] of Object.entries(signals)) view.signal(name, value);
  await view.runAsync();
  const rows = (compiled.data ?? []).flatMap(({ name }) => view.data(name) as Record<string, number>[]);
  view.finalize();
  return rows;
}

describe("the chart of the region", () => {
  const input = { ...prices, capacity: makeCapacity(), mixes };

  test("draws the break-even and what the machine can do, with their figures", async () => {
    const rows = (await rowsOf(regionChart(input))).filter((row) => row["breakEven"] !== undefined);
    assert.ok(rows.length > 20);
    for (const { mix = 0, breakEven: drawn, most } of rows) {
      const { totalTokensPerSecond } = breakEven({ ...prices, inputTokensPerOutputToken: mix });
      assert.ok(Math.abs((drawn ?? 0) / totalTokensPerSecond - 1) < 1e-9);
      assert.ok(Math.abs((most ?? 0) / ((1 + mix) / (mix / 2_000 + 1 / 400)) - 1) < 1e-9);
    }
  });

  test("follows its sliders", async () => {
    const breakEvens = async (signals: Record<string, number>) =>
      (await rowsOf(regionChart(input), signals)).find((row) => row["breakEven"] !== undefined)?.[
        "breakEven"
      ] ?? 0;
    const start = await breakEvens({});
    assert.ok(Math.abs((await breakEvens({ gpuUsd: 3.12 })) / start - 2) < 1e-9);
    assert.ok(Math.abs((await breakEvens({ apiFactor: 0.5 })) / start - 2) < 1e-9);
    assert.ok(Math.abs((await breakEvens({ hours: 365 })) / start - 0.5) < 1e-9);
  });

  test("is drawn with and without a capacity, and described", async () => {
    const labels = { machine: "4 × A40", api: "an API" };
    for (const one of [input, prices]) {
      const { data } = await chartBundle(regionChart(one, labels));
      assert.match(String(data["image/svg+xml"]), /break-even/);
      assert.ok(JSON.stringify(data).length < 120_000);
    }
    assert.match(regionChart(input, labels).description ?? "", /^Where 4 × A40 pays against an API/);
    assert.match(regionChart(prices, labels).description ?? "", /no capacity is known/);
  });

  test("says at the line of the capacity whether it keeps to a latency target", () => {
    const said = (atLatency: Parameters<typeof makeCapacity>[0]) => {
      const withTarget = { ...input, capacity: makeCapacity(atLatency), latencyTarget: chatTarget };
      const words = /the machine: ([^']*)/.exec(JSON.stringify(regionChart(withTarget)))?.[1] ?? "";
      assert.ok(regionChart(withTarget).description?.endsWith(`do, ${words}.`));
      return words;
    };
    assert.equal(said({}), "within the latency target");
    assert.equal(said({ atLatency: null }), "latency not known");
    const late = { timeToFirstTokenMs: 9_000, timePerOutputTokenMs: 50, percentile: 95 };
    assert.equal(said({ atLatency: late }), "past the latency target");
  });
});

describe("the chart of the sensitivity", () => {
  test("has a bar each way for the strongest inputs, in their order", async () => {
    const assessment = assessBreakEven({
      ...prices,
      inputTokensPerOutputToken: 1,
      gpuUsdPerHour: { lowest: 1.56, typical: 1.76, highest: 2 },
      capacity: makeCapacity(),
    });
    const spec = sensitivityChart(assessment);
    const { data } = await chartBundle(spec);
    const svg = String(data["image/svg+xml"]);
    assert.match(svg, /GPU price, 1\.56 to 2/);
    assert.match(svg, /capacity, ±20 %/);
    const [first] = assessment.ranking;
    assert.ok(spec.description?.includes(`${first?.input} most`));
    const { values } = spec.data as { values: { result: number }[] };
    assert.equal(values[0]?.result, (first?.resultAtLowest ?? 0) * 100);
  });

  test("speaks of tokens where no capacity is known", () => {
    const assessment = assessBreakEven({ ...prices, inputTokensPerOutputToken: 1 });
    assert.match(JSON.stringify(sensitivityChart(assessment)), /break-even, output tokens\/s/);
    assert.match(sensitivityChart(assessment).description ?? "", /moves the break-even/);
  });
});
