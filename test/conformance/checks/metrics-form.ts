import assert from "node:assert/strict";
import { askChat, readMaxModelTokens } from "../chat.ts";
import type { Check } from "../check.ts";
import { findSamples, type MetricsPage, readMetrics } from "../metrics-page.ts";
import { send } from "../send.ts";

const latencyBounds = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
];
const perTokenBounds = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const firstTokenBounds = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
  2560,
];

/** Bounds of the buckets of every histogram that measuring tools read; "tokens" ones follow the context length. */
const histograms: Record<string, readonly number[] | "tokens"> = {
  "vllm:time_to_first_token_seconds": firstTokenBounds,
  "vllm:inter_token_latency_seconds": perTokenBounds,
  "vllm:request_time_per_output_token_seconds": perTokenBounds,
  "vllm:e2e_request_latency_seconds": latencyBounds,
  "vllm:request_queue_time_seconds": latencyBounds,
  "vllm:request_inference_time_seconds": latencyBounds,
  "vllm:request_prefill_time_seconds": latencyBounds,
  "vllm:request_decode_time_seconds": latencyBounds,
  "vllm:request_prompt_tokens": "tokens",
  "vllm:request_generation_tokens": "tokens",
  "vllm:request_max_num_generation_tokens": "tokens",
  "vllm:request_params_max_tokens": "tokens",
  "vllm:request_params_n": [1, 2, 5, 10, 20],
  "vllm:iteration_tokens_total": [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
};
const counters = [
  "vllm:prompt_tokens_total",
  "vllm:generation_tokens_total",
  "vllm:request_success_total",
  "vllm:prefix_cache_queries_total",
  "vllm:prefix_cache_hits_total",
  "vllm:num_preemptions_total",
];
const gauges = [
  "vllm:num_requests_running",
  "vllm:num_requests_waiting",
  "vllm:kv_cache_usage_perc",
  "vllm:cache_config_info",
];

/** What `/metrics` looks like: names, types, labels and buckets. */
export const metricsFormChecks: readonly Check[] = [
  {
    name: "/metrics is a Prometheus page",
    async run(context) {
      const answer = await send(context, { path: "/metrics" });
      assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=[\d.]+; charset=utf-8$/);
    },
  },
  {
    name: "/metrics declares what measuring tools read, each with its type",
    async run(context) {
      const { types } = await readMetrics(context);
      for (const name of counters) assert.equal(types.get(name), "counter", name);
      for (const name of gauges) assert.equal(types.get(name), "gauge", name);
      for (const name of Object.keys(histograms)) assert.equal(types.get(name), "histogram", name);
    },
  },
  {
    name: "/metrics has a value for each of them before any request, with the labels engine and model_name",
    async run(context) {
      const page = await readMetrics(context);
      const counts = Object.keys(histograms).map((name) => `${name}_count`);
      const plain = [...counters, ...gauges, ...counts].filter((name) => name !== "vllm:cache_config_info");
      for (const name of plain) {
        const labels = { engine: "0", model_name: context.model };
        assert.notEqual(findSamples(page, name, labels).length, 0, name);
      }
    },
  },
  {
    name: "/metrics counts ended requests by their finished_reason",
    async run(context) {
      const page = await readMetrics(context);
      for (const finished_reason of ["stop", "length", "abort", "error"]) {
        assert.equal(findSamples(page, "vllm:request_success_total", { finished_reason }).length, 1);
      }
    },
  },
  {
    name: "/metrics describes the cache in the labels of cache_config_info",
    async run(context) {
      const [info, ...others] = findSamples(await readMetrics(context), "vllm:cache_config_info");
      assert.equal(others.length, 0);
      assert.equal(info?.value, 1);
      for (const label of ["block_size", "num_gpu_blocks", "kv_cache_size_tokens"]) {
        assert.match(info.labels[label] ?? "", /^\d+$/, label);
      }
      assert.match(info.labels["enable_prefix_caching"] ?? "", /^(True|False)$/);
    },
  },
  {
    name: "the buckets of each histogram have vLLM's bounds, never fall, and end at the count",
    async run(context) {
      await askChat(context, { max_tokens: 2 });
      const maxModelTokens = await readMaxModelTokens(context);
      const page = await readMetrics(context);
      for (const [name, bounds] of Object.entries(histograms)) {
        const expected = bounds === "tokens" ? tokenBounds(maxModelTokens) : bounds;
        assertBuckets(page, name, expected);
      }
    },
  },
];

function assertBuckets(page: MetricsPage, name: string, bounds: readonly number[]): void {
  const buckets = findSamples(page, `${name}_bucket`);
  const found = buckets.map(({ labels }) => Number(labels["le"]?.replace("+Inf", "Infinity")));
  assert.deepEqual(found, [...bounds, Number.POSITIVE_INFINITY], name);
  const counts = buckets.map(({ value }) => value);
  const sorted = counts.toSorted((one, other) => one - other);
  assert.deepEqual(counts, sorted, `${name} falls`);
  const [count] = findSamples(page, `${name}_count`);
  assert.equal(counts.at(-1), count?.value, name);
}

/** 1, 2, 5, 10, 20, 50, … up to the context length. */
function tokenBounds(maxModelTokens: number): number[] {
  const decades = Array.from({ length: 10 }, (_, exponent) => 10 ** exponent);
  return decades
    .flatMap((decade) => [decade, 2 * decade, 5 * decade])
    .filter((bound) => bound <= maxModelTokens);
}
