import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeAnswers } from "../../lib/src/measure/judge-answers.ts";

/** A level of so many answers, all with text and counts, unless told otherwise. */
function judge(level: {
  completed: number;
  failed?: number;
  errors?: Record<string, number>;
  empty?: number;
  finishReasons?: Record<string, number>;
  rate?: number | null;
}) {
  const { completed, failed = 0, errors = {}, empty = 0, finishReasons = {}, rate = 100 } = level;
  return judgeAnswers({
    requests: { completed, failed, errors, finishReasons },
    outputTokensPerSecond: rate,
    timeToFirstTokenMs: { count: completed - empty },
  });
}

describe("the answers of a level", () => {
  const cases: [what: string, level: Parameters<typeof judge>[0], areEvidence: boolean, words: string][] = [
    ["that are all complete", { completed: 10 }, true, ""],
    [
      "of which a tenth ended in a filter",
      { completed: 10, finishReasons: { length: 9, content_filter: 1 } },
      true,
      "A filter of the server ended 1 of 10 answers before their end.",
    ],
    [
      "that a filter ended, whatever it is called",
      { completed: 4, finishReasons: { SAFETY: 3, sensitive: 1 } },
      false,
      "A filter of the server ended 4 of 4 answers before their end.",
    ],
    ["without counts", { completed: 10, rate: null }, true, ""],
    ["of which none came", { completed: 0, failed: 0 }, false, "No request was completed, 0 failed."],
    [
      "that are all errors",
      { completed: 0, failed: 6, errors: { "HTTP 503: no room.": 5, "HTTP 500": 1 } },
      false,
      "No request was completed, 6 failed. Most often: HTTP 503: no room.",
    ],
    [
      "of which a tenth failed",
      { completed: 9, failed: 1, errors: { "HTTP 500": 1 } },
      true,
      "1 of 10 requests failed. Most often: HTTP 500.",
    ],
    [
      "of which more failed",
      { completed: 8, failed: 2, errors: { "HTTP 500": 2 } },
      false,
      "2 of 10 requests failed. Most often: HTTP 500.",
    ],
    [
      "that are all empty",
      { completed: 6, empty: 6, rate: 0 },
      false,
      "6 of 6 answers had no text, thought or tool call.",
    ],
    [
      "that are empty although tokens were counted",
      { completed: 6, empty: 6 },
      false,
      "6 of 6 answers had no text, thought or tool call.",
    ],
    [
      "of which one in twenty is empty",
      { completed: 20, empty: 1 },
      true,
      "1 of 20 answers had no text, thought or tool call.",
    ],
    [
      "that failed or are empty, a tenth together",
      { completed: 18, failed: 2, empty: 1, errors: { "HTTP 500": 2 } },
      false,
      "2 of 20 requests failed. Most often: HTTP 500. 1 of 18 answers had no text, thought or tool call.",
    ],
    [
      "of no tokens at all",
      { completed: 6, rate: 0 },
      false,
      "By the server's counts the answers have no tokens: 0 tokens per second.",
    ],
  ];
  for (const [what, level, areEvidence, words] of cases) {
    test(`${what} ${areEvidence ? "are" : "are not"} evidence`, () => {
      assert.deepEqual(judge(level), { areEvidence, words });
    });
  }
});
