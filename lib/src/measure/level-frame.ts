import type { DataFrame } from "nodejs-polars";
import { type FrameColumns, makeFrame } from "../frame.ts";
import type { Level, Measurement } from "./measurement.ts";

const columns: FrameColumns<ReturnType<typeof toRow>> = {
  streams: "number",
  outputTokensPerSecond: "number",
  inputTokensPerSecond: "number",
  requestsPerSecond: "number",
  firstTokenP50Ms: "number",
  firstTokenP95Ms: "number",
  perTokenP50Ms: "number",
  perTokenP95Ms: "number",
  requestP50Ms: "number",
  requestP95Ms: "number",
  achievedStreams: "number",
  completed: "number",
  failed: "number",
  keptShare: "number",
  keptLow: "number",
  keptHigh: "number",
  verdict: "text",
  reason: "text",
};

/**
 * Returns the levels of a measurement as a polars frame: one row is one number of streams. Rates are those of the steady
 * window, but `requestsPerSecond` is of the whole run; times are percentiles of completed requests, in milliseconds.
 * `keptShare`, with the ends of its interval, is from 0 to 1; without a latency target all three are `null`.
 */
export function levelFrame({ levels }: Pick<Measurement, "levels">): Promise<DataFrame> {
  return makeFrame(levels.map(toRow), columns);
}

function toRow(level: Level) {
  return {
    ...level,
    requestsPerSecond: level.wholeRun.requestsPerSecond,
    firstTokenP50Ms: level.timeToFirstTokenMs.p50,
    firstTokenP95Ms: level.timeToFirstTokenMs.p95,
    perTokenP50Ms: level.timePerOutputTokenMs.p50,
    perTokenP95Ms: level.timePerOutputTokenMs.p95,
    requestP50Ms: level.requestMs.p50,
    requestP95Ms: level.requestMs.p95,
    completed: level.requests.completed,
    failed: level.requests.failed,
    keptShare: level.goodput?.share ?? null,
    keptLow: level.goodput?.interval.low ?? null,
    keptHigh: level.goodput?.interval.high ?? null,
  };
}
