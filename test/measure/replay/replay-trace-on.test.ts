import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Endpoint } from "../../../lib/src/endpoint/index.ts";
import { type ReplayOptions, replayTraceOn, type TraceRecord } from "../../../lib/src/measure/index.ts";
import type { Trace } from "../../../lib/src/traffic/index.ts";
import { makeTrace } from "../../cost/replay/traces.ts";
import { makeFolder } from "../../helpers/environment.ts";
import { sendJson, sendStream } from "../../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../../helpers/openai-like.ts";
import { openTimedServer, readMetric } from "../../helpers/timed-server.ts";

const send = (endpoint: Endpoint, trace: Trace, options: ReplayOptions = {}) =>
  replayTraceOn(endpoint, trace, { seed: 1, write() {}, ...options });

const someRequests = makeTrace([
  [0, 60, 5],
  [0.1, 200, 3],
  [0.1, 90, 12],
  [0.4, 1_500, 1],
]);

describe("a log that is sent to an endpoint", () => {
  test("comes at its times, with its lengths, in its order", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const run = await send(endpoint, someRequests);
    assert.deepEqual(
      run.records.map(({ outcome, inputTokens, outputTokens, asked }) => [
        outcome,
        asked.request,
        inputTokens,
        outputTokens,
      ]),
      [
        ["completed", 1, 60, 5],
        ["completed", 2, 200, 3],
        ["completed", 3, 90, 12],
        ["completed", 4, 1_500, 1],
      ],
    );
    assert.deepEqual(
      run.records.map(({ scheduledAtMs }) => Math.round(scheduledAtMs)),
      [0, 100, 100, 400],
    );
    for (const { sentAtMs, scheduledAtMs } of run.records) assert.ok(sentAtMs >= scheduledAtMs);
    assert.deepEqual(run.stopped, {
      because: "log-done",
      words: "Everything was sent as planned: 4 requests.",
    });
    assert.equal(run.served?.server?.generationTokens, 21);
    assert.equal(run.notSent, 0);
    assert.ok(run.busySeconds <= run.loadSeconds);
    assert.ok((run.budget.usedTokens ?? 0) >= 1_871);
    assert.deepEqual(JSON.parse(JSON.stringify(run)), run);
  });

  test("is stated before the first request, and its records are handed over and kept", async (context) => {
    const { server, endpoint } = await openTimedServer(context);
    const written: string[] = [];
    const records: TraceRecord[] = [];
    const recordsFile = join(makeFolder(context), "records.jsonl");
    let sentBefore = -1;
    const run = await send(endpoint, someRequests, {
      recordsFile,
      onRecord: (record) => records.push(record),
      write: (text) => written.push(text),
      speed: 10,
      onProgress({ type }) {
        if (type === "start") sentBefore = written.length;
      },
    });
    assert.equal(sentBefore, 0);
    assert.deepEqual(written, [`${run.part.words}\n`]);
    assert.deepEqual(records, run.records);
    assert.deepEqual(
      readFileSync(recordsFile, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      run.records,
    );
    assert.equal(await readMetric(server, "num_requests_running"), 0);
  });

  test("shares the heads of its prompts so that the server's cache holds what the log says", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const lengths = Array.from({ length: 20 }, (_, index) => 100 + ((index * 53) % 300));
    const trace = makeTrace(
      lengths.map((tokens, index) => [index / 20, tokens, 2] as const),
      { cachedInputTokens: Float64Array.from(lengths, (tokens) => Math.floor(0.6 * tokens)) },
    );
    const { hitShare, notes } = await send(endpoint, trace);
    const [expected, server] = [hitShare.expected ?? 0, hitShare.server ?? 0];
    assert.ok(expected > 0.45 && expected < 0.6, String(expected));
    assert.ok(Math.abs(expected - server) < 0.02, `${expected} expected, ${server} by the server's counters`);
    assert.doesNotMatch(notes.join(" "), /By construction/);
  });

  test("waits on this side where more come at once than are let in, which is counted", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const burst = makeTrace(Array.from({ length: 6 }, () => [0, 40, 8] as const));
    const run = await send(endpoint, burst, { streams: 2 });
    assert.equal(run.heldBack, 4);
    assert.equal(run.served?.maxStreams, 2);
    assert.equal(run.served?.requests.completed, 6);
    assert.match(run.notes.join(" "), /4 requests found 2 in flight/);
  });

  test("keeps what is complete when it is interrupted, and counts the rest", async (context) => {
    const { server, endpoint } = await openTimedServer(context);
    const controller = new AbortController();
    const long = makeTrace([
      [0, 40, 2],
      [0.01, 40, 2_000],
      [3_000, 40, 2],
    ]);
    const run = await send(endpoint, long, {
      signal: controller.signal,
      maxMinutes: 60,
      onProgress({ completed }) {
        if (completed === 1) controller.abort();
      },
    });
    assert.deepEqual(
      run.records.map(({ outcome }) => outcome),
      ["completed", "cancelled"],
    );
    assert.equal(run.notSent, 1);
    assert.deepEqual(run.stopped, {
      because: "interrupted",
      words: "The replay was interrupted: 1 of 3 requests was not sent.",
    });
    assert.equal(await readMetric(server, "num_requests_running"), 0);
  });

  test("ends with its time, though an answer goes on", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const run = await send(endpoint, makeTrace([[0, 40, 6_000]]), { maxMinutes: 0.02 });
    assert.equal(run.stopped.because, "time");
    assert.equal(run.records[0]?.outcome, "cancelled");
  });
});

