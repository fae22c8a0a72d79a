import { runInNewContext } from "node:vm";
import type { Question } from "./question.ts";
import { readLastNumber } from "./read-numbers.ts";

/** `empty`: there was no text beside thoughts; `failed`: the request did, or the answer could not be judged. */
export type Verdict = "right" | "wrong" | "empty" | "failed";

const mostPatternMs = 1_000;

/**
 * Judges an answer, without its thoughts, by its question's check.
 *
 * - `exact`: the same text. Blanks at the ends, rows of blanks, a full stop at the end and, unless `caseSensitive`, capitals do not count.
 * - `number`: the last number in the answer is the expected one, up to `tolerance`, as in GSM8K's flexible match
 *   (https://github.com/EleutherAI/lm-evaluation-harness/blob/main/lm_eval/tasks/gsm8k/gsm8k.yaml). Where it can be read in two
 *   ways, one of them is enough.
 * - `pattern`: the regular expression is found in it, with JavaScript's flag `u`, and `i` unless `caseSensitive`. One that takes more than a second is given up.
 */
export function judgeAnswer(
  answer: string,
  question: Question,
): { verdict: Verdict; problem: string | null } {
  const text = answer.trim();
  if (text === "") return { verdict: "empty", problem: null };
  const isRight = question.check === "pattern" ? isFound(text, question) : isExpected(text, question);
  if (isRight === null) return { verdict: "failed", problem: "Its pattern took more than a second." };
  return { verdict: isRight ? "right" : "wrong", problem: null };
}

function isExpected(text: string, question: Exclude<Question, { check: "pattern" }>): boolean {
  const { check, expected } = question;
  if (check === "exact") return simplify(text, question) === simplify(expected, question);
  // So much rounding does not count.
  const most = question.tolerance + 1e-9 * Math.abs(expected);
  return readLastNumber(text).some((number) => Math.abs(number - expected) <= most);
}

function simplify(text: string, { caseSensitive }: { caseSensitive: boolean }): string {
  const line = text.normalize("NFC").trim().replace(/\s+/g, " ").replace(/\.$/, "");
  return caseSensitive ? line : line.toLowerCase();
}

/** `null`: not known in time. A pattern of somebody else may need endless work, which nothing but V8's own watchdog ends. */
function isFound(text: string, pattern: { expected: string; caseSensitive: boolean }): boolean | null {
  const { expected, caseSensitive } = pattern;
  const globals = { expected, flags: caseSensitive ? "u" : "iu", text };
  try {
    return (
      runInNewContext("new RegExp(expected, flags).test(text)", globals, { timeout: mostPatternMs }) === true
    );
  } catch {
    return null;
  }
}
