import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shareReading } from "../../lib/src/measure/describe-conversations.ts";
import { makeFlight } from "../helpers/flight.ts";

describe("the time for which prompts are read", () => {
  const msOf = (...waits: [sentAt: number, firstTokenAt: number][]) => {
    const flights = waits.map(([sentAt, firstTokenAt]) => makeFlight({ sentAt, firstTokenAt, endedAt: 100 }));
    const read = new Map(shareReading(flights).map(({ flight, readingMs }) => [flight, readingMs]));
    return flights.map((flight) => read.get(flight));
  };

  test("is a lone request's time to its first text", () => {
    assert.deepEqual(msOf([0, 10], [20, 25]), [10, 5]);
  });

  test("belongs in equal parts to all that wait at once", () => {
    assert.deepEqual(msOf([0, 10], [0, 10]), [5, 5]);
    // From 0 to 4 the first alone, from 4 to 10 both, from 10 to 12 the second.
    assert.deepEqual(msOf([0, 10], [4, 12]), [7, 5]);
  });

  test("runs to its end for a request without any text", () => {
    const flight = makeFlight({ sentAt: 0, firstTokenAt: null, endedAt: 30, outcome: "failed" });
    assert.deepEqual(shareReading([flight]), [{ flight, readingMs: 30 }]);
  });
});
