import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import {
  type Measurement,
  type MeasurementProgress,
  type MeasureOptions,
  measurementSchema,
  measureThroughput,
  type RequestRecord,
} from "../../lib/src/measure/index.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { openTimedServer, readMetric, waitForRunning, withFault } from "../helpers/timed-server.ts";

type Level = Measurement["levels"][number];

/** A short load, without a word of its own in the test's output. */
function measure(endpoint: Endpoint, options: MeasureOptions = {}): Promise<Measurement> {
  return measureThroughput(endpoint, {
    streams: [2],
    requestsPerStream: 3,
    promptTokens: 40,
    outputTokens: 12,
    rampMs: 0,
    seed: 1,
    write() {},
    ...options,
  });
}

function onlyLevel(measurement: Measurement): Level {
  assert.equal(measurement.levels.length, 1);
  return measurement.levels[0] ?? assert.fail();
}

/** The mean of one of the server's histograms, in milliseconds. */
function meanMs(time: { sumSeconds: number; count: number } | null | undefined): number {
  return time == null ? assert.fail("the server counted nothing") : (time.sumSeconds / time.count) * 1_000;
}

function openSlowServer(context: TestContext) {
  return openTimedServer(context, {
    timeToFirstTokenMs: 100,
    timePerOutputTokenMs: 20,
    stepGrowthPerSequence: 0,
    maxSequences: 16,
  });
}

