import { setTimeout as delay } from "node:timers/promises";
import { type Access, keyHeaders, routeUrl, serverRoot } from "../endpoint/index.ts";
import { readTextWithin } from "../network/index.ts";
import type { ServerCounters } from "./measurement.ts";

const mostReadMs = 5_000;

type MeanTime = NonNullable<ServerCounters["queueTime"]>;

// The names of each metric without their prefix, today's first; older ones of vLLM 0.4 to 0.10 follow.
const counterNames = {
  prefixCacheQueryTokens: ["prefix_cache_queries_total", "gpu_prefix_cache_queries_total"],
  prefixCacheHitTokens: ["prefix_cache_hits_total", "gpu_prefix_cache_hits_total"],
  preemptions: ["num_preemptions_total"],
};
const gaugeNames = { runningRequests: ["num_requests_running"], waitingRequests: ["num_requests_waiting"] };
const histogramNames = {
  queueTime: ["request_queue_time_seconds", "time_in_queue_requests"],
  prefillTime: ["request_prefill_time_seconds"],
  decodeTime: ["request_decode_time_seconds"],
  timeToFirstToken: ["time_to_first_token_seconds"],
  interTokenTime: ["inter_token_latency_seconds", "time_per_output_token_seconds"],
  timePerOutputToken: ["request_time_per_output_token_seconds"],
  requestTime: ["e2e_request_latency_seconds"],
};

/**
 * Reads vLLM's own counters from the endpoint's `/metrics`, with the endpoint's key; `null` where there are none.
 *
 * Old and new names are known, and prefixes that managed platforms put before vLLM's. All engines are added up, and all
 * servers where several are given. It never throws: a server without the page, a page of something else and one that does
 * not answer in time all give `null`.
 */
export async function readServerCounters(
  source: Access | readonly Access[],
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<ServerCounters | null> {
  const { timeoutMs = mostReadMs, signal } = options;
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  const sources = "baseUrl" in source ? [source] : source;
  try {
    const pages = await Promise.all(sources.map((one) => fetchMetricsPage(one, AbortSignal.any(signals))));
    // One server without counters would make the sum too small.
    if (pages.some((page) => readCounters(page) === null)) return null;
    return readCounters(pages.join("\n"));
  } catch {
    return null;
  }
}

/** Many times what vLLM writes for all its engines; each sample takes far more than its text. */
const mostPageBytes = 4 * 1024 * 1024;

async function fetchMetricsPage(source: Access, signal: AbortSignal): Promise<string> {
  const response = await fetch(routeUrl(source, "/metrics", serverRoot(source.baseUrl)), {
    headers: keyHeaders(source),
    // The key is for this host only.
    redirect: "error",
    signal,
  });
  const page = await readTextWithin(response, { maxBytes: mostPageBytes });
  return response.ok ? page : "";
}

/** Reads the counters out of a metrics page; `null` where it has none of vLLM's. */
export function readCounters(page: string): ServerCounters | null {
  const samples = parsePrometheusText(page);
  const prefix = samples
    .map(({ name }) => /^(.*vllm[:_])generation_tokens_total$/.exec(name)?.[1])
    .find((found) => found !== undefined);
  if (prefix === undefined) return null;

  const valuesOf = (names: readonly string[], labels: Record<string, string> = {}) =>
    findValues(samples, { names: names.map((name) => prefix + name), labels });
  const total = (names: readonly string[], labels: Record<string, string> = {}) => {
    const values = valuesOf(names, labels);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  };
  const meanTime = (names: readonly string[]): MeanTime | null => {
    const sumSeconds = total(names.map((name) => `${name}_sum`));
    const count = total(names.map((name) => `${name}_count`));
    return sumSeconds === null || count === null ? null : { sumSeconds, count };
  };
  const promptTokens = total(["prompt_tokens_total"]);
  const generationTokens = total(["generation_tokens_total"]);
  if (promptTokens === null || generationTokens === null) return null;
  const usages = valuesOf(["kv_cache_usage_perc", "gpu_cache_usage_perc"]);
  const finished = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const reason = labels["finished_reason"] ?? "unknown";
    if (name === `${prefix}request_success_total`) finished.set(reason, (finished.get(reason) ?? 0) + value);
  }
  return {
    generationTokens,
    promptTokens,
    // The plain counter also counts what came from the cache, whatever its description says.
    promptTokensComputed: total(["prompt_tokens_by_source_total"], { source: "local_compute" }),
    ...mapValues(counterNames, (names) => total(names)),
    cacheBlockTokens: readBlockTokens(samples, `${prefix}cache_config_info`),
    finished: Object.fromEntries(finished),
    ...mapValues(gaugeNames, (names) => total(names)),
    // A share, so that of the fullest engine.
    kvCacheUsage: usages.length === 0 ? null : Math.max(...usages),
    ...mapValues(histogramNames, meanTime),
  };
}

