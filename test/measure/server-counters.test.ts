import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { connectEndpoint, printChat } from "../../lib/src/endpoint/index.ts";
import {
  parsePrometheusText,
  readCounters,
  readServerCounters,
  subtractCounters,
} from "../../lib/src/measure/server-counters.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { findClosedPort, startLocalServer } from "../helpers/local-server.ts";
import { makeServerCounters } from "../helpers/measurement.ts";

const labels = '{engine="0",model_name="small"}';

const today = `# HELP vllm:generation_tokens_total Number of generation tokens processed.
# TYPE vllm:generation_tokens_total counter
vllm:generation_tokens_total${labels} 1280.0
vllm:generation_tokens_created${labels} 1.795430913735309e+09
vllm:prompt_tokens_total${labels} 2560.0
vllm:prompt_tokens_by_source_total{engine="0",model_name="small",source="local_compute"} 2500.0
vllm:prompt_tokens_by_source_total{engine="0",model_name="small",source="local_cache_hit"} 60.0
vllm:prefix_cache_queries_total${labels} 2560.0
vllm:prefix_cache_hits_total${labels} 60.0
vllm:num_preemptions_total${labels} 1.0
vllm:request_success_total{engine="0",finished_reason="stop",model_name="small"} 3.0
vllm:request_success_total{engine="0",finished_reason="length",model_name="small"} 7.0
vllm:num_requests_running${labels} 2.0
vllm:num_requests_waiting${labels} 1.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="small",reason="capacity"} 1.0
vllm:kv_cache_usage_perc${labels} 0.25
vllm:iteration_tokens_total_sum${labels} 3840.0
vllm:request_queue_time_seconds_bucket{engine="0",le="0.3",model_name="small"} 10.0
vllm:request_queue_time_seconds_bucket{engine="0",le="+Inf",model_name="small"} 10.0
vllm:request_queue_time_seconds_sum${labels} 0.5
vllm:request_queue_time_seconds_count${labels} 10.0
vllm:request_prefill_time_seconds_sum${labels} 1.5
vllm:request_prefill_time_seconds_count${labels} 10.0
vllm:inter_token_latency_seconds_sum${labels} 12.7
vllm:inter_token_latency_seconds_count${labels} 1270.0
vllm:cache_config_info{block_size="32",enable_prefix_caching="True",engine="0"} 1.0
`;

