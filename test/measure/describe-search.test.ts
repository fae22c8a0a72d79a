import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Probe } from "../../lib/src/measure/choose-probe.ts";
import { describeSearch, type Searched } from "../../lib/src/measure/describe-search.ts";

const target = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 };
const goal = "Target: first words within 2 s, then 100 ms a token, for 95 % of the requests.";

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
      `${goal} With 14 streams at once, 98 % kept it (96 to 99 % with 95 % confidence); with 15 only 81 %.`,
    );
    assert.deepEqual([found.most?.streams, found.firstBad?.streams, found.resolved], [14, 15, true]);
  });

  test("says what lies between them where it is not resolved", () => {
    const found = describeProbes([probe(8, [80, 80]), probe(12, [287, 300]), probe(16, [4, 64])]);
    assert.equal(
      found.words,
      `${goal} With 8 streams at once, 100 % kept it (95 to 100 % with 95 % confidence); with 16 only 6 %. ` +
        "Between them it is not certain: with 12 streams at once, 96 % of 300 requests kept it (93 to 97 % with 95 % confidence), and 95 % lies within that range.",
    );
    assert.equal(found.resolved, false);
  });

  test("is a lower bound where no level misses it", () => {
    const found = describeProbes([probe(1, [4, 4]), probe(32, [128, 128])]);
    assert.equal(
      found.words,
      `${goal} With 32 streams at once, 100 % kept it (97 to 100 % with 95 % confidence). ` +
        "More may be possible: no number of streams that was measured is sure to miss it.",
    );
    assert.deepEqual([found.firstBad, found.resolved], [null, false]);
  });

  test("says that 1 stream misses it already", () => {
    const found = describeProbes([probe(1, [4, 20])]);
    assert.equal(
      found.words,
      `${goal} Already with 1 stream at once, only 20 % kept it (8 to 42 % with 95 % confidence).`,
    );
    assert.deepEqual([found.most, found.resolved], [null, true]);
  });

  test("of a short run says how many requests it takes", () => {
    assert.equal(
      say([probe(1, [1, 1])]),
      `${goal} This is not certain: with 1 stream at once, 100 % of 1 request kept it (21 to 100 % with 95 % confidence), ` +
        "and it takes at least 73 requests to tell.",
    );
    assert.match(
      say([probe(1, [4, 4]), probe(8, [2, 32])]),
      / With 8 streams at once, only 6 % .* With fewer it is not certain: with 1 stream at once, 100 % of 4 requests /,
    );
  });

  test("says where the client was the limit", () => {
    const bound = { ...probe(2, [0, 8]), isClientBound: true };
    assert.match(
      say([bound]),
      / This is not certain: with 2 streams at once, 0 % .*, and the machine that sent the requests was the limit\.$/,
    );
    assert.match(
      say([{ ...probe(2, [8, 8]), isClientBound: true }]),
      /, and it takes at least 73 requests to tell\.$/,
    );
  });

  test("says what ended the search", () => {
    const probes = [probe(8, [80, 80]), probe(16, [4, 64])];
    assert.match(
      say(probes, { end: "time" }),
      /with 16 only 6 %\. The search ran out of time before it was over\.$/,
    );
    assert.match(say(probes, { end: "interrupted" }), / The measurement was interrupted before .*\.$/);
    assert.match(
      say(probes, { end: "budget" }),
      / The search used up its budget of tokens before it was over\.$/,
    );
    assert.equal(describeProbes(probes, { end: "time" }).resolved, false);
    assert.equal(
      say([], { end: "interrupted" }),
      `${goal} No level was measured, so it is not known how many streams keep it.`,
    );
  });

  test("says that nothing is known without token counts, and what is where some were late", () => {
    assert.match(
      say([probe(1, [0, 0], 4), probe(2, [0, 0], 8)]),
      /not known how many requests kept it: answers came without token counts/,
    );
    assert.match(say([probe(1, [0, 1], 3)]), /cannot be judged\. Of those that can be judged, none did\.$/);
    assert.match(say([probe(4, [60, 60], 12)]), /, and 12 requests could not be judged\.$/);
  });

  test("names one limit, and another share than the usual", () => {
    const limits = { timeToFirstTokenMs: null, timePerOutputTokenMs: 181.5, percentile: 50 };
    assert.equal(
      say([probe(3, [30, 40]), probe(4, [1, 40])], { target: limits }),
      "Target: 182 ms a token for 50 % of the requests. With 3 streams at once, 75 % kept it (60 to 86 % with 95 % confidence); with 4 only 3 %.",
    );
    const first = { timeToFirstTokenMs: 500, timePerOutputTokenMs: null, percentile: 95 };
    assert.match(
      say([probe(1, [0, 40])], { target: first }),
      /^Target: first words within 0\.5 s for 95 % of the requests\. .* only 0 % kept it/,
    );
  });

  test("of a target for all requests says that it cannot be shown", () => {
    const all = { ...target, percentile: 100 };
    assert.match(
      say([probe(4, [400, 400])], { target: all }),
      /, and no number of requests can show that all will keep it\.$/,
    );
  });

  test("rounds no share to all or nothing", () => {
    const first = say([probe(8, [1_999, 2_000]), probe(9, [1, 2_000])]);
    assert.match(
      first,
      / With 8 streams at once, 99\.9 % kept it \(99\.7 to 99\.9 % .*\); with 9 only 0\.1 %\.$/,
    );
  });

  test("of requests that arrive at a rate tells what kept to the target at that rate", () => {
    const arrivals = { requestsPerSecond: 3 };
    assert.equal(
      say([probe(256, [88, 90])], { arrivals }),
      `${goal} With 3 requests a second, 98 % kept it (92 to 99 % with 95 % confidence): that is not enough to tell.`,
    );
  });
});
