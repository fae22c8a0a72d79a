import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { choosePolicy, type ReplayInput, replayTrace } from "../../../lib/src/cost/index.ts";
import { scaleTrace } from "../../../lib/src/traffic/index.ts";
import { makeTrace } from "./traces.ts";

// Every minute of an hour a request of one second of work: a pod is busy a sixtieth of its time.
const everyMinute = makeTrace(Array.from({ length: 60 }, (_, minute) => [minute * 60, 1, 0] as const));

const input: ReplayInput = {
  trace: everyMinute,
  capacity: { prefillTokensPerSecond: 1, decodeTokensPerSecond: 1 },
  // A worker's hour costs three times a pod's.
  prices: { gpuUsdPerHour: 3.6, serverlessUsdPerSecond: 0.003 },
  policies: [
    { kind: "pods" },
    { kind: "serverless", coldStartSeconds: 1, idleTimeoutSeconds: 5, maxWorkers: 20 },
  ],
  latencyTarget: { timeToFirstTokenMs: 3_000, percentile: 95 },
};

describe("the choice of a policy", () => {
  const choice = choosePolicy(input);

  test("is the cheapest that keeps to the target, with the next form after it", () => {
    // 60 runs of a worker of seven seconds: 420 × 0.003 USD an hour against 3.60.
    assert.equal(choice.cheapest?.policy.kind, "serverless");
    assert.ok(Math.abs((choice.cheapest?.usdPerDay ?? 0) - 24 * 420 * 0.003) < 1e-9);
    assert.equal(choice.runnerUp?.policy.kind, "pods");
  });

  test("changes at a load on whose two sides the replay itself says so", () => {
    const { above } = choice;
    assert.ok(above !== null && above.loadFactor > 2 && above.loadFactor < 16, `${above?.loadFactor}`);
    assert.equal(above.cheapest?.policy.kind, "pods");
    assert.equal(above.requestsPerHour, 60 * above.loadFactor);
    const kindAt = (requests: number) =>
      replayTrace({ ...input, trace: scaleTrace(everyMinute, { requests }) }).cheapest?.policy.kind;
    assert.equal(kindAt(above.loadFactor), "pods");
    assert.equal(kindAt(above.loadFactor / 1.05), "serverless");
    // Less load only makes the pod dearer in comparison.
    assert.equal(choice.below, null);
  });

  test("says all of that in words", () => {
    const words = choice.sentence;
    assert.match(
      words,
      /first words within 3 s for 95 % of the requests is “serverless, at most 20 workers”/,
    );
    assert.match(words, /The second cheapest is “1 pod as needed, always on” at \$86\.40 a day\./);
    assert.match(
      words,
      /From [\d.]+ times this load \([\d,]+ requests an hour\) up “\d+ pods? as needed, always on” is cheaper\./,
    );
    // A quarter of the load is 15 requests; fewer than ten are not looked at.
    assert.equal(choice.tried.least, 0.25);
    assert.match(words, /With up to 4 times less load the cheapest stays the same\./);
  });

  test("is nothing where no policy keeps to the target, and no other form where it alone does", () => {
    const hopeless = { timeToFirstTokenMs: 500, percentile: 95 };
    const none = choosePolicy({ ...input, policies: [{ kind: "always-on" }], latencyTarget: hopeless });
    assert.equal(none.cheapest, null);
    assert.match(none.sentence, /None of these gives first words within 0\.5 s/);
    const alone = choosePolicy({ ...input, latencyTarget: { timeToFirstTokenMs: 1_500, percentile: 95 } });
    assert.equal(alone.cheapest?.policy.kind, "pods");
    assert.equal(alone.runnerUp, null);
  });

  test("counts one pod that is always on and several pods as one form", () => {
    const both = choosePolicy({ ...input, policies: [{ kind: "always-on" }, { kind: "pods" }] });
    assert.equal(both.runnerUp, null);
  });
});