describe("a measurement", () => {
  test("counts every token exactly, as the server's own counters do", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const measurement = await measure(endpoint, { streams: [1, 4] });
    assert.deepEqual(
      measurement.levels.map(({ streams, requests, clientTokens }) => ({ streams, requests, clientTokens })),
      [
        {
          streams: 1,
          requests: {
            completed: 3,
            failed: 0,
            cancelled: 0,
            errors: {},
            finishReasons: { length: 3 },
          },
          clientTokens: { input: 3 * 40, output: 3 * 12 },
        },
        {
          streams: 4,
          requests: {
            completed: 12,
            failed: 0,
            cancelled: 0,
            errors: {},
            finishReasons: { length: 12 },
          },
          clientTokens: { input: 12 * 40, output: 12 * 12 },
        },
      ],
    );
    for (const {
      server,
      clientTokens,
      inputTokensPerRequest,
      outputTokensPerRequest,
    } of measurement.levels) {
      assert.equal(server?.generationTokens, clientTokens.output);
      assert.equal(server?.promptTokens, clientTokens.input);
      assert.deepEqual([inputTokensPerRequest.min, inputTokensPerRequest.max], [40, 40]);
      assert.deepEqual([outputTokensPerRequest.min, outputTokensPerRequest.max], [12, 12]);
    }
    assert.equal(measurement.stopped.because, "ladder-done");
    assert.equal(measurement.workload.promptLengthFrom, "tokenize");
  });

  test("agrees with the times that the server counted by itself", async (context) => {
    const { endpoint } = await openSlowServer(context);
    const level = onlyLevel(await measure(endpoint, { streams: [8], outputTokens: 24 }));
    const { server } = level;
    const tokenMs = level.timePerOutputTokenMs.mean ?? 0;
    const firstMs = level.timeToFirstTokenMs.mean ?? 0;
    // The engine's clock cannot be faster than this, however quick or busy the machine is.
    assert.ok(tokenMs > 19, `${tokenMs} ms per token`);
    assert.ok(firstMs > 95, `${firstMs} ms to the first`);
    const serverTokenMs = meanMs(server?.timePerOutputToken);
    assert.ok(Math.abs(tokenMs / serverTokenMs - 1) < 0.1, `${tokenMs} ms here, ${serverTokenMs} there`);
    // Eight requests of 24 tokens at once, each as long as the server says.
    const expected = (8 * 24) / (meanMs(server?.requestTime) / 1_000);
    const ratio = (level.outputTokensPerSecond ?? 0) / expected;
    assert.ok(ratio > 0.9 && ratio < 1.1, `${level.outputTokensPerSecond} tokens/s, ${expected} expected`);
    assert.ok(level.achievedStreams > 7.5 && level.achievedStreams <= 8, `${level.achievedStreams} streams`);
    assert.equal(level.maxStreams, 8);
  });

  test("is plain JSON of its own version, and says what it is", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const measurement = await measure(endpoint, { requestsPerStream: 1 });
    assert.deepEqual(measurementSchema.parse(JSON.parse(JSON.stringify(measurement))), measurement);
    assert.equal(measurement.kind, "simulated");
    assert.equal(measurement.model, "small");
    assert.match(measurement.server, /^rehearsal/);
    assert.ok(measurement.formulas["timePerOutputTokenMs"]?.includes("last token"));
    assert.ok(!JSON.stringify(measurement).includes(endpoint.apiKey));
  });

  test("of a rehearsal has no GPU, even where one is named", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const gpu = { name: "NVIDIA A40", count: 1, usdPerHour: 0.44 };
    const rehearsed = Object.defineProperties(
      { ...endpoint, origin: "rehearsal" as const },
      { apiKey: { value: endpoint.apiKey }, client: { value: endpoint.client } },
    ) as Endpoint;
    const options = { streams: [1], requestsPerStream: 1, gpu };
    assert.equal((await measure(rehearsed, options)).gpu, null);
    assert.deepEqual((await measure(endpoint, options)).gpu, gpu);
  });

  test("keeps the raw record of every request as JSON lines, where asked to", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const recordsFile = join(makeFolder(context), "records.jsonl");
    await measure(endpoint, { recordsFile, repeats: 2, requestsPerStream: 1 });
    const lines = readFileSync(recordsFile, "utf8").trim().split("\n");
    const records = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ streams, repeat, index, outputTokens }) => ({ streams, repeat, index, outputTokens })),
      [
        { streams: 2, repeat: 1, index: 0, outputTokens: 12 },
        { streams: 2, repeat: 1, index: 1, outputTokens: 12 },
        { streams: 2, repeat: 2, index: 0, outputTokens: 12 },
        { streams: 2, repeat: 2, index: 1, outputTokens: 12 },
      ],
    );
  });

  test("says how far it is, and what came out of each level", async (context) => {
    const { endpoint } = await openSlowServer(context);
    const seen: MeasurementProgress[] = [];
    await measure(endpoint, { streams: [1, 2], onProgress: (progress) => seen.push(progress) });
    assert.equal(seen[0]?.type, "start");
    assert.equal(seen.at(-1)?.type, "end");
    const levels = seen.filter(({ type }) => type === "level");
    assert.deepEqual(
      levels.map(({ streams, level, completed }) => ({ streams, level, completed })),
      [
        { streams: 1, level: 1, completed: 3 },
        { streams: 2, level: 2, completed: 6 },
      ],
    );
    assert.ok(seen.some(({ type, inFlight }) => type === "load" && inFlight > 0));
  });

  test("stops climbing where more streams bring nothing", async (context) => {
    const { endpoint } = await openTimedServer(context, {
      timeToFirstTokenMs: 5,
      timePerOutputTokenMs: 10,
      maxSequences: 2,
    });
    // Two requests are worked on at once, so 8 streams bring no more than 2.
    const measurement = await measure(endpoint, {
      streams: [1, 2, 8, 16, 32, 64, 128],
      requestsPerStream: 3,
      outputTokens: 20,
      // A busy machine measures levels again, and needs more.
      maxTokens: Infinity,
    });
    const valid = measurement.levels.filter(({ verdict }) => verdict === "valid");
    if (valid.length < 3 && measurement.stopped.because === "ladder-done")
      return context.skip("This machine is so busy that hardly a level was valid.");
    assert.equal(measurement.stopped.because, "knee");
    assert.ok(measurement.levels.length < 7);
    const measured = measurement.levels.map(({ streams }) => streams);
    assert.ok(measured.slice(0, -1).includes(measurement.knee?.streams ?? 0), JSON.stringify(measured));
  });

  test("climbs on past the knee where it is told to", async (context) => {
    const { endpoint } = await openTimedServer(context, {
      timeToFirstTokenMs: 5,
      timePerOutputTokenMs: 10,
      maxSequences: 1,
    });
    const measurement = await measure(endpoint, { streams: [1, 2, 4], stopAtKnee: false });
    assert.deepEqual(
      measurement.levels.map(({ streams }) => streams),
      [1, 2, 4],
    );
    assert.equal(measurement.stopped.because, "ladder-done");
  });

  test("with arrivals of their own lets requests come at their times", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const records: RequestRecord[] = [];
    const level = onlyLevel(
      await measure(endpoint, {
        streams: [64],
        arrivals: { requestsPerSecond: 40 },
        secondsPerLevel: 1,
        requestsPerStream: 1,
        onRecord: (record) => records.push(record),
      }),
    );
    assert.equal(level.requests.completed, records.length);
    assert.ok(records.length > 20 && records.length < 64, `${records.length} requests`);
    const times = records.map(({ scheduledAtMs }) => scheduledAtMs);
    assert.ok(times.every((atMs) => atMs >= 0 && atMs < 1_001));
    assert.ok(records.every(({ sentAtMs, scheduledAtMs }) => sentAtMs >= scheduledAtMs - 1));
  });

  test("with arrivals warms up with as many requests as come in a second, not with all that are let in", async (context) => {
    const { server, endpoint } = await openTimedServer(context);
    const measurement = await measure(endpoint, {
      streams: [64],
      arrivals: { requestsPerSecond: 3 },
      secondsPerLevel: 1,
    });
    const { completed } = onlyLevel(measurement).requests;
    // One request came first, to see how the endpoint wants to be asked.
    assert.equal(await readMetric(server, "request_success_total"), 1 + 3 + completed);
  });

  test("with arrivals that find no place says so, and does not blame the client", async (context) => {
    const { endpoint } = await openTimedServer(context, { timeToFirstTokenMs: 300, timePerOutputTokenMs: 5 });
    const level = onlyLevel(
      await measure(endpoint, { streams: [1], arrivals: { requestsPerSecond: 8 }, secondsPerLevel: 1.5 }),
    );
    assert.match(level.notes.join(" "), /requests found 1 in flight and waited/);
    assert.doesNotMatch(level.reason, /were sent up to/);
    // Their time counts from when they came, so it holds the waiting.
    assert.ok((level.timeToFirstTokenMs.max ?? 0) > 600, `${level.timeToFirstTokenMs.max} ms`);
  });

  test("of several repeats gives each one's figure, and all their requests together", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const level = onlyLevel(await measure(endpoint, { repeats: 3, requestsPerStream: 2 }));
    assert.equal(level.requests.completed, 12);
    assert.equal(level.repeats.length, 3);
    assert.equal(level.server?.generationTokens, 12 * 12);
  });

  test("limited by time lets what runs go on to its end", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const level = onlyLevel(await measure(endpoint, { secondsPerLevel: 0.3 }));
    assert.ok(level.requests.completed >= 2);
    assert.equal(level.requests.cancelled, 0);
    assert.equal(level.clientTokens.output, level.requests.completed * 12);
  });
});

