import type { ChartSpec } from "../show/index.ts";
import type { Level, Measurement } from "./measurement.ts";

const rateColor = "#3a7abf";
const waitColor = "#c2571a";
const kneeColor = "#6f7c8a";
const frame = { view: { stroke: "rgba(128, 128, 128, 0.3)" } };

/**
 * Draws a measurement's ladder: output tokens per second above, time to first token below, both against the streams.
 *
 * Levels that failed are left out, those in which the client itself was the limit are hollow; the knee is marked where the
 * ladder reached it. Below, the line is the median and the band reaches to the 95th percentile.
 */
export function throughputChart(measurement: Measurement): ChartSpec {
  const values = shownLevels(measurement).map((level) => ({
    streams: level.streams,
    outputTokensPerSecond: level.outputTokensPerSecond,
    firstTokenMs: level.timeToFirstTokenMs.p50,
    slowFirstTokenMs: level.timeToFirstTokenMs.p95,
    valid: level.verdict === "valid",
  }));
  const streams = values.map((row) => row.streams);
  const x = {
    field: "streams",
    type: "quantitative",
    title: "streams (requests in flight)",
    scale: { type: "log", base: 2, nice: false, domain: paddedDomain(streams) },
    axis: { values: streams, format: "d", grid: false },
  };
  const y = (field: string, title: string, style: object = {}) => ({
    field,
    type: "quantitative",
    title,
    scale: { zero: true },
    axis: { tickCount: 5, ...style },
  });
  const rate = y("outputTokensPerSecond", "output tokens per second");
  const wait = y("firstTokenMs", "time to first token, ms");
  const panel = (layers: object[], hasLabel: boolean) => ({
    width: 640,
    height: 200,
    layer: [...layers, ...markKnee(measurement, x, hasLabel)],
  });
  const points = (encoding: object, color: string) => ({
    mark: {
      type: "point",
      size: 60,
      filled: false,
      fill: color,
      color,
      opacity: 1,
      strokeWidth: 2,
      tooltip: true,
    },
    encoding: { x, ...encoding, fillOpacity: { condition: { test: "datum.valid", value: 1 }, value: 0 } },
  });
  return {
    data: { values },
    config: frame,
    vconcat: [
      panel(
        [
          { mark: { type: "line", color: rateColor, strokeWidth: 2.5 }, encoding: { x, y: rate } },
          points({ y: rate }, rateColor),
        ],
        true,
      ),
      panel(
        [
          {
            mark: { type: "area", color: waitColor, opacity: 0.2 },
            encoding: { x, y: wait, y2: { field: "slowFirstTokenMs" } },
          },
          { mark: { type: "line", color: waitColor, strokeWidth: 2.5 }, encoding: { x, y: wait } },
          points({ y: wait }, waitColor),
        ],
        false,
      ),
    ],
  };
}

/** Says in a sentence or two what the chart of `throughputChart` shows, for readers who do not see it. */
export function describeThroughput(measurement: Measurement): string {
  const levels = shownLevels(measurement);
  const { knee } = measurement;
  const parts = levels.map(
    (level) =>
      `${level.streams}: ${rounded(level.outputTokensPerSecond)} tokens per second and ` +
      `${rounded(level.timeToFirstTokenMs.p50)} ms`,
  );
  const ladder = `Output tokens per second and median time to first token by streams at once. ${parts.join("; ")}.`;
  return knee === null
    ? ladder
    : `${ladder} The knee is at ${knee.streams} ${knee.streams === 1 ? "stream" : "streams"}.`;
}

function shownLevels({ levels }: Measurement): Level[] {
  return levels
    .filter(({ verdict }) => verdict !== "failed")
    .toSorted((one, other) => one.streams - other.streams);
}

function markKnee({ knee, levels }: Measurement, x: object, hasLabel: boolean): object[] {
  if (knee === null) return [];
  // The label lies on the side with more room.
  const most = Math.max(...levels.map(({ streams }) => streams));
  const isLeft = knee.streams ** 2 < most;
  const data = { values: [{ streams: knee.streams }] };
  const rule = {
    data,
    mark: { type: "rule", strokeDash: [6, 4], color: kneeColor, strokeWidth: 2 },
    encoding: { x },
  };
  if (!hasLabel) return [rule];
  const text = `the knee: ${knee.streams} ${knee.streams === 1 ? "stream" : "streams"}`;
  const label = {
    data,
    mark: {
      type: "text",
      align: isLeft ? "left" : "right",
      baseline: "bottom",
      dx: isLeft ? 6 : -6,
      text,
      fontWeight: 600,
    },
    encoding: { x, y: { value: 194 } },
  };
  return [rule, label];
}

/** A little room on both sides; a scale without data has none to give. */
function paddedDomain(streams: readonly number[]): [number, number] {
  if (streams.length === 0) return [1, 2];
  return [Math.min(...streams) * 0.8, Math.max(...streams) * 1.25];
}

function rounded(value: number | null): string {
  if (value === null) return "unknown";
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(1);
}