function readBlockTokens(samples: readonly MetricSample[], name: string): number | null {
  const tokens = Number(samples.find((sample) => sample.name === name)?.labels["block_size"]);
  return Number.isSafeInteger(tokens) && tokens > 0 ? tokens : null;
}

/** The values of the first name that the page has: an old name beside the new one is the same figure once more. */
function findValues(
  samples: readonly MetricSample[],
  { names, labels }: { names: readonly string[]; labels: Record<string, string> },
): number[] {
  const name = names.find((wanted) => samples.some((sample) => sample.name === wanted));
  const hasLabels = (sample: MetricSample) =>
    Object.entries(labels).every(([label, value]) => (sample.labels[label] ?? "unknown") === value);
  return samples.filter((sample) => sample.name === name && hasLabels(sample)).map(({ value }) => value);
}

/**
 * Computes what the counters gained from one reading to a later one; gauges are those of the later one.
 *
 * @returns `null` where a counter fell: the server was started anew in between, and its gain is not known.
 */
export function subtractCounters(after: ServerCounters, before: ServerCounters): ServerCounters | null {
  const hasFallen = (
    ["generationTokens", "promptTokens", "prefixCacheQueryTokens", "prefixCacheHitTokens"] as const
  ).some((name) => (after[name] ?? Infinity) < (before[name] ?? 0));
  return hasFallen ? null : combineCounters(after, before, (one, other) => Math.max(0, one - other));
}

/** Adds the gains of two parts of a level; gauges are those of the later part. */
export function addCounters(later: ServerCounters, earlier: ServerCounters): ServerCounters {
  return combineCounters(later, earlier, (one, other) => one + other);
}

function combineCounters(
  later: ServerCounters,
  earlier: ServerCounters,
  combine: (later: number, earlier: number) => number,
): ServerCounters {
  const known = (one: number | null, other: number | null) =>
    one === null || other === null ? null : combine(one, other);
  const times = (one: MeanTime | null, other: MeanTime | null) =>
    one && other && mapValues(one, (value, name) => combine(value, other[name]));
  return {
    ...later,
    generationTokens: combine(later.generationTokens, earlier.generationTokens),
    promptTokens: combine(later.promptTokens, earlier.promptTokens),
    promptTokensComputed: known(later.promptTokensComputed, earlier.promptTokensComputed),
    ...mapValues(counterNames, (_, name) => known(later[name], earlier[name])),
    finished: mapValues({ ...earlier.finished, ...later.finished }, (_, reason) =>
      combine(later.finished[reason] ?? 0, earlier.finished[reason] ?? 0),
    ),
    ...mapValues(histogramNames, (_, name) => times(later[name], earlier[name])),
  };
}

export function mapValues<Name extends string, From, To>(
  from: Readonly<Record<Name, From>>,
  map: (value: From, name: Name) => To,
): Record<Name, To> {
  const names = Object.keys(from) as Name[];
  return Object.fromEntries(names.map((name) => [name, map(from[name], name)])) as Record<Name, To>;
}

/** Waits until the servers work on nothing any more, or the time is over, and returns the counters then; `null`: none. */
export async function waitUntilIdle(
  servers: Parameters<typeof readServerCounters>[0],
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<ServerCounters | null> {
  const { timeoutMs, signal } = options;
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    const counters = await readServerCounters(servers, {
      timeoutMs: Math.min(mostReadMs, Math.max(1, Math.ceil(deadline - performance.now()))),
      ...(signal === undefined ? {} : { signal }),
    });
    if (counters === null || countUnfinished(counters) === 0) return counters;
    if (performance.now() >= deadline || signal?.aborted === true) return counters;
    await delay(pauseMs);
  }
}

/** Requests that the server runs or queues. */
export function countUnfinished(counters: ServerCounters): number {
  return (counters.runningRequests ?? 0) + (counters.waitingRequests ?? 0);
}

/** One sample of a metrics page: a name, its labels and a value. */
export interface MetricSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?\d+)?$/;
const labelPair = /\b([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Record<string, string> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

// https://prometheus.io/docs/instrumenting/exposition_formats/
/** Reads a page in Prometheus' text format; lines that are no sample with a finite value are left out. */
export function parsePrometheusText(page: string): MetricSample[] {
  return page.split("\n").flatMap((line) => {
    const found = sampleLine.exec(line.trim());
    if (found === null) return [];
    const [, name = "", labels = "", text = ""] = found;
    const value = Number(text);
    return Number.isFinite(value) ? [{ name, labels: readLabels(labels), value }] : [];
  });
}

function readLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(labelPair)].map(([, name = "", value = ""]) => [
    name,
    value.replace(/\\[n"\\]/g, (pair) => escapes[pair] ?? pair),
  ]);
  return Object.fromEntries(pairs);
}
