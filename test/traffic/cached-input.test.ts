import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import pl from "nodejs-polars";
import {
  loadTrace,
  repeatAsWeek,
  scaleTrace,
  summariseTrace,
  type Trace,
  traceFrame,
} from "../../lib/src/traffic/index.ts";
import { makeTrace } from "../cost/replay/traces.ts";
import { loadText, writeLines } from "../helpers/trace-file.ts";

const when = (second: number) => `2026-05-29T10:00:${String(second).padStart(2, "0")}Z`;
const cachedOf = (trace: Trace) => trace.cachedInputTokens && [...trace.cachedInputTokens];

function assertWithin(trace: Trace): void {
  const { inputTokens, cachedInputTokens = new Float64Array() } = trace;
  assert.equal(cachedInputTokens.length, inputTokens.length);
  assert.ok(cachedInputTokens.every((tokens, place) => tokens >= 0 && tokens <= (inputTokens[place] ?? 0)));
}

describe("the cached input of the Mooncake trace", () => {
  test("is 37 % of its input, at most all of a prompt, and named an upper bound", async () => {
    const trace = await loadTrace("mooncake-conversation");
    const { cachedInputTokens, inputTokens } = summariseTrace(trace);
    assert.equal((((cachedInputTokens ?? 0) / inputTokens) * 100).toFixed(1), "37.4");
    assertWithin(trace);
    assert.match(trace.notes.join(" "), /37 % of the input.*upper bound/);
    // Nobody was there before the first one.
    assert.equal(trace.cachedInputTokens?.[0], 0);
  });

  test("stays with its requests in a frame, scaled, and as a week", async () => {
    const trace = await loadTrace("mooncake-conversation");
    const share = (one: Trace) =>
      (summariseTrace(one).cachedInputTokens ?? 0) / summariseTrace(one).inputTokens;
    const half = scaleTrace(trace, { requests: 0.5, inputTokens: 0.37 });
    const week = repeatAsWeek(scaleTrace(trace, { requests: 0.02 }));
    for (const one of [half, week]) {
      assertWithin(one);
      assert.ok(Math.abs(share(one) - 0.374) < 0.05, String(share(one)));
    }
    const chat = await loadTrace("azure-2023-conversation");
    const frame = await traceFrame(chat, trace);
    const sums = frame.groupBy("trace").agg(pl.col("cachedInputTokens").sum()).sort("trace").toRecords();
    assert.equal(sums[1]?.["cachedInputTokens"], summariseTrace(trace).cachedInputTokens);
    assert.equal(frame.getColumn("cachedInputTokens").nullCount(), chat.inputTokens.length);
    assert.deepEqual(summariseTrace(chat).cachedInputTokens, null);
  });
});

