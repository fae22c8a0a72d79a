import { type Statistics, sum } from "../statistics.ts";
import { countStreams, type Level, type Measurement } from "./measurement.ts";

/** What rounding may make of two figures that are the same. */
const mostRounding = 1e-6;

/** Says in which of its figures a measurement contradicts itself, as one that was damaged or written by hand does; else `null`. */
export function findContradiction({ levels }: Pick<Measurement, "levels">): string | null {
  for (const level of levels) {
    const problem = findInLevel(level);
    if (problem !== null) return `at ${countStreams(level.streams)} ${problem}`;
  }
  return null;
}

function findInLevel(level: Level): string | null {
  const { requests, steadyWindow, goodput, achievedStreams, maxStreams } = level;
  const { completed, failed, errors, finishReasons } = requests;
  const ofRequests = {
    timeToFirstTokenMs: level.timeToFirstTokenMs,
    timePerOutputTokenMs: level.timePerOutputTokenMs,
    requestMs: level.requestMs,
    inputTokensPerRequest: level.inputTokensPerRequest,
    outputTokensPerRequest: level.outputTokensPerRequest,
  };
  for (const [name, statistics] of Object.entries({ ...ofRequests, interChunkMs: level.interChunkMs })) {
    const problem = findInStatistics(statistics);
    if (problem !== null) return `${name} ${problem}`;
  }
  const most = Object.entries(ofRequests).find(([, { count }]) => count > completed);
  const checks: [boolean, string][] = [
    [most !== undefined, `${most?.[0]} is of ${most?.[1].count} requests, and ${completed} were completed`],
    [sum(Object.values(finishReasons)) > completed, "more answers have an end than were completed"],
    [sum(Object.values(errors)) > failed, "there are more errors than failed requests"],
    [steadyWindow.endMs < steadyWindow.startMs, "the steady window ends before it begins"],
    [!isAtMost(achievedStreams, maxStreams), "more requests were in flight on average than at most"],
    [goodput !== null && goodput.kept > goodput.requests, "more requests kept to the target than there were"],
  ];
  return checks.find(([isWrong]) => isWrong)?.[1] ?? null;
}

function findInStatistics({ count, mean, ...ranks }: Statistics): string | null {
  const values = [ranks.min, ranks.p50, ranks.p90, ranks.p95, ranks.p99, ranks.max];
  const known = [mean, ...values].filter((value) => value !== null);
  if (known.length !== (count === 0 ? 0 : 7)) return `has ${count} values, and not the figures of so many`;
  if (known.some((value) => value < 0)) return "is negative";
  const ascending = values.filter((value) => value !== null);
  if (ascending.some((value, index) => !isAtMost(ascending[index - 1] ?? 0, value))) {
    return "has percentiles that do not ascend";
  }
  const isOutside = mean !== null && !(isAtMost(ranks.min ?? 0, mean) && isAtMost(mean, ranks.max ?? mean));
  return isOutside ? "has a mean outside of its extremes" : null;
}

/** Whether one figure is at most another, but for rounding. */
export function isAtMost(low: number, high: number): boolean {
  return low <= high + mostRounding * Math.max(1, Math.abs(high));
}