describe("a server that is not as one would like", () => {
  /** Answers as asked, but what `refuse` says of a request by its number. */
  function openWeak(
    context: Parameters<typeof connectOpenAiLike>[0],
    refuse: (number: number) => "429" | "drop" | null,
  ) {
    let number = -1;
    return connectOpenAiLike(context, (request, response) => {
      const { messages, max_tokens } = JSON.parse(request.body);
      const words = messages[0].content.split(" ").length + 10;
      const fault = number++ < 0 ? null : refuse(number);
      if (fault === "429") return sendJson(response, { error: { message: "Too many requests" } }, 429);
      const text = chunk({ delta: { content: "word" } });
      if (fault === "drop") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        return void response.write(text, () => response.destroy());
      }
      const usage = { prompt_tokens: words, completion_tokens: max_tokens, total_tokens: 0 };
      return sendStream(response, [text, chunk({ finish_reason: "length", usage }), done]);
    });
  }

  const steady = makeTrace(Array.from({ length: 10 }, (_, index) => [index / 50, 50 + index, 4] as const));

  test("by 429 and dropped connections loses nothing that was counted", async (context) => {
    const endpoint = await openWeak(context, (number) =>
      number % 5 === 1 ? "429" : number % 5 === 3 ? "drop" : null,
    );
    const run = await send(endpoint, steady);
    assert.deepEqual(
      [run.served?.requests.completed, run.served?.requests.failed, run.records.length],
      [6, 4, 10],
    );
    assert.deepEqual(Object.values(run.served?.requests.errors ?? {}), [2, 2]);
    const notes = run.notes.join(" ");
    assert.match(notes, /2 requests got HTTP 429/);
    assert.match(notes, /2 requests failed otherwise/);
    assert.match(notes, /counters of .* could not be read/);
    assert.equal(run.hitShare.server, null);
  });

  test("without /tokenize gets prompts whose length its own counts decide", async (context) => {
    const endpoint = await openWeak(context, () => null);
    const run = await send(endpoint, steady);
    assert.equal(run.workload.promptLengthFrom, "usage");
    assert.deepEqual(
      run.records.map(({ inputTokens }) => inputTokens),
      [50, 51, 52, 53, 54, 55, 56, 57, 58, 59],
    );
  });

  test("by refusing most ends the run, and says how many were not sent", async (context) => {
    const endpoint = await openWeak(context, () => "429");
    const late = makeTrace([
      ...Array.from({ length: 10 }, (_, index) => [index / 100, 40, 4] as const),
      [30, 40, 4],
    ]);
    const run = await send(endpoint, late, { streams: 4 });
    assert.equal(run.stopped.because, "errors");
    assert.ok(run.notSent >= 1);
    assert.equal(run.records.length + run.notSent, 11);
    assert.equal(run.served?.verdict, "failed");
  });
});
