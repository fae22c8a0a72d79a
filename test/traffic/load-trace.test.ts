import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import pl from "nodejs-polars";
import { InputError } from "../../lib/src/errors.ts";
import {
  loadTrace,
  summariseTrace,
  type Trace,
  type TraceName,
  traceFrame,
} from "../../lib/src/traffic/index.ts";
import type { LoadTraceOptions } from "../../lib/src/traffic/load-trace.ts";
import { shippedTraces } from "../../lib/src/traffic/shipped-traces.ts";
import { sortByArrival } from "../../lib/src/traffic/trace.ts";
import { makeTrace } from "../cost/replay/traces.ts";
import { makeFolder } from "../helpers/environment.ts";

function write(context: TestContext, file: string, content: string | Buffer): string {
  const path = join(makeFolder(context), file);
  writeFileSync(path, content);
  return path;
}

function columnsOf({ arrivalSeconds, inputTokens, outputTokens }: Trace): number[][] {
  return [[...arrivalSeconds], [...inputTokens], [...outputTokens]];
}

describe("a frame of traces", () => {
  test("has a row for each request, under the name of its trace", async () => {
    const chat = await loadTrace("azure-2023-conversation");
    const code = await loadTrace("azure-2023-code");
    const frame = await traceFrame(chat, code);
    assert.deepEqual(frame.columns, ["trace", "arrivalSeconds", "inputTokens", "outputTokens"]);
    const sums = frame
      .groupBy("trace")
      .agg(pl.col("inputTokens").sum(), pl.col("outputTokens").count().alias("requests"))
      .sort("requests")
      .toRecords();
    assert.deepEqual(
      sums,
      [code, chat].map((trace) => {
        const { requests, inputTokens } = summariseTrace(trace);
        return { trace: trace.name, inputTokens, requests };
      }),
    );
  });
});

test("the busiest minute of a trace is that with the most requests, in requests per second", () => {
  const busy = [0, 59, 60, 61, 62, 119, 240].map((arrival) => [arrival, 1, 1] as const);
  assert.equal(summariseTrace(makeTrace(busy)).busiestMinuteRequestsPerSecond, 4 / 60);
  assert.equal(
    summariseTrace(makeTrace([[0, 1, 1]], { spanSeconds: 2 })).busiestMinuteRequestsPerSecond,
    0.5,
  );
});

