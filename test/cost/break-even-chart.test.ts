import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse, View } from "vega";
import { compile, type TopLevelSpec, version } from "vega-lite";
import { breakEven, breakEvenChart } from "../../lib/src/cost/index.ts";
import { chartBundle } from "../../lib/src/show/index.ts";

const input = {
  gpuUsdPerHour: 1.56,
  inputUsdPerMillion: 2.68,
  outputUsdPerMillion: 3.54,
  inputTokensPerOutputToken: 1,
};
const labels = { machine: "4 × A40", api: "an API" };
const description =
  "Dollars per hour against tokens per second: 4 × A40, is flat at $1.56; an API, rises from nothing and reaches that at 139 tokens per second with 1 in for each out.";

/** Draws the chart with the slider at a mix, and gives the words that stand in it, beginning with the text marks. */
async function wordsAt(mix: number, prices = input): Promise<string> {
  const spec = compile(breakEvenChart(prices, labels) as unknown as TopLevelSpec).spec;
  const view = new View(parse(spec), { renderer: "none" });
  await view.signal("mix", mix).runAsync();
  const svg = await view.toSVG();
  view.finalize();
  return [...svg.matchAll(/>([^<>]+)</g)].map(([, words]) => words).join(" ");
}

describe("the break-even chart", () => {
  test("compiles with the vega-lite that notebooks and reports have, with its description", async () => {
    assert.match(version, /^5\.23\./);
    const { data } = await chartBundle(breakEvenChart(input, labels));
    const spec = data["application/vnd.vegalite.v5+json"] as Record<string, unknown>;
    assert.equal(spec["description"], description);
    assert.equal(data["text/plain"], description);
    assert.match(String(data["image/svg+xml"]), /139 tokens\/s[\s\S]*4 × A40/);
  });

  test("names both bills and the load at which they meet", async () => {
    const words = await wordsAt(1);
    assert.match(words, /an API/);
    assert.match(words, /4 × A40/);
    assert.match(words, /break-even: 139 tokens\/s, 69\.7 of them output/);
  });

  test("follows its slider with the figures of breakEven", async () => {
    assert.match(await wordsAt(5.47), /break-even: 154 tokens\/s, 23\.8 of them output/);
    const figure = (value: number, digits: number) =>
      value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    for (const mix of [0, 12, 73]) {
      const { totalTokensPerSecond, outputTokensPerSecond } = breakEven({
        ...input,
        inputTokensPerOutputToken: mix,
      });
      assert.ok(
        (await wordsAt(mix)).includes(
          `break-even: ${figure(totalTokensPerSecond, 0)} tokens/s, ${figure(outputTokensPerSecond, 1)} of them output`,
        ),
      );
    }
  });

  test("begins with the mix that was asked for, on a slider from output only to the mix of code", () => {
    const { params } = breakEvenChart({ ...input, inputTokensPerOutputToken: 5.47 }, labels) as {
      params?: { name: string; value: number; bind: { min: number; max: number } }[];
    };
    assert.equal(params?.[0]?.name, "mix");
    assert.equal(params[0].value, 5.47);
    assert.equal(params[0].bind.min, 0);
    // Traffic of code has 73 tokens in for each out.
    assert.ok(params[0].bind.max >= 73);
  });

  test("stays small where the break-even lies at hundreds of thousands of tokens per second", async () => {
    const cheapApi = { ...input, gpuUsdPerHour: 20, inputUsdPerMillion: 0.02, outputUsdPerMillion: 0.02 };
    const { data } = await chartBundle(breakEvenChart(cheapApi, labels));
    assert.ok(JSON.stringify(data).length < 50_000);
    assert.match(await wordsAt(1, cheapApi), /break-even: 277,778 tokens\/s/);
  });

  test("is refused with nonsense prices", () => {
    assert.throws(() => breakEvenChart({ ...input, gpuUsdPerHour: 0 }, labels), /gpuUsdPerHour is 0/);
  });
});
