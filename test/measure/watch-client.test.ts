import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeClient } from "../../lib/src/measure/watch-client.ts";

const wellClient = {
  cpuShare: 0.4,
  eventLoopDelayMs: 4,
  eventLoopUtilization: 0.4,
  eventsPerRead: 1.01,
  cpuMicrosecondsPerEvent: 15,
  memoryMb: 120,
  dispatchDelayMs: 1,
};
const times = { timePerOutputTokenMs: 30, interChunkMs: 30 };

describe("a client that judges itself", () => {
  test("is content where it was idle most of the time", () => {
    assert.equal(judgeClient(wellClient, times), null);
  });

  test("says that it had no processor left", () => {
    const reason = judgeClient({ ...wellClient, eventLoopUtilization: 0.97 }, times);
    assert.equal(reason, "this process was busy or kept waiting for a processor 97 % of the time");
  });

  test("takes lateness seriously where tokens come often, not where they come rarely", () => {
    const late = { ...wellClient, eventLoopDelayMs: 60 };
    assert.equal(judgeClient(late, times), "this process was up to 60 ms late (99th percentile)");
    assert.equal(judgeClient(late, { timePerOutputTokenMs: 500, interChunkMs: 500 }), null);
  });

  test("knows the sign of late reads: several chunks a read, and gaps that vanish", () => {
    const merged = { ...wellClient, eventsPerRead: 2.9 };
    const reason = judgeClient(merged, { timePerOutputTokenMs: 10, interChunkMs: 0.1 });
    assert.equal(reason, "chunks were read late, 2.9 at a time");
  });

  test("says where it sent requests late", () => {
    const reason = judgeClient({ ...wellClient, dispatchDelayMs: 250 }, times);
    assert.equal(reason, "requests were sent up to 250 ms after their time");
  });
});
