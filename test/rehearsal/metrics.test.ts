import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type ChatRequest, connectEndpoint, printChat, streamChat } from "../../lib/src/endpoint/index.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { createVllmMetrics } from "../../rehearsal/src/model-server/vllm-metrics.ts";
import { openTimedServer, readMetric, waitForRunning, withFault } from "../helpers/timed-server.ts";

const request: ChatRequest = { messages: [{ role: "user", content: "Hello" }], ignore_eos: true };
const quiet = { write: () => {} };

describe("the metrics after mixed requests", () => {
  test("add up: answers, refusals, clients that left, streamed or not", async (t) => {
    const { server, endpoint } = await openTimedServer(t);
    const metric = (name: string) => readMetric(server, name);
    const streamed = await Promise.all(
      [3, 10, 25].map((max_tokens) => printChat(endpoint, { ...request, max_tokens }, quiet)),
    );
    const { ignore_eos, ...own } = request;
    assert.ok(ignore_eos);
    const stopped = await printChat(endpoint, { ...own, max_tokens: 2_000 }, quiet);
    assert.equal(stopped.finishReason, "stop");
    const whole = await endpoint.client.chat.completions.create({
      ...own,
      model: endpoint.model,
      max_tokens: 4,
    });
    await assert.rejects(printChat(endpoint, { ...request, temperature: -1 }, quiet), /400/);
    const fault = { headers: withFault({ kind: "status", status: 503 }), ...quiet };
    await assert.rejects(printChat(endpoint, request, fault), /503/);

    const usages = [...streamed.map(({ usage }) => usage), stopped.usage, whole.usage];
    const sum = (name: "prompt_tokens" | "completion_tokens") =>
      usages.reduce((total, usage) => total + (usage?.[name] ?? 0), 0);
    assert.equal(await metric("request_success_total"), 5);
    assert.equal(await metric("generation_tokens_total"), sum("completion_tokens"));
    assert.equal(await metric("prompt_tokens_total"), sum("prompt_tokens"));
    assert.equal(await metric("request_generation_tokens_sum"), sum("completion_tokens"));
    assert.equal(await metric("request_prompt_tokens_sum"), sum("prompt_tokens"));
    const computed = sum("prompt_tokens") - (await metric("prefix_cache_hits_total"));
    assert.equal(await metric("iteration_tokens_total_sum"), computed + sum("completion_tokens"));
    for (const name of ["e2e_request_latency_seconds", "request_queue_time_seconds", "request_params_n"]) {
      assert.equal(await metric(`${name}_count`), 5, name);
    }
    assert.equal(await metric("time_to_first_token_seconds_count"), 5);
    assert.equal(await metric("inter_token_latency_seconds_count"), sum("completion_tokens") - 5);

    for await (const event of streamChat(endpoint, { ...request, max_tokens: 4_000 })) {
      if (event.type === "text") break;
    }
    await waitForRunning(server, 0);
    assert.equal(await metric("request_success_total"), 5);
    assert.ok((await metric("generation_tokens_total")) > sum("completion_tokens"));
    assert.equal(await metric("time_to_first_token_seconds_count"), 6);
    assert.equal(await metric("num_requests_waiting"), 0);
    assert.equal(await metric("kv_cache_usage_perc"), 0);
  });

  test("show who runs and who waits, and that those who leave free their places", {
    timeout: 300_000,
  }, async (t) => {
    const server = await startModelServer({ engine: "timed", profile: { maxSequences: 2 } });
    t.after(() => server.close());
    const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
    const controller = new AbortController();
    const options = { ...quiet, signal: controller.signal };
    const chats = Array.from({ length: 5 }, () =>
      printChat(endpoint, { ...request, max_tokens: 4_000 }, options).catch(() => null),
    );
    while ((await readMetric(server, "num_requests_waiting")) !== 3) await delay(5);
    assert.equal(await readMetric(server, "num_requests_running"), 2);
    controller.abort();
    await Promise.all(chats);
    await waitForRunning(server, 0);
    assert.equal(await readMetric(server, "num_requests_waiting"), 0);
    assert.equal(await readMetric(server, "request_success_total"), 0);
    // The answers of 4,000 tokens would take two minutes.
    const next = await printChat(endpoint, { ...request, max_tokens: 2 }, quiet);
    assert.equal(next.usage?.completion_tokens, 2);
  });
});

describe("the times in the metrics", () => {
  test("are taken from the arrival, the scheduling, the first and the last token of a request", async () => {
    let nowMs = 0;
    const metrics = createVllmMetrics({
      model: "small",
      maxModelTokens: 100,
      maxSequences: 1,
      hasPrefixCache: true,
      nowMs: () => nowMs,
    });
    const steps = metrics.request({ promptTokens: 10, maxTokens: 3 });
    nowMs = 1_000;
    steps.scheduled(0);
    nowMs = 1_500;
    steps.token();
    nowMs = 1_700;
    steps.token();
    nowMs = 2_100;
    steps.token();
    steps.finished("length");
    await delay(0);
    const page = await metrics.page();
    const sums: [name: string, seconds: string][] = [
      ["request_queue_time_seconds", "1"],
      ["time_to_first_token_seconds", "1.5"],
      ["request_prefill_time_seconds", "0.5"],
      ["request_decode_time_seconds", "0.6"],
      ["request_inference_time_seconds", "1.1"],
      ["e2e_request_latency_seconds", "2.1"],
      ["request_time_per_output_token_seconds", "0.3"],
    ];
    for (const [name, seconds] of sums) {
      assert.match(page, new RegExp(`^vllm:${name}_sum\\{[^}]*model_name="small"[^}]*\\} ${seconds}$`, "m"));
    }
  });
});
