import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeAnswer } from "../../lib/src/questions/judge-answer.ts";

const exact = { question: "?", check: "exact", expected: "New York", caseSensitive: false } as const;
const number = { question: "?", check: "number", expected: 3.14, tolerance: 0.01 } as const;
const pattern = { question: "?", check: "pattern", expected: "\\bberlin\\b", caseSensitive: false } as const;
const verdict = (...given: Parameters<typeof judgeAnswer>) => judgeAnswer(...given).verdict;

describe("an answer is judged", () => {
  test("exactly: blanks, capitals and a full stop at the end do not count, other words do", () => {
    assert.equal(verdict(" new  york.\n", exact), "right");
    assert.equal(verdict("It is New York", exact), "wrong");
    assert.equal(verdict("new york", { ...exact, caseSensitive: true }), "wrong");
    assert.equal(verdict("New York.", { ...exact, caseSensitive: true }), "right");
  });

  test("by its last number, up to the tolerance", () => {
    assert.equal(verdict("Pi is about 3.145.", number), "right");
    assert.equal(verdict("Pi is about 3.16.", number), "wrong");
    assert.equal(verdict("3.14, as 22 ÷ 7 shows", number), "wrong");
    assert.equal(verdict("no idea", number), "wrong");
    assert.equal(verdict("0.30000000000000004", { ...number, expected: 0.3, tolerance: 0 }), "right");
    assert.equal(verdict("1.234", { ...number, expected: 1_234, tolerance: 0 }), "right");
  });

  test("by a pattern that is found in it", () => {
    assert.equal(verdict("The capital is Berlin.", pattern), "right");
    assert.equal(verdict("Berliner", pattern), "wrong");
    assert.equal(verdict("Berlin", { ...pattern, caseSensitive: true }), "wrong");
  });

  test("as empty where nothing stands in it", () => {
    assert.deepEqual(judgeAnswer(" \n", pattern), { verdict: "empty", problem: null });
  });

  test("as not judged where the pattern needs endless work", () => {
    const slow = { ...pattern, expected: "(a+)+$" };
    assert.deepEqual(judgeAnswer(`${"a".repeat(60)}!`, slow), {
      verdict: "failed",
      problem: "Its pattern took more than a second.",
    });
  });
});
