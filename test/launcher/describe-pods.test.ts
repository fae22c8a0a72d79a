import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  describeEndpoints,
  describeLeftovers,
  describePods,
  describeSwept,
} from "../../bin/commands/money/describe-pods.ts";

describe("what npm run pods shows", () => {
  test("says whose each pod is, what it costs and when it ends", () => {
    const deadlineAt = new Date(Date.now() + 30 * 60_000 + 5_000).toISOString();
    const text = describePods([
      {
        ...{ id: "pod1", name: "workbook-…", model: "org/model", gpuTypeId: "NVIDIA A40", gpuCount: 4 },
        ...{ usdPerHour: 1.76, usdSoFar: 0.88, status: "RUNNING", owner: "this workbook", baseUrl: "" },
        ...{
          isWanted: false,
          reason: "who started it has gone",
          deadlineAt,
          createdAt: "2026-11-24T08:00:00.000Z",
        },
      },
    ]);
    const [head = "", row = "", , sum = ""] = text.split("\n");
    assert.match(head, /^pod +whose +status +GPU +\$\/h +\$ so far +ends$/);
    assert.match(
      row,
      /^pod1 +this workbook +RUNNING +4 × NVIDIA A40 +1\.76 +0\.88 +\d\d:\d\d UTC \(in 30 min\) +unwanted: who started it has gone$/,
    );
    assert.match(sum, /Together \$1\.76 per hour/);
    assert.equal(describePods([]), "No pod runs on this account.");
  });
});

describe("what npm run pods shows beside pods", () => {
  test("says what each endpoint costs at rest and at most, and what its workers do", () => {
    const text = describeEndpoints([
      {
        ...{ id: "end1", name: "workbook-…", kind: "load-balancer", model: "org/model", createdAt: "" },
        ...{ owner: "this workbook", isWanted: true, reason: "ready", deadlineAt: null },
        ...{ minWorkers: 1, maxWorkers: 3, usdPerHourAtRest: 1.22, maxUsdPerHour: null },
        workers: { running: 1, idle: 0, initializing: 2, throttled: 0, unhealthy: 0 },
      },
    ]);
    const [head = "", row = ""] = text.split("\n");
    assert.match(head, /^endpoint +whose +kind +workers +at most +\$\/h at rest +\$\/h at most +ends$/);
    assert.match(
      row,
      /^end1 +this workbook +load-balancer +1 running, 2 initializing +3 +1\.22 +\? +never by itself +ready$/,
    );
  });

  test("says what stays without a machine, whose it is, and what it costs", () => {
    const text = describeLeftovers([
      {
        ...{ kind: "network volume", id: "vol1", name: "data", isOurs: false },
        ...{ usdPerMonth: 7, note: "100 GB in EU-RO-1" },
      },
    ]);
    assert.match(
      text.split("\n")[1] ?? "",
      /^network volume vol1 +data +not a workbook +7\.00 +100 GB in EU-RO-1$/,
    );
  });
});

describe("what npm run teardown shows", () => {
  test("says what was ended and what it cost, and what needs attention", () => {
    const text = describeSwept({
      ended: [
        { id: "pod1", name: "one", reason: "everything is to end", usd: 0.2345 },
        { id: "pod2", name: "two", reason: "past its deadline", usd: null },
      ],
      kept: [],
      mayStillCome: [],
      problems: ["Look at this."],
    });
    assert.equal(
      text,
      "Ended pod1 (everything is to end); it is gone, billed so far $0.2345.\n" +
        "Ended pod2 (past its deadline); it is gone, not billed yet.\n" +
        "Look at this.",
    );
    assert.match(
      describeSwept({ ended: [], kept: [], mayStillCome: [], problems: [] }),
      /nothing of this workbook to end/,
    );
  });
});
