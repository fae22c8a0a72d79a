import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ChartSpec, chartBundle } from "../../lib/src/show/index.ts";

const description = "Cost per hour grows with the number of tokens per second.";
const bars: ChartSpec = {
  data: {
    values: [
      { gpu: "A40", usd: 0.39 },
      { gpu: "H100", usd: 2.69 },
    ],
  },
  mark: "bar",
  encoding: { x: { field: "usd", type: "quantitative" }, y: { field: "gpu", type: "nominal" } },
};

async function chartSpec(spec: ChartSpec): Promise<Record<string, unknown>> {
  const { data } = await chartBundle(spec, { description });
  return data["application/vnd.vegalite.v5+json"] as Record<string, unknown>;
}

describe("a chart", () => {
  test("is one bundle of the specification, a drawing and a sentence, with no HTML", async () => {
    const { data, metadata } = await chartBundle(bars, { description });
    assert.deepEqual(Object.keys(data), ["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]);
    assert.equal(data["text/plain"], description);
    assert.match(String(data["image/svg+xml"]), /^<svg [\s\S]*>A40<[\s\S]*>H100<[\s\S]*<\/svg>$/);
    assert.deepEqual(metadata, {
      "application/vnd.vegalite.v5+json": {
        embed_options: { actions: false, renderer: "svg", config: { background: null } },
      },
    });
  });

  test("gets its schema and its description", async () => {
    const spec = await chartSpec(bars);
    assert.equal(spec["$schema"], "https://vega.github.io/schema/vega-lite/v5.json");
    assert.equal(spec["description"], description);
    assert.equal((await chartSpec({ ...bars, description: "Its own." }))["description"], "Its own.");
  });

  test("gets a width and fonts only where it has none", async () => {
    const config = (await chartSpec(bars))["config"] as Record<string, Record<string, unknown>>;
    assert.equal(config["view"]?.["continuousWidth"], 640);
    assert.equal(config["font"], "system-ui, sans-serif");
    const own = (
      await chartSpec({
        ...bars,
        config: { font: "serif", view: { continuousWidth: 100 }, bar: { size: 3 } },
      })
    )["config"] as Record<string, Record<string, unknown>>;
    assert.equal(own["font"], "serif");
    assert.equal(own["view"]?.["continuousWidth"], 100);
    assert.equal(own["view"]?.["continuousHeight"], 300);
    assert.deepEqual(own["bar"], { size: 3 });
    const row = (await chartSpec({ hconcat: [bars, bars] }))["config"] as Record<string, unknown>;
    assert.equal(row["view"], undefined);
  });

  test("takes its texts from the page around it, light or dark, and has no background of its own", async () => {
    const labelled = {
      ...bars,
      layer: [{ mark: "bar" }, { mark: { type: "text", text: "label" } }],
      mark: undefined,
    };
    const { data } = await chartBundle(labelled, { description });
    const drawing = String(data["image/svg+xml"]);
    const colours = [...drawing.matchAll(/<text [^>]*fill="([^"]+)"/g)].map(([, colour]) => colour);
    assert.ok(colours.length > 2);
    assert.deepEqual([...new Set(colours)], ["currentColor"]);
    assert.doesNotMatch(drawing, /fill="(white|#fff|#ffffff)"/);
  });

  test("carries 64-bit integers and dates as JSON can", async () => {
    const values = [{ tokens: 12n, at: new Date("2026-11-23T00:00:00Z") }];
    const spec = await chartSpec({
      data: { values },
      mark: "point",
      encoding: { x: { field: "tokens", type: "quantitative" } },
    });
    assert.deepEqual(spec["data"], { values: [{ tokens: 12, at: "2026-11-23T00:00:00.000Z" }] });
  });

  test("draws a chart without rows", async () => {
    const { data } = await chartBundle({ ...bars, data: { values: [] } }, { description });
    assert.match(String(data["image/svg+xml"]), /^<svg /);
  });

  test("leaves the specification as it was given", async () => {
    const before = structuredClone(bars);
    await chartBundle(bars, { description });
    assert.deepEqual(bars, before);
  });

  const mistakes: [string, unknown, RegExp][] = [
    ["without a mark", { data: { values: [] } }, /at least one of the following properties/],
    [
      "with an unknown field type",
      { ...bars, encoding: { x: { field: "usd", type: "quant" } } },
      /Invalid field type/,
    ],
    [
      "with an unknown channel",
      { ...bars, encoding: { xx: { field: "usd", type: "nominal" } } },
      /xx-encoding is dropped/,
    ],
    [
      "with a broken expression",
      { ...bars, transform: [{ calculate: "datum.usd +*", as: "c" }] },
      /Unexpected token/,
    ],
    [
      "that would load its data",
      { ...bars, data: { url: "http://127.0.0.1:9/x.json" } },
      /does not load http:\/\/127/,
    ],
    [
      "with a link that vega does not follow",
      {
        ...bars,
        data: { values: [{ gpu: "A40", usd: 1, to: "javascript:1" }] },
        encoding: { ...bars.encoding, href: { field: "to" } },
      },
      /a link of a chart cannot lead to javascript:1/,
    ],
    ["that is no object", "bar", /the specification is no object/],
  ];
  for (const [title, spec, message] of mistakes) {
    test(`is refused ${title}`, async () => {
      await assert.rejects(chartBundle(spec as ChartSpec, { description }), { name: "InputError", message });
    });
  }

  test("draws titles with line ends, also with those that vega does not know", async () => {
    const name = "a\u2028b\nc\u2029";
    const { data } = await chartBundle(
      {
        ...bars,
        title: name,
        encoding: { ...bars.encoding, x: { field: "usd", type: "quantitative", title: name } },
      },
      { description },
    );
    assert.match(String(data["image/svg+xml"]), />a b c ?</);
  });

  test("is refused without a description", async () => {
    await assert.rejects(chartBundle(bars, { description: " " }), {
      name: "InputError",
      message: /description is empty/,
    });
  });
});
