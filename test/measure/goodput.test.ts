import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Latency } from "../../lib/src/cost/index.ts";
import type { Flight } from "../../lib/src/measure/flight.ts";
import { countGoodput } from "../../lib/src/measure/goodput.ts";
import { makeFlight } from "../helpers/flight.ts";

const target: Latency = { timeToFirstTokenMs: 200, timePerOutputTokenMs: 50, percentile: 95 };

/** An answer of five tokens in five chunks, which keeps to both limits unless told otherwise. */
function answered(parts: Partial<Flight> = {}): Flight {
  const times = { firstTokenAt: 200, lastTokenAt: 400, endedAt: 400 };
  return makeFlight({ ...times, outputTokens: 5, chunks: 5, ...parts });
}

function count(flights: readonly Flight[], latencyTarget = target, arrivals?: { requestsPerSecond: number }) {
  return countGoodput(flights, { latencyTarget, arrivals: arrivals ?? "closed" }, 2);
}

/** `kept`, `missed`, or `unjudged`. */
function judge(...args: [Flight, Latency?, { requestsPerSecond: number }?]): string {
  const [flight, ...rest] = args;
  const { kept, requests } = count([flight], ...rest) ?? assert.fail();
  return requests === 0 ? "unjudged" : kept === 1 ? "kept" : "missed";
}

describe("a request", () => {
  test("keeps to a target if it keeps to both limits, to the millisecond", () => {
    assert.equal(judge(answered()), "kept");
    assert.equal(judge(answered({ firstTokenAt: 201, lastTokenAt: 401 })), "missed");
    assert.equal(judge(answered({ lastTokenAt: 401 })), "missed");
  });

  test("that failed, came empty or was ended by a filter did not keep to it", () => {
    assert.equal(judge(answered({ outcome: "failed" })), "missed");
    assert.equal(judge(makeFlight({ endedAt: 10 })), "missed");
    assert.equal(judge(answered({ finishReason: "content_filter" })), "missed");
  });

  test("that was cut off here missed it if it had waited too long, and else nobody knows", () => {
    assert.equal(judge(makeFlight({ outcome: "cancelled", endedAt: 201 })), "missed");
    assert.equal(judge(makeFlight({ outcome: "cancelled", endedAt: 199 })), "unjudged");
    assert.equal(judge(answered({ outcome: "cancelled" })), "unjudged");
  });

  test("without counts is judged by what is known of it", () => {
    assert.equal(judge(answered({ outputTokens: null })), "unjudged");
    assert.equal(judge(answered({ outputTokens: null, firstTokenAt: 900 })), "missed");
    assert.equal(judge(answered({ outputTokens: null, chunks: 1 })), "kept");
  });

  test("is asked for one limit alone where the target has no other", () => {
    const first: Latency = { ...target, timePerOutputTokenMs: null };
    const token: Latency = { ...target, timeToFirstTokenMs: null };
    assert.equal(judge(answered({ outputTokens: null, lastTokenAt: 9_000 }), first), "kept");
    assert.equal(judge(answered({ firstTokenAt: 5_000, lastTokenAt: 5_100 }), token), "kept");
  });

  test("that arrived by itself waits from its arrival, though it was sent later", () => {
    const late = answered({ scheduledAt: -100 });
    assert.equal(judge(late), "kept");
    assert.equal(judge(late, target, { requestsPerSecond: 3 }), "missed");
  });
});

test("the goodput of a level has share, interval and rate of those that kept to the target", () => {
  const flights = [
    answered(),
    answered(),
    answered(),
    answered({ outcome: "failed" }),
    answered({ outputTokens: null }),
  ];
  const { interval, ...counts } = count(flights) ?? assert.fail();
  assert.deepEqual(counts, { requests: 4, unjudged: 1, kept: 3, share: 0.75, requestsPerSecond: 1.5 });
  assert.deepEqual([interval.low.toFixed(2), interval.high.toFixed(2)], ["0.30", "0.95"]);
  assert.equal(countGoodput(flights, { latencyTarget: undefined, arrivals: "closed" }, 2), null);
});
