import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import pl from "nodejs-polars";
import { loadTrace } from "../../lib/src/traffic/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { loadText, writeLines } from "../helpers/trace-file.ts";

interface Export {
  title: string;
  /** Where its form is documented. */
  source: string;
  file: string;
  content: string;
  /** Seconds since the first, input and output tokens. */
  requests: [arrival: number, input: number, output: number][];
  /** The day of its first request; `null`: it has none. */
  date: string | null;
  leftOut?: number;
}

const langfuse = "https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields";
const openAiUsage = "https://platform.openai.com/docs/api-reference/usage/completions";
const liteLlm = "https://github.com/BerriAI/litellm/blob/main/schema.prisma";
const tokens = (value: number) => ({ value, unit: "tokens" });
const day = "2026-05-29";

const guideLlm = (start_time: number) => ({
  id_: String(start_time),
  start_time,
  requests: {
    successful: [{ request_id: "a", prompt_tokens: 100, output_tokens: 20, start_time, error: null }],
    incomplete: [{ request_id: "b", prompt_tokens: 100, output_tokens: 3, start_time, error: null }],
    errored: [{ request_id: "c", prompt_tokens: 100, output_tokens: 0, start_time, error: "boom" }],
    total: null,
  },
});

const exports: Export[] = [
  {
    title: "LiteLLM's table of spend logs",
    source: liteLlm,
    file: "spend.csv",
    content:
      "request_id,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,status\n" +
      `a,0.1,120,100,20,${day} 10:00:00.5,${day} 10:00:02,success\nb,0,0,0,0,${day} 10:00:01,${day} 10:00:01,failure\n` +
      `c,0.1,60,50,10,${day} 10:00:02,${day} 10:00:03,success\n`,
    requests: [
      [0, 100, 20],
      [1.5, 50, 10],
    ],
    date: day,
    leftOut: 1,
  },
  {
    title: "LiteLLM's answer to /spend/logs, a list",
    source: "https://docs.litellm.ai/docs/proxy/cost_tracking",
    file: "spend.json",
    content: JSON.stringify([
      { startTime: `${day}T10:00:00.123000+00:00`, prompt_tokens: 100, completion_tokens: 20, metadata: {} },
    ]),
    requests: [[0, 100, 20]],
    date: day,
  },
  {
    title:
      "Langfuse's observations as JSON lines: spans without tokens, and tokens of each kind by themselves",
    source: langfuse,
    file: "observations.jsonl",
    content: writeLines(
      { type: "SPAN", start_time: `${day} 13:46:18.000000`, usage_details: {}, input: "x", output: "y" },
      { type: "GENERATION", start_time: `${day} 13:46:19.500000`, usage_details: { input: 100, output: 10 } },
      { type: "GENERATION", start_time: `${day} 13:46:20.000000`, usage_details: {}, level: "ERROR" },
      {
        type: "GENERATION",
        start_time: `${day} 13:46:21.500000`,
        usage_details: {
          input: 80,
          input_cached_tokens: 20,
          output: 7,
          output_reasoning_tokens: 3,
          total: 110,
        },
      },
    ),
    requests: [
      [0, 100, 10],
      [2, 100, 10],
    ],
    date: day,
    leftOut: 2,
  },
  {
    title: "Langfuse's observations as CSV, with objects in cells",
    source: `${langfuse}#csv-exports`,
    file: "observations.csv",
    content:
      'id,start_time,usage_details\n1,2026-05-29 13:46:19.963000,{}\n2,2026-05-29 13:46:20.963000,"{""input"":100,""output"":10}"\n',
    requests: [[0, 100, 10]],
    date: day,
    leftOut: 1,
  },
  {
    title: "OpenAI's usage by hour, spread evenly",
    source: openAiUsage,
    file: "usage.json",
    content: JSON.stringify({
      object: "page",
      data: [
        {
          object: "bucket",
          start_time: 1_780_000_000,
          end_time: 1_780_003_600,
          results: [
            { input_tokens: 1_001, output_tokens: 40, input_cached_tokens: 800, num_model_requests: 2 },
            { input_tokens: 10, output_tokens: 5, num_model_requests: 1 },
          ],
        },
        { object: "bucket", start_time: 1_780_003_600, end_time: 1_780_007_200, results: [] },
      ],
      has_more: false,
    }),
    requests: [
      [900, 500, 20],
      [1_800, 10, 5],
      [2_700, 501, 20],
    ],
    date: "2026-05-28",
  },
  {
    title: "OpenAI's usage as its dashboard exports it",
    source: openAiUsage,
    file: "completions_usage.csv",
    content:
      "start_time,end_time,start_time_iso,end_time_iso,num_model_requests,model,input_tokens,output_tokens\n" +
      "1780012800,1780099200,2026-05-29T00:00:00+00:00,2026-05-30T00:00:00+00:00,1,m,300,31\n",
    requests: [[43_200, 300, 31]],
    date: day,
  },
  {
    title: "OpenAI's stored completions",
    source: "https://platform.openai.com/docs/api-reference/chat/list",
    file: "completions.json",
    content: JSON.stringify(
      {
        object: "list",
        data: [
          {
            object: "chat.completion",
            created: 1_780_012_800,
            choices: [{ index: 0, message: { role: "assistant", content: "x" } }],
            usage: { prompt_tokens: 13, completion_tokens: 18, prompt_tokens_details: { cached_tokens: 10 } },
          },
        ],
      },
      null,
      2,
    ),
    requests: [[0, 13, 18]],
    date: day,
  },
  {
    title: "OpenAI's responses, with details of tokens",
    source: "https://platform.openai.com/docs/api-reference/responses/object",
    file: "responses.jsonl",
    content: writeLines(
      {
        created_at: 1_780_012_800,
        status: "completed",
        error: null,
        usage: {
          input_tokens: 36,
          input_tokens_details: { cached_tokens: 10 },
          output_tokens: 87,
          output_tokens_details: { reasoning_tokens: 64 },
        },
      },
      { created_at: 1_780_012_801, status: "failed", error: { code: "server_error" }, usage: null },
    ),
    requests: [[0, 36, 87]],
    date: day,
    leftOut: 1,
  },
  {
    title: "the output of OpenAI's batches",
    source: "https://platform.openai.com/docs/guides/batch",
    file: "batch_output.jsonl",
    content: writeLines(
      {
        custom_id: "1",
        response: {
          status_code: 200,
          body: { created: 1_780_012_800, usage: { prompt_tokens: 22, completion_tokens: 2 } },
        },
        error: null,
      },
      { custom_id: "2", response: { status_code: 400, body: { error: { message: "x" } } }, error: null },
      { custom_id: "3", response: null, error: { code: "batch_expired" } },
    ),
    requests: [[0, 22, 2]],
    date: day,
    leftOut: 2,
  },
  {
    title: "Anthropic's messages, whose cached tokens stand beside the others",
    source: "https://docs.claude.com/en/docs/build-with-claude/prompt-caching",
    file: "messages.jsonl",
    content: writeLines(
      { ts: `${day}T10:00:00Z`, usage: { input_tokens: 10, output_tokens: 5 } },
      {
        ts: `${day}T10:00:01Z`,
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 100,
          cache_read_input_tokens: 1_000,
          output_tokens: 5,
        },
      },
    ),
    requests: [
      [0, 10, 5],
      [1, 1_110, 5],
    ],
    date: day,
  },
  {
    title: "Helicone's export",
    source: "https://github.com/Helicone/helicone/tree/main/examples/export/typescript",
    file: "helicone.csv",
    content:
      "response_id,response_created_at,response_status,request_created_at,request_body,prompt_tokens,completion_tokens,latency\n" +
      `"a","${day} 13:46:02.000","200","${day} 13:46:00.000","{""a"":1}","12","3","900"\n` +
      `"b","","-3","${day} 13:46:01.000","","12","","9"\n"c","${day} 13:46:02","429","${day} 13:46:01","","","",""\n`,
    requests: [[0, 12, 3]],
    date: day,
    leftOut: 2,
  },
  {
    title: "AIPerf's profile_export.jsonl, the first request cancelled",
    source: "https://github.com/ai-dynamo/aiperf/blob/main/docs/tutorials/working-with-profile-exports.md",
    file: "profile_export.jsonl",
    content: writeLines(
      {
        metadata: { request_start_ns: 1_780_012_799_000_000_000, was_cancelled: true },
        metrics: { error_isl: tokens(550) },
        error: { code: 499, type: "RequestCancellationError" },
      },
      {
        metadata: { request_start_ns: 1_780_012_800_000_000_000, request_ack_ns: 1_780_012_800_100_000_000 },
        metrics: {
          input_sequence_length: tokens(550),
          output_token_count: tokens(4),
          output_sequence_length: tokens(9),
        },
        error: null,
      },
    ),
    requests: [[0, 550, 9]],
    date: day,
    leftOut: 1,
  },
  {
    title: "Baseten's trace",
    source: "https://github.com/ai-dynamo/aiperf/blob/main/src/aiperf/dataset/loader/baseten_trace.py",
    file: "baseten.csv",
    content:
      "timestamp_start_unix_ms,prompt,input_tokens,output_tokens\n1780012800000,hi,10,1\n1780012801500,hi,20,2\n",
    requests: [
      [0, 10, 1],
      [1.5, 20, 2],
    ],
    date: day,
  },
  {
    title: "OpenTelemetry's spans, of which some call no model",
    source: "https://opentelemetry.io/docs/specs/semconv/gen-ai/",
    file: "spans.json",
    content: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "s" } }] },
          scopeSpans: [
            {
              spans: [
                { name: "GET", startTimeUnixNano: "1780012799000000000", attributes: [], status: {} },
                {
                  name: "chat",
                  startTimeUnixNano: "1780012800000000000",
                  attributes: [
                    { key: "gen_ai.usage.input_tokens", value: { intValue: "100" } },
                    { key: "gen_ai.usage.cache_read.input_tokens", value: { intValue: "50" } },
                    { key: "gen_ai.usage.output_tokens", value: { intValue: "20" } },
                  ],
                  status: {},
                },
                { name: "chat", startTimeUnixNano: "1780012801000000000", status: { code: 2 } },
              ],
            },
          ],
        },
      ],
    }),
    requests: [[0, 100, 20]],
    date: day,
    leftOut: 2,
  },
  {
    title: "Cloudflare's logs of an AI gateway",
    source: "https://developers.cloudflare.com/api/resources/ai_gateway/subresources/logs/methods/list/",
    file: "gateway.json",
    content: JSON.stringify({
      success: true,
      errors: [],
      result: [
        { created_at: `${day}T10:00:00Z`, success: true, status_code: 200, tokens_in: 5, tokens_out: 6 },
        { created_at: `${day}T10:00:02Z`, success: false, status_code: 500, tokens_in: 0, tokens_out: 0 },
      ],
    }),
    requests: [[0, 5, 6]],
    date: day,
    leftOut: 1,
  },
  {
    title: "Bedrock's log of invocations",
    source: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html",
    file: "invocations.jsonl",
    content: writeLines(
      { timestamp: `${day}T10:00:00Z`, input: { inputTokenCount: 15 }, output: { outputTokenCount: 120 } },
      { timestamp: `${day}T10:00:01Z`, errorCode: "ThrottlingException", input: {} },
    ),
    requests: [[0, 15, 120]],
    date: day,
    leftOut: 1,
  },
  {
    title: "OpenRouter's activity by day",
    source: "https://openrouter.ai/docs/client-sdks/typescript/models/activityresponse",
    file: "activity.json",
    content: JSON.stringify({ data: [{ date: day, requests: 2, promptTokens: 50, completionTokens: 120 }] }),
    requests: [
      [21_600, 25, 60],
      [64_800, 25, 60],
    ],
    date: day,
  },
  {
    title: "BurstGPT's trace, in seconds",
    source: "https://github.com/HPMLL/BurstGPT",
    file: "BurstGPT_1.csv",
    content:
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,API log\n45,GPT-4,1087,230,1317,API log\n",
    requests: [
      [0, 472, 18],
      [40, 1_087, 230],
    ],
    date: null,
  },
  {
    title:
      "GuideLLM's report: several benchmarks, each with lists of requests that failed or were broken off",
    source: "https://github.com/vllm-project/guidellm/blob/main/docs/guides/outputs.md",
    file: "benchmarks.json",
    content: JSON.stringify({ benchmarks: [1_780_012_800, 1_780_012_900].map(guideLlm) }),
    requests: [
      [0, 100, 20],
      [100, 100, 20],
    ],
    date: day,
    leftOut: 4,
  },
  {
    title: "Vidur's trace",
    source: "https://github.com/microsoft/vidur",
    file: "splitwise_conv.csv",
    content: "arrived_at,num_prefill_tokens,num_decode_tokens\n0.0,374,44\n4.5,396,109\n",
    requests: [
      [0, 374, 44],
      [4.5, 396, 109],
    ],
    date: null,
  },
  {
    title: "splitwise-sim's trace",
    source: "https://github.com/mutinifni/splitwise-sim",
    file: "trace.csv",
    content:
      "request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,token_size\n0,2,0,0.25,1,374,44\n1,2,0,1.75,1,396,109\n",
    requests: [
      [0, 374, 44],
      [1.5, 396, 109],
    ],
    date: null,
  },
  {
    title: "Bailian's trace, in seconds, in the form of Mooncake's",
    source: "https://github.com/alibaba-edu/qwen-bailian-usagetraces-anon",
    file: "qwen_traceA.jsonl",
    content: writeLines(
      { chat_id: 1, parent_chat_id: -1, timestamp: 61, input_length: 521, output_length: 132, hash_ids: [1] },
      {
        chat_id: 2,
        parent_chat_id: 1,
        timestamp: 7_261,
        input_length: 600,
        output_length: 10,
        hash_ids: [1],
      },
    ),
    requests: [
      [0, 521, 132],
      [7_200, 600, 10],
    ],
    date: null,
  },
];

