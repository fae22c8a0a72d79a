import assert from "node:assert/strict";
import { askChat, findNaturalEnd, readMaxModelTokens, streamChat } from "../chat.ts";
import type { Check, ConformanceContext } from "../check.ts";
import { measureGrowth } from "../metrics-page.ts";
import type { Usage } from "../schemas.ts";
import { send } from "../send.ts";

/** What requests add to the metrics: the same numbers that their answers report. */
export const metricsCountChecks: readonly Check[] = [
  {
    name: "token counters grow by the usage of the answers",
    dependsOnEngine: true,
    async run(context) {
      const { result, growth } = await measureGrowth(context, () => askSeveral(context));
      assert.equal(growth("vllm:prompt_tokens_total"), result.promptTokens);
      assert.equal(growth("vllm:generation_tokens_total"), result.completionTokens);
      assert.ok(growth("vllm:prefix_cache_hits_total") <= growth("vllm:prefix_cache_queries_total"));
    },
  },
  {
    name: "request_success grows by one a request, under the reason of its answer",
    async run(context) {
      const { growth } = await measureGrowth(context, () => askSeveral(context));
      assert.equal(growth("vllm:request_success_total", { finished_reason: "length" }), 2);
      assert.equal(growth("vllm:request_success_total", { finished_reason: "stop" }), 1);
      assert.equal(growth("vllm:request_success_total"), 3);
    },
  },
  {
    name: "each histogram of requests observes every request once",
    async run(context) {
      const { result, growth } = await measureGrowth(context, () => askSeveral(context));
      for (const name of requestHistograms) assert.equal(growth(`${name}_count`), 3, name);
      assert.equal(growth("vllm:request_prompt_tokens_sum"), result.promptTokens);
      assert.equal(growth("vllm:request_generation_tokens_sum"), result.completionTokens);
      assert.equal(growth("vllm:request_max_num_generation_tokens_sum"), result.completionTokens);
      assert.equal(growth("vllm:request_params_max_tokens_sum"), result.maxTokens);
      assert.equal(growth("vllm:request_params_n_sum"), 3);
    },
  },
  {
    name: "inter-token latency is observed once a token after the first",
    async run(context) {
      const { result, growth } = await measureGrowth(context, () => askSeveral(context));
      assert.equal(growth("vllm:inter_token_latency_seconds_count"), result.completionTokens - 3);
    },
  },
  {
    name: "an iteration is one engine step: prompt tokens computed and tokens generated",
    dependsOnEngine: true,
    async run(context) {
      const { result, growth } = await measureGrowth(context, () => askSeveral(context));
      const computed = result.promptTokens - growth("vllm:prefix_cache_hits_total");
      assert.equal(growth("vllm:iteration_tokens_total_sum"), computed + result.completionTokens);
      assert.equal(growth("vllm:iteration_tokens_total_count"), result.completionTokens);
    },
  },
  {
    name: "inference time is prefill and decode, and decode is all inter-token latency",
    async run(context) {
      const { growth } = await measureGrowth(context, () => askSeveral(context));
      const decodeSeconds = growth("vllm:request_decode_time_seconds_sum");
      const prefillSeconds = growth("vllm:request_prefill_time_seconds_sum");
      const inferenceSeconds = growth("vllm:request_inference_time_seconds_sum");
      assertClose(inferenceSeconds, prefillSeconds + decodeSeconds);
      assertClose(growth("vllm:inter_token_latency_seconds_sum"), decodeSeconds);
      assert.ok(decodeSeconds > 0);
      assert.ok(prefillSeconds > 0);
      assert.ok(growth("vllm:e2e_request_latency_seconds_sum") >= inferenceSeconds);
    },
  },
  {
    name: "without max_tokens request_params_max_tokens observes what the context leaves",
    async run(context) {
      const maxModelTokens = await readMaxModelTokens(context);
      const { messages } = await findNaturalEnd(context);
      const { result, growth } = await measureGrowth(context, () =>
        askChat(context, { messages, max_tokens: undefined }),
      );
      const left = maxModelTokens - result.usage.prompt_tokens;
      assert.equal(growth("vllm:request_params_max_tokens_sum"), left);
      assert.equal(growth("vllm:request_max_num_generation_tokens_sum"), result.usage.completion_tokens);
    },
  },
  {
    name: "a refused request leaves the metrics alone",
    async run(context) {
      const { growth } = await measureGrowth(context, async () => {
        const path = "/v1/chat/completions";
        const refused = await send(context, { path, body: { messages: [] } });
        assert.equal(refused.status, 400);
        assert.equal((await send(context, { path, apiKey: null, body: {} })).status, 401);
      });
      for (const name of requestHistograms) assert.equal(growth(`${name}_count`), 0, name);
      assert.equal(growth("vllm:request_success_total"), 0);
      assert.equal(growth("vllm:prompt_tokens_total"), 0);
    },
  },
];

const requestHistograms = [
  "vllm:time_to_first_token_seconds",
  "vllm:request_time_per_output_token_seconds",
  "vllm:e2e_request_latency_seconds",
  "vllm:request_queue_time_seconds",
  "vllm:request_inference_time_seconds",
  "vllm:request_prefill_time_seconds",
  "vllm:request_decode_time_seconds",
  "vllm:request_prompt_tokens",
  "vllm:request_generation_tokens",
  "vllm:request_max_num_generation_tokens",
  "vllm:request_params_max_tokens",
  "vllm:request_params_n",
];

/** Asks one after another: a short answer, a streamed one of a single token, and one that a stop string ends. */
async function askSeveral(context: ConformanceContext) {
  const whole = await askChat(context, { max_tokens: 6 });
  const stream = await streamChat(context, { max_tokens: 1 });
  const stopped = await askChat(context, { max_tokens: 12, stop: whole.text.trim().split(" ").at(1) });
  const usages = [whole.usage, stream.usage, stopped.usage].filter((usage): usage is Usage => usage !== null);
  const sum = (count: (usage: Usage) => number) => usages.reduce((total, usage) => total + count(usage), 0);
  return {
    promptTokens: sum((usage) => usage.prompt_tokens),
    completionTokens: sum((usage) => usage.completion_tokens),
    maxTokens: 6 + 1 + 12,
  };
}

function assertClose(actualSeconds: number, expectedSeconds: number): void {
  const difference = Math.abs(actualSeconds - expectedSeconds);
  assert.ok(difference < 1e-6, `${actualSeconds} s is not ${expectedSeconds} s`);
}
