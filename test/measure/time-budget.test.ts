import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Flight } from "../../lib/src/measure/flight.ts";
import { createTimeBudget, inDuration } from "../../lib/src/measure/time-budget.ts";
import { makeFlight } from "../helpers/flight.ts";

/** A complete answer with so many tokens at an even pace, the first of them after `firstTokenMs`. */
function makeAnswer(answer: { firstTokenMs: number; perTokenMs: number; tokens: number }): Flight {
  const { firstTokenMs, perTokenMs, tokens } = answer;
  const lastTokenAt = firstTokenMs + (tokens - 1) * perTokenMs;
  return makeFlight({
    firstByteAt: 0,
    firstTokenAt: firstTokenMs,
    lastTokenAt,
    lastEventAt: lastTokenAt,
    endedAt: lastTokenAt,
    finishedAt: lastTokenAt,
    inputTokens: 128,
    outputTokens: tokens,
    chunks: tokens,
  });
}

/** Three minutes for answers of 128 tokens, at a clock that the test sets; the last 5 seconds are for the server to rest. */
function startBudget({ outputTokens = 128 } = {}) {
  let nowMs = 0;
  const time = createTimeBudget({ maxMinutes: 3, outputTokens }, () => nowMs);
  return {
    time,
    passSeconds(seconds: number) {
      nowMs += seconds * 1_000;
    },
  };
}

const quick = makeAnswer({ firstTokenMs: 200, perTokenMs: 20, tokens: 2 });
/** Two tokens per second. */
const slow = makeAnswer({ firstTokenMs: 500, perTokenMs: 500, tokens: 2 });

describe("the time of a measurement", () => {
  test("leaves a little of it for the server to come to rest", () => {
    const { time, passSeconds } = startBudget();
    assert.equal(time.leftMs(), 175_000);
    passSeconds(176);
    assert.equal(time.leftMs(), 0);
    assert.equal(time.restMs(), 4_000);
  });

  test("has room for all as long as nothing is known, and for nothing once it is over", () => {
    const { time, passSeconds } = startBudget();
    assert.equal(time.refuse(), null);
    passSeconds(175);
    assert.equal(time.refuse(), "no time is left");
  });

  test("has no room for a request that would last longer than what is left, with a quarter to spare", () => {
    const { time, passSeconds } = startBudget();
    time.learn(1, [slow]);
    // 128 tokens take 64 seconds, with a quarter more 80.
    passSeconds(94);
    assert.equal(time.refuse(), null);
    passSeconds(2);
    assert.equal(time.refuse(), "a request takes about 64 s, and 79 s are left");
  });

  test("goes by the median of the answers that came last", () => {
    const { time, passSeconds } = startBudget();
    time.learn(1, [slow]);
    time.learn(1, [quick, quick, slow]);
    passSeconds(170);
    assert.equal(time.refuse(), null);
    time.learn(1, [quick, slow, slow]);
    assert.equal(time.refuse(), "a request takes about 64 s, and 5.0 s are left");
  });

  test("learns nothing from requests that failed", () => {
    const { time, passSeconds } = startBudget();
    time.learn(1, [{ ...slow, outcome: "failed" }]);
    passSeconds(170);
    assert.equal(time.refuse(), null);
  });

  test("knows the pace of answers that come as a whole", () => {
    for (const chunks of [1, 2]) {
      const { time } = startBudget();
      const whole = { ...slow, firstTokenAt: 10_000, lastTokenAt: 10_000, endedAt: 10_000, chunks };
      time.learn(1, [whole]);
      // 87.5 s at 5 s a token and a quarter more.
      assert.equal(time.fitAnswers(), 14);
    }
  });

  test("knows no pace of answers of one token", () => {
    const { time } = startBudget();
    time.learn(1, [makeAnswer({ firstTokenMs: 10_000, perTokenMs: 0, tokens: 1 })]);
    assert.equal(time.fitAnswers(), 128);
  });

  test("leaves answers as they are where one of them takes no more than two thirds of it", () => {
    const { time } = startBudget();
    time.learn(1, [slow]);
    assert.equal(time.fitAnswers(), 128);
    assert.equal(startBudget().time.fitAnswers(), 128);
  });

  test("shortens answers where one of them would take more, to half of it", () => {
    const { time } = startBudget();
    time.learn(1, [makeAnswer({ firstTokenMs: 5_000, perTokenMs: 5_000, tokens: 2 })]);
    // 87.5 s at 5 s a token and a quarter more.
    assert.equal(time.fitAnswers(), 14);
    assert.equal(time.outputTokens(), 14);
  });

  test("never shortens answers to less than two tokens, nor lengthens those of one", () => {
    const stuck = makeAnswer({ firstTokenMs: 1_000, perTokenMs: 1e9, tokens: 2 });
    for (const [outputTokens, expected] of [
      [128, 2],
      [1, 1],
    ] as const) {
      const { time } = startBudget({ outputTokens });
      time.learn(1, [stuck]);
      assert.equal(time.fitAnswers(), expected);
    }
  });

  const warmUps: [what: string, streams: number, flight: Flight | null, tokens: number][] = [
    ["before anything is known", 8, null, 16],
    ["of a quick server", 8, quick, 16],
    ["of a slow server", 1, slow, 16],
    ["of a slow server with more streams", 4, slow, 7],
    ["of a slow server with many streams", 16, slow, 3],
    [
      "of a server that reads for longer than that",
      8,
      makeAnswer({ firstTokenMs: 9_000, perTokenMs: 500, tokens: 2 }),
      0,
    ],
  ];
  for (const [what, streams, flight, tokens] of warmUps) {
    test(`has a warm-up of ${tokens} tokens ${what}`, () => {
      const { time } = startBudget();
      if (flight !== null) time.learn(1, [flight]);
      assert.equal(time.warmUpTokens(streams), tokens);
    });
  }

  test("is said in minutes, or in seconds where it is short", () => {
    assert.deepEqual([3, 1, 0.5, 0.01].map(inDuration), [
      "3 minutes",
      "1 minute",
      "30 seconds",
      "0.6 seconds",
    ]);
  });
});