const table = [
  { ts: 1_780_012_800, prompt_tokens: 10, completion_tokens: 1 },
  { ts: 1_780_012_801.5, prompt_tokens: 20, completion_tokens: 2 },
];
const column = (name: keyof (typeof table)[number]) => table.map((row) => row[name]);
const byNumber = (values: readonly unknown[]) => Object.fromEntries(values.entries());
const columnNames = ["ts", "prompt_tokens", "completion_tokens"] as const;

describe("one JSON document", () => {
  const documents: [title: string, document: unknown][] = [
    ["a list", table],
    ["a list under any name", { version: 1, calls: table }],
    ["a list deep inside", { response: { payload: { calls: table } } }],
    ["pages of a list", [{ data: table.slice(0, 1) }, { data: table.slice(1) }]],
    ["objects by id", { a: table[0], b: table[1] }],
    ["pandas' records", table],
    ["pandas' columns", Object.fromEntries(columnNames.map((name) => [name, byNumber(column(name))]))],
    ["pandas' index", byNumber(table)],
    ["pandas' split", { columns: columnNames, index: [0, 1], data: table.map(Object.values) }],
    [
      "lists by column, as vLLM's benchmark has them",
      {
        model: "m",
        num_prompts: 2,
        start_times: column("ts"),
        input_lens: column("prompt_tokens"),
        output_lens: column("completion_tokens"),
        errors: ["", ""],
      },
    ],
  ];
  for (const [title, document] of documents) {
    for (const space of [0, 2]) {
      test(`may be ${title}, ${space === 0 ? "on one line" : "on many"}`, async (t) => {
        const trace = await loadText(t, { file: "own.json", content: JSON.stringify(document, null, space) });
        assert.deepEqual(
          [trace.arrivalSeconds, trace.inputTokens, trace.outputTokens].map((values) => [...values]),
          [
            [0, 1.5],
            [10, 20],
            [1, 2],
          ],
        );
        assert.equal(trace.leftOut, 0);
      });
    }
  }
});

