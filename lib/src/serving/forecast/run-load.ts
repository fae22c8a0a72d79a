import { seededRandom } from "../../seeded-random.ts";
import { interpolatedPercentile } from "../../statistics.ts";
import type { ForecastInput } from "./forecast-input.ts";
import type { Machine } from "./machine.ts";
import { type BatchingRun, simulateBatching } from "./simulate-batching.ts";
import { stepTime } from "./step-time.ts";

/** The load of a forecast, checked. */
export type LoadOfForecast = Pick<
  ForecastInput,
  "inputTokens" | "outputTokens" | "streams" | "requestsPerSecond"
> & {
  lengthSpread: number;
  cachedInputShare: number;
};

/** The most that machines write, as runs with random arrivals have found it: whoever asks for several rates keeps it for them. */
export type KnownRates = Map<string, number>;

/** What one machine does under a load, in seconds and tokens. */
export interface LoadRun {
  /** What it can write at most under this load. */
  mostOutputTokensPerSecond: number;
  /** What the load asks for; endless in a closed loop. */
  wantedTokensPerSecond: number;
  timeToFirstToken: { mean: number; p95: number };
  timePerToken: { mean: number; p95: number };
  /** Whether requests wait for room in the cache, or for others to end. */
  isSaturated: boolean;
  run: BatchingRun;
  boundBy: "memory bandwidth" | "compute" | "link" | "cache";
}

/** Requests of a run with random arrivals: enough for a mean wait, few enough for a millisecond. */
const arrivingRequests = 300;

/** More streams than these are not tried to find the most that a machine can write. */
const mostTriedStreams = 256;

/** Above this part of the wait that passed in the queue a machine is saturated: then the wait says more of the load than of the machine. */
const saturatedShare = 0.1;

/**
 * Simulates a load on a machine: a closed loop of streams, or random arrivals. Deterministic.
 *
 * A closed loop begins as published ones do: all streams at once, ten requests each. So its first tokens wait longer in the mean
 * than those of a load that has run for long.
 */
export function runLoad(
  machine: Machine,
  load: LoadOfForecast,
  { known = new Map() }: { known?: KnownRates } = {},
): LoadRun {
  const { streams = 1, requestsPerSecond } = load;
  if (requestsPerSecond === undefined) {
    const run = runStreams(machine, load, { streams, rounds: streams <= 128 ? 10 : 5 });
    return describeRun({ machine, load, run, most: figuresOf(run).mostOutputTokensPerSecond });
  }
  const requests = makeRequests(load, arrivingRequests);
  const arrivals = makeArrivals(arrivingRequests, requestsPerSecond);
  const run = simulateBatching({ machine, requests, arrivals, cachedInputShare: load.cachedInputShare });
  return describeRun({ machine, load, run, most: findMost(machine, load, known) });
}

/** The most that a machine writes per second with requests of these lengths, however long they wait. */
function findMost(machine: Machine, load: LoadOfForecast, known: KnownRates): number {
  const { inputTokens, outputTokens, lengthSpread, cachedInputShare } = load;
  const key = JSON.stringify([machine, inputTokens, outputTokens, lengthSpread, cachedInputShare]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const held = Math.floor(machine.cacheTokens / (inputTokens + outputTokens / 2));
  const streams = Math.max(1, Math.min(machine.limits.streams, held, mostTriedStreams));
  const most = figuresOf(runStreams(machine, load, { streams, rounds: 3 })).mostOutputTokensPerSecond;
  known.set(key, most);
  return most;
}

function runStreams(
  machine: Machine,
  load: LoadOfForecast,
  { streams, rounds }: { streams: number; rounds: number },
): BatchingRun {
  const requests = makeRequests(load, streams * rounds);
  const arrivals = new Array<number>(streams).fill(0);
  return simulateBatching({ machine, requests, arrivals, cachedInputShare: load.cachedInputShare });
}

function describeRun({
  machine,
  load,
  run,
  most,
}: {
  machine: Machine;
  load: LoadOfForecast;
  run: BatchingRun;
  most: number;
}): LoadRun {
  const { requestsPerSecond } = load;
  const wanted =
    requestsPerSecond === undefined ? Number.POSITIVE_INFINITY : requestsPerSecond * load.outputTokens;
  return {
    ...figuresOf(run),
    mostOutputTokensPerSecond: most,
    wantedTokensPerSecond: wanted,
    isSaturated: run.queuedShare > saturatedShare || (requestsPerSecond !== undefined && most < wanted),
    run,
    boundBy: boundOf(machine, load, run),
  };
}

/** Draws when so many requests come at random; so many as they are, they come at just the rate asked for. */
export function makeArrivals(count: number, requestsPerSecond: number): number[] {
  const random = seededRandom(1);
  let at = 0;
  const arrivals = Array.from({ length: count }, () => {
    at -= Math.log(1 - random());
    return at;
  });
  const scale = count / (requestsPerSecond * at);
  return arrivals.map((arrival) => arrival * scale);
}

/** What the mean step of a run waits for. */
function boundOf(machine: Machine, load: LoadOfForecast, run: BatchingRun): LoadRun["boundBy"] {
  if (run.waitedForCache) return "cache";
  const steps = Math.max(1, run.steps);
  const requests = run.outputTokens / load.outputTokens;
  const readTokens = (requests * load.inputTokens * (1 - load.cachedInputShare)) / steps;
  const writing = run.outputTokens / steps;
  const { bandwidthSeconds, computeSeconds, linkSeconds } = stepTime(machine, {
    writing,
    contextTokens: writing * (load.inputTokens + load.outputTokens / 2),
    readTokens,
    readPairs: (readTokens * load.inputTokens) / 2,
    finished: requests / steps,
  });
  const most = Math.max(bandwidthSeconds, computeSeconds, linkSeconds);
  if (most === bandwidthSeconds) return "memory bandwidth";
  return most === computeSeconds ? "compute" : "link";
}

/** The rates and waits of a run. */
export function figuresOf(run: BatchingRun) {
  return {
    mostOutputTokensPerSecond: run.outputTokens / run.seconds,
    timeToFirstToken: spreadOf(run.timesToFirstToken),
    timePerToken: spreadOf(run.timesPerToken),
  };
}

function spreadOf(sorted: Float64Array) {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  return { mean, p95: interpolatedPercentile(sorted, 0.95) };
}

function makeRequests({ inputTokens, outputTokens, lengthSpread }: LoadOfForecast, count: number) {
  const random = seededRandom(5);
  const drawn = (mean: number) => Math.max(1, Math.round(mean * (1 + lengthSpread * (2 * random() - 1))));
  return Array.from({ length: count }, () => ({
    inputTokens: drawn(inputTokens),
    outputTokens: drawn(outputTokens),
  }));
}
