import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shown, shownLines } from "./shown.ts";

describe("a number in a shown object", () => {
  for (const [value, text] of [
    [0.032266666666666666, "0.0323"],
    [0.1 + 0.2, "0.3"],
    [6.220000000000001, "6.22"],
    [720.6320000000001, "720.632"],
    [69.66773847802786, "69.7"],
    [139.008653696, "139"],
    [6.029553863, "6.03"],
    [8333333.333333333, "8333333"],
    [250803.8585209003, "250804"],
    [-1392.857142857143, "-1393"],
    [0.0000123456789012, "0.0000123"],
    [1.2345678901234e-9, "1.23e-9"],
  ] as const) {
    test(`loses the digits that only a computation gave it: ${value}`, async () => {
      assert.equal(await shown({ value }), `{ value: ${text} }\n`);
    });
  }

  for (const text of [
    ...["2024", "131072", "1764274055123", "9007199254740991", "123456789012", "1764274055.123"],
    ...["0.25", "3.14159", "52.520008", "13.404954", "41.823917", "0.00000268", "1e-7", "1e+21", "-0", "NaN"],
  ]) {
    test(`stays as it is where each digit has a meaning: ${text}`, async () => {
      assert.equal(await shown({ value: Number(text) }), `{ value: ${text} }\n`);
    });
  }

  test("is short also in a list, a map or an instance inside, and in no text", async () => {
    assert.equal(
      await shown({ list: [1 / 3], map: new Map([["a", 2 / 3]]) }),
      "{ list: [ 0.333 ], map: Map(1) { 'a' => 0.667 } }\n",
    );
    assert.equal(await shown({ text: "0.3333333333333333" }), "{ text: '0.3333333333333333' }\n");
  });

  test("has the digits that a measurement means, where its name, or that of the whole, ends in a unit", async () => {
    assert.equal(
      await shown({ waitMs: 41.823917, seconds: [6.5, 1234.56789], memory_mb: 480.862208 }),
      "{ waitMs: 41.8, seconds: [ 6.5, 1235 ], memory_mb: 481 }\n",
    );
    assert.equal(
      await shown({ firstTokenMs: { p50: 283.2807, max: 492.43357 } }),
      "{ firstTokenMs: { p50: 283, max: 492 } }\n",
    );
    const text = "{ spanSeconds: 3501.722, items: 5.790013, usdPerSecond: 0.00012345 }";
    assert.equal(
      await shown({ spanSeconds: 3501.722, items: 5.790013, usdPerSecond: 0.00012345 }),
      `${text}\n`,
    );
    assert.equal(await shown({ atMs: 1764274055123.456 }), "{ atMs: 1764274055123.456 }\n");
  });

  test("may stand in an object of any kind, which keeps its form", async () => {
    const own: Record<string | symbol, unknown> = { waitMs: 1.23456, [Symbol("a")]: 1 };
    own["self"] = own;
    assert.match(
      await shown(own),
      /^<ref \*1> { waitMs: 1.23, self: \[Circular \*1\], \[?Symbol\(a\)\]?: 1 }\n$/,
    );
    class Levels extends Array<unknown> {}
    const levels = new Levels();
    levels.push(1.23456, {});
    assert.equal(await shown(levels), "Levels(2) [ 1.23456, {} ]\n");
    assert.equal(await shown(Object.freeze([Object.freeze({}), [1.23456]])), "[ {}, [ 1.23456 ] ]\n");
  });

  test("is not changed itself", async () => {
    const value = Object.freeze({ share: 1 / 3 });
    await shown(value);
    assert.equal(value.share, 1 / 3);
  });
});

describe("an error shows its name and its words, not the stack", () => {
  const error = new TypeError("no pod", { cause: new Error("gone") });
  test("alone", async () => {
    assert.equal(await shown(error), "TypeError: no pod {\n  [cause]: Error: gone\n}\n");
  });
  test("in a list and in a table", async () => {
    assert.equal(await shown([new Error("gone")]), "[\n  Error: gone\n]\n");
    assert.deepEqual(await shownLines([{ status: "rejected", reason: new Error("gone") }]), [
      "status    reason",
      "────────  ───────────",
      "rejected  Error: gone",
    ]);
  });
});
