import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findKnee, isPilingUp } from "../../lib/src/measure/find-knee.ts";

function level(streams: number, outputTokensPerSecond: number | null, verdict: "valid" | "failed" = "valid") {
  return { streams, outputTokensPerSecond, verdict };
}

describe("the knee", () => {
  test("is the last level before twice the streams bring less than 5 %", () => {
    assert.deepEqual(findKnee([level(1, 40), level(2, 78), level(4, 80)]), {
      streams: 2,
      reason:
        "From 2 to 4 streams, the output rises by 2.6 % for each doubling; a server that is not fully busy gains 5 % or more.",
    });
    assert.match(
      findKnee([level(1, 40), level(2, 36)])?.reason ?? "",
      /the output falls by 10\.0 % for each/,
    );
  });

  test("is not there while output goes on rising", () => {
    assert.equal(findKnee([level(1, 40), level(2, 78), level(4, 150)]), null);
  });

  test("scales wider steps: 30 % more for sixteen times the streams is 6.8 % for twice", () => {
    assert.equal(findKnee([level(1, 100), level(16, 130)]), null);
    assert.equal(findKnee([level(1, 100), level(16, 120)])?.streams, 1);
  });

  test("passes over levels that failed or have no figure", () => {
    assert.equal(findKnee([level(1, 40), level(2, 5, "failed"), level(4, null), level(8, 200)]), null);
    assert.equal(findKnee([]), null);
  });
});

describe("requests that arrive by themselves", () => {
  const arrive = (firstTokenMs: (index: number) => number) =>
    Array.from({ length: 60 }, (_, index) => ({
      scheduledAt: index * 100,
      firstTokenAt: index * 100 + firstTokenMs(index),
      endedAt: index * 100 + firstTokenMs(index) + 500,
    }));

  test("pile up where their number and their waiting both rise", () => {
    assert.equal(isPilingUp(arrive((index) => 50 + index * 80)), true);
  });

  test("do not where they are served as they come", () => {
    assert.equal(isPilingUp(arrive(() => 50)), false);
  });

  test("are too few for a judgement below twenty", () => {
    assert.equal(isPilingUp(arrive((index) => 50 + index * 80).slice(0, 19)), false);
  });
});
