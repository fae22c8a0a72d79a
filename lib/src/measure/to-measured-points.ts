import type { MeasuredPoint } from "../serving/index.ts";
import type { Measurement } from "./measurement.ts";
import { hitShareOf } from "./warm-reading.ts";

/** Makes points of measurements by which `forecast` corrects itself for the machine on which they were made. */
export function toMeasuredPoints(measurements: readonly Measurement[]): MeasuredPoint[] {
  return measurements.flatMap(({ workload, levels }) =>
    levels
      .filter(({ verdict }) => verdict === "valid")
      .map((level) => ({
        // The history of a conversation is a part of its prompts.
        inputTokens:
          level.conversations === null
            ? workload.promptTokens
            : (level.inputTokensPerRequest.mean ?? workload.promptTokens),
        outputTokens: workload.outputTokens,
        cachedInputShare: hitShareOf(level) ?? 0,
        streams: level.streams,
        outputTokensPerSecond: level.outputTokensPerSecond,
        timeToFirstTokenMs: level.timeToFirstTokenMs.p50,
        timePerOutputTokenMs: level.timePerOutputTokenMs.p50,
      })),
  );
}