describe("vLLM's counters", () => {
  test("are read under today's names", () => {
    const counters = readCounters(today);
    assert.deepEqual(counters, {
      generationTokens: 1_280,
      promptTokens: 2_560,
      promptTokensComputed: 2_500,
      prefixCacheQueryTokens: 2_560,
      prefixCacheHitTokens: 60,
      cacheBlockTokens: 32,
      preemptions: 1,
      finished: { stop: 3, length: 7 },
      runningRequests: 2,
      waitingRequests: 1,
      kvCacheUsage: 0.25,
      queueTime: { sumSeconds: 0.5, count: 10 },
      prefillTime: { sumSeconds: 1.5, count: 10 },
      decodeTime: null,
      timeToFirstToken: null,
      interTokenTime: { sumSeconds: 12.7, count: 1_270 },
      timePerOutputToken: null,
      requestTime: null,
    });
  });

  test("are read under the names of older versions", () => {
    const page = today
      .replaceAll("prefix_cache_", "gpu_prefix_cache_")
      .replaceAll("kv_cache_usage_perc", "gpu_cache_usage_perc")
      .replaceAll("inter_token_latency_seconds", "time_per_output_token_seconds");
    assert.doesNotMatch(page, /vllm:(prefix_cache|kv_cache|inter_token)/);
    assert.deepEqual(readCounters(page), readCounters(today));
  });

  test("are counted once where a version shows the old and the new name", () => {
    const page = `${today}vllm:gpu_cache_usage_perc${labels} 0.25\nvllm:time_per_output_token_seconds_sum${labels} 12.7\nvllm:time_per_output_token_seconds_count${labels} 1270\n`;
    assert.deepEqual(readCounters(page), readCounters(today));
  });

  test("are read behind another prefix, and once where a platform shows both", () => {
    const renamed = today.replaceAll("vllm:", "kserve_vllm:");
    assert.deepEqual(readCounters(renamed), readCounters(today));
    assert.deepEqual(readCounters(`${today}${renamed}`), readCounters(today));
    assert.deepEqual(readCounters(today.replaceAll("vllm:", "vllm_")), readCounters(today));
  });

  test("of several engines are added up, but the cache is as full as the fullest", () => {
    const second = today.replaceAll('engine="0"', 'engine="1"').replace("} 0.25", "} 0.75");
    const counters = readCounters(`${today}${second}`);
    assert.equal(counters?.generationTokens, 2_560);
    assert.deepEqual(counters?.queueTime, { sumSeconds: 1, count: 20 });
    assert.deepEqual(counters?.finished, { stop: 6, length: 14 });
    assert.equal(counters?.runningRequests, 4);
    assert.equal(counters?.kvCacheUsage, 0.75);
  });

  test("are null where the page is another program's", () => {
    assert.equal(readCounters("process_cpu_seconds_total 9.5\nhttp_requests_total 3\n"), null);
    assert.equal(readCounters("<!doctype html><p>Not here.</p>"), null);
    assert.equal(readCounters(""), null);
  });

  test("of a running server count what truly happened, and are asked for with its key", async (t) => {
    const server = await startModelServer({
      engine: "timed",
      model: "small",
      apiKey: "sk-test",
      profile: { timeToFirstTokenMs: 5, timePerOutputTokenMs: 2 },
    });
    t.after(() => server.close());
    const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: "sk-test" });
    const before = await readServerCounters(endpoint);
    assert.ok(before !== null);
    const answer = await printChat(
      endpoint,
      { messages: [{ role: "user", content: "Hello" }], max_tokens: 20, ignore_eos: true },
      { write: () => {} },
    );
    const after = await readServerCounters(endpoint);
    assert.ok(after !== null);
    const gained = subtractCounters(after, before);
    assert.equal(gained?.generationTokens, 20);
    assert.equal(gained?.promptTokens, answer.usage?.prompt_tokens);
    assert.deepEqual(gained?.finished, { stop: 0, length: 1, abort: 0, error: 0 });
    assert.equal(gained?.queueTime?.count, 1);
    assert.equal(gained?.interTokenTime?.count, 19);
    assert.ok((gained?.decodeTime?.sumSeconds ?? 0) > 0);
  });

  test("of several servers are added up, and null where one of them has none", async (t) => {
    const [one, other] = await Promise.all([
      startLocalServer(t, (_, response) => response.end(today)),
      startLocalServer(t, (_, response) => response.end(today)),
    ]);
    const refusing = await startLocalServer(t, (_, response) => response.writeHead(401).end(today));
    const [first, second, third] = [one, other, refusing].map(({ url }) => ({
      baseUrl: `${url}/v1`,
      apiKey: "EMPTY",
    }));
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const alone = await readServerCounters(first);
    const together = await readServerCounters([first, second]);
    assert.equal(alone?.generationTokens, 1_280);
    assert.equal(together?.generationTokens, 2_560);
    assert.equal(together?.kvCacheUsage, alone?.kvCacheUsage);
    assert.equal(await readServerCounters([first, third]), null);
  });

  test("are null where the page is many times what a server writes", async (t) => {
    const server = await startLocalServer(t, (_, response) =>
      response.end(today + "x 1\n".repeat(1_100_000)),
    );
    assert.equal(await readServerCounters({ baseUrl: `${server.url}/v1`, apiKey: "EMPTY" }), null);
  });

  test("lie beside /v1, and the key is sent there and nowhere else", async (t) => {
    const other = await startLocalServer(t, (_, response) => response.end(today));
    const server = await startLocalServer(t, ({ path }, response) => {
      if (path === "/metrics") response.end(today);
      else response.writeHead(302, { location: `${other.url}/metrics` }).end();
    });
    const found = await readServerCounters({ baseUrl: `${server.url}/v1`, apiKey: "sk-canary" });
    assert.equal(found?.generationTokens, 1_280);
    assert.equal(server.requests[0]?.headers.authorization, "Bearer sk-canary");
    assert.equal(await readServerCounters({ baseUrl: `${server.url}/moved/v1`, apiKey: "sk-canary" }), null);
    assert.deepEqual(other.requests, []);
  });

  test("are null, without an error, where the server refuses, is silent, or is not there", async (t) => {
    const refusing = await startLocalServer(t, (_, response) => response.writeHead(401).end(today));
    const silent = await startLocalServer(t, () => {});
    const port = await findClosedPort();
    assert.equal(await readServerCounters({ baseUrl: `${refusing.url}/v1`, apiKey: "EMPTY" }), null);
    assert.equal(
      await readServerCounters({ baseUrl: `${silent.url}/v1`, apiKey: "EMPTY" }, { timeoutMs: 50 }),
      null,
    );
    assert.equal(await readServerCounters({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: "EMPTY" }), null);
    const signal = AbortSignal.abort();
    assert.equal(
      await readServerCounters({ baseUrl: `${silent.url}/v1`, apiKey: "EMPTY" }, { signal }),
      null,
    );
  });
});

