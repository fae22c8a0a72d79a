import type { MeasurementProgress } from "../measure-plan.ts";
import type { LoadTick } from "../run-load.ts";
import type { ScheduledRequest } from "./trace-run.ts";

/** Tells the caller how far a replay is; the time left is that of the log. */
export function createReplayProgress(
  schedule: readonly ScheduledRequest[],
  onProgress: (progress: MeasurementProgress) => void = () => {},
) {
  const lastMs = schedule.at(-1)?.dueMs ?? 0;
  const nothing: Omit<MeasurementProgress, "type" | "text"> = {
    streams: null,
    level: 1,
    levels: 1,
    inFlight: 0,
    completed: 0,
    planned: schedule.length,
    outputTokensPerSecond: null,
    secondsLeft: null,
    result: null,
  };
  return {
    start: (text: string) => onProgress({ ...nothing, type: "start", text }),
    tick({ inFlight, ended, arrived, elapsedMs }: LoadTick): void {
      const outputTokensPerSecond = elapsedMs > 0 ? (arrived / elapsedMs) * 1_000 : null;
      const secondsLeft = Math.max(0, lastMs - elapsedMs) / 1_000;
      const rate = outputTokensPerSecond === null ? "" : `, ${outputTokensPerSecond.toFixed(0)} tokens/s`;
      const text =
        `${ended} of ${schedule.length} requests, ${inFlight} in flight${rate}, ` +
        `the last one comes in ${Math.ceil(secondsLeft)} s`;
      const state = { inFlight, completed: ended, outputTokensPerSecond, secondsLeft };
      onProgress({ ...nothing, type: "load", text, ...state });
    },
    end: (text: string) => onProgress({ ...nothing, type: "end", text, secondsLeft: 0 }),
  };
}
