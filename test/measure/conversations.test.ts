import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import {
  compareWithServer,
  type Level,
  type Measurement,
  type MeasureOptions,
  measureThroughput,
  type RequestRecord,
} from "../../lib/src/measure/index.ts";
import type { FaultInput } from "../../rehearsal/src/faults/chat-faults.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { sendJson, sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

type Message = { role: string; content: string };

/** One level of conversations of three turns in one stream, with what became of each request. */
async function talk(
  endpoint: Endpoint,
  options: MeasureOptions = {},
): Promise<{ level: Level; records: RequestRecord[]; words: string; stopped: Measurement["stopped"] }> {
  const records: RequestRecord[] = [];
  const measurement = await measureThroughput(endpoint, {
    streams: [1],
    turns: 3,
    requestsPerStream: 6,
    promptTokens: 20,
    outputTokens: 4,
    seed: 1,
    write() {},
    onRecord: (record) => records.push(record),
    ...options,
  });
  const [level = assert.fail("no level")] = measurement.levels;
  const { stopped } = measurement;
  return { level, records, stopped, words: [...measurement.notes, ...level.notes, level.reason].join("\n") };
}

/** A server that counts words as tokens, and answers each message with its own number; `spoil` may answer in its place. */
async function openCountingServer(
  context: TestContext,
  spoil: (messages: readonly Message[], response: ServerResponse) => boolean = () => false,
) {
  const seen: Message[][] = [];
  const endpoint = await connectOpenAiLike(context, (request, response) => {
    const { messages }: { messages: Message[] } = JSON.parse(request.body);
    seen.push(messages);
    if (spoil(messages, response)) return;
    const text = `answer ${seen.length} it is`;
    const prompt_tokens = messages.flatMap(({ content }) => content.split(" ")).length;
    const usage = { prompt_tokens, completion_tokens: 4, total_tokens: prompt_tokens + 4 };
    sendStream(response, [
      chunk({ delta: { content: text } }),
      chunk({ finish_reason: "length", usage }),
      done,
    ]);
  });
  return { endpoint, seen };
}

/** A vLLM-shaped server without a model, of which this goes wrong. */
async function openFaulty(context: TestContext, ...faults: FaultInput[]): Promise<Endpoint> {
  const profile = { timeToFirstTokenMs: 5, timePerOutputTokenMs: 2 };
  const server = await startModelServer({ engine: "timed", model: "small", profile, faults });
  context.after(() => server.close());
  return connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
}

const turnsOf = (records: readonly RequestRecord[]) =>
  records.map(
    ({ conversation, turn, outcome }) => `${conversation}.${turn}${outcome === "failed" ? " failed" : ""}`,
  );

const assistantsOf = (messages: readonly Message[]) =>
  messages.filter(({ role }) => role === "assistant").length;

