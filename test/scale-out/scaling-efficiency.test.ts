import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import type { Measurement } from "../../lib/src/measure/index.ts";
import { scalingEfficiency } from "../../lib/src/scale-out/index.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";

function measured(...rates: (number | null)[]): Measurement {
  return makeMeasurement({
    levels: rates.map((outputTokensPerSecond, index) =>
      makeLevel({ streams: 2 ** index, outputTokensPerSecond }),
    ),
  });
}

describe("scaling efficiency", () => {
  test("is the best rate of each measurement against as many single workers", () => {
    const rows = scalingEfficiency([
      { workers: 4, measurement: measured(100, 380, 360) },
      { workers: 1, measurement: measured(100) },
      { workers: 2, measurement: measured(null, 180) },
    ]);
    assert.deepEqual(
      rows.map(({ workers, streams, speedUp, efficiency }) => [workers, streams, speedUp, efficiency]),
      [
        [1, 1, 1, 1],
        [2, 2, 1.8, 0.9],
        [4, 2, 3.8, 0.95],
      ],
    );
  });

  test("counts from the fewest workers measured, where that is not one", () => {
    const rows = scalingEfficiency([
      { workers: 2, measurement: measured(200) },
      { workers: 4, measurement: measured(300) },
    ]);
    assert.deepEqual(
      rows.map(({ speedUp, efficiency }) => [speedUp, efficiency]),
      [
        [2, 1],
        [3, 0.75],
      ],
    );
  });

  test("keeps the verdict of the level that counts: a client at its limit makes it a lower bound", () => {
    const measurement = makeMeasurement({
      levels: [makeLevel({ streams: 8, outputTokensPerSecond: 90, verdict: "client-bound" })],
    });
    assert.equal(scalingEfficiency([{ workers: 1, measurement }])[0]?.verdict, "client-bound");
  });

  test("is refused where a rate is missing or a number of workers comes twice", () => {
    assert.throws(
      () => scalingEfficiency([{ workers: 2, measurement: measured(null) }]),
      (error: unknown) => error instanceof InputError && /with 2 workers has no rate/.test(error.message),
    );
    const twice = { workers: 2, measurement: measured(100) };
    assert.throws(
      () => scalingEfficiency([twice, twice]),
      (error: unknown) => error instanceof InputError && /2 workers were measured twice/.test(error.message),
    );
  });
});
