import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { cacheBlockTokens } from "./cache/cache-blocks.ts";

/** How a request left the engine, in vLLM's words. */
export type FinishedReason = "stop" | "length" | "abort" | "error";

/** What a server has done so far, and does now. */
export interface ServerCounts {
  /** Those that were read; what the prefix cache held is not. */
  promptTokens: number;
  generatedTokens: number;
  /** Prompt tokens that the prefix cache was asked for, and those of them that it held. */
  cacheQueries: number;
  cacheHits: number;
  running: number;
  waiting: number;
  /** 1 is all of the KV cache. */
  cacheUsage: number;
}

/** vLLM's counters and histograms, under vLLM's names, counted from what truly happens in the rehearsal. */
export type VllmMetrics = ReturnType<typeof createVllmMetrics>;

const latencyBuckets = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
];
const perTokenBuckets = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const firstTokenBuckets = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
  2560,
];
const iterationBuckets = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];

/**
 * Creates the metrics of one server.
 *
 * A rehearsal hands out no KV cache blocks: usage is the share of running tokens in what all sequences could hold.
 */
export function createVllmMetrics(options: {
  model: string;
  maxModelTokens: number;
  maxSequences: number;
  hasPrefixCache: boolean;
  nowMs?: () => number;
}) {
  const { maxModelTokens, maxSequences, hasPrefixCache, nowMs = () => performance.now() } = options;
  const registry = new Registry();
  registry.setDefaultLabels({ engine: "0", model_name: options.model });
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name: `vllm:${name}`, help, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `vllm:${name}`, help, buckets, registers });
  const tokenBuckets = oneTwoFive(maxModelTokens);

  let running = 0;
  let waiting = 0;
  let heldTokens = 0;
  let readTokens = 0;
  let generatedTokens = 0;
  let cacheQueries = 0;
  let cacheHits = 0;
  const live = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `vllm:${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  live("num_requests_running", "Requests that hold a place in the batch.", () => running);
  live("num_requests_waiting", "Requests that wait for a place.", () => waiting);
  const cacheTokens = maxModelTokens * maxSequences;
  const cacheUsage = () => Math.min(1, heldTokens / cacheTokens);
  live("kv_cache_usage_perc", "Share of the KV cache in use, 1 is all of it.", cacheUsage);
  new Gauge({
    name: "vllm:cache_config_info",
    help: "How the cache is laid out; the value is always 1.",
    labelNames: ["block_size", "num_gpu_blocks", "enable_prefix_caching", "kv_cache_size_tokens"],
    registers,
  }).set(
    {
      block_size: String(cacheBlockTokens),
      num_gpu_blocks: String(Math.ceil(cacheTokens / cacheBlockTokens)),
      enable_prefix_caching: hasPrefixCache ? "True" : "False",
      kv_cache_size_tokens: String(cacheTokens),
    },
    1,
  );

  const promptTokensTotal = counter("prompt_tokens_total", "Prompt tokens processed.");
  const generationTokensTotal = counter("generation_tokens_total", "Tokens generated.");
  const prefixQueries = counter("prefix_cache_queries_total", "Prompt tokens looked up in the prefix cache.");
  const prefixHits = counter("prefix_cache_hits_total", "Prompt tokens found in the prefix cache.");
  const cachedTokensTotal = counter("prompt_tokens_cached_total", "Prompt tokens that need not be read.");
  const tokensBySource = new Counter({
    name: "vllm:prompt_tokens_by_source_total",
    help: "Prompt tokens, by where they came from.",
    labelNames: ["source"],
    registers,
  });
  for (const source of ["local_compute", "local_cache_hit", "external_kv_transfer"])
    tokensBySource.inc({ source }, 0);
  counter("num_preemptions_total", "Requests that lost their place in the batch.");
  const requestSuccess = new Counter({
    name: "vllm:request_success_total",
    help: "Requests ended, by reason.",
    labelNames: ["finished_reason"],
    registers,
  });
  for (const reason of ["stop", "length", "abort", "error"])
    requestSuccess.inc({ finished_reason: reason }, 0);

  const seen = {
    iterationTokens: histogram("iteration_tokens_total", "Tokens per engine step.", iterationBuckets),
    promptTokens: histogram("request_prompt_tokens", "Prompt tokens of a request.", tokenBuckets),
    tokens: histogram("request_generation_tokens", "Generated tokens of a request.", tokenBuckets),
    maxTokens: histogram("request_params_max_tokens", "max_tokens, capped to the context.", tokenBuckets),
    mostTokens: histogram("request_max_num_generation_tokens", "Tokens of the longest answer.", tokenBuckets),
    n: histogram("request_params_n", "n as asked for.", [1, 2, 5, 10, 20]),
    firstToken: histogram("time_to_first_token_seconds", "Arrival to first token.", firstTokenBuckets),
    interToken: histogram("inter_token_latency_seconds", "One token to the next.", perTokenBuckets),
    perToken: histogram("request_time_per_output_token_seconds", "Mean after the first.", perTokenBuckets),
    endToEnd: histogram("e2e_request_latency_seconds", "Arrival to end.", latencyBuckets),
    queue: histogram("request_queue_time_seconds", "Time in the queue.", latencyBuckets),
    inference: histogram("request_inference_time_seconds", "Scheduling to last token.", latencyBuckets),
    prefill: histogram("request_prefill_time_seconds", "Scheduling to first token.", latencyBuckets),
    decode: histogram("request_decode_time_seconds", "First token to last.", latencyBuckets),
  };

  // Tokens that arrive in one turn of the event loop belong to one engine step.
  let stepTokens = 0;
  const countInStep = (tokens: number) => {
    if (stepTokens === 0) {
      setImmediate(() => {
        seen.iterationTokens.observe(stepTokens);
        stepTokens = 0;
      });
    }
    stepTokens += tokens;
  };

  /** Follows one request from its arrival to its end; times are taken from the metrics' own clock. */
  const request = ({ promptTokens, maxTokens }: { promptTokens: number; maxTokens: number }) => {
    const arrivedAtMs = nowMs();
    let scheduledAtMs: number | null = null;
    let firstTokenAtMs = 0;
    let lastTokenAtMs = 0;
    let tokens = 0;
    let cached = 0;
    waiting++;
    return {
      scheduled(cachedTokens: number) {
        cached = cachedTokens;
        if (hasPrefixCache) {
          cacheQueries += promptTokens;
          cacheHits += cached;
          prefixQueries.inc(promptTokens);
          prefixHits.inc(cached);
        }
        scheduledAtMs = nowMs();
        waiting--;
        running++;
        heldTokens += promptTokens;
      },
      token() {
        const tokenAtMs = nowMs();
        tokens++;
        heldTokens++;
        generatedTokens++;
        generationTokensTotal.inc();
        if (tokens === 1) {
          firstTokenAtMs = tokenAtMs;
          readTokens += promptTokens - cached;
          promptTokensTotal.inc(promptTokens);
          cachedTokensTotal.inc(cached);
          tokensBySource.inc({ source: "local_compute" }, promptTokens - cached);
          tokensBySource.inc({ source: "local_cache_hit" }, cached);
          seen.firstToken.observe((tokenAtMs - arrivedAtMs) / 1_000);
          countInStep(promptTokens - cached + 1);
        } else {
          seen.interToken.observe((tokenAtMs - lastTokenAtMs) / 1_000);
          countInStep(1);
        }
        lastTokenAtMs = tokenAtMs;
      },
      finished(reason: FinishedReason) {
        if (scheduledAtMs === null) waiting--;
        else {
          running--;
          heldTokens -= promptTokens + tokens;
        }
        // vLLM observes nothing of a request whose client went away, beyond what was counted on the way.
        if (reason === "abort") return;
        requestSuccess.inc({ finished_reason: reason });
        const endedAtMs = nowMs();
        const startedAtMs = scheduledAtMs ?? endedAtMs;
        const observeMs = (timing: Histogram, ms: number) => timing.observe(ms / 1_000);
        seen.promptTokens.observe(promptTokens);
        seen.tokens.observe(tokens);
        seen.maxTokens.observe(maxTokens);
        seen.mostTokens.observe(tokens);
        seen.n.observe(1);
        observeMs(seen.endToEnd, endedAtMs - arrivedAtMs);
        observeMs(seen.queue, startedAtMs - arrivedAtMs);
        observeMs(seen.inference, tokens === 0 ? 0 : lastTokenAtMs - startedAtMs);
        observeMs(seen.prefill, tokens === 0 ? 0 : firstTokenAtMs - startedAtMs);
        observeMs(seen.decode, lastTokenAtMs - firstTokenAtMs);
        observeMs(seen.perToken, tokens > 1 ? (lastTokenAtMs - firstTokenAtMs) / (tokens - 1) : 0);
      },
    };
  };
  return {
    counts: (): ServerCounts => ({
      promptTokens: readTokens,
      generatedTokens,
      cacheQueries,
      cacheHits,
      running,
      waiting,
      cacheUsage: cacheUsage(),
    }),
    request,
    /** The page that `/metrics` answers. */
    page: () => registry.metrics(),
  };
}

/** 1, 2, 5, 10, 20, 50, … up to a largest value. */
function oneTwoFive(largest: number): number[] {
  const buckets: number[] = [];
  for (let decade = 1; ; decade *= 10) {
    for (const step of [1, 2, 5]) {
      if (step * decade > largest) return buckets;
      buckets.push(step * decade);
    }
  }
}
