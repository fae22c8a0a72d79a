import { loadForecastBands } from "../../facts/index.ts";
import { checkInput } from "./check-input.ts";
import { combineRuns, describeBasis } from "./combine-runs.ts";
import { correctByMeasured } from "./correct-by-measured.ts";
import type { ForecastInput } from "./forecast-input.ts";
import type { Forecast } from "./forecast-result.ts";
import { listDoubts } from "./list-doubts.ts";
import { type KnownRates, runLoad } from "./run-load.ts";

/**
 * Forecasts what a model does on a machine under a load, from the shape of the model and what the card's kernels reach.
 *
 * A step's time follows from what it reads, computes and sends; a simulation of continuous batching turns steps into rates and
 * waits. Each figure has an 80 % band from comparisons with published runs of that group of machines. An own measurement
 * corrects it. docs/forecast.md says how it was tested and what it cannot do. A `known` that several calls share saves most of the
 * time where they ask for other rates of requests on the same machine.
 *
 * @throws InputError where the card or the model is not known, the model does not fit, or a number makes no sense.
 */
export function forecast(input: ForecastInput, options: { known?: KnownRates } = {}): Forecast {
  const { machines: possible, load, group, peerToPeer, gaps } = checkInput({ ...input });
  const table = loadForecastBands();
  const bands = table.filter((band) => band.group === group);
  const about = { kind: "computed" as const, peerToPeer };
  if (gaps.length > 0) {
    return { ...about, ...nothing, basis: describeBasis(group, bands, null), notCovered: gaps };
  }
  const { machines, correction } = correctByMeasured(possible, load, input.measured ?? []);
  const runs = machines.map((machine) => runLoad(machine, load, options));
  const measuredBands = table.filter((band) => band.group === "measured");
  return {
    ...about,
    ...combineRuns({ runs, bands, measuredBands, correction, load }),
    basis: describeBasis(group, bands, correction),
    notCovered: listDoubts({ input, machines, runs, bands }),
    correction,
  };
}

const nothing = {
  outputTokensPerSecond: null,
  inputTokensPerSecond: null,
  timeToFirstTokenMs: null,
  timePerOutputTokenMs: null,
  secondsPerRequest: null,
  p95: { timeToFirstTokenMs: null, timePerOutputTokenMs: null },
  keepsUp: false,
  isSaturated: false,
  boundBy: "memory bandwidth" as const,
  correction: null,
};
