import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { replayTrace } from "../../../lib/src/cost/index.ts";
import { openingHours } from "../../../lib/src/cost/replay/opening-hours.ts";
import { makeTrace, oneTokenASecond } from "./traces.ts";

const hour = 3_600;
const day = 24 * hour;

describe("opening hours", () => {
  const office = openingHours({ fromHour: 9, toHour: 18, days: [5, 1] });

  test("count open time: Monday and Friday, nine hours each", () => {
    assert.equal(office.openUntil(0), 0);
    assert.equal(office.openUntil(10 * hour), hour);
    assert.equal(office.openUntil(2 * day), 9 * hour);
    assert.equal(office.openUntil(4 * day + 20 * hour), 18 * hour);
    assert.equal(office.openUntil(7 * day + 10 * hour), 19 * hour);
  });

  test("begin work at the next opening where the open time ends, and are done with it at closing time", () => {
    assert.equal(office.wallAt(9 * hour), 4 * day + 9 * hour);
    assert.equal(office.doneAt(9 * hour), 18 * hour);
    assert.equal(office.wallAt(18 * hour), 7 * day + 9 * hour);
    assert.equal(office.doneAt(18 * hour), 4 * day + 18 * hour);
    assert.equal(office.wallAt(hour), office.doneAt(hour));
  });

  test("lead from open time to wall time and back", () => {
    const hours = fc.record({
      fromHour: fc.integer({ min: 0, max: 22 }),
      length: fc.integer({ min: 1, max: 2 }),
      days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
    });
    fc.assert(
      fc.property(
        hours,
        fc.integer({ min: 0, max: 1_000_000 }),
        ({ fromHour, length, days }, openSeconds) => {
          const clock = openingHours({ fromHour, toHour: fromHour + length, days });
          assert.equal(clock.openUntil(clock.wallAt(openSeconds)), openSeconds);
          assert.equal(clock.openUntil(clock.doneAt(openSeconds)), openSeconds);
          assert.ok(clock.doneAt(openSeconds) <= clock.wallAt(openSeconds));
        },
      ),
    );
  });
});

test("work that ends with the opening hours ends then", () => {
  const trace = makeTrace([[0, 0, 9 * hour]], { startSecondOfWeek: 9 * hour });
  const [one] = replayTrace({
    trace,
    capacity: oneTokenASecond,
    prices: { gpuUsdPerHour: 1 },
    policies: [{ kind: "business-hours", startMinutes: 30 }],
  }).policies;
  assert.equal(one?.overrunSeconds, 8 * hour);
});
