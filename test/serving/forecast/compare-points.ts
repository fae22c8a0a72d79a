import { InputError } from "../../../lib/src/errors.ts";
import type { ForecastBand } from "../../../lib/src/facts/index.ts";
import { checkInput } from "../../../lib/src/serving/forecast/check-input.ts";
import { engine } from "../../../lib/src/serving/forecast/constants.ts";
import type { Machine } from "../../../lib/src/serving/forecast/machine.ts";
import { figuresOf, runLoad } from "../../../lib/src/serving/forecast/run-load.ts";
import { simulateBatching } from "../../../lib/src/serving/forecast/simulate-batching.ts";
import { modelOf, type PublishedPoint, precisionOf } from "./published-points.ts";

/** One published figure beside what was forecast for it. */
export interface Comparison {
  point: PublishedPoint;
  group: ForecastBand["group"];
  metric: ForecastBand["metric"];
  /** Whether the request ran alone. */
  isAlone: boolean;
  published: number;
  forecast: number;
}

/** vLLM before version 1 of its engine took more time between two steps; sources that ran it. */
const oldEngine = new Set(["neuralmagic", "vector", "vllm-16300", "vllm-2192"]);

/** Forecasts each published measurement with the limits that its engine had, and pairs the figures. */
export function comparePoints(points: readonly PublishedPoint[]): Comparison[] {
  return points.flatMap(comparePoint);
}

function comparePoint(point: PublishedPoint): Comparison[] {
  const { isl, osl, mode, load, nRequests } = point;
  // Lengths as the sources draw them: InferenceX evenly from 80 to 100 %, ShareGPT about evenly from nothing to twice the mean.
  const [share, lengthSpread] =
    point.source === "inferencex" ? [0.9, 1 / 9] : [1, point.source === "gpustack" && osl === 201 ? 1 : 0];
  const lengths = {
    inputTokens: Math.max(1, isl * share),
    outputTokens: Math.max(1, osl * share),
    lengthSpread,
  };
  const asked =
    mode === "poisson"
      ? { requestsPerSecond: load }
      : { streams: mode === "closed" ? load : Math.min(nRequests, 4_096) };
  let checked: ReturnType<typeof checkInput>;
  try {
    checked = checkInput({
      model: modelOf(point),
      gpu: point.card,
      gpuCount: point.count,
      precision: precisionOf(point),
      peerToPeer: "yes",
      ...lengths,
      ...asked,
    });
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
  const [planned] = checked.machines;
  if (planned === undefined) return [];
  const machine: Machine = {
    ...planned,
    limits: { streams: point.maxSeqs, stepTokens: point.batchTokens },
    overhead: oldEngine.has(point.source) ? engine.olderOverhead : planned.overhead,
  };
  const run =
    mode === "burst" ? { ...burst(machine, point), isSaturated: true } : runLoad(machine, checked.load);
  const isOverloaded = mode === "poisson" && run.isSaturated;
  const times = isOverloaded
    ? []
    : ([
        {
          metric: run.isSaturated ? "first token, saturated" : "first token",
          published: point.ttftMs,
          forecast: run.timeToFirstToken.mean * 1e3,
        },
        { metric: "time per token", published: point.tpotMs, forecast: run.timePerToken.mean * 1e3 },
      ] as const);
  const seconds =
    mode === "burst" ? run.run.seconds : run.timeToFirstToken.mean + run.timePerToken.mean * (osl - 1);
  return [
    { metric: "output", published: point.outTps, forecast: run.mostOutputTokensPerSecond } as const,
    { metric: "request", published: point.latencyS, forecast: seconds } as const,
    ...times,
  ].flatMap(({ published, ...rest }) =>
    published === null || (mode === "poisson" && !isOverloaded && rest.metric === "output")
      ? []
      : [{ ...rest, published, point, group: checked.group, isAlone: mode === "closed" && load === 1 }],
  );
}

function burst(machine: Machine, { isl, osl, nRequests }: PublishedPoint) {
  const requests = Array.from({ length: nRequests }, () => ({ inputTokens: isl, outputTokens: osl }));
  const run = simulateBatching({ machine, requests, arrivals: requests.map(() => 0), cachedInputShare: 0 });
  return { ...figuresOf(run), run };
}
