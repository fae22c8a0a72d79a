import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Policy, replayTrace } from "../../../lib/src/cost/index.ts";
import { makeTrace } from "./traces.ts";

/** Two lone requests of 10 tokens in and 20 out; together, five streams write 10 tokens a second. */
const trace = makeTrace([
  [0, 10, 20],
  [1_000, 10, 20],
]);
const capacity = { prefillTokensPerSecond: 10, decodeTokensPerSecond: 10, streams: 5 };
const prices = { gpuUsdPerHour: 1, serverlessUsdPerSecond: 1 };
const replayOf = (policy: Policy, streams: number | null = capacity.streams) =>
  replayTrace({ trace, capacity: { ...capacity, streams }, prices, policies: [policy] });

describe("a machine that comes and goes with the load", () => {
  const serverless = { kind: "serverless", coldStartSeconds: 100, idleTimeoutSeconds: 5 } as const;

  test("is busy with a lone answer for as long as one of all streams takes, and is paid for it", () => {
    // Twice 100 s of starting, 1 of reading, 10 of writing two tokens a second and 5 of waiting for more.
    assert.equal((replayOf(serverless).policies[0]?.paidHours ?? 0) * 3_600, 2 * 116);
    const autostop = { kind: "autostop", startMinutes: 1, idleMinutes: 1 } as const;
    assert.equal((replayOf(autostop).policies[0]?.paidHours ?? 0) * 3_600, 2 * 131);
  });

  test("is taken to write it as fast as all of them where nobody knows their number", () => {
    assert.equal((replayOf(serverless, null).policies[0]?.paidHours ?? 0) * 3_600, 2 * 108);
  });

  test("makes nobody wait for it who can be served beside it", () => {
    const together = makeTrace([
      [0, 10, 20],
      [104, 10, 20],
    ]);
    const [one] = replayTrace({ trace: together, capacity, prices, policies: [serverless] }).policies;
    assert.equal(one?.coldStarts, 1);
    assert.equal(one?.waitSeconds?.p50, 0);
  });
});
