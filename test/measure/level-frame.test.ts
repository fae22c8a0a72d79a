import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pl from "nodejs-polars";
import { compareWithPublished, levelFrame, throughputFrame } from "../../lib/src/measure/index.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";

describe("the frames of a measurement", () => {
  test("have a row for each level, with its rates, times and outcome", async () => {
    const failed = { verdict: "failed", reason: "HTTP 500", outputTokensPerSecond: null } as const;
    const levels = [
      makeLevel({ streams: 1, outputTokensPerSecond: 40 }),
      makeLevel({ streams: 8, timeToFirstTokenMs: allAt(null), ...failed }),
    ];
    const frame = await levelFrame(makeMeasurement({ levels }));
    assert.deepEqual(
      frame.select("streams", "outputTokensPerSecond", "firstTokenP95Ms", "completed", "verdict").toRecords(),
      [
        { streams: 1, outputTokensPerSecond: 40, firstTokenP95Ms: 200, completed: 40, verdict: "valid" },
        { streams: 8, outputTokensPerSecond: null, firstTokenP95Ms: null, completed: 40, verdict: "failed" },
      ],
    );
    const perStream = pl.col("outputTokensPerSecond").div(pl.col("streams")).alias("perStream");
    const valid = frame.filter(pl.col("verdict").eq(pl.lit("valid"))).withColumns(perStream);
    assert.deepEqual(valid.getColumn("perStream").toArray(), [40]);
  });

  test("have all columns where there is no level yet", async () => {
    const frame = await levelFrame({ levels: [] });
    assert.equal(frame.height, 0);
    assert.ok(frame.columns.includes("outputTokensPerSecond"));
  });

  test("have a row for each rate that is compared, whoever found it out", async () => {
    const rows = compareWithPublished(makeMeasurement());
    const frame = await throughputFrame(rows);
    assert.deepEqual(frame.toRecords(), rows);
    const computed = frame.filter(
      pl
        .col("kind")
        .eq(pl.lit("computed"))
        .and(pl.col("streams").isIn([1, 8])),
    );
    assert.deepEqual(computed.getColumn("streams").toArray(), [1, 8]);
  });
});
