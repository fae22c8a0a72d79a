import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import {
  type Measurement,
  type MeasureOptions,
  measureThroughput,
  type RequestRecord,
} from "../../lib/src/measure/index.ts";
import { sendJson, sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

const counts = { prompt_tokens: 30, completion_tokens: 2, total_tokens: 32 };
const withoutCounts = [chunk({ delta: { content: "one" } }), chunk({ delta: { content: " two" } })];
const answer = [
  ...withoutCounts,
  chunk({ finish_reason: "stop" }),
  `data: ${JSON.stringify({ choices: [], usage: counts })}\n\n`,
  done,
];

/** What a person would wait; a quick answer of these servers takes a hundredth of it. */
const target = { timeToFirstTokenMs: 1_000, timePerOutputTokenMs: 500, percentile: 50 };

const few: MeasureOptions = {
  ...{ streams: [1, 2, 4, 8], requestsPerStream: 4, promptTokens: 30, outputTokens: 2 },
  ...{ rampMs: 0, seed: 1, warmUp: false, latencyTarget: target, write() {} },
};

/** Opens a server that refuses requests while more than so many run. */
function openFullServer(context: TestContext, most: number) {
  let running = 0;
  let isFull = false;
  return connectOpenAiLike(context, async (_, response) => {
    running++;
    isFull ||= running > most;
    // All that come together are here before the first is answered.
    await delay(20);
    if (isFull) sendJson(response, { error: { message: "too many requests" } }, 429);
    else sendStream(response, answer);
    running--;
    if (running === 0) isFull = false;
  });
}

function openServer(context: TestContext, reply: (index: number, response: ServerResponse) => void) {
  let requests = 0;
  return connectOpenAiLike(context, (_, response) => reply(requests++, response));
}

function streamsOf({ levels }: Measurement): number[] {
  return levels.map(({ streams }) => streams);
}

describe("a measurement with a latency target", () => {
  test("finds how many streams keep to it, between the levels of its ladder", async (context) => {
    const measurement = await measureThroughput(await openFullServer(context, 5), few);
    const { most, firstBad, resolved, words } = measurement.targetSearch ?? assert.fail();
    assert.deepEqual([most?.streams, firstBad?.streams, resolved], [5, 6, true]);
    assert.match(
      words,
      /^Target: first words within 1 s, then 500 ms a token, for 50 % .* With 5 streams at once, 100 % kept it \(.*\); with 6 only 0 %\.$/,
    );
    assert.deepEqual(streamsOf(measurement), [1, 2, 4, 5, 6, 8]);
    // What was asked for and why the ladder ended stay those of the ladder.
    assert.deepEqual(measurement.workload.streams, [1, 2, 4, 8]);
    assert.equal(measurement.stopped.because, "errors");
  });

  test("counts as kept what a hand counts in the records, and gives more requests where too few tell", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const records: (RequestRecord & { streams: number; repeat: number })[] = [];
    const measurement = await measureThroughput(endpoint, {
      ...few,
      ...{ streams: [1, 4], outputTokens: 4, latencyTarget: { ...target, percentile: 90 } },
      onRecord: (record) => records.push(record),
    });
    const { most, firstBad, resolved } = measurement.targetSearch ?? assert.fail();
    assert.deepEqual([most?.streams, firstBad, resolved], [4, null, false]);
    const level = measurement.levels.find(({ streams }) => streams === 4);
    const ofLevel = records.filter(({ streams }) => streams === 4);
    const kept = ofLevel.filter(({ firstTokenAtMs, lastTokenAtMs, sentAtMs, outputTokens }) => {
      const first = (firstTokenAtMs ?? Infinity) - sentAtMs;
      return (
        first <= 1_000 && ((lastTokenAtMs ?? 0) - (firstTokenAtMs ?? 0)) / ((outputTokens ?? 0) - 1) <= 500
      );
    });
    assert.equal(level?.goodput?.requests, ofLevel.length);
    assert.equal(level.goodput.kept, kept.length);
    // 16 requests of the ladder, and 20 more: 35 of 35 is the fewest that reach 90 %.
    assert.equal(ofLevel.length, 36);
    assert.equal(level.requests.completed, 36);
    assert.equal(new Set(ofLevel.map(({ repeat, index }) => `${repeat} ${index}`)).size, 36);
    assert.equal(level.server?.generationTokens, level.clientTokens.output);
    assert.equal(level.server?.finished["length"], 36);
  });

  test("keeps to the budget of tokens, and says that it ended the search", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const measurement = await measureThroughput(endpoint, {
      ...few,
      ...{ streams: [2], maxTokens: 600, latencyTarget: { ...target, percentile: 95 } },
    });
    assert.ok(measurement.budget.usedTokens <= 600);
    assert.equal(measurement.stopped.because, "ladder-done");
    const { most, words } = measurement.targetSearch ?? assert.fail();
    assert.equal(most, null);
    assert.match(
      words,
      / This is not certain: with 2 streams at once, 100 % .* The search used up its budget of tokens /,
    );
  });

  test("keeps its levels where somebody interrupts the search", async (context) => {
    const control = new AbortController();
    let answered = 0;
    const endpoint = await openServer(context, (_, response) => {
      if (++answered === 20) control.abort();
      sendStream(response, answer);
    });
    const measurement = await measureThroughput(endpoint, {
      ...few,
      ...{ streams: [2], signal: control.signal, latencyTarget: { ...target, percentile: 95 } },
    });
    assert.equal(measurement.stopped.because, "interrupted");
    assert.deepEqual(streamsOf(measurement), [2]);
    assert.equal(measurement.levels[0]?.goodput?.requests, 8);
    assert.match(
      measurement.targetSearch?.words ?? "",
      / The measurement was interrupted before the search was over\.$/,
    );
  });

  test("says that 1 stream misses it already, and sends no more", async (context) => {
    const endpoint = await openServer(context, (index, response) => {
      if (index === 0) sendStream(response, answer);
      else sendJson(response, { error: { message: "out of memory" } }, 500);
    });
    const measurement = await measureThroughput(endpoint, { ...few, streams: [1] });
    assert.match(measurement.targetSearch?.words ?? "", / Already with 1 stream at once, only 0 % kept it /);
    assert.equal(measurement.levels.length, 1);
    assert.equal(measurement.levels[0]?.goodput?.requestsPerSecond, 0);
  });

  test("counts an answer that failed or is empty as missed", async (context) => {
    const endpoint = await openServer(context, (index, response) => {
      if (index % 4 === 0) sendStream(response, [chunk({ finish_reason: "stop" }), done]);
      else if (index % 4 === 1) sendJson(response, { error: { message: "out of memory" } }, 500);
      else sendStream(response, answer);
    });
    const latencyTarget = { ...target, percentile: 95 };
    const measurement = await measureThroughput(endpoint, { ...few, latencyTarget, streams: [4] });
    const level = measurement.levels.find(({ streams }) => streams === 4);
    assert.equal(level?.verdict, "failed");
    const { requests = 0, kept = 0 } = level.goodput ?? {};
    assert.ok(Math.abs(kept - requests / 2) <= 1, `${kept} of ${requests}`);
  });

  test("without token counts says that nobody can judge the pace, but can the first token", async (context) => {
    const endpoint = await openServer(context, (_, response) =>
      sendStream(response, [...withoutCounts, done]),
    );
    const both = await measureThroughput(endpoint, { ...few, streams: [2] });
    assert.deepEqual([both.levels[0]?.goodput?.requests, both.levels[0]?.goodput?.unjudged], [0, 8]);
    assert.match(
      both.targetSearch?.words ?? "",
      /not known how many requests kept it: answers came without token counts/,
    );
    const first = { ...target, timePerOutputTokenMs: null };
    const measurement = await measureThroughput(endpoint, { ...few, streams: [2], latencyTarget: first });
    assert.equal(measurement.levels[0]?.goodput?.kept, 8);
    assert.match(
      measurement.targetSearch?.words ?? "",
      /^Target: first words within 1 s .* With 2 streams at once, 100 % kept it /,
    );
  });

  test("of requests that arrive at a rate counts those that kept to it, and searches nothing", async (context) => {
    const endpoint = await openServer(context, (_, response) => sendStream(response, answer));
    const measurement = await measureThroughput(endpoint, {
      ...{ arrivals: { requestsPerSecond: 40 }, secondsPerLevel: 0.5, latencyTarget: target, write() {} },
      ...{ promptTokens: 30, outputTokens: 2, seed: 1, warmUp: false },
    });
    assert.deepEqual(streamsOf(measurement), [256]);
    assert.match(measurement.targetSearch?.words ?? "", / With 40 requests a second, 100 % kept it /);
  });

  test("refuses a target without a limit before anything is sent", async (context) => {
    const endpoint = await openServer(context, () => assert.fail("nothing may be sent"));
    const latencyTarget = { timeToFirstTokenMs: null, timePerOutputTokenMs: null, percentile: 95 };
    await assert.rejects(
      measureThroughput(endpoint, { latencyTarget }),
      /latencyTarget cannot be .*: it has no limit/,
    );
  });
});
