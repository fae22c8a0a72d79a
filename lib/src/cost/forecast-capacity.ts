import { type Band, type ForecastInput, forecast } from "../serving/index.ts";
import type { Capacity, Latency } from "./capacity.ts";

/** Streams to try, up to those that vLLM serves at once by default. */
const streamSteps = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/**
 * Makes a capacity of a forecast: what a machine reads and writes with the streams that bring most within a latency target; where
 * none is within it, with one stream. Both rates together give what is forecast for these lengths of requests.
 *
 * @returns `null` where the forecast can say nothing.
 * @throws InputError as `forecast` does.
 */
export function forecastCapacity(
  machine: Omit<ForecastInput, "streams" | "requestsPerSecond">,
  latencyTarget: Latency | null = null,
): Capacity | null {
  const runs = streamSteps.flatMap((streams) => {
    const { outputTokensPerSecond: rate, basis, ...run } = forecast({ ...machine, streams });
    return rate === null ? [] : [{ streams, rate, basis, latency: readLatency(run, latencyTarget) }];
  });
  const within = runs.filter(({ latency }) => latencyTarget === null || keeps(latency, latencyTarget));
  const [best] = (within.length > 0 ? within : runs.slice(0, 1)).toSorted(
    (one, other) => other.rate.typical - one.rate.typical,
  );
  if (best === undefined) return null;
  const { rate, streams, basis, latency } = best;
  const reading = forecast({ ...machine, outputTokens: 1, streams }).inputTokensPerSecond?.typical ?? 0;
  const mix = machine.inputTokens / machine.outputTokens;
  // Reading takes a part of the time; where the forecasts leave none for writing, each takes half of it.
  const readingShare = (mix * rate.typical) / reading;
  const isPossible = readingShare < 0.98;
  const prefillTokensPerSecond = isPossible ? reading : 2 * mix * rate.typical;
  const decodeTokensPerSecond = rate.typical / (isPossible ? 1 - readingShare : 0.5);
  const rangeOf = (typical: number) =>
    [(typical * rate.low) / rate.typical, (typical * rate.high) / rate.typical] as const;
  return {
    prefillTokensPerSecond,
    decodeTokensPerSecond,
    prefillRange: rangeOf(prefillTokensPerSecond),
    decodeRange: rangeOf(decodeTokensPerSecond),
    atLatency: latency,
    streams,
    kind: "computed",
    source: `a forecast, tested on ${basis.comparisons} published figures`,
    sources: basis.sources,
    date: basis.to,
    model: typeof machine.model === "string" ? machine.model : null,
    gpu: machine.gpu,
    gpuCount: machine.gpuCount,
  };
}

type Waits = { timeToFirstTokenMs: Band | null; timePerOutputTokenMs: Band | null };

/** The waits of the slow requests, unless only the median is asked for. */
function readLatency(run: Waits & { p95: Waits }, target: Latency | null): Latency {
  const isMedian = target !== null && target.percentile <= 50;
  const { timeToFirstTokenMs, timePerOutputTokenMs } = isMedian ? run : run.p95;
  return {
    timeToFirstTokenMs: timeToFirstTokenMs?.typical ?? null,
    timePerOutputTokenMs: timePerOutputTokenMs?.typical ?? null,
    percentile: isMedian ? 50 : 95,
  };
}

function keeps(latency: Latency, target: Latency): boolean {
  return (["timeToFirstTokenMs", "timePerOutputTokenMs"] as const).every((wait) => {
    const [reached, asked] = [latency[wait], target[wait]];
    return asked === null || (reached !== null && reached <= asked);
  });
}
