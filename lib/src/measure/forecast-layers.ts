import { type Band, mapBand } from "../serving/index.ts";
import { quantitative } from "../show/index.ts";
import { countStreams } from "./measurement.ts";

/** What is forecast for a machine at one number of streams; `forecast` returns these fields. */
export interface ForecastPoint {
  streams: number;
  /** All streams together; `null`: it cannot be said. */
  outputTokensPerSecond: Band | null;
  timeToFirstTokenMs: Band | null;
  /** What it rests on, for the line below the chart. */
  basis?: { text: string; to: string };
}

/** Forecasts for one machine, over the number of streams. */
export interface ForecastCurve {
  /** For the legend, such as `4 × A40, 16-bit`. */
  name: string;
  points: readonly ForecastPoint[];
}

/** Names a curve in the legend. */
export function nameForecast({ name }: ForecastCurve): string {
  return `forecast: ${name}`;
}

/** Says the first and the last band of a curve, for a description. */
export function describeForecast(curve: ForecastCurve): string {
  const bands = ratesOf(curve);
  const ends = [...new Set([bands[0], bands.at(-1)])].flatMap((band) =>
    band === undefined
      ? []
      : [`${Math.round(band.low)} to ${Math.round(band.high)} at ${countStreams(band.streams)}`],
  );
  return `${nameForecast(curve)}: ${ends.length === 0 ? "nothing can be said" : ends.join(", ")}`;
}

/** What some curves rest on, each once. */
export function forecastSources(curves: readonly ForecastCurve[]): { source: string; date: string }[] {
  const bases = curves.flatMap(({ points }) => points.flatMap(({ basis }) => basis ?? []));
  return [...new Map(bases.map(({ text, to }) => [text, { source: text, date: to }])).values()];
}

/** Draws the rates of one curve as a band and its middle. */
export function forecastLayers(curve: ForecastCurve, { x, y, color }: Channels): object[] {
  return drawBand(ratesOf(curve), { x, y, color });
}

/** Draws how long the streams of some curves wait for their first token. */
export function waitingPanel(
  curves: readonly ForecastCurve[],
  options: { x: object; steps: readonly number[]; colorOf: (curve: ForecastCurve) => object },
): object {
  const { x, steps, colorOf } = options;
  const y = quantitative("typical", "first token after, s", {
    scale: { type: "log", nice: false },
    axis: { format: "~r", values: steps },
  });
  const layer = curves.flatMap((curve) => {
    const bands = curve.points.flatMap(({ streams, timeToFirstTokenMs: band }) => {
      return band === null ? [] : [{ streams, ...mapBand(band, (ms) => ms / 1_000) }];
    });
    return drawBand(bands, { x, y, color: colorOf(curve) });
  });
  return { width: 640, height: 150, layer };
}

/** The lowest and the highest rates of some curves, for an axis. */
export function forecastRates(curves: readonly ForecastCurve[]): number[] {
  return curves.flatMap((curve) => ratesOf(curve).flatMap(({ low, high }) => [low, high]));
}

/** The most streams of some curves. */
export function mostForecastStreams(curves: readonly ForecastCurve[]): number {
  return Math.max(0, ...curves.flatMap((curve) => ratesOf(curve).map(({ streams }) => streams)));
}

type Channels = { x: object; y: object; color: object };

type BandAt = Band & { streams: number };

function ratesOf({ points }: ForecastCurve): BandAt[] {
  return points.flatMap(({ streams, outputTokensPerSecond: band }) =>
    band === null ? [] : [{ streams, ...band }],
  );
}

function drawBand(values: readonly BandAt[], { x, y, color }: Channels): object[] {
  if (values.length === 0) return [];
  const data = { values };
  const tooltip = ["streams", "low", "typical", "high"].map((field) => ({ field, format: ".3~s" }));
  return [
    {
      data,
      mark: { type: "area", opacity: 0.18 },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
    {
      data,
      mark: { type: "line", strokeWidth: 2.5, point: { filled: true, size: 35 } },
      encoding: { x, y: { ...y, field: "typical" }, color, tooltip },
    },
  ];
}
