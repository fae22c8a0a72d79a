import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { signsOfSaturation } from "../../lib/src/scale-out/index.ts";
import { allAt, makeLevel, makeMeasurement, makeServerCounters } from "../helpers/measurement.ts";

const mean = (ms: number) => ({ sumSeconds: (ms * 40) / 1_000, count: 40 });

describe("the signs that a server is full", () => {
  test("are none where output grows and nobody waits", () => {
    const levels = [makeLevel({ streams: 1 }), makeLevel({ streams: 2, outputTokensPerSecond: 190 })];
    assert.deepEqual(signsOfSaturation(makeMeasurement({ levels, knee: null })), []);
  });

  test("are each named at the level where it shows first, with the figures behind it", () => {
    const levels = [
      makeLevel({
        streams: 4,
        server: makeServerCounters({ queueTime: mean(1), timeToFirstToken: mean(200) }),
      }),
      makeLevel({
        streams: 8,
        timeToFirstTokenMs: allAt(900),
        server: makeServerCounters({ queueTime: mean(700), timeToFirstToken: mean(850), preemptions: 3 }),
      }),
      makeLevel({
        streams: 16,
        verdict: "failed",
        timeToFirstTokenMs: allAt(2_000),
        requests: { completed: 30, failed: 10, cancelled: 0, errors: { overloaded: 10 }, finishReasons: {} },
      }),
    ];
    const knee = { streams: 4, reason: "From 4 to 8 streams output changes by 1.0 %." };
    assert.deepEqual(signsOfSaturation(makeMeasurement({ levels, knee })), [
      { sign: "more streams bring little", streams: 4, seen: knee.reason },
      {
        sign: "the first token comes late",
        streams: 8,
        seen: "900 ms for 95 % of the requests; 200 ms at the lowest level",
      },
      {
        sign: "requests wait in the queue",
        streams: 8,
        seen: "700 ms of the 850 ms to the first token, on average, by the server's own count",
      },
      { sign: "requests are interrupted", streams: 8, seen: "3 times, because the KV cache was full" },
      { sign: "requests fail", streams: 16, seen: "10 of 40" },
    ]);
  });

  test("are not read off a server that failed from the start", () => {
    const requests = { completed: 0, failed: 6, cancelled: 0, errors: { "HTTP 401": 6 }, finishReasons: {} };
    const levels = [makeLevel({ streams: 1, verdict: "failed", requests })];
    assert.deepEqual(signsOfSaturation(makeMeasurement({ levels, knee: null })), []);
  });

  test("are not read off a level at which the client was the limit", () => {
    const late = makeLevel({ streams: 8, verdict: "client-bound", timeToFirstTokenMs: allAt(9_000) });
    const levels = [makeLevel({ streams: 1 }), late];
    assert.deepEqual(signsOfSaturation(makeMeasurement({ levels, knee: null })), []);
  });
});
