import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Probe } from "../../lib/src/measure/choose-probe.ts";
import { describeSearch, type Searched } from "../../lib/src/measure/describe-search.ts";

const target = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 };

function probe(streams: number, [kept, requests]: readonly [number, number], unjudged = 0): Probe {
  return { streams, kept, requests, unjudged, isClientBound: false };
}

function describeProbes(probes: readonly Probe[], parts: Partial<Searched> = {}) {
  return describeSearch({ target, probes, end: "told", arrivals: "closed", ...parts });
}

function say(probes: readonly Probe[], parts: Partial<Searched> = {}): string {
  return describeProbes(probes, parts).words;
}

describe("how many people at once, in a sentence", () => {
  test("names the last number of streams that keeps the target and the first that misses it", () => {
    const found = describeProbes([probe(14, [294, 300]), probe(15, [243, 300])]);
    assert.equal(
      found.words,
      "At 14 streams 98 % of requests kept to 2 s to the first token and 100 ms a token (95 % interval 96 to 99); at 15 only 81 %.",
    );
    assert.deepEqual([found.most?.streams, found.firstBad?.streams, found.resolved], [14, 15, true]);
  });

  test("says what lies between them where it is not resolved", () => {
    const found = describeProbes([probe(8, [80, 80]), probe(12, [287, 300]), probe(16, [4, 64])]);
    assert.equal(
      found.words,
      "At 8 streams 100 % of requests kept to 2 s to the first token and 100 ms a token (95 % interval 95 to 100); at 16 only 6 %. " +
        "Between them it is not resolved. At 12 streams 96 % did (95 % interval 93 to 97), with 300 requests and 95 % wanted: the interval holds the share wanted.",
    );
    assert.equal(found.resolved, false);
  });

  test("is a lower bound where no level misses it", () => {
    const found = describeProbes([probe(1, [4, 4]), probe(32, [128, 128])]);
    assert.equal(
      found.words,
      "At 32 streams 100 % of requests kept to 2 s to the first token and 100 ms a token (95 % interval 97 to 100): " +
        "at least so many at once, for no level measured misses it for sure.",
    );
    assert.deepEqual([found.firstBad, found.resolved], [null, false]);
  });

  test("says that 1 stream misses it already", () => {
    const found = describeProbes([probe(1, [4, 20])]);
    assert.equal(
      found.words,
      "Already at 1 stream only 20 % of requests kept to 2 s to the first token and 100 ms a token (95 % interval 8 to 42).",
    );
    assert.deepEqual([found.most, found.resolved], [null, true]);
  });

  test("of a short run says how many requests it takes", () => {
    assert.equal(
      say([probe(1, [1, 1])]),
      "Not resolved. At 1 stream 100 % of requests kept to 2 s to the first token and 100 ms a token (95 % interval 21 to 100), " +
        "with 1 request and 95 % wanted: it takes at least 73 requests to tell.",
    );
    assert.match(
      say([probe(1, [4, 4]), probe(8, [2, 32])]),
      /^At 8 streams only 6 % .* With fewer it is not resolved\. At 1 stream 100 % .*, with 4 requests /,
    );
  });

  test("says where the client was the limit", () => {
    const bound = { ...probe(2, [0, 8]), isClientBound: true };
    assert.match(say([bound]), /^Not resolved\. At 2 streams 0 % .*: this client was the limit there\.$/);
    assert.match(
      say([{ ...probe(2, [8, 8]), isClientBound: true }]),
      /: it takes at least 73 requests to tell\.$/,
    );
  });

  test("says what ended the search", () => {
    const probes = [probe(8, [80, 80]), probe(16, [4, 64])];
    assert.match(
      say(probes, { end: "time" }),
      /at 16 only 6 %\. The time was up before the search was over\.$/,
    );
    assert.match(say(probes, { end: "interrupted" }), / The measurement was interrupted before .*\.$/);
    assert.match(
      say(probes, { end: "budget" }),
      / The budget of tokens ended the search before it was over\.$/,
    );
    assert.equal(describeProbes(probes, { end: "time" }).resolved, false);
    assert.equal(
      say([], { end: "interrupted" }),
      "No level was measured, so nobody knows how many requests keep to 2 s to the first token and 100 ms a token.",
    );
  });

  test("says that nothing is known without token counts, and what is where some were late", () => {
    assert.match(
      say([probe(1, [0, 0], 4), probe(2, [0, 0], 8)]),
      /is not known: answers came without token counts/,
    );
    assert.match(say([probe(1, [0, 1], 3)]), /cannot be judged\. Of those that can, none did\.$/);
    assert.match(say([probe(4, [60, 60], 12)]), /: 12 requests could not be judged\.$/);
  });

  test("names one limit, and another share than the usual", () => {
    const limits = { timeToFirstTokenMs: null, timePerOutputTokenMs: 181.5, percentile: 50 };
    assert.equal(
      say([probe(3, [30, 40]), probe(4, [1, 40])], { target: limits }),
      "At 3 streams 75 % of requests kept to 182 ms a token (95 % interval 60 to 86, 50 % wanted); at 4 only 3 %.",
    );
    const first = { timeToFirstTokenMs: 500, timePerOutputTokenMs: null, percentile: 95 };
    assert.match(
      say([probe(1, [0, 40])], { target: first }),
      /only 0 % of requests kept to 500 ms to the first token/,
    );
  });

  test("of a target for all requests says that it cannot be shown", () => {
    const all = { ...target, percentile: 100 };
    assert.match(
      say([probe(4, [400, 400])], { target: all }),
      /: no number of requests can show that all will keep/,
    );
  });

  test("rounds no share to all or nothing", () => {
    const first = say([probe(8, [1_999, 2_000]), probe(9, [1, 2_000])]);
    assert.match(
      first,
      /^At 8 streams 99\.9 % of requests .* interval 99\.7 to 99\.9\); at 9 only 0\.1 %\.$/,
    );
  });

  test("of requests that arrive at a rate tells what kept to the target at that rate", () => {
    const arrivals = { requestsPerSecond: 3 };
    assert.equal(
      say([probe(256, [88, 90])], { arrivals }),
      "With 3 arriving a second 98 % of requests kept to 2 s to the first token and 100 ms a token (95 % interval 92 to 99): " +
        "which does not tell whether it keeps the 95 % wanted.",
    );
  });
});
