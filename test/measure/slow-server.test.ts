import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { climbLadder } from "../../lib/src/measure/climb-ladder.ts";
import { type MeasureOptions, measureThroughput } from "../../lib/src/measure/index.ts";
import { createLadderProgress } from "../../lib/src/measure/ladder-progress.ts";
import { planMeasurement } from "../../lib/src/measure/measure-plan.ts";
import { runLoad } from "../../lib/src/measure/run-load.ts";
import { createTimeBudget } from "../../lib/src/measure/time-budget.ts";
import { createTokenBudget } from "../../lib/src/measure/token-budget.ts";
import { createLoadTransport } from "../../lib/src/measure/transport/load-transport.ts";
import { sendJson, sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";

const usage = (completion_tokens: number) => ({
  prompt_tokens: 30,
  completion_tokens,
  total_tokens: 30 + completion_tokens,
});

/** Two tokens, the end and the counts. */
const answer = [
  chunk({ delta: { content: "one" } }),
  chunk({ delta: { content: " two" } }),
  chunk({ finish_reason: "stop" }),
  `data: ${JSON.stringify({ choices: [], usage: usage(2) })}\n\n`,
  done,
];

/** Sends the beginning of an answer, and then nothing for ever. */
const hang = (response: ServerResponse, beginning: readonly string[]) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const piece of beginning) response.write(piece);
};

/** Opens a server whose request number so and so (from 0) is answered as told. */
function openServer(context: TestContext, reply: (index: number, response: ServerResponse) => void) {
  let requests = 0;
  return connectOpenAiLike(context, (_, response) => reply(requests++, response));
}

const few: MeasureOptions = {
  streams: [1, 2],
  requestsPerStream: 3,
  promptTokens: 30,
  outputTokens: 2,
  rampMs: 0,
  stopAtKnee: false,
  write() {},
};

// What such a server does not do in so short a time, it does not do in three minutes either.
const briefly = { ...few, maxMinutes: 2 / 60 };

describe("a server that holds a measurement up", () => {
  test("by never answering has it until the time is up, and no longer", async (context) => {
    const measurement = await measureThroughput(await openServer(context, () => {}), {
      ...few,
      maxMinutes: 0.5 / 60,
    });
    assert.deepEqual(measurement.levels, []);
    assert.deepEqual(measurement.leftOut, [
      { streams: 1, reason: "no time is left" },
      { streams: 2, reason: "no time is left" },
    ]);
    assert.deepEqual(measurement.stopped, {
      because: "time",
      words: "The time of 0.5 seconds did not suffice for 1, 2 streams.",
    });
    assert.equal(measurement.budget.maxMinutes, 0.5 / 60);
    assert.deepEqual(measurement.notes, [
      "The first request was not answered before the measurement ended.",
      "Left out: 1, 2 streams (no time is left).",
    ]);
  });

  test("by text without end has it until the time is up, and its level is left out", async (context) => {
    const endpoint = await openServer(context, (index, response) => {
      if (index < 2) return sendStream(response, answer);
      hang(response, []);
      const timer = setInterval(() => response.write(answer[0]), 20);
      response.on("close", () => clearInterval(timer));
    });
    const measurement = await measureThroughput(endpoint, { ...briefly, mode: "natural" });
    assert.deepEqual(measurement.levels, []);
    assert.deepEqual(measurement.leftOut, [
      {
        streams: 1,
        reason:
          "it was ended when the time was up: of 1 request 1 had text, and 0 were complete, which is not enough for its figures",
      },
      { streams: 2, reason: "no time is left" },
    ]);
    assert.equal(measurement.stopped.because, "time");
  });

  test("in a warm-up leaves time for the level", async (context) => {
    const endpoint = await openServer(context, (index, response) => {
      if (index !== 1) sendStream(response, answer);
    });
    const { levels } = await measureThroughput(endpoint, { ...briefly, streams: [1] });
    assert.equal(levels[0]?.requests.completed, 3);
  });

  const running = [1, 2].map((tokens) => chunk({ delta: { content: " token" }, usage: usage(tokens) }));
  for (const [what, whole, beginning] of [
    ["while it writes", [...running, chunk({ finish_reason: "stop" }), done], running],
    ["in the end only", answer, answer.slice(0, 2)],
  ] as const) {
    test(`in the middle of a level leaves it its figures, if it counts ${what}`, async (context) => {
      const endpoint = await openServer(context, (index, response) =>
        index < 3 ? sendStream(response, whole) : hang(response, beginning),
      );
      const measurement = await measureThroughput(endpoint, briefly);
      const [level, ...more] = measurement.levels;
      assert.deepEqual(more, []);
      assert.deepEqual(
        { completed: level?.requests.completed, cancelled: level?.requests.cancelled },
        { completed: 1, cancelled: 1 },
      );
      assert.notEqual(level?.verdict, "failed");
      // Two answers of two tokens, of which the second was never complete.
      assert.equal(Math.round((level?.outputTokensPerSecond ?? 0) * (level?.steadyWindow.seconds ?? 0)), 4);
      assert.match(
        level?.notes.join(" ") ?? "",
        /The time was up before 1 of 2 requests had a complete answer/,
      );
      assert.deepEqual(measurement.leftOut, [{ streams: 2, reason: "no time is left" }]);
    });
  }
});

