import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { choosePart, describePart } from "../../../lib/src/measure/replay/choose-part.ts";
import { planReplay } from "../../../lib/src/measure/replay/replay-plan.ts";
import type { Trace } from "../../../lib/src/traffic/index.ts";
import { makeTrace } from "../../cost/replay/traces.ts";

const model = { model: "small", maxModelTokens: 1_000 };
const everything = { speed: 1, fromSeconds: 0, maxTokens: Infinity, maxMinutes: 60 };

/** A request a minute: 100 tokens in, 10 out, and one that no small context holds. */
const hour = makeTrace([
  ...Array.from({ length: 10 }, (_, minute) => [60 * minute, 100, 10] as const),
  [600, 5_000, 10],
]);

const requestsOf = (trace: Trace, plan: Partial<typeof everything>) =>
  choosePart(trace, { ...everything, ...plan }, model).schedule.map(({ request }) => request);

describe("the part of a log that is sent", () => {
  test("is all of it where nothing limits it, less what exceeds the context", () => {
    const part = choosePart(hour, everything, model);
    assert.deepEqual(part.schedule.at(-1), {
      request: 10,
      dueMs: 540_000,
      inputTokens: 100,
      outputTokens: 10,
      cachedInputTokens: 0,
    });
    assert.equal(part.overContext, 1);
    assert.equal(part.limitedBy, "log");
  });

  test("is its beginning where the tokens or the minutes do not suffice", () => {
    // 131 tokens each at most, and 600 to find out how prompts must be written.
    assert.deepEqual(requestsOf(hour, { maxTokens: 600 + 3 * 131 }), [1, 2, 3]);
    assert.deepEqual(requestsOf(hour, { maxMinutes: 2.3 }), [1, 2, 3]);
    assert.equal(choosePart(hour, { ...everything, maxTokens: 1_000 }, model).limitedBy, "tokens");
    assert.equal(choosePart(hour, { ...everything, maxMinutes: 1 }, model).limitedBy, "minutes");
  });

  test("begins where it is told to, at once, and goes by as many times as fast", () => {
    const { schedule } = choosePart(hour, { ...everything, speed: 4, fromSeconds: 150 }, model);
    assert.deepEqual(
      schedule.slice(0, 3).map(({ request, dueMs }) => [request, dueMs]),
      [
        [4, 0],
        [5, 15_000],
        [6, 30_000],
      ],
    );
  });

  test("has a token at least each way of every request, so one of a single request is a part too", () => {
    const { schedule } = choosePart(makeTrace([[7, 0, 0]]), everything, model);
    assert.deepEqual(schedule, [
      { request: 1, dueMs: 0, inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 },
    ]);
  });

  test("is stated with its requests, tokens and minutes, and what ends it", () => {
    const stated = (trace: Trace, options: { maxTokens?: number; speed?: number }) => {
      const plan = planReplay({ origin: "rehearsal" }, trace, options);
      return describePart(choosePart(trace, plan, model), { ...model, trace, plan, host: "there" });
    };
    assert.equal(
      stated(hour, { speed: 2 }),
      "Sending 10 of 11 requests of made by hand to small on there: 1,000 tokens in and 100 out, arriving over 4.5 minutes, " +
        "at 2 times the speed of the log. Left out: 1 request beyond the context of 1,000 tokens.",
    );
    assert.equal(
      stated(makeTrace([[0, 100, 10]]), {}),
      "Sending 1 of 1 request of made by hand to small on there: 100 tokens in and 10 out, arriving over 0 seconds, " +
        "at the speed of the log.",
    );
    assert.match(stated(hour, { maxTokens: 1_000 }), /More would exceed the budget of 1,000 tokens\.$/);
  });
});

describe("a log of which nothing can be sent", () => {
  const refuse = (trace: Trace, plan: Partial<typeof everything>, words: RegExp) =>
    assert.throws(() => requestsOf(trace, plan), words);

  test("is refused with the reason", () => {
    refuse(hour, { maxTokens: 700 }, /not one request .* fits into a budget of 700 tokens, of which 600/);
    refuse(hour, { fromSeconds: 10_000 }, /no request .* fromSeconds, 10000 s; its last is at 600 s/);
    refuse(makeTrace([[0, 2_000, 1]]), {}, /the only request of .* holds 1,000 tokens/);
    refuse(hour, { fromSeconds: 590 }, /the only request of made by hand exceeds the context/);
  });

  test("and so are options and traces that make no sense, by their names", () => {
    const planned = (trace: Trace, options: object) => () => planReplay({ origin: "given" }, trace, options);
    assert.throws(planned(hour, { speed: 0 }), /option speed cannot be 0/);
    assert.throws(planned(hour, { speed: Infinity }), /option speed cannot be Infinity/);
    assert.throws(planned(hour, { maxTokens: 0 }), /option maxTokens cannot be 0/);
    assert.throws(planned(hour, { turns: 3 }), /replayTraceOn\(\) has no option turns/);
    assert.throws(planned(makeTrace([]), {}), /replayTraceOn: the trace has no requests/);
    assert.throws(planned(makeTrace([[Number.NaN, 1, 1]]), {}), /spanSeconds|arrives at NaN/);
  });

  test("has a budget by default where tokens may cost money", () => {
    assert.equal(planReplay({ origin: "given" }, hour, {}).maxTokens, 50_000);
    assert.equal(planReplay({ origin: "pod" }, hour, {}).maxTokens, Infinity);
  });
});
