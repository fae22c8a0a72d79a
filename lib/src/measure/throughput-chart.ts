import { type ChartSpec, chartColors, drawUprights, quantitative, type Upright } from "../show/index.ts";
import { countStreams, type Level, type Measurement } from "./measurement.ts";

const dot = { type: "point", size: 60, filled: false, opacity: 1, strokeWidth: 2, tooltip: true };

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
  // A little room on both sides; a scale without data has none to give.
  const domain =
    streams.length === 0
      ? ([1, 2] as const)
      : ([Math.min(...streams) * 0.8, Math.max(...streams) * 1.25] as const);
  const x = streamsAxis({ domain, values: streams });
  const upright = { scale: { zero: true }, axis: { tickCount: 5 } };
  const rate = quantitative("outputTokensPerSecond", "output tokens per second", upright);
  const wait = quantitative("firstTokenMs", "time to first token, ms", upright);
  const panel = (layer: object[]) => ({ width: 640, height: 200, layer });
  const curve = (y: object, color: string) => [
    { mark: { type: "line", color, strokeWidth: 2.5 }, encoding: { x, y } },
    {
      mark: { ...dot, fill: color, color },
      encoding: { x, y, fillOpacity: { condition: { test: "datum.valid", value: 1 }, value: 0 } },
    },
  ];
  const band = {
    mark: { type: "area", color: chartColors.orange, opacity: 0.2 },
    encoding: { x, y: wait, y2: { field: "slowFirstTokenMs" } },
  };
  const knee = drawUprights(markKnee(measurement, domain), { x, field: "streams" });
  return {
    description: describeThroughput(measurement),
    usermeta: { figures: { kind: measurement.kind, from: measurement } },
    data: { values },
    config: { view: { stroke: "rgba(128, 128, 128, 0.3)" } },
    vconcat: [
      panel([...curve(rate, chartColors.blue), ...knee]),
      panel([band, ...curve(wait, chartColors.orange), ...knee.slice(0, 1)]),
    ],
  };
}

function describeThroughput(measurement: Measurement): string {
  const { knee } = measurement;
  const parts = shownLevels(measurement).map(
    (level) =>
      `${level.streams}: ${rounded(level.outputTokensPerSecond)} tokens per second and ` +
      `${rounded(level.timeToFirstTokenMs.p50)} ms`,
  );
  const shown = parts.length === 0 ? "No level has figures" : parts.join("; ");
  const ladder = `Output tokens per second and median time to first token by streams at once. ${shown}.`;
  return knee === null ? ladder : `${ladder} The knee is at ${countStreams(knee.streams)}.`;
}

function shownLevels({ levels }: Measurement): Level[] {
  return levels
    .filter(({ verdict }) => verdict !== "failed")
    .toSorted((one, other) => one.streams - other.streams);
}

function markKnee({ knee, levels }: Measurement, [from, to]: readonly [number, number]): Upright[] {
  if (knee === null) return [];
  const at = knee.streams;
  const rate = levels.find(({ streams }) => streams === at)?.outputTokensPerSecond ?? null;
  const name = `the knee: ${countStreams(at)}${rate === null ? "" : `, ${rounded(rate)} tokens/s`}`;
  return [{ name, at, share: Math.log(at / from) / Math.log(to / from), color: chartColors.grey }];
}

/** Writes a rate or a time with as many digits as matter. */
export function rounded(value: number | null): string {
  if (value === null) return "unknown";
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(1);
}

/** The horizontal axis of charts against the number of streams, on a logarithmic scale. */
export function streamsAxis(options: { domain: readonly [number, number]; values: readonly number[] }) {
  return quantitative("streams", "streams (requests in flight)", {
    scale: { type: "log", base: 2, nice: false, domain: options.domain },
    axis: { values: options.values, format: "d", grid: false },
  });
}

/** A quantitative axis whose ends are those of its values. */
export function tightAxis(field: string, title: string): object {
  return quantitative(field, title, { scale: { zero: true, nice: false } });
}
