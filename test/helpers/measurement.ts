import type { Level, Measurement, ServerCounters } from "../../lib/src/measure/index.ts";
import type { Statistics } from "../../lib/src/statistics.ts";

/** Statistics of values that are all the same, or of none. */
export function allAt(value: number | null, count = 40): Statistics {
  const mean = value;
  const rest = { min: value, p50: value, p90: value, p95: value, p99: value, max: value };
  return { count: value === null ? 0 : count, mean, ...rest };
}

/** A level as `measureThroughput` would give it, valid and without a server's counters unless told otherwise. */
export function makeLevel(parts: Partial<Level> = {}): Level {
  const { inputTokensPerSecond = 100, outputTokensPerSecond = 100, streams = 4 } = parts;
  const times = { firstTokenP50Ms: 200, firstTokenP95Ms: 200, perTokenP50Ms: 40 };
  return {
    streams,
    verdict: "valid",
    reason: "",
    notes: [],
    requests: { completed: 40, failed: 0, cancelled: 0, errors: {}, finishReasons: { length: 40 } },
    inputTokensPerSecond,
    outputTokensPerSecond,
    wholeRun: { seconds: 60, inputTokensPerSecond, outputTokensPerSecond, requestsPerSecond: 1 },
    steadyWindow: { startMs: 1_000, endMs: 51_000, seconds: 50 },
    timeToFirstTokenMs: allAt(200),
    timePerOutputTokenMs: allAt(40),
    interChunkMs: allAt(40),
    requestMs: allAt(5_000),
    inputTokensPerRequest: allAt(128),
    outputTokensPerRequest: allAt(128),
    achievedStreams: streams,
    maxStreams: streams,
    client: {
      cpuShare: 0.1,
      eventLoopDelayMs: 1,
      eventLoopUtilization: 0.1,
      eventsPerRead: 1,
      cpuMicrosecondsPerEvent: 12,
      memoryMb: 90,
      dispatchDelayMs: 0,
    },
    server: null,
    clientTokens: { input: 5_120, output: 5_120 },
    goodput: null,
    conversations: null,
    repeats: [{ inputTokensPerSecond, outputTokensPerSecond, ...times }],
    ...parts,
  };
}

/** What a server counted over a level in which nothing went wrong: 40 requests of 128 tokens in and out. */
export function makeServerCounters(parts: Partial<ServerCounters> = {}): ServerCounters {
  const mean = (ms: number) => ({ sumSeconds: (ms * 40) / 1_000, count: 40 });
  return {
    generationTokens: 5_120,
    promptTokens: 5_120,
    promptTokensComputed: 5_120,
    prefixCacheQueryTokens: 5_120,
    prefixCacheHitTokens: 0,
    cacheBlockTokens: 16,
    preemptions: 0,
    finished: { length: 40 },
    runningRequests: 0,
    waitingRequests: 0,
    kvCacheUsage: 0,
    queueTime: mean(5),
    prefillTime: mean(180),
    decodeTime: mean(4_800),
    timeToFirstToken: mean(190),
    interTokenTime: mean(39),
    timePerOutputToken: mean(39),
    requestTime: mean(4_990),
    ...parts,
  };
}

/** A measurement of a pod with four A40s, whose levels are as told. */
export function makeMeasurement(parts: Partial<Measurement> = {}): Measurement {
  const { levels = [makeLevel()] } = parts;
  return {
    version: 1,
    kind: "measured",
    startedAt: "2026-11-24T10:00:00.000Z",
    seconds: 120,
    origin: "pod",
    gpu: { name: "NVIDIA A40", count: 4, usdPerHour: 1.76 },
    model: "meta-llama/Llama-3.1-70B-Instruct",
    server: "vLLM 0.32.0",
    engine: "vLLM 0.32.0",
    host: "example-8000.proxy.runpod.net",
    maxModelTokens: 8_192,
    workload: {
      mode: "capacity",
      askedMode: "capacity",
      arrivals: "closed",
      promptTokens: 128,
      promptLengthFrom: "tokenize",
      outputTokens: 128,
      turns: 1,
      sharedPromptTokens: 0,
      thinkSeconds: 0,
      streams: levels.map(({ streams }) => streams),
      requestsPerStream: 4,
      secondsPerLevel: null,
      rampMs: null,
      warmUp: true,
      seed: 7,
      repeats: 1,
      request: {},
    },
    budget: { maxTokens: null, usedTokens: 10_240, maxMinutes: 30 },
    levels,
    leftOut: [],
    knee: null,
    targetSearch: null,
    stopped: { because: "ladder-done", words: "The ladder is done." },
    notes: [],
    formulas: {},
    evidence: null,
    ...parts,
  };
}
