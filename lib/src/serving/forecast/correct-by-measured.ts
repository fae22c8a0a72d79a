import { requireNumber } from "../../require-number.ts";
import type { MeasuredPoint } from "./forecast-input.ts";
import type { Correction } from "./forecast-result.ts";
import type { Machine } from "./machine.ts";
import { type LoadOfForecast, type LoadRun, runLoad } from "./run-load.ts";

/** Computes by how much what was measured on a machine differs from its forecast: one factor a rate, the geometric mean. */
export function correctByMeasured(
  machines: readonly Machine[],
  load: LoadOfForecast,
  measured: readonly MeasuredPoint[],
): Correction | null {
  const [machine] = machines;
  if (measured.length === 0 || machine === undefined) return null;
  const compared = measured.map((point) => {
    const { inputTokens, outputTokens, streams } = point;
    requireNumber("forecast", { inputTokens, outputTokens }, { from: 1 });
    requireNumber("forecast", { streams }, { whole: true, from: 1, to: 4_096 });
    const { lengthSpread, cachedInputShare } = load;
    const runs = machines.map((each) =>
      runLoad(each, { inputTokens, outputTokens, streams, lengthSpread, cachedInputShare }),
    );
    const factor = (value: number | null | undefined, figure: (run: LoadRun) => number) =>
      value == null ? null : value / geometricMean(runs.map(figure));
    return {
      output: factor(point.outputTokensPerSecond, (run) => run.mostOutputTokensPerSecond),
      firstToken: factor(point.timeToFirstTokenMs, (run) => run.timeToFirstToken.mean * 1e3),
      pace: factor(point.timePerOutputTokenMs, (run) => run.timePerToken.mean * 1e3),
    };
  });
  const of = (factors: readonly (number | null)[]) => {
    const known = factors.filter((factor) => factor !== null);
    return known.length === 0 ? null : geometricMean(known);
  };
  const outputTokensPerSecond = of(compared.map(({ output }) => output));
  const timePerOutputTokenMs = of(compared.map(({ pace }) => pace));
  const turned = timePerOutputTokenMs === null ? 1 : 1 / timePerOutputTokenMs;
  return {
    factor: outputTokensPerSecond ?? turned,
    outputTokensPerSecond,
    timeToFirstTokenMs: of(compared.map(({ firstToken }) => firstToken)),
    timePerOutputTokenMs,
    measurements: measured.length,
  };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