describe("the exports of", () => {
  for (const { title, source, file, content, requests, date, leftOut = 0 } of exports) {
    test(`${title} (${source})`, async (t) => {
      const trace = await loadText(t, { file, content });
      const columns = [trace.arrivalSeconds, trace.inputTokens, trace.outputTokens].map((column) => [
        ...column,
      ]);
      assert.deepEqual(
        columns,
        [0, 1, 2].map((index) => requests.map((request) => request[index])),
      );
      assert.deepEqual([trace.leftOut, trace.date], [leftOut, date]);
    });
  }

  test("Anthropic's say that cached tokens were added, and how to leave them out", async (t) => {
    const content = writeLines({ ts: 0, input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 5 });
    const trace = await loadText(t, { file: "own.jsonl", content });
    assert.deepEqual([...trace.inputTokens], [100]);
    assert.match(
      trace.notes.join(" "),
      /beside input_tokens, were added.*columns: \{ inputTokens: "input_tokens" \}/,
    );
    const without = await loadText(t, {
      file: "own.jsonl",
      content,
      columns: { inputTokens: "input_tokens" },
    });
    assert.deepEqual([...without.inputTokens], [10]);
    assert.doesNotMatch(without.notes.join(" "), /were added/);
  });

  test("sums are called synthetic, with their span", async (t) => {
    const content =
      "date,requests,prompt_tokens,completion_tokens\n2026-05-30,1,9,9\n2026-05-28,4,40,40\n2026-05-29,0,0,0\n";
    const trace = await loadText(t, { content });
    assert.equal(trace.kind, "synthetic");
    assert.equal(trace.spanSeconds, 3 * 86_400);
    assert.match(trace.notes.join(" "), /its rows count 5 requests by periods; they were spread evenly/);
  });

  test("rows that count one request each are requests", async (t) => {
    const content =
      "timestamp,requests,input_tokens,output_tokens\n2026-05-29T10:00:00Z,1,9,9\n2026-05-29T10:00:09Z,1,9,9\n";
    const trace = await loadText(t, { content });
    assert.deepEqual([trace.kind, [...trace.arrivalSeconds]], ["recorded", [0, 9]]);
  });

  test("sums may count many requests, and are refused where they count none", async (t) => {
    const head = "start_time,end_time,num_requests,input_tokens,output_tokens\n1780012800,1780016400,";
    await assert.rejects(
      loadText(t, { content: `${head}900000000,1,1\n` }),
      /line 2: num_requests .* 100 million/,
    );
    const content = JSON.stringify({
      data: [
        {
          starting_at: "2026-05-29T00:00:00Z",
          ending_at: "2026-05-30T00:00:00Z",
          results: [{ uncached_input_tokens: 1_500, cache_read_input_tokens: 200, output_tokens: 500 }],
        },
      ],
    });
    await assert.rejects(
      loadText(t, { file: "report.json", content }),
      /report\.json adds up tokens over periods, and does not say of how many requests/,
    );
  });

  test("any of them, compressed, whatever its name, or in Parquet", async (t) => {
    const folder = makeFolder(t);
    const rows =
      "timestamp_start_unix_ms,input_tokens,output_tokens\n1780012800000,10,1\n1780012801500,20,2\n";
    writeFileSync(join(folder, "packed.csv"), gzipSync(rows));
    writeFileSync(
      join(folder, "packed.json"),
      gzipSync(JSON.stringify({ data: [{ ts: 5, prompt_tokens: 1, completion_tokens: 1 }] })),
    );
    pl.readCSV(rows).writeParquet(join(folder, "trace.parquet"));
    assert.deepEqual([...(await loadTrace(join(folder, "packed.csv"))).inputTokens], [10, 20]);
    assert.equal((await loadTrace(join(folder, "packed.json"))).inputTokens.length, 1);
    const parquet = await loadTrace(join(folder, "trace.parquet"));
    assert.deepEqual(
      [[...parquet.arrivalSeconds], [...parquet.outputTokens]],
      [
        [0, 1.5],
        [1, 2],
      ],
    );
  });
});