describe("a log's cached tokens", () => {
  const openAi = (second: number, details: object) => ({
    created: 1_780_000_000 + second,
    usage: { prompt_tokens: 1_000, completion_tokens: 20, ...details },
  });
  const details = (cached_tokens: number) => ({ prompt_tokens_details: { cached_tokens, audio_tokens: 0 } });

  const forms: [title: string, file: string, content: string, cached: number[]][] = [
    [
      "of OpenAI, Azure and vLLM",
      "a.jsonl",
      writeLines(...[openAi(0, details(0)), openAi(1, details(768))]),
      [0, 768],
    ],
    [
      "that the first requests do not have",
      "a.jsonl",
      writeLines(...[openAi(0, {}), openAi(1, { prompt_tokens_details: null }), openAi(2, details(512))]),
      [0, 0, 512],
    ],
    [
      "of OpenAI's Responses",
      "a.jsonl",
      writeLines(
        ...[
          {
            created_at: when(0),
            usage: { input_tokens: 900, output_tokens: 5, input_tokens_details: { cached_tokens: 640 } },
          },
        ],
      ),
      [640],
    ],
    [
      "of Anthropic, beside the input",
      "a.jsonl",
      writeLines(
        ...[
          {
            time: when(0),
            usage: {
              input_tokens: 100,
              cache_read_input_tokens: 700,
              cache_creation_input_tokens: 50,
              output_tokens: 5,
            },
          },
        ],
      ),
      [700],
    ],
    [
      "of Bedrock's log, beside the input",
      "a.jsonl",
      writeLines({
        timestamp: when(0),
        input: { inputTokenCount: 3, cacheReadInputTokenCount: 900, cacheWriteInputTokenCount: 25 },
        output: { outputTokenCount: 13 },
      }),
      [900],
    ],
    [
      "of Langfuse, with what they cost beside them",
      "a.jsonl",
      writeLines(
        ...[
          {
            start_time: when(0),
            cost_details: { input: 0, input_cached_tokens: 0, output: 0 },
            usage_details: { input: 100, input_cached_tokens: 300, output: 20 },
          },
        ],
      ),
      [300],
    ],
    [
      "of OpenTelemetry, before the input by the alphabet",
      "a.jsonl",
      writeLines(
        ...[
          {
            startTimeUnixNano: "1780000000000000000",
            attributes: [
              { key: "gen_ai.usage.cache_read.input_tokens", value: { intValue: "256" } },
              { key: "gen_ai.usage.input_tokens", value: { intValue: "900" } },
              { key: "gen_ai.usage.output_tokens", value: { intValue: "9" } },
            ],
          },
        ],
      ),
      [256],
    ],
    [
      "of DeepSeek",
      "a.jsonl",
      writeLines(
        ...[
          {
            created: when(0),
            usage: { prompt_tokens: 90, prompt_cache_hit_tokens: 64, completion_tokens: 5 },
          },
        ],
      ),
      [64],
    ],
    [
      "of a table",
      "a.csv",
      `timestamp,input_tokens,output_tokens,cached_input_tokens\n${when(0)},10,5,\n${when(1)},10,5,4\n`,
      [0, 4],
    ],
    [
      "that are more than the input",
      "a.csv",
      `timestamp,prompt_tokens,output_tokens,cached_tokens\n${when(0)},10,5,25\n`,
      [10],
    ],
  ];
  for (const [title, file, content, cached] of forms) {
    test(title, async (t) => {
      const trace = await loadText(t, { file, content });
      assert.deepEqual(cachedOf(trace), cached);
      assertWithin(trace);
      assert.match(trace.notes.join(" "), /A cache held the input tokens that/);
    });
  }

  const spans = (names: readonly string[]) =>
    writeLines(...[{ time: when(0), ...Object.fromEntries(names.map((name) => [name, counts[name]])) }]);
  const counts: Record<string, number> = {
    "gen_ai.usage.cache_creation.input_tokens": 30,
    "gen_ai.usage.cache_read.input_tokens": 256,
    "gen_ai.usage.input_tokens": 900,
    "gen_ai.usage.reasoning.output_tokens": 4,
    "gen_ai.usage.output_tokens": 9,
  };
  const besides: [title: string, file: string, content: string, tokens: number[]][] = [
    ["of OpenTelemetry, in the input, in any order", "a.jsonl", spans(Object.keys(counts)), [900, 256, 9]],
    ["of OpenTelemetry, backwards", "a.jsonl", spans(Object.keys(counts).toReversed()), [900, 256, 9]],
    [
      "of Anthropic in a table with heads for people",
      "a.csv",
      `Timestamp,Input Tokens,Cache Read Input Tokens,Cache Creation Input Tokens,Output Tokens\n${when(0)},100,700,50,5\n`,
      [850, 700, 5],
    ],
    [
      "of Anthropic, flattened to a table",
      "a.csv",
      `time,usage.cache_creation_input_tokens,usage.cache_read_input_tokens,usage.input_tokens,usage.output_tokens\n${when(0)},50,700,100,5\n`,
      [850, 700, 5],
    ],
    [
      "of Bedrock in a table",
      "a.csv",
      `Timestamp,InputTokenCount,CacheReadInputTokenCount,CacheWriteInputTokenCount,OutputTokenCount\n${when(0)},3,900,25,13\n`,
      [928, 900, 13],
    ],
    [
      "of llama.cpp, which counts as prompt what it reads",
      "a.jsonl",
      writeLines({ created: when(0), timings: { cache_n: 236, prompt_n: 14, predicted_n: 35 } }),
      [250, 236, 35],
    ],
    [
      "of LangChain, in the input",
      "a.jsonl",
      writeLines({
        start_time: when(0),
        usage_metadata: {
          input_tokens: 350,
          output_tokens: 24,
          input_token_details: { cache_creation: 200, cache_read: 100 },
        },
      }),
      [350, 100, 24],
    ],
  ];
  for (const [title, file, content, tokens] of besides) {
    test(title, async (t) => {
      const trace = await loadText(t, { file, content });
      assert.deepEqual([trace.inputTokens[0], trace.cachedInputTokens?.[0], trace.outputTokens[0]], tokens);
    });
  }

  test("are unknown where nobody counts them, and are not taken from a price or from a word", async (t) => {
    const head = "timestamp,input_tokens,output_tokens";
    for (const [name, value] of [
      ["model", "cached"],
      ["cached_tokens", "yes"],
      ["cached_tokens_cost", "3"],
    ]) {
      const trace = await loadText(t, { content: `${head},${name}\n${when(0)},10,5,${value}\n` });
      assert.equal(cachedOf(trace), undefined);
      assert.equal(summariseTrace(trace).cachedInputTokens, null);
    }
  });

  test("are in the column that the reader names, or the file is refused", async (t) => {
    const content = `timestamp,input_tokens,output_tokens,hits\n${when(0)},10,5,\n${when(1)},10,5,6\n`;
    const load = (cachedInputTokens: string) => loadText(t, { content, columns: { cachedInputTokens } });
    assert.deepEqual(cachedOf(await load("hits")), [0, 6]);
    await assert.rejects(load("hitz"), /own\.csv has no column hitz in any row/);
    const wrong = loadText(t, {
      content: content.replace(",6", ",six"),
      columns: { cachedInputTokens: "hits" },
    });
    await assert.rejects(wrong, /line 3: hits \("six"\) is not a number/);
  });

  test("are left out with the cache's tokens where the reader counts only those beside it", async (t) => {
    const row = { time: when(0), input_tokens: 100, cache_read_input_tokens: 70, output_tokens: 5 };
    const load = (inputTokens: string[]) =>
      loadText(t, { content: writeLines(row), file: "a.jsonl", columns: { inputTokens } });
    assert.equal(cachedOf(await load(["input_tokens"])), undefined);
    assert.deepEqual(cachedOf(await load(["input_tokens", "cache_read_input_tokens"])), [70]);
  });

  test("of sums over a period are shared out, never more than a request has", async (t) => {
    const row = (hour: number, requests: number, input: number, cached: number) =>
      `2026-05-29T0${hour}:00:00Z,${requests},${input},${cached},${requests}`;
    const head = "start_time,num_model_requests,input_tokens,input_cached_tokens,output_tokens";
    const trace = await loadText(t, { content: `${head}\n${row(1, 7, 100, 99)}\n${row(2, 3, 10, 10)}\n` });
    assertWithin(trace);
    assert.equal(trace.cachedInputTokens?.length, 10);
  });
});

