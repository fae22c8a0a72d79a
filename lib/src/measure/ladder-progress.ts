import type { MeasurementProgress, MeasurePlan } from "./measure-plan.ts";
import type { Level } from "./measurement.ts";
import type { LoadTick } from "./run-load.ts";
import type { TimeBudget } from "./time-budget.ts";

interface LadderTick extends LoadTick {
  /** Counted from 1; 0 in the warm-up. */
  repeat: number;
  streams: number;
  /** Beyond the ladder's own levels: of a search. */
  level: number;
  /** Where it is another number than the plan's. */
  requestsPerStream?: number | null;
}

export type LadderProgress = ReturnType<typeof createLadderProgress>;

/** Tells the caller how far the ladder is, with an estimate of the time left. */
export function createLadderProgress(
  plan: Pick<MeasurePlan, "streams" | "requestsPerStream" | "secondsPerLevel" | "repeats" | "onProgress"> & {
    time: Pick<TimeBudget, "leftMs">;
  },
  now: () => number = () => performance.now(),
) {
  const { onProgress = () => {} } = plan;
  const levels = plan.streams.length;
  let levelStartedAt = now();
  let lastLevelMs: number | null = null;
  const nothing: Omit<MeasurementProgress, "type" | "text"> = {
    streams: null,
    level: 0,
    levels,
    inFlight: 0,
    completed: 0,
    planned: null,
    outputTokensPerSecond: null,
    secondsLeft: null,
    result: null,
  };

  /** Levels of one ladder take about as long as each other: each stream sends as many requests. */
  const estimateSeconds = (level: number, share: number | null): number | null => {
    const elapsedMs = now() - levelStartedAt;
    const levelMs = lastLevelMs ?? (share === null || share <= 0 ? null : elapsedMs / Math.min(1, share));
    if (levelMs === null) return null;
    const expectedMs = Math.max(0, levels - level) * levelMs + Math.max(0, levelMs - elapsedMs);
    return Math.min(plan.time.leftMs(), Math.max(0, expectedMs)) / 1_000;
  };

  return {
    start(text: string): void {
      onProgress({ ...nothing, type: "start", text });
    },
    tick({ repeat, streams, level, inFlight, ended, arrived, elapsedMs, ...tick }: LadderTick): void {
      const { requestsPerStream = plan.requestsPerStream } = tick;
      const isWarmUp = repeat === 0;
      const perRepeat = requestsPerStream === null ? null : requestsPerStream * streams;
      const planned = isWarmUp ? streams : perRepeat === null ? null : perRepeat * plan.repeats;
      const completed = ended + (isWarmUp || perRepeat === null ? 0 : (repeat - 1) * perRepeat);
      const shareOfRepeat =
        perRepeat === null ? elapsedMs / ((plan.secondsPerLevel ?? 1) * 1_000) : ended / perRepeat;
      const share = isWarmUp ? null : (repeat - 1 + Math.min(1, shareOfRepeat)) / plan.repeats;
      const outputTokensPerSecond = elapsedMs > 0 ? (arrived / elapsedMs) * 1_000 : null;
      const secondsLeft = estimateSeconds(level, share);
      const parts = [
        level > levels ? "search" : `level ${level} of ${levels}`,
        `${streams} streams${isWarmUp ? ", warm-up" : ""}`,
        `${inFlight} in flight`,
        `${completed}${planned === null ? "" : ` of ${planned}`} requests`,
        ...(outputTokensPerSecond === null ? [] : [`${outputTokensPerSecond.toFixed(0)} tokens/s`]),
        ...(secondsLeft === null ? [] : [`about ${Math.ceil(secondsLeft)} s left`]),
      ];
      onProgress({
        ...nothing,
        type: isWarmUp ? "warm-up" : "load",
        text: parts.join(", "),
        streams,
        level,
        inFlight,
        completed,
        planned,
        outputTokensPerSecond,
        secondsLeft,
      });
    },
    level(result: Level, level: number): void {
      lastLevelMs = now() - levelStartedAt;
      levelStartedAt = now();
      const { streams, outputTokensPerSecond, verdict, requests } = result;
      const figure =
        outputTokensPerSecond === null ? "tokens/s unknown" : `${outputTokensPerSecond.toFixed(1)} tokens/s`;
      onProgress({
        ...nothing,
        type: "level",
        text: `${streams} streams: ${figure}, ${verdict}`,
        streams,
        level,
        completed: requests.completed,
        outputTokensPerSecond,
        secondsLeft: estimateSeconds(level + 1, null),
        result,
      });
    },
    end(text: string): void {
      onProgress({ ...nothing, type: "end", level: levels, text, secondsLeft: 0 });
    },
  };
}
