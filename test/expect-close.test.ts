import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../lib/src/errors.ts";
import { comparedAnswerType, expectClose } from "../lib/src/expect-close.ts";
import { resultBundle } from "../lib/src/show/result-bundle.ts";

describe("expectClose", () => {
  test("says that a close answer is close, with both numbers", () => {
    const { outcome, words } = expectClose(105, 100.04, { unit: "tokens/s" });
    assert.equal(outcome, "close");
    assert.equal(words, "Close. You said 105 tokens/s, and it is 100 tokens/s.");
    assert.equal(expectClose(110, 100).outcome, "close");
    assert.equal(expectClose(90, 100).outcome, "close");
    assert.equal(expectClose(0, 0).outcome, "close");
    assert.equal(expectClose(-105, -100).outcome, "close");
  });

  test("says how far off another one is, and why", () => {
    const why = "The card reads its weights once a step.";
    const { outcome, words } = expectClose(125, 100, { unit: "tokens/s", why });
    assert.equal(outcome, "far");
    assert.equal(words, `You said 125 tokens/s, and it is 100 tokens/s: yours is 25 % too high. ${why}`);
    assert.equal(expectClose(0.75, 1).words, "You said 0.75, and it is 1: yours is 25 % too low.");
    assert.equal(expectClose(700, 100).words, "You said 700, and it is 100: yours is 7 times as high.");
    assert.equal(expectClose(8, 100).words, "You said 8, and it is 100: it is 13 times as high as yours.");
    assert.equal(expectClose(3, 0).words, "You said 3, and it is 0: yours is 3 too high.");
    assert.equal(expectClose(-2, 4).words, "You said -2, and it is 4: yours is 6 too low.");
  });

  test("takes another distance for close", () => {
    assert.equal(expectClose(140, 100, { within: 0.5 }).outcome, "close");
    assert.equal(expectClose(12_346, 12_345, { within: 0 }).outcome, "far");
    assert.match(expectClose(12_346, 12_345, { within: 0 }).words, /^You said 12,346, and it is 12,345: /);
    for (const within of [-0.1, Number.NaN]) {
      assert.throws(
        () => expectClose(1, 1, { within }),
        (error) => error instanceof InputError && error.field === "within",
      );
    }
  });

  test("asks for a guess where there is none, and gives nothing away", () => {
    for (const mine of [null, undefined]) {
      const { outcome, words } = expectClose(mine, 100, { unit: "tokens/s", why: "Because." });
      assert.equal(outcome, "not guessed");
      assert.equal(words, "Not guessed yet: put your number in place of null in the cell of the exercise.");
    }
  });

  test("says where there is nothing to compare with", () => {
    for (const actual of [null, undefined, Number.NaN, Infinity]) {
      const { outcome, words } = expectClose(12, actual, { unit: "tokens/s" });
      assert.equal(outcome, "nothing to compare");
      assert.equal(words, "You said 12 tokens/s. This run has no figure to compare it with.");
    }
  });

  test("never takes what is no number for close", () => {
    for (const mine of [Number.NaN, Infinity]) {
      const { outcome, words } = expectClose(mine, 100);
      assert.equal(outcome, "far");
      assert.equal(words, "You said no finite number, and it is 100: look at how yours is computed.");
    }
  });

  test("counts one of something as one", () => {
    const { words } = expectClose(1, 4, { unit: "streams" });
    assert.equal(words, "You said 1 stream, and it is 4 streams: it is 4 times as high as yours.");
    assert.match(expectClose(1, 4, { unit: "tokens per second" }).words, /^You said 1 token per second,/);
    for (const unit of ["ms", "%", "tokens/s", "GB"])
      assert.ok(expectClose(1, 4, { unit }).words.startsWith(`You said 1 ${unit},`), unit);
  });

  test("is plain data that a cell shows in its words", () => {
    const compared = expectClose(105, 100);
    assert.deepEqual(compared, {
      mine: 105,
      actual: 100,
      unit: "",
      within: 0.1,
      outcome: "close",
      words: "Close. You said 105, and it is 100.",
    });
    assert.deepEqual(resultBundle(compared), {
      data: { [comparedAnswerType]: { ...compared }, "text/plain": compared.words },
    });
  });
});
