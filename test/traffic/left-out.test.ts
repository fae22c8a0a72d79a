import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findFailure } from "../../lib/src/traffic/find-failure.ts";
import { summariseTrace } from "../../lib/src/traffic/index.ts";
import { loadText, writeLines } from "../helpers/trace-file.ts";

describe("a request that failed", () => {
  const failed: Record<string, unknown>[] = [
    { status: 429 },
    { status: "500" },
    { status: "503 Service Unavailable" },
    { statusCode: 404 },
    { http_status: "HTTP/1.1 502" },
    { "Response Status": "-3" },
    { status: "ERROR" },
    { status: "failure" },
    { status: "cancelled" },
    { status: "Failed: too many requests" },
    { status: "timed_out" },
    { status: { code: 2 } },
    { status: { status_code: "STATUS_CODE_ERROR" } },
    { level: "ERROR" },
    { error: "Connection reset" },
    { error: { code: 499 } },
    { errors: ["x"] },
    { error_code: 500 },
    { errorMessage: "too long" },
    { exception_type: "RateLimitError" },
    { success: false },
    { success: "False" },
    { isError: true },
    { finish_reason: "error" },
    { response: { status_code: 400 } },
    { response: { body: { error: { message: "x" } } } },
  ];
  for (const fields of failed) {
    test(`is known by ${JSON.stringify(fields)}`, () => assert.notEqual(findFailure(fields), null));
  }

  const answered: Record<string, unknown>[] = [
    { status: 200 },
    { status: "ok" },
    { status: "completed" },
    { status: "incomplete" },
    { status: { code: 1 } },
    { status: null, error: null, errors: ["", null], error_code: 0, success: true, level: "WARNING" },
    { error: "" },
    { error: "None" },
    { error: "NaN" },
    { error: false },
    { error: { message: null, code: null } },
    { error_code: "200" },
    { finish_reason: "stop" },
    { code: 450, state: "NY", metadata: { status: "failed" }, failures: "2" },
  ];
  for (const fields of answered) {
    test(`is not taken from ${JSON.stringify(fields)}`, () => assert.equal(findFailure(fields), null));
  }
});

describe("rows that are no answered request", () => {
  const head = "timestamp,input_tokens,output_tokens,status\n";

  test("are left out, counted and explained", async (t) => {
    const content =
      `${head}2026-05-29T10:00:00Z,100,10,200\n2026-05-29T10:00:01Z,,,500\n` +
      "2026-05-29T10:00:02Z,100,,200\n2026-05-29T10:00:03Z,90,9,200\n2026-05-29T10:00:04Z,90,3,429\n";
    const trace = await loadText(t, { content });
    const { requests, leftOut } = summariseTrace(trace);
    assert.deepEqual([requests, leftOut, trace.leftOut], [2, 3, 3]);
    assert.deepEqual(trace.notes, [
      "3 of its 5 rows were left out: 2 failed (the first in line 3: status 500), 1 without output tokens (the first in line 4).",
    ]);
  });

  test("may hide among those without output tokens, which count and are named", async (t) => {
    const trace = await loadText(t, { content: "timestamp,input_tokens,output_tokens\n0,100,10\n40,90,0\n" });
    assert.equal(trace.arrivalSeconds.length, 2);
    assert.equal(
      trace.notes[0],
      "1 of its requests have no output tokens and count all the same; take out those that failed.",
    );
  });

  test("may be the first ones", async (t) => {
    const content = writeLines(
      { ts: 1_780_012_800, error: "x" },
      { ts: 1_780_012_801, usage: null },
      { ts: 1_780_012_802, usage: { prompt_tokens: 5, completion_tokens: 6 } },
      { ts: 1_780_012_803, usage: { prompt_tokens: 5, completion_tokens: null } },
      { ts: 1_780_012_804, output: null, usage: { prompt_tokens: 5, completion_tokens: 0 } },
    );
    const trace = await loadText(t, { file: "own.jsonl", content });
    assert.deepEqual([trace.arrivalSeconds.length, trace.leftOut], [1, 4]);
  });

  test("are kept where the caller wants them", async (t) => {
    const content = `${head}0,100,10,200\n1,100,10,500\n`;
    const trace = await loadText(t, { content, keepFailed: true });
    assert.deepEqual([trace.arrivalSeconds.length, trace.leftOut], [2, 0]);
  });

  test("leave nothing where all are such, which is an error that says why", async (t) => {
    await assert.rejects(
      loadText(t, { content: `${head}0,100,10,500\n1,,,500\n` }),
      /own\.csv has no requests\. 2 of its 2 rows were left out: 2 failed \(the first in line 2: status 500\)/,
    );
  });
});

