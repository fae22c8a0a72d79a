import type { ForecastBand } from "../../facts/index.ts";
import { type Band, mapBand } from "./band.ts";
import type { Correction, Forecast } from "./forecast-result.ts";
import type { LoadOfForecast, LoadRun } from "./run-load.ts";

interface RunsToCombine {
  /** One, or one with and one without peer-to-peer: then each band is the union of both. */
  runs: readonly LoadRun[];
  bands: readonly ForecastBand[];
  /** Around what was corrected by a measurement. */
  measuredBands: readonly ForecastBand[];
  correction: Correction | null;
  load: LoadOfForecast;
}

/** Puts the group's bands around what was simulated, and corrects it by what was measured on that machine. */
export function combineRuns({ runs, bands, measuredBands, correction, load }: RunsToCombine) {
  const isSaturated = runs.some((run) => run.isSaturated);
  const wanted = runs[0]?.wantedTokensPerSecond ?? Number.POSITIVE_INFINITY;
  // One request alone was compared by its seconds, which says more of it than the rates of many.
  const alone = load.streams === 1 ? bands.find((row) => row.metric === "request") : undefined;
  const around = (
    metric: ForecastBand["metric"],
    figure: (run: LoadRun) => number,
    factor: number | null,
  ): Band | null => {
    const ofGroup = bandOf(bands, metric, alone);
    const band = factor === null ? ofGroup : measuredBands.find((row) => row.metric === metric);
    const values = runs.map((run) => figure(run) * (factor ?? 1));
    // An answer of one token has no time per token.
    if (band === undefined || !values.every((value) => value > 0)) return null;
    return {
      low: Math.min(...values) * Math.min(1, band.low),
      typical: values.reduce((product, value) => product * value, 1) ** (1 / values.length),
      high: Math.max(...values) * Math.max(1, band.high),
    };
  };
  const writing = correction?.outputTokensPerSecond ?? null;
  const waiting = correction?.timeToFirstTokenMs ?? null;
  const pace = correction?.timePerOutputTokenMs ?? null;
  const most = around("output", (run) => run.mostOutputTokensPerSecond, writing);
  const keepsUp = wanted === Number.POSITIVE_INFINITY || (most !== null && most.typical >= wanted);
  const outputTokensPerSecond = most && mapBand(most, (rate) => Math.min(rate, wanted));
  const mix = load.inputTokens / load.outputTokens;
  // The wait in a queue follows from the load and its length, not from the machine.
  const unlessQueued = <Value>(value: Value) => (keepsUp && !isSaturated ? value : null);
  const waitsOf = (spread: "mean" | "p95") => ({
    timeToFirstTokenMs: unlessQueued(
      around("first token", (run) => run.timeToFirstToken[spread] * 1e3, waiting),
    ),
    timePerOutputTokenMs: around("time per token", (run) => run.timePerToken[spread] * 1e3, pace),
  });
  return {
    outputTokensPerSecond,
    inputTokensPerSecond: outputTokensPerSecond && mapBand(outputTokensPerSecond, (rate) => rate * mix),
    ...waitsOf("mean"),
    secondsPerRequest: unlessQueued(
      around(
        "time per token",
        (run) =>
          run.timeToFirstToken.mean * ((waiting ?? 1) / (pace ?? 1)) +
          run.timePerToken.mean * (load.outputTokens - 1),
        pace,
      ),
    ),
    p95: waitsOf("p95"),
    keepsUp,
    isSaturated,
    boundBy: runs[0]?.boundBy ?? ("memory bandwidth" as const),
  } satisfies Partial<Forecast>;
}

function bandOf(
  bands: readonly ForecastBand[],
  metric: ForecastBand["metric"],
  alone: ForecastBand | undefined,
): Pick<ForecastBand, "low" | "high"> | undefined {
  if (alone === undefined || metric === "first token") return bands.find((row) => row.metric === metric);
  return metric === "output" ? { low: 1 / alone.high, high: 1 / alone.low } : alone;
}

/** Says what the bands of a group rest on. */
export function describeBasis(
  group: ForecastBand["group"],
  bands: readonly ForecastBand[],
  correction: Correction | null,
): Forecast["basis"] {
  const comparisons = bands.reduce((sum, band) => sum + band.comparisons, 0);
  const from = bands.map((band) => band.from).toSorted()[0] ?? "";
  const to =
    bands
      .map((band) => band.to)
      .toSorted()
      .at(-1) ?? "";
  const corrected =
    correction === null
      ? ""
      : ` It is corrected by your own measurements of this machine (${correction.measurements}).`;
  return {
    group,
    comparisons,
    sources: [...new Set(bands.flatMap((band) => band.sources))],
    from,
    to,
    text: `A forecast of the workbook, tested on ${comparisons} published figures of such machines (group "${group}", ${from} to ${to}).${corrected}`,
  };
}
