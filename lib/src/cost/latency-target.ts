import { InputError } from "../errors.ts";
import { requireChoice, requireNumber } from "../require-number.ts";
import { englishWordsPerToken } from "./break-even.ts";
import type { Latency } from "./capacity.ts";

const atWordsAMinute = (words: number) => (60_000 * englishWordsPerToken) / words;
const brysbaert =
  "https://doi.org/10.1016/j.jml.2019.104047, Brysbaert (2019): English, at 0.72 words a token";

/** How fast an answer is written, once it flows, by names that people use; `words` follow "at". */
export const paces = {
  /** 183 words a minute, as people read aloud: for a voice. */
  "reading aloud": {
    words: "the speed of reading aloud",
    timePerOutputTokenMs: atWordsAMinute(183),
    source: brysbaert,
  },
  /** 238 words a minute, as people read silently: about 5.5 tokens per second. */
  reading: { words: "reading speed", timePerOutputTokenMs: atWordsAMinute(238), source: brysbaert },
  /** For readers who skim. */
  "twice reading": {
    words: "twice reading speed",
    timePerOutputTokenMs: atWordsAMinute(476),
    source: brysbaert,
  },
  /** 25 tokens per second, as MLPerf asks of Llama 2 70B in an interactive service (for 99 %). */
  interactive: {
    words: "25 tokens per second",
    timePerOutputTokenMs: 40,
    source: "https://mlcommons.org/2025/04/llm-inference-v5/",
  },
} as const;

/** The name of a pace. */
export type Pace = keyof typeof paces;

/** A latency target in words that people use; give one of its two limits at least. */
export interface LatencyTargetInput {
  /** From the request to the first text. */
  firstWordsWithinSeconds?: number;
  /** Once it flows: a name, milliseconds between two tokens, or tokens per second of one answer. */
  pace?: Pace | number | { tokensPerSecond: number };
  /** The part of the requests that keeps to it, up to 1; default 0.95. */
  shareOfRequests?: number;
}

/**
 * Turns a latency target in words into the `Latency` that everything else takes.
 *
 * @example latencyTarget({ firstWordsWithinSeconds: 2, pace: "reading", shareOfRequests: 0.95 });
 * @throws InputError that names the field that makes no sense, and says what it takes.
 */
export function latencyTarget(input: LatencyTargetInput): Latency {
  const caller = "latencyTarget";
  const { firstWordsWithinSeconds, pace, shareOfRequests = 0.95 } = { ...input };
  const optional = { above: 0, to: 86_400, optional: true };
  requireNumber(caller, { firstWordsWithinSeconds }, { ...optional, meaning: "a time in seconds" });
  requireNumber(caller, { shareOfRequests }, { from: 0.01, to: 1 });
  if (firstWordsWithinSeconds === undefined && pace === undefined) {
    throw new InputError(`${caller}: the target has no limit.`, {
      remedy: "Give firstWordsWithinSeconds, pace, or both.",
      field: "firstWordsWithinSeconds",
    });
  }
  return {
    timeToFirstTokenMs: firstWordsWithinSeconds === undefined ? null : firstWordsWithinSeconds * 1_000,
    timePerOutputTokenMs: pace === undefined ? null : readPace(caller, pace),
    // Whole hundredths of a per cent, for 0.57 × 100 is 56.99….
    percentile: Math.round(shareOfRequests * 10_000) / 100,
  };
}

function readPace(caller: string, pace: NonNullable<LatencyTargetInput["pace"]>): number {
  if (typeof pace === "string") {
    requireChoice(caller, { pace }, Object.keys(paces));
    return paces[pace].timePerOutputTokenMs;
  }
  const range = { above: 0, to: 60_000 };
  if (typeof pace === "number") {
    requireNumber(caller, { pace }, { ...range, meaning: "milliseconds between two tokens" });
    return pace;
  }
  const { tokensPerSecond } = { ...pace };
  requireNumber(caller, { tokensPerSecond }, range);
  return 1_000 / tokensPerSecond;
}
