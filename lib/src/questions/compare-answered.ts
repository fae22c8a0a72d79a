import { InputError } from "../errors.ts";
import type { Answered } from "./answered.ts";

/** Two results of the same questions, question by question. */
export interface ComparedAnswers {
  /** How many questions both, one alone, or neither answered as expected. */
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
  /** Questions that one of them was not asked, or on which a request failed: they say nothing. */
  leftOut: number;
  /** How often chance alone makes a difference this large or larger, 0 to 1: McNemar's exact test, on both sides. */
  chance: number;
  /** Whether chance makes such a difference in more than 5 % of all cases. */
  isWithinChance: boolean;
  words: string;
  /** Each question with both answers. */
  rows: readonly {
    question: string;
    expected: string;
    first: string;
    isFirstRight: boolean;
    second: string;
    isSecondRight: boolean;
  }[];
}

/**
 * Compares two results of the same questions, such as a pod's and an API's, or before and after a change.
 *
 * Only questions on which they differ tell them apart. If both were equally good, each of these would fall to either as a
 * coin does (McNemar, https://doi.org/10.1007/BF02295996). So fewer than six of them prove nothing.
 *
 * @throws InputError where the two were not asked the same.
 */
export function compareAnswered(
  first: Answered,
  second: Answered,
  options: { names?: readonly [first: string, second: string] } = {},
): ComparedAnswers {
  const { names = ["the first", "the second"] } = options;
  const others = new Map(second.questions.map((one) => [keyOf(one), one]));
  const pairs = first.questions.flatMap((one) => {
    const other = others.get(keyOf(one));
    if (other === undefined || one.verdict === "failed" || other.verdict === "failed") return [];
    const { question, expected } = one;
    const [isFirstRight, isSecondRight] = [one.verdict === "right", other.verdict === "right"];
    return [{ question, expected, first: one.answer, isFirstRight, second: other.answer, isSecondRight }];
  });
  if (!first.questions.some((one) => others.has(keyOf(one)))) {
    throw new InputError("compareAnswered: the two results have no question in common.", {
      remedy: "Put the same questions to both endpoints, with askQuestions.",
    });
  }
  const all = new Set([...first.questions.map(keyOf), ...others.keys()]).size;
  const count = (isFirst: boolean, isSecond: boolean) =>
    pairs.filter((pair) => pair.isFirstRight === isFirst && pair.isSecondRight === isSecond).length;
  const [onlyFirst, onlySecond] = [count(true, false), count(false, true)];
  const chance = signTest(onlyFirst, onlySecond);
  const counts = { both: count(true, true), onlyFirst, onlySecond, neither: count(false, false) };
  const compared = { ...counts, leftOut: all - pairs.length, chance, isWithinChance: chance > 0.05 };
  return { ...compared, words: describe(compared, names), rows: pairs };
}

function keyOf({ question, check, expected }: Answered["questions"][number]): string {
  return JSON.stringify([question, check, expected]);
}

/** How often a fair coin, thrown as often as both together, falls at least as unevenly. */
function signTest(one: number, other: number): number {
  const throws = one + other;
  let share = 0.5 ** throws;
  let tail = share;
  for (let heads = 1; heads <= Math.min(one, other); heads++) {
    share *= (throws - heads + 1) / heads;
    tail += share;
  }
  return Math.min(1, 2 * tail);
}

function describe(
  compared: Omit<ComparedAnswers, "words" | "rows">,
  [first, second]: readonly [string, string],
): string {
  const { both, onlyFirst, onlySecond, neither, leftOut, chance, isWithinChance } = compared;
  const asked = both + onlyFirst + onlySecond + neither;
  const percent = (chance * 100).toLocaleString("en-US", { maximumSignificantDigits: 2 });
  const left = leftOut === 0 ? "" : ` ${leftOut} could not be compared.`;
  if (onlyFirst + onlySecond === 0)
    return `Of ${asked} questions, ${first} and ${second} answered the same ${both} right.${left}`;
  return (
    `Of ${asked} questions, ${first} answered ${both + onlyFirst} right and ${second} ${both + onlySecond}: ` +
    `${onlyFirst} only ${first}, ${onlySecond} only ${second}. Chance alone makes such a difference in ${percent} % of all cases: ` +
    `${isWithinChance ? "it proves nothing" : "it is more than chance"}.${left}`
  );
}
