import { type ReplayInput, replayTrace } from "../../lib/src/cost/index.ts";
import { loadTrace, type Trace } from "../../lib/src/traffic/index.ts";

const capacity = { prefillTokensPerSecond: 12_000, decodeTokensPerSecond: 1_800 };
const prices: ReplayInput["prices"] = {
  gpuUsdPerHour: 1.76,
  storageUsdPerMonth: 29,
  stoppedStorageUsdPerMonth: 30,
  serverlessUsdPerSecond: 0.00136,
  inputUsdPerMillion: 0.71,
  outputUsdPerMillion: 0.71,
  batchPriceFactor: 0.5,
};

/** Replays a one-hour trace, then a million and ten million requests at the same rate, under every policy. */
export async function replayBench(): Promise<Record<string, number>> {
  const hour = await loadTrace("azure-2023-conversation");
  // The first replay also pays for compiling; it is what a notebook sees.
  const firstMs = time(() => replayTrace({ trace: hour, capacity, prices }));
  const oneMillion = repeat(hour, 1_000_000);
  const oneMillionMs = time(() => replayTrace({ trace: oneMillion, capacity, prices }));
  const tenMillion = repeat(hour, 10_000_000);
  const tenMillionMs = time(() => replayTrace({ trace: tenMillion, capacity, prices }));
  return {
    "one hour, first time (ms)": firstMs,
    "1 million requests (ms)": oneMillionMs,
    "10 million requests (ms)": tenMillionMs,
    "1 million, per request (ns)": oneMillionMs,
    "10 million, per request (ns)": tenMillionMs / 10,
    "largest memory (MB)": process.resourceUsage().maxRSS / 1_024,
  };
}

function time(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function repeat(trace: Trace, requests: number): Trace {
  const length = trace.arrivalSeconds.length;
  const fill = (value: (place: number, round: number) => number) =>
    Float64Array.from({ length: requests }, (_, index) => value(index % length, Math.floor(index / length)));
  // A second between two rounds, so that rounding cannot put one into the other.
  const roundSeconds = trace.spanSeconds + 1;
  return {
    ...trace,
    kind: "synthetic",
    arrivalSeconds: fill((place, round) => round * roundSeconds + (trace.arrivalSeconds[place] ?? 0)),
    inputTokens: fill((place) => trace.inputTokens[place] ?? 0),
    outputTokens: fill((place) => trace.outputTokens[place] ?? 0),
    spanSeconds: Math.ceil(requests / length) * roundSeconds,
  };
}
