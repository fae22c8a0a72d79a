import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { describeLatency, latencyTarget, type Pace, paces } from "../../lib/src/cost/index.ts";
import { InputError } from "../../lib/src/errors.ts";

describe("a latency target", () => {
  test("in words becomes milliseconds and a percentile, and is said in these words again", () => {
    const target = latencyTarget({ firstWordsWithinSeconds: 2, pace: "reading", shareOfRequests: 0.95 });
    // 238 words a minute at 0.72 words a token are 5.51 tokens per second.
    assert.deepEqual(
      { ...target, timePerOutputTokenMs: Math.round(target.timePerOutputTokenMs ?? 0) },
      { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 182, percentile: 95 },
    );
    assert.equal(
      describeLatency(target),
      "first words within 2 s, then at reading speed, for 95 % of the requests",
    );
  });

  test("has a pace in milliseconds or in tokens per second", () => {
    assert.equal(latencyTarget({ pace: 50 }).timePerOutputTokenMs, 50);
    assert.equal(latencyTarget({ pace: { tokensPerSecond: 20 } }).timePerOutputTokenMs, 50);
    assert.equal(describeLatency(latencyTarget({ pace: 50 })), "50 ms a token for 95 % of the requests");
  });

  test("has a limit for the first words alone", () => {
    const target = latencyTarget({ firstWordsWithinSeconds: 0.45, shareOfRequests: 0.57 });
    assert.deepEqual(target, { timeToFirstTokenMs: 450, timePerOutputTokenMs: null, percentile: 57 });
    assert.equal(describeLatency(target), "first words within 0.45 s for 57 % of the requests");
  });

  test("is said with the words of its pace, for every pace", () => {
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(paces) as Pace[])), (pace) => {
        assert.equal(
          describeLatency(latencyTarget({ pace })),
          `at ${paces[pace].words} for 95 % of the requests`,
        );
      }),
    );
  });

  const refused: [input: unknown, field: string][] = [
    [{}, "firstWordsWithinSeconds"],
    [{ firstWordsWithinSeconds: 0 }, "firstWordsWithinSeconds"],
    [{ firstWordsWithinSeconds: "2" }, "firstWordsWithinSeconds"],
    [{ pace: "quickly" }, "pace"],
    [{ pace: Number.NaN }, "pace"],
    [{ pace: null }, "tokensPerSecond"],
    [{ pace: { tokensPerSecond: 0 } }, "tokensPerSecond"],
    [{ pace: "reading", shareOfRequests: 95 }, "shareOfRequests"],
  ];
  for (const [input, field] of refused) {
    test(`${JSON.stringify(input)} is refused: ${field}`, () => {
      assert.throws(
        () => latencyTarget(input as Parameters<typeof latencyTarget>[0]),
        (error) => error instanceof InputError && error.field === field,
      );
    });
  }
});
