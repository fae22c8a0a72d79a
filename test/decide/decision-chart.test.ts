import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decide, decisionChart } from "../../lib/src/decide/index.ts";
import { placeLabels } from "../../lib/src/decide/place-labels.ts";
import { chartBundle } from "../../lib/src/show/index.ts";
import { makeLoad, smallBook } from "./made-up.ts";

const decision = decide({
  models: "Qwen/Qwen3-32B",
  load: makeLoad({ requestsPerSecond: 0.1 }),
  book: smallBook,
  date: "2026-01-02",
  gpus: ["H100 SXM"],
  latencyTarget: { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 },
});

async function draw(spec: ReturnType<typeof decisionChart>): Promise<string> {
  const { data } = await chartBundle(spec);
  const svg: unknown = data["image/svg+xml"];
  assert.ok(typeof svg === "string");
  return svg;
}

describe("the chart of a decision", () => {
  test("has the answer written on it, the target, the APIs by name and the cheapest machine", async () => {
    const svg = await draw(decisionChart(decision));
    for (const words of [
      "Take Qwen3-32B at alpha",
      "target 100 ms",
      "alpha $1.20",
      "beta $2.40",
      "H100 SXM",
    ]) {
      assert.ok(svg.includes(words), words);
    }
    assert.match(svg, /blue: APIs, waits not published/);
  });

  test("can show the wait for the first token instead", async () => {
    const svg = await draw(decisionChart(decision, { axis: "first token" }));
    assert.ok(svg.includes("target 2,000 ms") && svg.includes("ms to the first token"));
  });

  test("is narrow enough for a phone", async () => {
    const svg = await draw(decisionChart(decision));
    const width = Number(/<svg[^>]* width="(\d+)"/.exec(svg)?.[1]);
    assert.ok(width > 300 && width <= 390, `${width} px`);
  });

  test("says itself in words, with the sentence of the decision", () => {
    const { description = "" } = decisionChart(decision);
    assert.ok(description.startsWith("Dollars per million tokens against the time per output token:"));
    assert.ok(description.includes("APIs are lines, since their waits are not published: $1.20 to $2.40."));
    assert.ok(description.endsWith(decision.sentence));
  });

  test("draws where there is no target, no API and no answer", async () => {
    const bare = { ...decision, latencyTarget: null, answer: null, cheapestMachine: null };
    const svg = await draw(
      decisionChart({ ...bare, ways: decision.ways.filter(({ serves }) => serves === "machine") }),
    );
    assert.ok(svg.includes("Nothing is sure to keep to"));
    await draw(decisionChart({ ...bare, ways: [] }));
  });
});

describe("labels of a chart", () => {
  const plot = { width: 285, height: 360 };
  const label = fc.record({
    text: fc.string({ minLength: 3, maxLength: 38 }),
    x: fc.integer({ min: 0, max: plot.width }),
    y: fc.integer({ min: 0, max: plot.height }),
    color: fc.constant("#000"),
  });

  test("lie inside the plot and never upon one another", () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 6 }), (labels) => {
        const boxes = placeLabels(labels, plot).map(({ text, x, y, align }) => {
          const width = text.length * 6.9;
          return { from: align === "left" ? x : x - width, to: align === "left" ? x + width : x, y };
        });
        for (const [index, box] of boxes.entries()) {
          assert.ok(box.from >= -1e-9 && box.to <= plot.width + 1e-9 && box.y >= 0 && box.y <= plot.height);
          for (const other of boxes.slice(0, index)) {
            assert.ok(Math.abs(other.y - box.y) >= 15 || other.from >= box.to || other.to <= box.from);
          }
        }
      }),
    );
  });
});
