import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import type { Leftover, ListedEndpoint, ListedPod } from "workbook";
import {
  describeBudget,
  describeEndpoints,
  describeLeftovers,
  describePods,
  describeSwept,
} from "../../bin/commands/money/describe-pods.ts";
import { findDeletable, offerDeletion } from "../../bin/commands/money/offer-deletion.ts";
import { LauncherError } from "../../bin/set-up/launcher-error.mjs";
import { networkVolumeSchema } from "../../lib/src/runpod/client/schemas.ts";

const isSimulated = false;

describe("what npm run pods shows", () => {
  test("says whose each pod is, what it costs and when it ends", () => {
    const deadlineAt = new Date(Date.now() + 30 * 60_000 + 5_000).toISOString();
    const text = describePods([
      {
        ...{ id: "pod1", name: "workbook-…", model: "org/model", gpuTypeId: "NVIDIA A40", gpuCount: 4 },
        ...{
          usdPerHour: 1.76,
          usdSoFar: 0.88,
          status: "RUNNING",
          owner: "this workbook",
          baseUrl: "",
          isSimulated,
        },
        ...{
          isWanted: false,
          reason: "the process that started it has ended",
          deadlineAt,
          createdAt: "2026-11-24T08:00:00.000Z",
        },
      },
    ]);
    const [head = "", row = "", , sum = ""] = text.split("\n");
    assert.match(head, /^pod +whose +status +GPU +\$\/h +\$ so far +ends$/);
    assert.match(
      row,
      /^pod1 +this workbook +RUNNING +4 × NVIDIA A40 +1\.76 +0\.88 +\d\d:\d\d UTC \(in 30 min\) +unwanted: the process that started it has ended$/,
    );
    assert.match(sum, /Together \$1\.76 per hour/);
    assert.equal(describePods([]), "No pod runs on this account.");
  });
});

describe("what npm run pods says of the budget", () => {
  const money = { spentUsd: 1.204, boundUsd: 0.49, unknown: [], isSimulated: false };

  test("is what has been spent, what is bound and what is left", () => {
    assert.equal(
      describeBudget({ ...money, budgetUsd: 10, leftUsd: 8.306 }),
      "All rentals of this workbook: $1.20 for what has ended, at most $0.49 for what runs, until its deadline. Of the budget of $10.00 (WORKBOOK_MAX_USD) $8.31 are left.",
    );
  });

  test("tells where there is none, and where the journal does not say enough", () => {
    assert.match(
      describeBudget({ ...money, budgetUsd: null, leftUsd: null }),
      /No budget is set \(WORKBOOK_MAX_USD\)\.$/,
    );
    assert.match(
      describeBudget({ ...money, unknown: ["workbook-1"], budgetUsd: 10, leftUsd: null }),
      /what workbook-1 can cost is not known\. Of the budget of \$10\.00 .* is left is not known, so nothing is rented\.$/,
    );
  });
});

describe("what npm run pods shows beside pods", () => {
  test("says what each endpoint costs at rest and at most, and what its workers do", () => {
    const text = describeEndpoints([
      {
        ...{ id: "end1", name: "workbook-…", kind: "load-balancer", model: "org/model", createdAt: "" },
        ...{ owner: "this workbook", isWanted: true, reason: "ready", deadlineAt: null },
        ...{ minWorkers: 1, maxWorkers: 3, usdPerHourAtRest: 1.22, maxUsdPerHour: null, isSimulated },
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
        ...{ usdPerMonth: 7, note: "100 GB in EU-RO-1", isSimulated },
      },
    ]);
    assert.match(
      text.split("\n")[1] ?? "",
      /^network volume vol1 +data +not a workbook +7\.00 +100 GB in EU-RO-1$/,
    );
  });
});

describe("a name that is made to steer the terminal", () => {
  test("comes out as plain text on one line, in tables and in what is offered for deletion", async () => {
    const evil = "a\u001b[2J\u001b]52;c;Y2FuYXJ5\u0007\u009b31mb\nc\rd";
    const volume = {
      kind: "network volume",
      id: evil,
      name: evil,
      isOurs: true,
      usdPerMonth: 7,
      isSimulated: false,
    } as const;
    const text = describeLeftovers([{ ...volume, note: evil }]);
    assert.equal(text.split("\n").length, 2);
    const output = new PassThrough().setEncoding("utf8");
    const things = findDeletable({ pods: [], endpoints: [], leftovers: [{ ...volume, note: evil }] });
    const terminal = { input: new PassThrough(), output };
    const remove = () => Promise.reject(new Error(evil));
    await assert.rejects(offerDeletion({ things, isConfirmed: true, terminal, remove }), LauncherError);
    for (const shown of [text, String(output.read())]) assert.doesNotMatch(shown, /[^\n\x20-\x7e]/);
    const read = networkVolumeSchema.parse({ id: "v", name: evil, size: 1, dataCenter: evil });
    assert.deepEqual([read.name, read.dataCenter], ["ab cd", "ab cd"]);
  });
});

describe("what a rehearsal makes up", () => {
  const madeUp = { id: "x1", name: "workbook-…", isSimulated: true } as const;
  const listed = {
    owner: "this workbook",
    isWanted: true,
    reason: "",
    deadlineAt: null,
    createdAt: "",
  } as const;

  test("bears the word simulated wherever npm run pods and teardown say dollars", () => {
    const pod: ListedPod = {
      ...{ ...madeUp, ...listed, model: null, gpuTypeId: null, gpuCount: 1, status: "RUNNING", baseUrl: "" },
      ...{ usdPerHour: 0.5, usdSoFar: 0.25 },
    };
    const endpoint: ListedEndpoint = {
      ...{ ...madeUp, ...listed, kind: "load-balancer", model: null, minWorkers: 1, maxWorkers: 1 },
      ...{ usdPerHourAtRest: 1, maxUsdPerHour: 2 },
      workers: { running: 0, idle: 0, initializing: 0, throttled: 0, unhealthy: 0 },
    };
    const volume: Leftover = { ...madeUp, kind: "network volume", isOurs: true, usdPerMonth: 7, note: "" };
    const budget = {
      spentUsd: 1,
      boundUsd: 2,
      unknown: [],
      budgetUsd: null,
      leftUsd: null,
      isSimulated: true,
    };
    const ended = [{ ...madeUp, reason: "past its deadline", usd: 0.25 }];
    assert.match(describePods([pod]), /\$\/h \(simulated\) +\$ so far \(simulated\)/);
    assert.match(describePods([pod]), /Together \$0\.50 per hour \(simulated\)\./);
    assert.match(describeEndpoints([endpoint]), /at rest \(simulated\) +\$\/h at most \(simulated\)/);
    assert.match(describeLeftovers([volume]), /\$\/month \(simulated\)/);
    assert.match(describeBudget(budget), /until its deadline \(simulated\)\./);
    const swept = { ended, kept: [], mayStillCome: [], problems: [] };
    assert.match(describeSwept(swept), /billed so far \$0\.2500 \(simulated\)\.$/);
    const deletable = findDeletable({ pods: [], endpoints: [endpoint], leftovers: [volume] });
    assert.deepEqual(
      deletable.map(({ cost }) => cost),
      ["$1.00 an hour (simulated)", "$7.00 a month (simulated)"],
    );
  });
});

describe("what npm run teardown shows", () => {
  test("says what was ended and what it cost, and what needs attention", () => {
    const text = describeSwept({
      ended: [
        { id: "pod1", name: "one", reason: "everything is to end", usd: 0.2345, isSimulated },
        { id: "pod2", name: "two", reason: "past its deadline", usd: null, isSimulated },
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
