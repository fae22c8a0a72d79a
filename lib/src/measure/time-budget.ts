import { summarize } from "../statistics.ts";
import type { Flight } from "./flight.ts";

/** The time of one measurement, with what is known of how long its requests take. */
export type TimeBudget = ReturnType<typeof createTimeBudget>;

/** Answers come later than expected, more often than sooner. */
export const answerMargin = 1.25;

const mostReserveMs = 5_000;
const [fewestWarmUpTokens, mostWarmUpTokens] = [3, 16];
// Two tokens have the time between two tokens, fewer have none.
const fewestTokens = 2;
const mostAnswerShare = 2 / 3;
const leastWritingShare = 0.01;
const mostIdleMs = 30_000;

/** A timer of Node that is set for longer fires at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** Creates the time of a measurement; warm-up, waiting and repeats count into it. */
export function createTimeBudget(
  options: { maxMinutes: number; outputTokens: number },
  now: () => number = () => performance.now(),
) {
  const totalMs = options.maxMinutes * 60_000;
  const startedAt = now();
  // After the last request the server comes to rest, and its counters are read.
  const loadMs = totalMs - Math.min(mostReserveMs, totalMs / 20);
  let { outputTokens } = options;
  let pace: { streams: number; firstTokenMs: number; perTokenMs: number | null } | null = null;
  const leftMs = () => Math.max(0, startedAt + loadMs - now());
  const requestMs = () =>
    pace === null ? 0 : pace.firstTokenMs + (pace.perTokenMs ?? 0) * Math.max(0, outputTokens - 1);

  return {
    /** How long requests may run, in all. */
    loadMs,
    /** How long requests may still run. */
    leftMs,
    /** Of each answer. */
    outputTokens: () => outputTokens,
    /** For the server to come to rest after all requests. */
    restMs: () => Math.max(0, startedAt + totalMs - now()),
    /** For the server to come to rest before and after a level. */
    idleMs: (levelsLeft: number) => Math.min(mostIdleMs, Math.max(1_000, leftMs() / levelsLeft / 8)),
    /** The most for a warm-up; whole, for a timer. */
    warmUpMs: () => Math.ceil(Math.min(leftMs() / 4, longestTimerMs)),
    /** Takes over how long requests took with so many streams, half of them at most. */
    learn(streams: number, flights: readonly Flight[]): void {
      const answered = flights.flatMap((flight) =>
        flight.outcome === "completed" && flight.firstTokenAt !== null ? [readPace(flight)] : [],
      );
      if (answered.length === 0) return;
      const median = (values: readonly number[]) => summarize(values).p50;
      const firstTokenMs = median(answered.map((one) => one.firstTokenMs)) ?? 0;
      const perTokenMs = median(answered.flatMap((one) => one.perTokenMs ?? [])) ?? pace?.perTokenMs ?? null;
      pace = { streams, firstTokenMs, perTokenMs };
    },
    /**
     * Chooses how long the answers of a warm-up are: so that it takes about a tenth of the time left if the server
     * works on one request after the other; 0 where even first tokens would take a quarter of that time.
     */
    warmUpTokens(streams: number): number {
      const mostTokens = Math.min(mostWarmUpTokens, outputTokens);
      if (pace === null) return mostTokens;
      const factor = Math.max(1, streams / pace.streams);
      if (pace.firstTokenMs * factor > leftMs() / 4) return 0;
      if (pace.perTokenMs === null || pace.perTokenMs === 0) return mostTokens;
      const fitting = Math.floor((leftMs() / 10 / factor - pace.firstTokenMs) / pace.perTokenMs);
      return Math.min(mostTokens, Math.max(fewestWarmUpTokens, fitting));
    },
    /** Shortens answers of which one would take most of the time left, to half of it; returns their tokens. */
    fitAnswers(): number {
      const perTokenMs = (pace?.perTokenMs ?? 0) * answerMargin;
      if (perTokenMs * outputTokens <= leftMs() * mostAnswerShare) return outputTokens;
      const fitting = Math.floor(leftMs() / 2 / perTokenMs);
      outputTokens = Math.min(outputTokens, Math.max(fewestTokens, fitting));
      return outputTokens;
    },
    /** Says why not even one request for each stream fits into the time left; `null`: it does, as far as is known. */
    refuse(): string | null {
      const timeLeftMs = leftMs();
      if (timeLeftMs === 0) return noTimeLeft;
      const oneMs = requestMs();
      if (oneMs * answerMargin <= timeLeftMs) return null;
      return `a request takes about ${inSeconds(oneMs)}, and ${inSeconds(timeLeftMs)} are left`;
    },
  };
}

export const noTimeLeft = "no time is left";

function readPace(flight: Flight): { firstTokenMs: number; perTokenMs: number | null } {
  const { firstTokenAt, lastTokenAt, sentAt, endedAt, outputTokens, chunks, tokensAtFirstText } = flight;
  const tokens = outputTokens ?? chunks;
  const firstTokenMs = (firstTokenAt ?? sentAt) - sentAt;
  const writingMs = (lastTokenAt ?? 0) - (firstTokenAt ?? 0);
  if (tokens <= tokensAtFirstText) return { firstTokenMs, perTokenMs: null };
  if (writingMs < (endedAt - sentAt) * leastWritingShare) {
    // Something in between holds the answer back until it is complete, or it is no stream.
    const perTokenMs = (endedAt - sentAt) / tokens;
    return { firstTokenMs: perTokenMs, perTokenMs };
  }
  return { firstTokenMs, perTokenMs: writingMs / (tokens - tokensAtFirstText) };
}

/** For example `3 minutes` or `36 seconds`. */
export function inDuration(minutes: number): string {
  if (minutes === 1) return "1 minute";
  return minutes > 1 ? `${minutes} minutes` : `${Number((minutes * 60).toFixed(1))} seconds`;
}

function inSeconds(ms: number): string {
  return `${ms < 10_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
}
