import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLadderProgress } from "../../lib/src/measure/ladder-progress.ts";
import type { MeasurementProgress } from "../../lib/src/measure/measure-plan.ts";

/** A ladder of two levels, each of two repeats of ten requests, at a clock that the test sets. */
function startLadder({ endsAtMs = Infinity } = {}) {
  const told: MeasurementProgress[] = [];
  let nowMs = 0;
  const progress = createLadderProgress(
    {
      streams: [2, 4],
      requestsPerStream: 5,
      secondsPerLevel: null,
      repeats: 2,
      time: { leftMs: () => endsAtMs - nowMs },
      onProgress: (one) => told.push(one),
    },
    () => nowMs,
  );
  return {
    last: () => told.at(-1) ?? assert.fail("nothing was told"),
    tickAt(atMs: number, tick: { repeat: number; ended: number }) {
      nowMs = atMs;
      progress.tick({ streams: 2, level: 1, inFlight: 2, arrived: 0, elapsedMs: 1, ...tick });
    },
  };
}

describe("the progress of a ladder", () => {
  test("counts requests over all repeats of a level", () => {
    const { tickAt, last } = startLadder();
    tickAt(1_000, { repeat: 2, ended: 5 });
    assert.equal(last().completed, 15);
    assert.equal(last().planned, 20);
    assert.match(last().text, /15 of 20 requests/);
  });

  test("estimates the time left by the share of the level that is done, and does not rise with each repeat", () => {
    const { tickAt, last } = startLadder();
    // Half of the first repeat after a second: a level takes four, the ladder eight.
    tickAt(1_000, { repeat: 1, ended: 5 });
    assert.equal(last().secondsLeft, 7);
    tickAt(3_000, { repeat: 2, ended: 5 });
    assert.equal(last().secondsLeft, 5);
  });

  test("never estimates more than the time that the measurement has", () => {
    const { tickAt, last } = startLadder({ endsAtMs: 6_000 });
    tickAt(1_000, { repeat: 1, ended: 5 });
    assert.equal(last().secondsLeft, 5);
    tickAt(3_000, { repeat: 2, ended: 5 });
    assert.equal(last().secondsLeft, 3);
  });

  test("knows no time left in the first warm-up", () => {
    const { tickAt, last } = startLadder();
    tickAt(500, { repeat: 0, ended: 1 });
    assert.equal(last().secondsLeft, null);
    assert.equal(last().type, "warm-up");
    assert.equal(last().planned, 2);
  });
});
