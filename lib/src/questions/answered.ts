import type { Endpoint } from "../endpoint/index.ts";
import { cutEnd, inWords } from "../words/index.ts";
import type { Verdict } from "./judge-answer.ts";
import type { Question } from "./question.ts";

/** What an answer costs: by its tokens, or by the time that the machine was kept; `null` where nobody said. */
export type AnswerPrice =
  | { readonly inputUsdPerMillion: number; readonly outputUsdPerMillion: number }
  | { readonly usdPerHour: number }
  | null;

/** One question and what came of it. */
export interface AskedQuestion {
  question: string;
  check: Question["check"];
  expected: string;
  /** Without thoughts; empty where none came. */
  answer: string;
  verdict: Verdict;
  /** Why the request failed, in the server's own words; `null` where it did not. */
  problem: string | null;
  /** Whether it ended at the limit, `answerTokens`. */
  isCutOff: boolean;
  /** `null` where the server did not count. */
  inputTokens: number | null;
  outputTokens: number | null;
  seconds: number;
}

/** The answers of a model to somebody's own questions. */
export interface Answered {
  kind: "measured" | "simulated";
  model: string;
  server: string;
  origin: Endpoint["origin"];
  startedAt: string;
  seconds: number;
  right: number;
  asked: number;
  /** Of those asked: requests that failed, or answers that nobody could judge. They count as not right. */
  failed: number;
  /** Questions that were not asked, since somebody interrupted. */
  leftOut: number;
  /** Of the share of right answers, 0 to 1: Wilson, 95 %. */
  interval: { low: number; high: number };
  /** `null` where the server did not count those of each answer. */
  tokens: { input: number; output: number } | null;
  price: AnswerPrice;
  /** What these answers cost; by the hour, for as long as they took. `null` where price or tokens are not known. */
  usd: number | null;
  /** `null` where no answer was right, or `usd` is. */
  usdPerRightAnswer: number | null;
  /** The result in sentences. */
  words: string;
  questions: readonly AskedQuestion[];
}

/** Says how many answers were right, what that tells, what one costs, and what went wrong. */
export function describeAnswered(answered: Omit<Answered, "words">, answerTokens: number): string {
  const { right, asked, failed, leftOut, interval, usdPerRightAnswer, questions } = answered;
  if (asked === 0) return "No question was asked: it was interrupted.";
  const cutOff = questions.filter(({ isCutOff, verdict }) => isCutOff && verdict !== "right").length;
  const percent = (share: number) => Math.round(share * 100);
  const cost = usdPerRightAnswer === null ? "" : `, ${sayCost(usdPerRightAnswer)} a right answer`;
  const problem = questions.find((one) => one.problem !== null)?.problem ?? "";
  const sentences = [
    `${right} of ${asked} right (95 % interval ${percent(interval.low)} to ${percent(interval.high)} %)${cost}.`,
    failed > 0 &&
      `${failed} failed and ${count(failed, "counts", "count")} as not right: ${cutEnd(problem, ". \n")}.`,
    cutOff > 0 &&
      `${cutOff} wrong ${count(cutOff, "answer was", "answers were")} cut off at ${inWords(answerTokens)} tokens: raise answerTokens.`,
    leftOut > 0 && `${leftOut} ${count(leftOut, "was", "were")} not asked: it was interrupted.`,
  ];
  return sentences.filter((sentence) => sentence !== false).join(" ");
}

function count(number: number, one: string, several: string): string {
  return number === 1 ? one : several;
}

/** Writes a small cost with two digits that count. */
function sayCost(usd: number): string {
  return `$${usd.toLocaleString("en-US", { maximumSignificantDigits: 2 })}`;
}
