import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type BreakEvenInput, breakEven } from "../../lib/src/cost/index.ts";

// Four A40s at $1.56 an hour against an API at $2.68 in and $3.54 out per million tokens.
const walkthrough: BreakEvenInput = {
  gpuUsdPerHour: 1.56,
  inputUsdPerMillion: 2.68,
  outputUsdPerMillion: 3.54,
  inputTokensPerOutputToken: 1,
};

function assertClose(actual: number, expected: number): void {
  const difference = Math.abs(actual - expected);
  assert.ok(difference <= Math.abs(expected) * 1e-9, `${actual} is not ${expected}`);
}

describe("breakEven", () => {
  test("gives 250,804 tokens each way per hour for the walkthrough's machine and API", () => {
    const result = breakEven(walkthrough);
    assert.equal(Math.round(result.inputTokensPerHour), 250_804);
    assert.equal(Math.round(result.outputTokensPerHour), 250_804);
    assert.equal(Math.round(result.totalTokensPerHour), 501_608);
    assert.equal(result.totalTokensPerSecond.toFixed(1), "139.3");
    assert.equal(result.outputTokensPerSecond.toFixed(1), "69.7");
    assert.equal(result.inputTokensPerSecond.toFixed(1), "69.7");
    assert.equal(Math.round(result.totalWordsPerHour), 361_158);
    assertClose(result.usdPerMillionOutputTokensWithInput, 6.22);
  });

  test("gives 154 and 23.8 tokens/s with 5.47 input tokens to each output token", () => {
    const result = breakEven({ ...walkthrough, inputTokensPerOutputToken: 5.47 });
    assert.equal(result.totalTokensPerSecond.toFixed(0), "154");
    assert.equal(result.outputTokensPerSecond.toFixed(1), "23.8");
  });

  test("gives 282,958 tokens each way and 157 tokens/s for a machine at $1.76", () => {
    const result = breakEven({ ...walkthrough, gpuUsdPerHour: 1.76 });
    assert.equal(Math.round(result.outputTokensPerHour), 282_958);
    assert.equal(result.totalTokensPerSecond.toFixed(0), "157");
  });

  test("takes a mix of 0 for output only", () => {
    const result = breakEven({ ...walkthrough, inputTokensPerOutputToken: 0 });
    assert.equal(result.inputTokensPerHour, 0);
    assert.equal(Math.round(result.outputTokensPerHour), 440_678);
    assert.equal(result.totalTokensPerHour, result.outputTokensPerHour);
    assert.equal(result.usdPerMillionOutputTokensWithInput, 3.54);
  });

  test("counts words at 0.72 a token unless told otherwise", () => {
    const words = (wordsPerToken: number) => breakEven({ ...walkthrough, wordsPerToken }).totalWordsPerHour;
    assert.equal(words(0.72), breakEven(walkthrough).totalWordsPerHour);
    assertClose(words(0.36), words(0.72) / 2);
  });

  test("does not round", () => {
    assert.notEqual(breakEven(walkthrough).outputTokensPerHour % 1, 0);
  });
});

describe("at the break-even, whatever the prices", () => {
  const price = fc.double({ min: 0.001, max: 1_000, noNaN: true });
  const input = fc.record({
    gpuUsdPerHour: price,
    inputUsdPerMillion: price,
    outputUsdPerMillion: price,
    inputTokensPerOutputToken: fc.double({ min: 0, max: 1_000, noNaN: true }),
  });

  test("both bills are equal", () => {
    fc.assert(
      fc.property(input, (prices) => {
        const { inputTokensPerHour, outputTokensPerHour } = breakEven(prices);
        const apiUsdPerHour =
          (inputTokensPerHour * prices.inputUsdPerMillion +
            outputTokensPerHour * prices.outputUsdPerMillion) /
          1_000_000;
        assertClose(apiUsdPerHour, prices.gpuUsdPerHour);
      }),
    );
  });

  test("the mix is the one that was asked for, and hours have 3,600 seconds", () => {
    fc.assert(
      fc.property(input, (prices) => {
        const result = breakEven(prices);
        assertClose(result.inputTokensPerHour, result.outputTokensPerHour * prices.inputTokensPerOutputToken);
        assertClose(result.totalTokensPerSecond * 3_600, result.totalTokensPerHour);
        assertClose(result.inputTokensPerSecond + result.outputTokensPerSecond, result.totalTokensPerSecond);
      }),
    );
  });

  test("the load stays the same when all prices double", () => {
    fc.assert(
      fc.property(input, (prices) => {
        const doubled = breakEven({
          ...prices,
          gpuUsdPerHour: prices.gpuUsdPerHour * 2,
          inputUsdPerMillion: prices.inputUsdPerMillion * 2,
          outputUsdPerMillion: prices.outputUsdPerMillion * 2,
        });
        assertClose(doubled.totalTokensPerHour, breakEven(prices).totalTokensPerHour);
      }),
    );
  });

  test("a dearer machine needs more load, a dearer API less", () => {
    fc.assert(
      fc.property(input, (prices) => {
        const { totalTokensPerHour } = breakEven(prices);
        const machine = breakEven({ ...prices, gpuUsdPerHour: prices.gpuUsdPerHour * 1.5 });
        const api = breakEven({ ...prices, outputUsdPerMillion: prices.outputUsdPerMillion * 1.5 });
        assert.ok(machine.totalTokensPerHour > totalTokensPerHour);
        assert.ok(api.totalTokensPerHour < totalTokensPerHour);
      }),
    );
  });
});

describe("nonsense", () => {
  const fields = [
    ["gpuUsdPerHour", "the price of the machine in dollars per hour", "above 0"],
    ["inputUsdPerMillion", "a price in dollars per million tokens", "above 0"],
    ["outputUsdPerMillion", "a price in dollars per million tokens", "above 0"],
    ["wordsPerToken", "a number of words for each token", "above 0"],
    ["inputTokensPerOutputToken", "a number of input tokens for each output token", "of at least 0"],
  ] as const;
  const values: unknown[] = [
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    "1.56",
    null,
  ];

  for (const [field, meaning, range] of fields) {
    const refused = range === "above 0" ? [...values, 0] : values;
    for (const value of refused) {
      test(`is refused by the name of its field: ${field} = ${JSON.stringify(value) ?? value} (${value})`, () => {
        const input = { ...walkthrough, [field]: value };
        assert.throws(() => breakEven(input), {
          name: "InputError",
          message: `breakEven: ${field} is ${value}, which is not ${meaning}. Give ${field} a finite number ${range}.`,
        });
      });
    }
  }

  test("is refused too where a field is missing", () => {
    const { gpuUsdPerHour, ...rest } = walkthrough;
    assert.ok(gpuUsdPerHour);
    assert.throws(() => breakEven(rest as BreakEvenInput), /gpuUsdPerHour is undefined/);
  });
});