test("cached tokens never exceed the input, however a trace is scaled and repeated", () => {
  const request = fc.record({
    arrival: fc.integer({ min: 0, max: 3_600 }),
    input: fc.integer({ min: 0, max: 9_000 }),
    cached: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const factor = fc.double({ min: 0.01, max: 5, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 20 }),
      factor,
      factor,
      (drawn, requests, inputTokens) => {
        const rows = drawn.toSorted((one, other) => one.arrival - other.arrival);
        const trace = makeTrace(
          rows.map(({ arrival, input }) => [arrival, input, 1] as const),
          { cachedInputTokens: Float64Array.from(rows, ({ input, cached }) => Math.floor(input * cached)) },
        );
        const scaled = scaleTrace(trace, { requests, inputTokens });
        assertWithin(scaled);
        assertWithin(repeatAsWeek(scaled, { profile: Array.from({ length: 168 }, () => 1) }));
      },
    ),
    { numRuns: 30 },
  );
});

test("a trace whose cached tokens do not fit its input is refused", () => {
  const [one, two] = [makeTrace([[0, 5, 5]]), Float64Array.of(6)];
  assert.throws(
    () => scaleTrace({ ...one, cachedInputTokens: two }, { requests: 2 }),
    /6 cachedInputTokens of 5 inputTokens/,
  );
  assert.throws(
    () => repeatAsWeek({ ...one, cachedInputTokens: new Float64Array(2) }),
    /1 arrivals, and cachedInputTokens of 2/,
  );
});