describe("columns that the caller names", () => {
  const content = writeLines(
    { at: { start: "2026-05-29T10:00:00Z" }, "llm.in": 5, cached: 6, n: { out: 7 }, verdict: "fine" },
    { at: { start: "2026-05-29T10:00:03Z" }, "llm.in": 5, n: { out: 7 }, verdict: "failed" },
    { at: { start: "2026-05-29T10:00:05Z" }, "llm.in": 1, cached: 0, n: { out: 2 }, verdict: "fine" },
  );
  const columns = { time: "at.start", inputTokens: ["llm.in", "cached"], outputTokens: "n.out" };
  const file = "own.jsonl";

  test("are found inside objects and by names with dots, and added up", async (t) => {
    const trace = await loadText(t, { file, content, columns: { ...columns, status: "verdict" } });
    const found = [trace.arrivalSeconds, trace.inputTokens, trace.outputTokens].map((column) => [...column]);
    assert.deepEqual(found, [
      [0, 5],
      [11, 1],
      [7, 2],
    ]);
    assert.match(trace.notes.join(" "), /1 failed \(the first in line 2: verdict failed\)/);
  });

  test("are missed by name", async (t) => {
    await assert.rejects(
      loadText(t, { file, content, columns: { ...columns, outputTokens: "n.outt" } }),
      /own\.jsonl, line 1: no column n\.outt; there is at\.start, llm\.in, cached, n\.out, verdict\. /,
    );
  });

  test("are those that tools use where the caller leaves them empty", async (t) => {
    const plain = writeLines({ ts: 0, prompt_tokens: 1, completion_tokens: 2 });
    const trace = await loadText(t, { file, content: plain, columns: { time: "", inputTokens: [] } });
    assert.deepEqual([...trace.inputTokens], [1]);
  });

  test("are said in each error about a cell, cut and without control characters", async (t) => {
    const broken = writeLines({ ts: 0, prompt_tokens: 1, completion_tokens: `\u001b[31m${"x".repeat(500)}` });
    await assert.rejects(loadText(t, { file, content: broken }), ({ message }: Error) => {
      assert.match(
        message,
        /line 1: completion_tokens \("x{40}…"\) is not a number\. .*columns: \{ inputTokens: /,
      );
      return message.length < 400;
    });
  });
});

describe("files that are none of a trace", () => {
  const wrong: [title: string, file: string, content: string, message: RegExp][] = [
    ["a list that was cut", "own.json", '[{"timestamp":1,', /own\.json is no complete JSON document/],
    ["an empty list", "own.json", "[]", /own\.json has no requests/],
    ["a document without rows", "own.json", '{"a":\n1}', /entry 1: no column timestamp .* there is a\./],
    ["an Excel file", "own.xlsx", "PK\u0003\u0004 and more", /own\.xlsx is an archive or an Excel file/],
    [
      "days without times of day",
      "own.csv",
      "date,input_tokens,output_tokens\n2026-05-29,1,1\n",
      /line 2: date \("2026-05-29"\) is a day without a time of day/,
    ],
    [
      "sums over an unknown time",
      "own.csv",
      "start_time,num_requests,input_tokens,output_tokens\n1780012800,5,1,1\n",
      /adds up requests, and does not tell over which time/,
    ],
    [
      "a calendar time far away",
      "own.csv",
      "time,input,output\n2026-05-29T10:00:00Z,1,1\n1970-01-01T00:00:00Z,1,1\n",
      /line 3: time \("1970-01-01T00:00:00.000Z"\) is more than 10 years away/,
    ],
  ];
  for (const [title, file, content, message] of wrong) {
    test(title, (t) => assert.rejects(loadText(t, { file, content }), message));
  }
});
