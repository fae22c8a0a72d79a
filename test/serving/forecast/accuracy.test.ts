import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { loadForecastBands } from "../../../lib/src/facts/index.ts";
import { comparePoints, isClaimed } from "./compare-points.ts";
import { pairWithinMachines } from "./pair-within-machines.ts";
import { loadPublishedPoints } from "./published-points.ts";
import { summariseErrors } from "./summarise-errors.ts";

const points = loadPublishedPoints();
const comparisons = comparePoints(points);
const claimed = comparisons.filter(isClaimed);
const pairs = pairWithinMachines(claimed);
const page = readFileSync(new URL("../../../docs/forecast.md", import.meta.url), "utf8");

describe("the forecast beside published measurements", () => {
  test("misses them by as much as the table of docs/forecast.md says", () => {
    const rows = [
      ...summariseErrors(claimed, ({ metric }) => metric),
      ...summariseErrors(
        comparisons.filter((comparison) => !isClaimed(comparison)),
        ({ metric, point }) => `${metric}, ${point.source}`,
      ),
    ].map(({ name, comparisons: count, medianError, ninetiethError }) => {
      return `| ${name} | ${count} | ${percent(medianError)} | ${percent(ninetiethError)} |`;
    });
    assert.deepEqual(
      rows.filter((row) => !page.includes(row)),
      [],
    );
  });

  test("reads every row of the table, and compares nearly all", () => {
    assert.ok(points.length > 1_000);
    assert.ok(new Set(comparisons.map(({ point }) => point)).size > 0.95 * points.length);
  });

  for (const band of loadForecastBands().filter((row) => row.comparisons > 0)) {
    test(`has a band for "${band.metric}" of "${band.group}" that holds four of five`, () => {
      const members = [...claimed, ...pairs].filter(
        ({ group, metric }) => group === band.group && metric === band.metric,
      );
      assert.equal(members.length, band.comparisons);
      const inside = members.filter(({ published, forecast }) => {
        const ratio = published / forecast;
        return ratio >= band.low && ratio <= band.high;
      });
      const share = inside.length / members.length;
      assert.ok(share >= 0.75 && share <= 0.85, `${percent(share)} are inside`);
    });
  }

  test("has a band for each group and metric", () => {
    const names = loadForecastBands().map(({ group, metric }) => `${group}: ${metric}`);
    assert.equal(new Set(names).size, 5 * 4);
    assert.deepEqual(
      loadForecastBands().filter(({ comparisons: count, note }) => (count === 0) !== (note !== "")),
      [],
    );
  });
});

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
