import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answered } from "../../lib/src/questions/index.ts";
import { compareAnswered } from "../../lib/src/questions/index.ts";

/** A result with one letter a question: r(ight), w(rong), f(ailed). */
function answered(letters: string): Answered {
  const verdicts = { r: "right", w: "wrong", f: "failed" } as const;
  const questions = [...letters].map((letter, index) => ({
    question: `Question ${index}`,
    check: "exact" as const,
    expected: "yes",
    answer: letter,
    verdict: verdicts[letter as "r" | "w" | "f"],
    problem: null,
    isCutOff: false,
    inputTokens: 1,
    outputTokens: 1,
    seconds: 1,
  }));
  return {
    ...{
      kind: "measured",
      model: "small",
      server: "vLLM",
      origin: "given",
      startedAt: "2026-11-28T00:00:00Z",
    },
    ...{
      seconds: 1,
      right: 0,
      asked: questions.length,
      failed: 0,
      leftOut: 0,
      interval: { low: 0, high: 1 },
    },
    ...{ tokens: null, price: null, usd: null, usdPerRightAnswer: null, words: "", questions },
  };
}

describe("two results of the same questions", () => {
  test("differ within chance where few questions tell them apart", () => {
    const { rows, ...compared } = compareAnswered(answered("rrrwwf"), answered("rwwrwr"), {
      names: ["the pod", "the API"],
    });
    assert.deepEqual(compared, {
      ...{ both: 1, onlyFirst: 2, onlySecond: 1, neither: 1, leftOut: 1, chance: 1, isWithinChance: true },
      words:
        "Of 5 questions, the pod answered 3 right and the API 2: 2 only the pod, 1 only the API. " +
        "Chance alone makes such a difference in 100 % of all cases: it proves nothing. 1 could not be compared.",
    });
    assert.deepEqual(rows[1], {
      ...{
        question: "Question 1",
        expected: "yes",
        first: "r",
        isFirstRight: true,
        second: "w",
        isSecondRight: false,
      },
    });
  });

  test("differ by more than chance from six questions on, all for one of them", () => {
    assert.equal(compareAnswered(answered("rrrrr"), answered("wwwww")).chance, 0.0625);
    const compared = compareAnswered(answered("rrrrrr"), answered("wwwwww"));
    assert.equal(compared.chance, 0.03125);
    assert.match(compared.words, /in 3\.1 % of all cases: it is more than chance\.$/);
  });

  test("are the same where no question tells them apart", () => {
    const { chance, words } = compareAnswered(answered("rrw"), answered("rrw"));
    assert.deepEqual(
      [chance, words],
      [1, "Of 3 questions, the first and the second answered the same 2 right."],
    );
  });

  test("are refused where they have no question in common", () => {
    const other = answered("r");
    const questions = other.questions.map((one) => ({ ...one, question: "Another" }));
    assert.throws(() => compareAnswered(answered("r"), { ...other, questions }), { name: "InputError" });
  });
});
