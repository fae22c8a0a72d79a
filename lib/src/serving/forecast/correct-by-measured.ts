import { requireNumber } from "../../require-number.ts";
import { mostTokens } from "./constants.ts";
import type { MeasuredPoint } from "./forecast-input.ts";
import type { Correction } from "./forecast-result.ts";
import type { Machine } from "./machine.ts";
import { type LoadOfForecast, runLoad } from "./run-load.ts";

/**
 * Computes by how much what was measured on a machine differs from its forecast: one factor a rate, the geometric mean.
 *
 * Where nobody knows how the cards are linked, the link whose forecast is nearer to the measurements is taken for the true one.
 */
export function correctByMeasured(
  machines: readonly Machine[],
  load: LoadOfForecast,
  measured: readonly MeasuredPoint[],
): { machines: readonly Machine[]; correction: Correction | null } {
  for (const [place, point] of measured.entries()) checkPoint(`measured[${place}]`, point);
  const [nearest] = machines
    .flatMap((machine) => {
      const correction = correctionOf(machine, load, measured);
      return correction === null ? [] : [{ machines: [machine], correction }];
    })
    .toSorted((one, other) => distance(one.correction) - distance(other.correction));
  return nearest ?? { machines, correction: null };
}

function checkPoint(name: string, point: MeasuredPoint): void {
  const { inputTokens, outputTokens, streams, ...rates } = { ...point };
  const named = (fields: object) =>
    Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [`${name}.${field}`, value ?? undefined]),
    );
  requireNumber("forecast", named({ inputTokens, outputTokens }), { from: 1, to: mostTokens });
  requireNumber("forecast", named({ streams }), { whole: true, from: 1, to: 4_096 });
  const { cachedInputShare, outputTokensPerSecond, timeToFirstTokenMs, timePerOutputTokenMs } = rates;
  requireNumber("forecast", named({ cachedInputShare }), { from: 0, to: 1, optional: true });
  const measured = named({ outputTokensPerSecond, timeToFirstTokenMs, timePerOutputTokenMs });
  requireNumber("forecast", measured, { from: 0, to: mostMeasured, optional: true });
}

/** No machine writes more tokens in a second, and no run waits for more milliseconds. */
const mostMeasured = 100_000_000;

function correctionOf(
  machine: Machine,
  load: LoadOfForecast,
  measured: readonly MeasuredPoint[],
): Correction | null {
  const compared = measured.map((point) => {
    const { inputTokens, outputTokens, streams, cachedInputShare = 0 } = point;
    const { lengthSpread } = load;
    const run = runLoad(machine, { inputTokens, outputTokens, streams, lengthSpread, cachedInputShare });
    return {
      output: ratio(point.outputTokensPerSecond, run.mostOutputTokensPerSecond),
      firstToken: run.isSaturated ? null : ratio(point.timeToFirstTokenMs, run.timeToFirstToken.mean * 1e3),
      pace: ratio(point.timePerOutputTokenMs, run.timePerToken.mean * 1e3),
    };
  });
  const outputTokensPerSecond = geometricMean(compared.map(({ output }) => output));
  const timePerOutputTokenMs = geometricMean(compared.map(({ pace }) => pace));
  const timeToFirstTokenMs = geometricMean(compared.map(({ firstToken }) => firstToken));
  if (outputTokensPerSecond === null && timePerOutputTokenMs === null && timeToFirstTokenMs === null) {
    return null;
  }
  const turned = timePerOutputTokenMs === null ? 1 : 1 / timePerOutputTokenMs;
  return {
    factor: outputTokensPerSecond ?? turned,
    outputTokensPerSecond,
    timeToFirstTokenMs,
    timePerOutputTokenMs,
    measurements: measured.length,
  };
}

function ratio(measured: number | null | undefined, forecast: number): number | null {
  return measured == null || measured <= 0 || forecast <= 0 ? null : measured / forecast;
}

function distance({ outputTokensPerSecond, timeToFirstTokenMs, timePerOutputTokenMs }: Correction): number {
  const factors = [outputTokensPerSecond, timeToFirstTokenMs, timePerOutputTokenMs];
  return factors.reduce<number>((sum, factor) => sum + Math.abs(Math.log(factor ?? 1)), 0);
}

function geometricMean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length);
}
