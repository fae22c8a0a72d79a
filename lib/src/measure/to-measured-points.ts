import type { MeasuredPoint } from "../serving/index.ts";
import type { Measurement } from "./measurement.ts";

/** Makes points of measurements by which `forecast` corrects itself for the machine on which they were made. */
export function toMeasuredPoints(measurements: readonly Measurement[]): MeasuredPoint[] {
  return measurements.flatMap(({ workload, levels }) =>
    levels
      .filter(({ verdict }) => verdict === "valid")
      .map(({ streams, outputTokensPerSecond, timeToFirstTokenMs, timePerOutputTokenMs }) => ({
        inputTokens: workload.promptTokens,
        outputTokens: workload.outputTokens,
        streams,
        outputTokensPerSecond,
        timeToFirstTokenMs: timeToFirstTokenMs.p50,
        timePerOutputTokenMs: timePerOutputTokenMs.p50,
      })),
  );
}