describe("the gain of counters", () => {
  const before = makeServerCounters();

  test("is the difference of counters and histograms, with the later gauges", () => {
    const after = makeServerCounters({
      generationTokens: 5_620,
      promptTokens: 5_220,
      finished: { length: 44, abort: 1 },
      runningRequests: 3,
      kvCacheUsage: 0.5,
      decodeTime: { sumSeconds: 200, count: 44 },
    });
    const gained = subtractCounters(after, before);
    assert.equal(gained?.generationTokens, 500);
    assert.equal(gained?.promptTokens, 100);
    assert.deepEqual(gained?.finished, { length: 4, abort: 1 });
    assert.deepEqual(gained?.decodeTime, { sumSeconds: 8, count: 4 });
    assert.equal(gained?.runningRequests, 3);
    assert.equal(gained?.kvCacheUsage, 0.5);
    assert.deepEqual(gained?.queueTime, { sumSeconds: 0, count: 0 });
  });

  test("of what one reading lacks is null, not zero", () => {
    const gained = subtractCounters(before, makeServerCounters({ queueTime: null, preemptions: null }));
    assert.equal(gained?.queueTime, null);
    assert.equal(gained?.preemptions, null);
  });

  test("is not known where the server was started anew in between", () => {
    assert.equal(subtractCounters(makeServerCounters({ generationTokens: 10 }), before), null);
    assert.equal(subtractCounters(makeServerCounters({ promptTokens: 10 }), before), null);
    assert.equal(subtractCounters(makeServerCounters({ prefixCacheQueryTokens: 1 }), before), null);
  });
});

describe("a page in Prometheus' text format", () => {
  test("is read with whatever stands in labels", () => {
    const label = fc.string({ unit: fc.constantFrom("a", "{", "}", ",", "=", '"', "\\", "\n", "n", " ") });
    const samples = fc.array(
      fc.record({
        name: fc.constantFrom("up", "vllm:tokens_total", "a_b:c"),
        labels: fc.dictionary(fc.constantFrom("model_name", "engine", "_x"), label),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      }),
    );
    const escaped = (text: string) =>
      text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
    fc.assert(
      fc.property(samples, (written) => {
        const page = written.map((sample) => {
          const pairs = Object.entries(sample.labels).map(([name, text]) => `${name}="${escaped(text)}"`);
          const inBraces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
          return `# HELP ${sample.name} some words\n${sample.name}${inBraces} ${sample.value}\n`;
        });
        const read = parsePrometheusText(page.join(""));
        assert.deepEqual(
          read.map((sample) => ({ ...sample, value: sample.value + 0 })),
          written.map((sample) => ({
            ...sample,
            labels: { ...sample.labels },
            value: Number(String(sample.value)),
          })),
        );
      }),
    );
  });

  test("may have times and Windows line ends; what is not a number is left out", () => {
    assert.deepEqual(
      parsePrometheusText('a{b="c"} 1.5 1795430913\r\nd NaN\ne +Inf\nf 2e3\nnot a sample line\n'),
      [
        { name: "a", labels: { b: "c" }, value: 1.5 },
        { name: "f", labels: {}, value: 2_000 },
      ],
    );
  });
});