describe("a level that is ended when the time is up", () => {
  test("has failed if no request but those that failed came to an end", async (context) => {
    const endpoint = await openServer(context, (index, response) => {
      if (index < 2) sendStream(response, answer);
      if (index === 2) sendJson(response, { error: { message: "the worker was restarted" } }, 500);
    });
    const { levels, leftOut, stopped } = await measureThroughput(endpoint, { ...briefly, streams: [1] });
    assert.deepEqual(
      levels.map(({ verdict, reason }) => ({ verdict, reason })),
      [
        {
          verdict: "failed",
          reason: "No request was completed, 1 failed. Most often: HTTP 500: the worker was restarted.",
        },
      ],
    );
    assert.deepEqual(leftOut, []);
    assert.equal(stopped.because, "errors");
  });

  test("is left out if no request came in it", async (context) => {
    const endpoint = await openServer(context, (_, response) => sendStream(response, answer));
    const { levels, leftOut } = await measureThroughput(endpoint, {
      ...few,
      maxMinutes: 0.5 / 60,
      streams: [4],
      arrivals: { requestsPerSecond: 0.0001 },
      secondsPerLevel: 1_000_000,
      seed: 1,
    });
    assert.deepEqual(levels, []);
    assert.deepEqual(leftOut, [{ streams: 4, reason: "no time is left" }]);
  });
});

/** Climbs a ladder against a server for which so much time passes with each request that it gets. */
async function climbSlowly(context: TestContext, options: MeasureOptions & { secondsPerRequest: number }) {
  const { secondsPerRequest, ...rest } = options;
  let nowMs = 0;
  let requests = 0;
  const endpoint = await openServer(context, (_, response) => {
    nowMs += secondsPerRequest * 1_000;
    requests++;
    sendStream(response, answer);
  });
  const transport = createLoadTransport(endpoint);
  context.after(() => transport.close());
  const plan = planMeasurement(endpoint, { ...few, maxMinutes: 3, ...rest });
  const time = createTimeBudget(plan, () => nowMs);
  const climbed = await climbLadder(
    {
      endpoint,
      transport,
      plan,
      time,
      shape: {
        model: "small",
        mode: "natural",
        usage: "final",
        limitName: "max_tokens",
        hasTemperature: true,
        extra: {},
        promptWords: 20,
        promptLengthFrom: "usage",
        mostPromptTokens: 30,
        shared: null,
      },
      head: { tokens: 0, isRead: false },
      budget: createTokenBudget(Infinity),
      signal: new AbortController().signal,
    },
    createLadderProgress({ ...plan, time }),
    () => false,
  );
  const levels = climbed.runs.map(({ level }) => level);
  const sent = levels.map(({ streams, requests: { completed } }) => ({ streams, completed }));
  return { ...climbed, levels, sent, requests };
}

describe("a ladder on a slow server", () => {
  test("ends with the level for which there is still time, and says which it leaves out", async (context) => {
    // Level 1: a warm-up and three requests, 80 s. Level 2: two and six, then nothing is left of 175 s.
    const { sent, leftOut, stopped, notes } = await climbSlowly(context, {
      streams: [1, 2, 4, 8],
      secondsPerRequest: 20,
    });
    assert.deepEqual(sent, [
      { streams: 1, completed: 3 },
      { streams: 2, completed: 6 },
    ]);
    assert.deepEqual(leftOut, [
      { streams: 4, reason: "no time is left" },
      { streams: 8, reason: "a level of fewer streams did not fit" },
    ]);
    assert.deepEqual(stopped, {
      because: "time",
      words: "The time of 3 minutes did not suffice for 4, 8 streams.",
    });
    assert.deepEqual(notes, [
      "Left out: 4 streams (no time is left), 8 streams (a level of fewer streams did not fit).",
    ]);
  });

  test("tries the first level in any case, with one request for each stream", async (context) => {
    const { sent, levels, leftOut } = await climbSlowly(context, {
      streams: [2, 4],
      secondsPerRequest: 100,
      requestsPerStream: 5,
    });
    assert.deepEqual(sent, [{ streams: 2, completed: 2 }]);
    assert.match(levels[0]?.notes.join(" ") ?? "", /The time allowed no more than 2 requests/);
    assert.deepEqual(leftOut, [{ streams: 4, reason: "no time is left" }]);
  });

  test("leaves out repeats for which there is no time", async (context) => {
    const { sent, levels } = await climbSlowly(context, {
      streams: [1],
      secondsPerRequest: 60,
      repeats: 3,
      requestsPerStream: 1,
      warmUp: false,
    });
    // The third would begin after 120 s, and there is time for it.
    assert.deepEqual(sent, [{ streams: 1, completed: 3 }]);
    assert.equal(levels[0]?.repeats.length, 3);
    const slower = await climbSlowly(context, {
      streams: [1],
      secondsPerRequest: 90,
      repeats: 3,
      requestsPerStream: 1,
      warmUp: false,
    });
    assert.deepEqual(slower.sent, [{ streams: 1, completed: 2 }]);
    assert.match(slower.levels[0]?.notes.join(" ") ?? "", /2 of 3 repeats were measured/);
  });
});

describe("a load whose time is over", () => {
  for (const [what, arrivalsMs] of [
    ["one request for each stream", null],
    ["no more than came before the first answer", [0, 0, 30, 30]],
  ] as const) {
    test(`has sent ${what}`, async (context) => {
      const endpoint = await openServer(context, (_, response) => sendStream(response, answer));
      const transport = createLoadTransport(endpoint);
      context.after(() => transport.close());
      const { end, flights } = await runLoad({
        transport,
        body: () => "{}",
        streams: 2,
        arrivalsMs,
        mostRequests: 100,
        mostMs: 0,
        budget: createTokenBudget(Infinity),
        worstTokensPerRequest: () => 10,
        stallMs: 60_000,
        signal: new AbortController().signal,
      });
      assert.equal(end, "time");
      assert.deepEqual(
        flights.map(({ outcome }) => outcome),
        ["completed", "completed"],
      );
    });
  }
});
