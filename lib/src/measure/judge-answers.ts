import { isFilterReason } from "../endpoint/index.ts";
import { selectWarnings } from "../serving/index.ts";
import { cutEnd } from "../words/index.ts";

// So few may fail, and the figures of the others are still the server's.
const mostFailedShare = 0.1;

/** What of a level its answers are judged by. */
interface JudgedLevel {
  requests: {
    completed: number;
    failed: number;
    errors: Record<string, number>;
    finishReasons: Record<string, number>;
  };
  outputTokensPerSecond: number | null;
  /** `count`: the completed answers that had any text, thought or tool call. */
  timeToFirstTokenMs: { count: number };
}

/**
 * Judges the answers of a level: whether they are evidence of what a server can do.
 *
 * `words` says what was wrong with them, in the server's own words; empty where nothing was. Up to a tenth may fail, be empty or be ended by a filter.
 */
export function judgeAnswers(level: JudgedLevel): { areEvidence: boolean; words: string } {
  const { completed, failed, errors, finishReasons } = level.requests;
  const empty = completed - level.timeToFirstTokenMs.count;
  let filtered = 0;
  for (const [reason, count] of Object.entries(finishReasons)) if (isFilterReason(reason)) filtered += count;
  const [most] = Object.entries(errors).sort(([, one], [, other]) => other - one);
  const isZero = completed > 0 && empty < completed && level.outputTokensPerSecond === 0;
  const faults = selectWarnings([
    [completed === 0, `No request was completed, ${failed} failed.`],
    [completed > 0 && failed > 0, `${failed} of ${completed + failed} requests failed.`],
    [most !== undefined, `Most often: ${cutEnd(most?.[0] ?? "", ". \n")}.`],
    [empty > 0, `${empty} of ${completed} answers had no text, thought or tool call.`],
    [filtered > 0, `A filter of the server ended ${filtered} of ${completed} answers before their end.`],
    [isZero, "By the server's counts the answers have no tokens: 0 tokens per second."],
  ]);
  return {
    areEvidence:
      completed > 0 &&
      !isZero &&
      (failed + Math.max(empty, filtered)) / (completed + failed) <= mostFailedShare,
    words: faults.join(" "),
  };
}