describe("a measurement's budget", () => {
  for (const maxTokens of [100, 500, 1_200]) {
    test(`of ${maxTokens} tokens is never exceeded, warm-up and all`, async (context) => {
      const { server, endpoint } = await openTimedServer(context);
      const measurement = await measure(endpoint, { streams: [1, 2, 4, 8], maxTokens });
      const used =
        (await readMetric(server, "prompt_tokens_total")) +
        (await readMetric(server, "generation_tokens_total"));
      assert.ok(used <= maxTokens, `${used} of ${maxTokens} tokens`);
      assert.equal(measurement.budget.usedTokens, used);
      assert.equal(measurement.stopped.because, "budget");
    });
  }
});

describe("a measurement that is called off", () => {
  test("gives the levels so far, and leaves nothing running on the server", async (context) => {
    const { server, endpoint } = await openSlowServer(context);
    const controller = new AbortController();
    const measurement = await measure(endpoint, {
      streams: [1, 4],
      signal: controller.signal,
      outputTokens: 20,
      onProgress({ type, streams }) {
        if (type === "load" && streams === 4) controller.abort();
      },
    });
    assert.equal(measurement.stopped.because, "interrupted");
    assert.deepEqual(
      measurement.levels.map(({ streams }) => streams),
      [1],
    );
    assert.match(measurement.notes.join(" "), /level with 4 streams was broken off/);
    assert.equal(await readMetric(server, "num_requests_running"), 0);
    assert.equal(await readMetric(server, "num_requests_waiting"), 0);
  });

  test("does so on SIGINT as well, and gives the signal back", async (context) => {
    const { endpoint } = await openSlowServer(context);
    const listeners = process.listenerCount("SIGINT");
    // The test runner has a listener of its own: a plain program has none.
    const others = process.rawListeners("SIGINT");
    process.removeAllListeners("SIGINT");
    context.after(() => {
      for (const listener of others) process.on("SIGINT", listener as NodeJS.SignalsListener);
    });
    const measurement = await measure(endpoint, {
      streams: [2],
      outputTokens: 200,
      onProgress({ type }) {
        if (type === "load") process.emit("SIGINT");
      },
    });
    assert.equal(measurement.stopped.because, "interrupted");
    assert.equal(measurement.levels.length, 0);
    assert.ok(process.listenerCount("SIGINT") <= listeners);
  });

  test("by an error of the caller's own ends everything, and throws it on", async (context) => {
    const { server, endpoint } = await openSlowServer(context);
    const measurement = measure(endpoint, {
      streams: [4],
      outputTokens: 200,
      onProgress({ type }) {
        if (type === "load") throw new Error("The caller's own mistake.");
      },
    });
    await assert.rejects(measurement, /The caller's own mistake/);
    await waitForRunning(server, 0);
  });

  test("while the server comes to rest keeps the level that is complete", async (context) => {
    const { server, endpoint } = await openSlowServer(context);
    const stop = new AbortController();
    const measuring = measure(endpoint, {
      streams: [1, 2],
      requestsPerStream: 2,
      warmUp: false,
      signal: stop.signal,
    });
    const ended = () => readMetric(server, "request_success_total");
    // After the first look at the endpoint, while the level runs, somebody else comes and stays.
    while ((await ended()) < 1) await delay(5);
    await waitForRunning(server, 1);
    const other = fetch(`${server.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({
        model: "small",
        messages: [{ role: "user", content: "Hi" }],
        max_tokens: 300,
        ignore_eos: true,
      }),
    });
    while ((await ended()) < 3) await delay(5);
    stop.abort();
    const measurement = await measuring;
    await (await other).text();
    assert.equal(measurement.stopped.because, "interrupted");
    assert.equal(onlyLevel(measurement).requests.completed, 2);
    assert.equal(onlyLevel(measurement).server, null);
  });
});

describe("a measurement against a server with faults", () => {
  const cases: [string, Parameters<typeof withFault>[0], RegExp][] = [
    [
      "refuses everything",
      { kind: "status", status: 503, message: "no room left" },
      /^HTTP 503: no room left$/,
    ],
    ["ends its streams early", { kind: "truncated" }, /^the stream ended early/],
    ["cuts the connection", { kind: "reset" }, /^the connection was cut|^ECONNRESET/],
    ["reports an error in the stream", { kind: "error-in-stream" }, /^error in the stream: EngineCore/],
  ];
  for (const [what, fault, words] of cases) {
    test(`that ${what} fails, in the server's own words`, async (context) => {
      const { endpoint } = await openTimedServer(context);
      const measurement = await measure(endpoint, { headers: withFault(fault), streams: [2, 4] });
      const level = onlyLevel(measurement);
      assert.equal(level.verdict, "failed");
      assert.equal(level.requests.completed, 0);
      assert.equal(level.requests.failed, 6);
      assert.deepEqual(Object.values(level.requests.errors), [6]);
      assert.match(Object.keys(level.requests.errors)[0] ?? "", words);
      assert.equal(level.timeToFirstTokenMs.count, 0);
      assert.equal(level.timeToFirstTokenMs.p50, null);
      assert.equal(measurement.stopped.because, "errors");
    });
  }

  test("that stalls gives its requests up after the stated time", async (context) => {
    const { server, endpoint } = await openTimedServer(context);
    const level = onlyLevel(
      await measure(endpoint, {
        headers: withFault({ kind: "stall" }),
        requestsPerStream: 1,
        stallSeconds: 0.3,
        warmUp: false,
      }),
    );
    assert.deepEqual(level.requests.errors, {
      "nothing more came for 0.3 s in the middle of the answer": 2,
    });
    assert.equal(await readMetric(server, "num_requests_running"), 0);
  });

  test("that is only slow to answer waits for it", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const headers = withFault({ kind: "slow-first-byte", delayMs: 300 });
    const level = onlyLevel(await measure(endpoint, { headers, requestsPerStream: 1, stallSeconds: 0.1 }));
    assert.equal(level.requests.completed, 2);
    assert.ok((level.timeToFirstTokenMs.min ?? 0) > 290);
  });

  test("that leaves counts out has no tokens per second, and says so", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const headers = withFault({ kind: "missing-usage" });
    const level = onlyLevel(await measure(endpoint, { headers }));
    assert.equal(level.requests.completed, 6);
    assert.equal(level.outputTokensPerSecond, null);
    assert.equal(level.inputTokensPerSecond, null);
    assert.equal(level.wholeRun.outputTokensPerSecond, null);
    assert.deepEqual(level.clientTokens, { input: null, output: null });
    assert.equal(level.timeToFirstTokenMs.count, 6);
    assert.equal(level.timePerOutputTokenMs.count, 0);
    assert.match(level.notes.join(" "), /without token counts/);
  });

  test("that puts several tokens into a chunk still counts tokens, not chunks", async (context) => {
    const { endpoint } = await openSlowServer(context);
    const headers = withFault({ kind: "chunked-tokens", tokensPerChunk: 4 });
    const level = onlyLevel(await measure(endpoint, { headers, outputTokens: 24 }));
    assert.equal(level.clientTokens.output, 6 * 24);
    assert.equal(level.requests.completed, 6);
    const tokenMs = level.timePerOutputTokenMs.p50 ?? 0;
    const chunkMs = level.interChunkMs.p50 ?? 0;
    assert.ok(tokenMs > 19, `${tokenMs} ms per token`);
    assert.ok(chunkMs > 3 * tokenMs && chunkMs < 5 * tokenMs, `${chunkMs} ms per chunk of four tokens`);
    assert.match(level.notes.join(" "), /chunks hold several tokens/);
  });

  test("that holds text back for a stop string still tells the time per token", async (context) => {
    const { endpoint } = await openSlowServer(context);
    const level = onlyLevel(
      await measure(endpoint, { request: { stop: ["this text never comes in it"] }, outputTokens: 24 }),
    );
    assert.equal(level.clientTokens.output, 6 * 24);
    const tokenMs = level.timePerOutputTokenMs.p50 ?? 0;
    const serverTokenMs = meanMs(level.server?.timePerOutputToken);
    assert.ok(Math.abs(tokenMs / serverTokenMs - 1) < 0.25, `${tokenMs} ms here, ${serverTokenMs} there`);
    assert.match(level.notes.join(" "), /a stop string holds text back/);
  });

  test("now and then keeps failures apart from the rest", async (context) => {
    const server = await startModelServer({
      engine: "timed",
      model: "small",
      profile: { timeToFirstTokenMs: 2, timePerOutputTokenMs: 1 },
      faults: [{ kind: "status", status: 500, rate: 0.05 }],
      seed: 3,
    });
    context.after(() => server.close());
    const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
    const level = onlyLevel(await measure(endpoint, { streams: [4], requestsPerStream: 25 }));
    const { completed, failed, errors } = level.requests;
    assert.equal(completed + failed, 100);
    assert.ok(failed > 0 && failed <= 10, `${failed} failed`);
    assert.deepEqual(Object.entries(errors), [["HTTP 500: A fault of the rehearsal: HTTP 500.", failed]]);
    assert.equal(level.requestMs.count, completed);
    assert.equal(level.clientTokens.output, completed * 12);
    assert.notEqual(level.verdict, "failed");
  });
});

describe("a client that does not keep up", () => {
  test("says so instead of giving its figures out as the server's", async (context) => {
    const { endpoint } = await openTimedServer(context);
    // This process does something else for 60 of every 65 ms.
    const busy = setInterval(() => {
      const until = performance.now() + 60;
      while (performance.now() < until);
    }, 65);
    context.after(() => clearInterval(busy));
    const level = onlyLevel(await measure(endpoint, { streams: [4], outputTokens: 30 }));
    assert.equal(level.verdict, "client-bound");
    assert.match(level.reason, /^The client is the limit: this process was /);
    assert.equal(level.requests.completed, 12);
  });
});