describe("a measurement of conversations", () => {
  test("sends the answers back, and one system prompt in all of them", async (context) => {
    const { endpoint, seen } = await openCountingServer(context);
    const { level, records } = await talk(endpoint, { sharedPromptTokens: 40 });
    assert.deepEqual(turnsOf(records), ["0.1", "0.2", "0.3", "1.1", "1.2", "1.3"]);
    const sent = seen.slice(-6);
    const firstAnswer = `answer ${seen.length - 5} it is`;
    assert.deepEqual(sent[1]?.slice(0, 3), [...(sent[0] ?? []), { role: "assistant", content: firstAnswer }]);
    assert.deepEqual(
      sent.map((messages) => messages.length),
      [2, 4, 6, 2, 4, 6],
    );
    assert.equal(new Set(sent.map(([system]) => system?.content)).size, 1);
    // 40 + 20 tokens, then each turn 4 of the answer and 20 more.
    assert.deepEqual(
      records.map(({ inputTokens }) => inputTokens),
      [60, 84, 108, 60, 84, 108],
    );
    const { conversations } = level;
    assert.deepEqual([conversations?.cold.requests, conversations?.warm.requests], [2, 4]);
    assert.deepEqual([conversations?.cold.inputTokens, conversations?.warm.inputTokens], [120, 384]);
    // Whole blocks of 16: of 40 shared tokens 32, of 60 + 3 before 48, of 84 + 3 before 80.
    assert.equal(conversations?.expectedHitShare, (2 * (32 + 48 + 80)) / 504);
    assert.equal(conversations?.serverHitShare, null);
    assert.match(
      level.notes.join("\n"),
      /shows no counters of a prefix cache, and its answers do not count cached/,
    );
  });

  test("has another system prompt for another seed", async (context) => {
    const { endpoint, seen } = await openCountingServer(context);
    await talk(endpoint, { sharedPromptTokens: 40 });
    const first = seen.at(-1)?.[0]?.content;
    await talk(endpoint, { sharedPromptTokens: 40, seed: 2 });
    assert.notEqual(seen.at(-1)?.[0]?.content, first);
  });

  test("counts a third turn whose connection is dropped, and goes on with the next conversation", async (context) => {
    const { endpoint } = await openCountingServer(context, (messages, response) => {
      const isThird = assistantsOf(messages) === 2;
      if (isThird) response.destroy();
      return isThird;
    });
    const { level, records, words } = await talk(endpoint);
    assert.deepEqual(turnsOf(records), ["0.1", "0.2", "0.3 failed", "1.1", "1.2", "1.3 failed"]);
    assert.deepEqual([level.requests.completed, level.requests.failed], [4, 2]);
    assert.equal(level.verdict, "failed");
    assert.match(words, /2 of 6 requests failed/);
    assert.equal(level.clientTokens.output, 16);
  });

  test("says of which conversations a turn failed, where others could follow", async (context) => {
    const { endpoint } = await openCountingServer(context, (messages, response) => {
      const isSecond = assistantsOf(messages) === 1;
      if (isSecond) sendJson(response, { error: { message: "Too many requests", code: 429 } }, 429);
      return isSecond;
    });
    const { level, records, words } = await talk(endpoint);
    assert.deepEqual(turnsOf(records), ["0.1", "0.2 failed", "1.1", "1.2 failed", "2.1", "2.2 failed"]);
    assert.match(words, /3 of 3 conversations ended with a turn that failed/);
    assert.match(words, /HTTP 429: .*Too many requests/);
    assert.equal(level.conversations?.warm.tokensPerSecond, null);
  });

  test("keeps to its budget of tokens, whatever the histories come to", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const measurement = await measureThroughput(endpoint, {
      streams: [2],
      turns: 4,
      sharedPromptTokens: 60,
      promptTokens: 30,
      outputTokens: 10,
      requestsPerStream: 40,
      maxTokens: 2_500,
      write() {},
    });
    assert.equal(measurement.stopped.because, "budget");
    assert.ok(measurement.budget.usedTokens <= 2_500);
    assert.ok((measurement.levels[0]?.conversations?.warm.requests ?? 0) > 0);
  });

  test("puts the shared prompt at the head of the first message, where the template takes no system prompt", async (context) => {
    const { endpoint, seen } = await openCountingServer(context, (messages, response) => {
      const isRefused = messages[0]?.role === "system";
      if (isRefused) sendJson(response, { error: { message: "System role not supported" } }, 400);
      return isRefused;
    });
    const { level, words } = await talk(endpoint, { sharedPromptTokens: 40 });
    assert.equal(level.requests.failed, 0);
    assert.match(words, /takes no system prompt/);
    const [, fourth] = seen.slice(-6).map(([first]) => first?.content.split("\n\n"));
    assert.equal(fourth?.length, 2);
  });

  test("counts people who think as present, and their requests alone as in flight", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const { level, records } = await talk(endpoint, { streams: [2], thinkSeconds: 0.05 });
    assert.equal(records.length, 12);
    assert.equal(level.requests.completed, 12);
    assert.ok(level.steadyWindow.seconds > 0);
    assert.ok(level.achievedStreams < 2);
  });

  test("waits for nobody who comes back when the time of the level is over", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const options = { thinkSeconds: 80_000, secondsPerLevel: 0.3, maxMinutes: 0.4 };
    const { level, stopped } = await talk(endpoint, options);
    assert.deepEqual([level.requests.completed, stopped.because], [1, "ladder-done"]);
  });

  test("takes a server that counts no prompt tokens at times", async (context) => {
    const { endpoint } = await openCountingServer(context, (messages, response) => {
      const usage = { prompt_tokens: messages.length === 1 ? 0 : 40, completion_tokens: 4, total_tokens: 44 };
      sendStream(response, [
        chunk({ delta: { content: "it is so" } }),
        chunk({ finish_reason: "length", usage }),
        done,
      ]);
      return true;
    });
    const { level } = await talk(endpoint, { turns: 2 });
    assert.equal(level.conversations?.expectedHitShare, 0);
  });

  test("agrees with the server's own counters, within two points", async (context) => {
    const { level } = await talk(await openFaulty(context), { sharedPromptTokens: 64, promptTokens: 40 });
    const { expectedHitShare, serverHitShare } = level.conversations ?? assert.fail();
    assert.ok(expectedHitShare !== null && expectedHitShare > 0.5);
    assert.ok(serverHitShare !== null && Math.abs(serverHitShare - expectedHitShare) <= 0.02);
    const row = compareWithServer(level)?.rows.find(({ figure }) => figure.includes("prefix cache"));
    assert.deepEqual([row?.client, row?.server], [expectedHitShare * 100, serverHitShare * 100]);
  });

  test("says that a server has no prefix cache", async (context) => {
    const endpoint = await openFaulty(context, { kind: "no-prefix-cache" });
    const { level, words } = await talk(endpoint, { sharedPromptTokens: 64 });
    assert.equal(level.conversations?.serverHitShare, 0);
    assert.match(words, /held none: the server has no prefix cache, or it is switched off/);
  });

  test("says that a server shows no counters", async (context) => {
    const endpoint = await openFaulty(context, { kind: "no-counters" });
    const { level, words } = await talk(endpoint, { sharedPromptTokens: 64 });
    assert.equal(level.conversations?.serverHitShare, null);
    assert.match(words, /shows no counters of a prefix cache/);
  });

  test("loses no token of an answer that is cut in the third turn", async (context) => {
    const endpoint = await openFaulty(context, { kind: "reset-at-turn", turn: 3, afterTokens: 2 });
    const { level, records } = await talk(endpoint);
    assert.deepEqual(turnsOf(records), ["0.1", "0.2", "0.3 failed", "1.1", "1.2", "1.3 failed"]);
    assert.equal(level.clientTokens.output, 4 * 4 + 2 * 2);
  });
});