describe("the traces that come with the workbook", () => {
  const known: [name: TraceName, requests: number, spanMinutes: string, mix: string, perSecond: string][] = [
    ["azure-2023-code", 8_819, "57.3", "73.4", "2.57"],
    ["azure-2023-conversation", 19_366, "58.4", "5.47", "5.53"],
    ["mooncake-conversation", 12_031, "58.9", "35.1", "3.40"],
  ];
  for (const [name, requests, spanMinutes, mix, perSecond] of known) {
    test(`${name} has the requests, the span and the mix of its publication`, async () => {
      const trace = await loadTrace(name);
      const summary = summariseTrace(trace);
      assert.equal(summary.requests, requests);
      assert.equal((summary.spanSeconds / 60).toFixed(1), spanMinutes);
      assert.equal(summary.inputTokensPerOutputToken?.toPrecision(3), mix);
      assert.equal(summary.requestsPerSecond.toPrecision(3), perSecond);
      assert.equal(sortByArrival(trace).outOfOrder, 0);
      assert.equal(trace.kind, "recorded");
      assert.match(trace.source, /^https:\/\/github\.com\//);
      assert.match(String(trace.licence), /^(CC-BY-4\.0|Apache-2\.0)$/);
      assert.match(trace.notes.join(" "), /about one hour/);
    });
  }

  test("begin with the lengths of the files that they were made from", async () => {
    const code = await loadTrace("azure-2023-code");
    assert.deepEqual(
      columnsOf(code).map((column) => column.slice(0, 3)),
      [
        [0, 0.052, 0.098],
        [4_808, 3_180, 110],
        [10, 8, 27],
      ],
    );
    // A Thursday, 18:17:03.
    assert.equal(code.startSecondOfWeek, 3 * 86_400 + 18 * 3_600 + 17 * 60 + 3);
    assert.equal(code.date, "2023-11-16");
  });

  test("are each named with source and licence beside their files", () => {
    const readme = readFileSync(new URL("../../lib/data/traces/README.md", import.meta.url), "utf8");
    for (const name of Object.keys(shippedTraces)) assert.ok(readme.includes(`\`${name}.csv\``), name);
    assert.match(readme, /Splitwise/);
    assert.match(readme, /CC BY 4\.0/);
    assert.match(readme, /LICENSE-Apache-2\.0\.txt/);
  });
});

describe("a trace of one's own", () => {
  const expected = [
    [0, 1.5, 4],
    [100, 200, 300],
    [10, 20, 30],
  ];
  const forms: [title: string, file: string, content: string | Buffer, options?: LoadTraceOptions][] = [
    ["CSV in seconds", "own.csv", "timestamp,input_tokens,output_tokens\n7,100,10\n8.5,200,20\n11,300,30\n"],
    [
      "CSV in milliseconds by name",
      "own.csv",
      "timestamp_ms,input,output\n0,100,10\n1500,200,20\n4000,300,30\n",
    ],
    [
      "CSV in milliseconds as told",
      "own.csv",
      "time,input,output\n0,100,10\n1500,200,20\n4000,300,30\n",
      { timeUnit: "milliseconds" },
    ],
    [
      "CSV in seconds since 1970",
      "own.csv",
      "timestamp,prompt_tokens,completion_tokens\n1795424400,100,10\n1795424401.5,200,20\n1795424404,300,30",
    ],
    [
      "CSV in milliseconds since 1970",
      "own.csv",
      "timestamp,prompt_tokens,completion_tokens\n1795424400000,100,10\n1795424401500,200,20\n1795424404000,300,30",
    ],
    [
      "CSV with calendar times, as Azure has them",
      "own.csv",
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2026-11-23 09:00:00.0000000,100,10\r\n2026-11-23 09:00:01.5000000,200,20\r\n2026-11-23 09:00:04,300,30",
    ],
    [
      "CSV with zones, semicolons, quotation marks and other columns",
      "own.csv",
      '"Timestamp";"Model";"Input tokens";"Output tokens"\n"2026-11-23T10:00:00+01:00";"a;b";100;10\n2026-11-23T09:00:01.5Z;c;200;20\n\n2026-11-23T04:00:04-0500;d;300.0;30\n',
    ],
    [
      "CSV after a byte order mark, between tabs",
      "own.tsv",
      "\uFEFFtimestamp\tinput_tokens\toutput_tokens\n0\t100\t10\n1.5\t200\t20\n4\t300\t30\n",
    ],
    [
      "CSV whose cells have semicolons and tabs without quotation marks",
      "own.csv",
      "timestamp,prompt,input_tokens,output_tokens\n7,a; b,100,10\n8.5,c\td;e,200,20\n11,,300,30\n",
    ],
    ["CSV between vertical bars", "own.csv", "timestamp|input|output\n7|100|10\n8.5|200|20\n11|300|30\n"],
    [
      "JSON lines with numbers that JSON does not have, as Python writes them",
      "own.jsonl",
      '{"timestamp": 3, "wait": NaN, "input_tokens": 100, "output_tokens": 10}\n{"timestamp": 4.5, "input_tokens": 200, "output_tokens": 20}\n{"timestamp": 7, "wait": -Infinity, "input_tokens": 300, "output_tokens": 30}',
    ],
    [
      "JSON lines with counts under several names, of which some are empty",
      "own.jsonl",
      [3, 4.5, 7]
        .map((timestamp, index) => {
          const [input, output] = [100 * (index + 1), 10 * (index + 1)];
          const prices = { input_tokens: 0.25, output_tokens: 1.25 };
          const usage = {
            input_tokens: 0,
            output_tokens: 0,
            prompt_tokens: input,
            completion_tokens: output,
          };
          return JSON.stringify({ timestamp, prices, usage });
        })
        .join("\n"),
    ],
    [
      "JSON lines",
      "own.jsonl",
      '{"timestamp": 3, "input_tokens": 100, "output_tokens": 10}\n{"timestamp": 4.5, "input_tokens": 200, "output_tokens": 20, "model": null}\n\n{"timestamp": 7, "input_tokens": 300, "output_tokens": "30"}',
    ],
    [
      "JSON lines as Mooncake has them, in milliseconds",
      "own.jsonl",
      '{"timestamp": 0, "input_length": 100, "output_length": 10, "hash_ids": [0]}\n{"timestamp": 1500, "input_length": 200, "output_length": 20, "hash_ids": [0]}\n{"timestamp": 4000, "input_length": 300, "output_length": 30, "hash_ids": []}\n',
    ],
    [
      "compressed",
      "own.csv.gz",
      gzipSync("timestamp,input_tokens,output_tokens\n7,100,10\n8.5,200,20\n11,300,30\n"),
    ],
  ];
  for (const [title, file, content, options] of forms) {
    test(`is read: ${title}`, async (context) => {
      const trace = await loadTrace(write(context, file, content), options);
      assert.deepEqual(columnsOf(trace), expected);
      assert.equal(trace.spanSeconds, 4);
      assert.equal(trace.name, file);
      assert.equal(trace.licence, null);
    });
  }

  test("knows its day and hour of the week where its times are dated, and says so where they are not", async (context) => {
    const rows = "2026-11-24T09:00:00Z,1,1\n2026-11-24T10:00:00Z,1,1\n";
    const dated = await loadTrace(write(context, "dated.csv", `timestamp,input,output\n${rows}`));
    // A Tuesday.
    assert.equal(dated.startSecondOfWeek, (24 + 9) * 3_600);
    assert.equal(dated.date, "2026-11-24");
    assert.deepEqual(dated.notes, []);
    const counted = await loadTrace(write(context, "counted.csv", "timestamp,input,output\n0,1,1\n"));
    assert.equal(counted.startSecondOfWeek, 0);
    assert.equal(counted.date, null);
    assert.match(counted.notes.join(" "), /Monday at 0:00/);
    assert.equal(counted.spanSeconds, 1);
  });

  test("says which unit its times were read in, where neither name nor size told it", async (context) => {
    const notesOf = async (head: string, options: Parameters<typeof loadTrace>[1] = {}) => {
      const path = write(
        context,
        "numbers.csv",
        `${head},input_tokens,output_tokens\n0,10,5\n3600000,10,5\n`,
      );
      const { notes, spanSeconds } = await loadTrace(path, options);
      return [notes.some((note) => note.includes("were read as seconds; give timeUnit")), spanSeconds];
    };
    assert.deepEqual(await notesOf("timestamp"), [true, 3_600_000]);
    assert.deepEqual(await notesOf("timestamp_s"), [false, 3_600_000]);
    assert.deepEqual(await notesOf("arrival_seconds"), [false, 3_600_000]);
    assert.deepEqual(await notesOf("timestamp_ms"), [false, 3_600]);
    assert.deepEqual(await notesOf("timestamp", { timeUnit: "seconds" }), [false, 3_600_000]);
    assert.deepEqual(await notesOf("timestamp", { timeUnit: "milliseconds" }), [false, 3_600]);
  });

  test("is sorted where its requests are out of order, and says so", async (context) => {
    const path = write(context, "own.csv", "timestamp,input,output\n5,1,10\n3,2,20\n5,3,30\n4,4,40\n");
    const trace = await loadTrace(path);
    assert.deepEqual(columnsOf(trace), [
      [0, 1, 2, 2],
      [2, 4, 1, 3],
      [20, 40, 10, 30],
    ]);
    assert.match(trace.notes.join(" "), /2 of its requests were out of order/);
  });

  test("may have many rows", async (context) => {
    const rows = Array.from({ length: 5_000 }, (_, row) => `${row},${row % 7},1`).join("\n");
    const trace = await loadTrace(write(context, "own.csv", `timestamp,input,output\n${rows}`));
    assert.equal(trace.arrivalSeconds.length, 5_000);
    assert.equal(trace.arrivalSeconds.at(-1), 4_999);
    assert.equal(trace.inputTokens.at(-1), 4_999 % 7);
  });
});

test("a unit that is none is refused", async () => {
  const timeUnit: string = "ms";
  const options = { timeUnit } as LoadTraceOptions;
  await assert.rejects(loadTrace("own.csv", options), /timeUnit is "ms".*seconds or milliseconds or/);
});

describe("a trace that cannot be used is refused, by its line", () => {
  const head = "timestamp,input_tokens,output_tokens\n";
  const wrong: [title: string, file: string, content: string, message: RegExp][] = [
    ["an empty file", "own.csv", "", /own\.csv has no requests/],
    ["a header alone", "own.csv", head, /own\.csv has no requests/],
    [
      "a missing column",
      "own.csv",
      "timestamp,input_tokens\n0,1\n",
      /line 1: no column output_tokens; there is timestamp, input_tokens/,
    ],
    [
      "no names at all",
      "own.csv",
      "0,100,10\n1,100,10\n",
      /line 1: no column timestamp and no input_tokens and no output_tokens/,
    ],
    ["a cell that is missing", "own.csv", `${head}0,1,1\n1,2\n`, /line 3: output_tokens is missing/],
    ["an empty time", "own.csv", `${head},1,1\n`, /line 2: timestamp is missing/],
    [
      "words for a number",
      "own.csv",
      `${head}0,1,1\n1,many,2\n`,
      /line 3: input_tokens \("many"\) is not a number/,
    ],
    ["a negative length", "own.csv", `${head}0,1,1\n1,-5,2\n`, /line 3: input_tokens \("-5"\) is negative/],
    ["a negative time", "own.csv", `${head}-2,1,1\n`, /line 2: timestamp \("-2"\) is negative/],
    [
      "a gigantic length",
      "own.csv",
      `${head}0,1,1\n1,1,99999999999\n`,
      /line 3: output_tokens \("99999999999"\) is more than any model/,
    ],
    ["half a token", "own.csv", `${head}0,1.5,1\n`, /line 2: input_tokens \("1\.5"\) is not a whole number/],
    [
      "an infinite time",
      "own.csv",
      `${head}Infinity,1,1\n`,
      /line 2: timestamp \("Infinity"\) is not a finite time/,
    ],
    [
      "a time far away",
      "own.csv",
      `${head}0,1,1\n900000000,1,1\n`,
      /line 3: timestamp .* more than 10 years/,
    ],
    [
      "seconds, then milliseconds",
      "own.csv",
      `${head}1795424400,1,1\n1795424401000,1,1\n`,
      /line 3: .* in milliseconds, while/,
    ],
    [
      "seconds, then a calendar time",
      "own.csv",
      `${head}0,1,1\n2026-11-23T09:00:00Z,1,1\n`,
      /line 3: .* is not a number, as the times before it are/,
    ],
    [
      "calendar times, then seconds",
      "own.csv",
      `${head}2026-11-23T09:00:00Z,1,1\n5,1,1\n`,
      /line 3: .* is not a calendar time/,
    ],
    ["no time", "own.csv", `${head}yesterday,1,1\n`, /line 2: timestamp \("yesterday"\) is not a time/],
    ["a day that does not exist", "own.csv", `${head}2026-02-30 09:00:00,1,1\n`, /line 2: .* is not a time/],
    ["a quotation mark left open", "own.csv", `${head}0,1,1\n"1,2,3\n`, /line \d+ is no line of a CSV file/],
    [
      "a line of JSON that is none",
      "own.jsonl",
      '{"timestamp":0,"input_tokens":1,"output_tokens":1}\n{"timestamp":\n',
      /own\.jsonl, line 2 is no JSON object/,
    ],
    [
      "a key that is missing later",
      "own.jsonl",
      '{"timestamp":0,"input_tokens":1,"output_tokens":1}\n\n{"timestamp":1,"output_tokens":1}\n',
      /line 3: input_tokens is missing/,
    ],
    [
      "a file that is not compressed as it says",
      "own.csv.gz",
      head,
      /could not be read: it is not compressed/,
    ],
    [
      "a log that is no table",
      "access.log",
      'INFO:     127.0.0.1:55112 - "POST /v1/chat/completions HTTP/1.1" 200 OK\n',
      /access\.log, line 1 is no line of a CSV file.*made one first/,
    ],
  ];
  for (const [title, file, content, message] of wrong) {
    test(title, async (context) => {
      const path = write(context, file, content);
      await assert.rejects(loadTrace(path), (error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, message);
        assert.ok(error.remedy.length > 10);
        return true;
      });
    });
  }

  test("a file that is not there, with the names of those that come with the workbook", async () => {
    await assert.rejects(
      loadTrace("nowhere/own.csv"),
      /nowhere\/own\.csv could not be read: there is no such file\..*azure-2023-code, azure/,
    );
  });
});
