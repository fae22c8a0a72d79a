import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { type MeasureOptions, planMeasurement } from "../../lib/src/measure/measure-plan.ts";

const given = { origin: "given", model: "small", maxModelTokens: 1_024, gpu: null } as const;

describe("what is to be measured", () => {
  test("has defaults: five levels, four requests a stream, a budget where somebody else's endpoint is used", () => {
    const plan = planMeasurement(given);
    assert.deepEqual(plan.streams, [1, 2, 4, 8, 16]);
    assert.equal(plan.requestsPerStream, 4);
    assert.equal(plan.mode, "capacity");
    assert.equal(plan.maxTokens, 50_000);
    assert.equal(planMeasurement({ ...given, origin: "pod" }).maxTokens, Infinity);
    assert.equal(planMeasurement(given, { maxTokens: Infinity }).maxTokens, Infinity);
  });

  test("has conversations of one turn, and where they have more two of them for each stream", () => {
    const { turns, sharedPromptTokens, thinkSeconds } = planMeasurement(given);
    assert.deepEqual(
      { turns, sharedPromptTokens, thinkSeconds },
      { turns: 1, sharedPromptTokens: 0, thinkSeconds: 0 },
    );
    assert.equal(planMeasurement(given, { turns: 3 }).requestsPerStream, 6);
  });

  test("says how many turns fit the context", () => {
    const tooMany = { turns: 5, promptTokens: 100, outputTokens: 100, sharedPromptTokens: 200 };
    assert.throws(() => planMeasurement(given, tooMany), {
      remedy: "With these lengths turns can be 4 at most.",
    });
  });

  test("draws another seed each time, unless one is given", () => {
    assert.notEqual(planMeasurement(given).seed, planMeasurement(given).seed);
    assert.equal(planMeasurement(given, { seed: 7 }).seed, 7);
  });

  test("takes no GPU over for a rehearsal", () => {
    const gpu = { name: "NVIDIA A40", count: 4, usdPerHour: 1.76 };
    assert.deepEqual(planMeasurement({ ...given, origin: "pod" }, { gpu }).gpu, gpu);
    assert.equal(planMeasurement({ ...given, origin: "rehearsal" }, { gpu }).gpu, null);
  });

  test("takes the GPU of a pod from its endpoint, unless the caller says otherwise", () => {
    const gpu = { name: "NVIDIA A40", count: 4, usdPerHour: 1.76 };
    const pod = { ...given, origin: "pod", gpu } as const;
    assert.deepEqual(planMeasurement(pod).gpu, gpu);
    assert.deepEqual(planMeasurement(pod, { gpu: { ...gpu, count: 2 } }).gpu, { ...gpu, count: 2 });
    assert.equal(planMeasurement(pod, { gpu: null }).gpu, null);
  });

  const refused: [string, MeasureOptions, RegExp][] = [
    ["an empty ladder", { streams: [] }, /streams cannot be \[\]: it must name at least one level/],
    ["no streams at all", { streams: [0] }, /streams\.0 cannot be 0/],
    ["half a stream", { streams: [1.5] }, /streams\.0 cannot be 1\.5/],
    ["more sockets than a machine has", { streams: [1, 10_001] }, /10,000/],
    ["an answer of no tokens", { outputTokens: 0 }, /outputTokens cannot be 0/],
    ["a budget below nothing", { maxTokens: -5 }, /maxTokens cannot be -5/],
    ["an arrival rate of nothing", { arrivals: { requestsPerSecond: 0 } }, /arrivals/],
    ["a field that would break the budget", { request: { max_tokens: 200 } }, /itself decides .*max_tokens/],
    ["a header that cannot be sent", { headers: { "x-note": "a\nb" } }, /no HTTP header can carry/],
    [
      "a file in a folder that is not there",
      { recordsFile: "/nowhere/at/all.jsonl" },
      /its folder is not there/,
    ],
    ["a conversation without a turn", { turns: 0 }, /turns cannot be 0/],
    ["a pause without a next turn", { thinkSeconds: 1 }, /With one turn nobody pauses/],
    [
      "turns that arrive at a rate",
      { turns: 2, arrivals: { requestsPerSecond: 1 } },
      /arrive at a rate have one turn each, and turns is 2/,
    ],
    [
      "a conversation longer than the context",
      { turns: 5, promptTokens: 100, outputTokens: 100, sharedPromptTokens: 200 },
      /comes to 1200 tokens \(200 of the shared prompt, 5 turns of 100 \+ 100\), .* context holds 1024/,
    ],
    ["a prompt and an answer longer than the context", { promptTokens: 1_000, outputTokens: 25 }, /1024/],
  ];
  for (const [what, options, message] of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => planMeasurement(given, options),
        (error) => error instanceof InputError && message.test(error.message),
      );
    });
  }

  test("refuses an option that does not exist, and names those that do", () => {
    assert.throws(
      () => planMeasurement(given, JSON.parse('{ "concurrency": 4 }')),
      /no option concurrency.*streams, requestsPerStream/,
    );
  });
});
