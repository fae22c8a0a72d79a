import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readLastNumber } from "../../lib/src/questions/read-numbers.ts";

describe("the last number of an answer", () => {
  const cases: readonly [text: string, readings: readonly number[]][] = [
    ["It is 42.", [42]],
    ["6 times 7 is 42", [42]],
    ["3.5", [3.5]],
    ["It costs $1,234.50.", [1234.5]],
    ["Das kostet 1.234,50 €", [1234.5]],
    ["1,234,567 people", [1234567]],
    ["1.234.567 Menschen", [1234567]],
    ["12'500 and 12\u202f500", [12500]],
    ["1.234", [1.234, 1234]],
    ["1,234", [1.234, 1234]],
    ["0.125", [0.125]],
    ["-5 degrees", [-5]],
    ["\u22125 degrees", [-5]],
    ["between 3-5", [5]],
    ["6.02e23", [6.02e23]],
    ["= .5", [0.5]],
    ["64 %", [64]],
    ["27.11.2026", [2026]],
    ["nothing", []],
    ["", []],
  ];
  for (const [text, readings] of cases) {
    test(`of ${JSON.stringify(text)}`, () => assert.deepEqual(readLastNumber(text), readings));
  }
});
