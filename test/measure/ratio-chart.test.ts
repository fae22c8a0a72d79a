import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareMeasurements, type Level, ratioChart } from "../../lib/src/measure/index.ts";
import { chartBundle } from "../../lib/src/show/index.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";

function compare(...[a, b]: [Level[], Level[]]) {
  const later = makeMeasurement({ levels: b, startedAt: "2026-11-25T10:00:00.000Z" });
  return compareMeasurements(makeMeasurement({ levels: a }), later);
}

const times = { firstTokenP50Ms: 200, firstTokenP95Ms: 240, perTokenP50Ms: 40 };
const repeats = (...rates: number[]) =>
  rates.map((rate) => ({ inputTokensPerSecond: rate, outputTokensPerSecond: rate, ...times }));

describe("the chart of a comparison", () => {
  test("has a row for each figure and level, and says in words what it shows", async () => {
    const comparison = compare(
      [makeLevel({ streams: 1 }), makeLevel({ streams: 8, repeats: repeats(100, 103) })],
      [makeLevel({ streams: 1 }), makeLevel({ streams: 8, repeats: repeats(200, 190) })],
    );
    const spec = ratioChart(comparison);
    assert.equal(spec.description, `B ÷ A for each figure and number of streams. ${comparison.words}`);
    const { data } = await chartBundle(spec);
    const words = [...String(data["image/svg+xml"]).matchAll(/>([^<>]+)</g)].map(([, one]) => one);
    for (const label of [
      "output, 8 streams: 1.92 (",
      "first token (95 %), 1 stream: 1.00",
      "B ÷ A (1: no difference)",
    ]) {
      assert.ok(
        words.some((one) => one?.startsWith(label)),
        `${label}: ${words.join(", ")}`,
      );
    }
  });

  test("is drawn of a single figure, and of ratios and intervals of any size", async () => {
    const wide = compare(
      [makeLevel({ repeats: repeats(1, 1_000) })],
      [makeLevel({ repeats: repeats(5, 900) })],
    );
    const far = compare(
      [makeLevel({ outputTokensPerSecond: 0.001 })],
      [makeLevel({ outputTokensPerSecond: 9_000 })],
    );
    const uncounted = makeLevel({ outputTokensPerSecond: null });
    for (const comparison of [wide, far, compare([uncounted], [makeLevel()])]) {
      const { data } = await chartBundle(ratioChart(comparison));
      assert.doesNotMatch(String(data["image/svg+xml"]), /NaN|Infinity/);
    }
  });
});
