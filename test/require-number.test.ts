import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type NumberRange, requireNumber } from "../lib/src/require-number.ts";

const cases: [range: NumberRange, taken: unknown[], refused: unknown[], remedy: string][] = [
  [
    { above: 0 },
    [0.1, 1e300],
    [0, -1, Infinity, Number.NaN, "1", null, undefined],
    "a finite number above 0",
  ],
  [{ from: 0 }, [0, 1], [-1, Infinity], "a finite number of at least 0"],
  [{ above: 0, endless: true }, [1, Infinity], [0, Number.NaN], "a number above 0"],
  [{ from: 0, below: 1 }, [0, 0.5], [1, -0.1], "a number of at least 0 and below 1"],
  [{ above: 0, to: 600 }, [600], [0, 601], "a number above 0 and at most 600"],
  [{ whole: true, from: 1, to: 5_000 }, [1, 5_000], [0, 1.5, 5_001], "a whole number from 1 to 5,000"],
  [{ whole: true, from: 0 }, [0, 3], [0.5, Infinity], "a whole number of at least 0"],
  [{ whole: true, from: 0, endless: true }, [0, Infinity], [-1, 2.5], "a whole number of at least 0"],
  [{ above: 0, optional: true }, [undefined, 1], [null, 0], "a finite number above 0"],
];

describe("requireNumber", () => {
  for (const [range, taken, refused, remedy] of cases) {
    test(`takes ${remedy}: ${JSON.stringify(range)}`, () => {
      for (const value of taken) requireNumber("measure", { streams: value }, range);
      for (const value of refused) {
        assert.throws(() => requireNumber("measure", { streams: value }, range), {
          name: "InputError",
          message: `measure: streams is ${value}. Give streams ${remedy}.`,
          problem: "out-of-range",
          field: "streams",
        });
      }
    });
  }

  test("checks each field, and says what the number stands for", () => {
    const range = { above: 0, meaning: "a price in dollars" };
    assert.throws(() => requireNumber("breakEven", { input: 1, output: -1 }, range), {
      message:
        "breakEven: output is -1, which is not a price in dollars. Give output a finite number above 0.",
    });
  });
});
