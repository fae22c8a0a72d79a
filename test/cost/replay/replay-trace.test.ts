import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Policy,
  type PolicyReplay,
  policyFrame,
  type ReplayInput,
  replayTrace,
} from "../../../lib/src/cost/index.ts";
import { InputError } from "../../../lib/src/errors.ts";
import { loadTrace } from "../../../lib/src/traffic/index.ts";
import { makeTrace, oneTokenASecond } from "./traces.ts";

const prices: ReplayInput["prices"] = {
  gpuUsdPerHour: 3.6,
  serverlessUsdPerSecond: 0.003,
  inputUsdPerMillion: 1_000,
  outputUsdPerMillion: 2_000,
  batchPriceFactor: 0.5,
};

// Ten seconds of work each, in an hour: two at once, one while they are at work, one much later.
const fourRequests = makeTrace([
  [0, 4, 6],
  [0, 5, 5],
  [15, 6, 4],
  [3_000, 0, 10],
]);

function replayOne(policy: Policy, input: Partial<ReplayInput> = {}): PolicyReplay {
  const [one] = replayTrace({
    trace: fourRequests,
    capacity: oneTokenASecond,
    prices,
    policies: [policy],
    ...input,
  }).policies;
  assert.ok(one !== undefined);
  return one;
}

function near(actual: number | null | undefined, expected: number): void {
  assert.ok(
    actual !== null && actual !== undefined && Math.abs(actual - expected) < 1e-9,
    `${actual}, ${expected}`,
  );
}

describe("four requests of ten seconds each", () => {
  test("come as a data frame with a row for each policy", async () => {
    const policies: Policy[] = [{ kind: "always-on" }, { kind: "maas" }];
    const replay = replayTrace({ trace: fourRequests, capacity: oneTokenASecond, prices, policies });
    const frame = await policyFrame(replay);
    assert.deepEqual(
      frame.select("label", "usdPerDay", "p95", "longest", "keepsUp").toRecords(),
      replay.policies.map(({ label, usdPerDay, waitSeconds, keepsUp }) => ({
        label,
        usdPerDay,
        p95: waitSeconds?.p95 ?? null,
        longest: waitSeconds?.longest ?? null,
        keepsUp,
      })),
    );
  });

  test("on one pod that is always on: the second waits ten seconds, the third five", () => {
    const one = replayOne({ kind: "always-on" });
    assert.equal(one.label, "1 pod, always on");
    assert.deepEqual(one.waitSeconds, { p50: 0, p95: 10, p99: 10, longest: 10 });
    // An hour at 3.60, of which 40 seconds are work.
    near(one.usdForTrace, 3.6);
    near(one.usdPerDay, 86.4);
    near(one.usdPerMonth, 2_628);
    near(one.usdPerThousandRequests, 900);
    near(one.utilisation, 40 / 3_600);
    assert.deepEqual(one.groups, { most: 1, mean: 1 });
    assert.equal(one.coldStarts, 0);
    assert.equal(one.overrunSeconds, 0);
  });

  test("on two pods nobody waits, at twice the price", () => {
    const one = replayOne({ kind: "pods", pods: 2 });
    assert.equal(one.waitSeconds?.longest, 0);
    near(one.usdPerDay, 172.8);
    near(one.utilisation, 20 / 3_600);
  });

  test("need two pods where half must have their first token within six seconds, and one where 7 s would do", () => {
    // Own reading takes 4, 5, 6 and 0 seconds; on one pod the waits are 0, 10, 5 and 0.
    const latencyTarget = { timeToFirstTokenMs: 6_000, percentile: 51 };
    assert.equal(replayOne({ kind: "pods" }, { latencyTarget }).groups?.most, 2);
    assert.equal(replayOne({ kind: "always-on" }, { latencyTarget }).shareOverTarget, 0.5);
    assert.equal(
      replayOne({ kind: "pods" }, { latencyTarget: { ...latencyTarget, percentile: 50 } }).groups?.most,
      1,
    );
  });

  test("count as late with the reading of their own prompt, which no number of pods shortens", () => {
    const latencyTarget = { timeToFirstTokenMs: 4_500, percentile: 100 };
    const one = replayOne({ kind: "pods" }, { latencyTarget });
    // The second and the third read for 5 and 6 seconds: late on any number of pods, so one is enough for the others.
    assert.equal(one.shareOverTarget, 0.5);
    assert.equal(one.groups?.most, 1);
  });

  test("on a pod that stops after five idle minutes: two starts, paid, and waited for", () => {
    const one = replayOne({ kind: "autostop", idleMinutes: 5, startMinutes: 1 });
    assert.deepEqual(one.waitSeconds, { p50: 60, p95: 70, p99: 70, longest: 70 });
    assert.equal(one.coldStarts, 2);
    // 60 + 30 + 300 seconds, then 60 + 10 + 300 from second 3,000.
    near(one.paidHours, 760 / 3_600);
    near(one.usdForTrace, 0.76);
    near(one.usdPerDay, 0.76 * 24);
    near(one.utilisation, 40 / 760);
  });

  test("pay for a stopped pod's disk", () => {
    const storage = { storageUsdPerMonth: 73, stoppedStorageUsdPerMonth: 146 };
    const one = replayOne(
      { kind: "autostop", idleMinutes: 5, startMinutes: 1 },
      { prices: { ...prices, ...storage } },
    );
    // 0.10 and 0.20 an hour.
    near(one.usdForTrace, 0.76 + (760 / 3_600) * 0.1 + (2_840 / 3_600) * 0.2);
  });

  test("on serverless: another worker where the wait is over four seconds, and everything by the second", () => {
    const one = replayOne({ kind: "serverless", coldStartSeconds: 5, idleTimeoutSeconds: 5 });
    // The first starts a worker; the second would wait 15 s, so it starts another; the third comes when both are done.
    assert.deepEqual(one.waitSeconds, { p50: 5, p95: 5, p99: 5, longest: 5 });
    assert.equal(one.coldStarts, 3);
    assert.equal(one.groups?.most, 2);
    // 0 to 30, 0 to 20, 3,000 to 3,020.
    near(one.paidHours, 70 / 3_600);
    near(one.usdForTrace, 70 * 0.003);
  });

  test("on serverless with a worker that never stops: it is paid all hour, and starts for nobody", () => {
    const one = replayOne({ kind: "serverless", minWorkers: 1, maxWorkers: 1 });
    near(one.usdForTrace, 3_600 * 0.003);
    assert.equal(one.coldStarts, 0);
    assert.deepEqual(one.waitSeconds, { p50: 0, p95: 10, p99: 10, longest: 10 });
    assert.equal(replayOne({ kind: "serverless", minWorkers: 1 }).label, "serverless, 1 to 3 workers");
  });

  test("behind a load balancer, a request too many at a worker starts another: one is ten seconds of work here", () => {
    const starts = (requestsPerWorker: number) =>
      replayOne({ kind: "serverless", coldStartSeconds: 1, idleTimeoutSeconds: 5, requestsPerWorker })
        .coldStarts;
    // The first two come at once, and the fourth when all is stopped.
    assert.equal(starts(1), 3);
    assert.equal(starts(2), 2);
  });

  test("behind a load balancer, a long start by itself calls for no second worker, as it does in a queue", () => {
    const trace = makeTrace([0, 20, 40, 60].map((second) => [second, 5, 5] as const));
    const starts = (requestsPerWorker: number | null) =>
      replayOne({ kind: "serverless", coldStartSeconds: 120, maxWorkers: 3, requestsPerWorker }, { trace })
        .coldStarts;
    // Four requests at a time are all that ever wait.
    assert.equal(starts(4), 1);
    assert.equal(starts(3), 2);
    assert.equal(starts(null), 3);
  });

  test("on serverless, a run of a worker is paid in whole seconds", () => {
    const trace = makeTrace([[0, 0, 1]], { spanSeconds: 100 });
    const capacity = { prefillTokensPerSecond: 1, decodeTokensPerSecond: 4 };
    const policy: Policy = { kind: "serverless", coldStartSeconds: 2, idleTimeoutSeconds: 5 };
    near(replayOne(policy, { trace, capacity }).usdForTrace, 8 * 0.003);
  });

  test("at an API: by the token, and for half in batches", () => {
    // 15 tokens in, 25 out.
    const maas = replayOne({ kind: "maas" });
    near(maas.usdForTrace, 0.065);
    near(maas.usdPerDay, 1.56);
    assert.equal(maas.waitSeconds, null);
    assert.equal(maas.shareOverTarget, null);
    near(replayOne({ kind: "maas-batch" }).usdForTrace, 0.0325);
    near(replayOne({ kind: "maas-batch", batchShare: 0.5 }).usdForTrace, 0.04875);
  });
});

describe("business hours", () => {
  const hour = 3_600;
  const week = { spanSeconds: 168 * hour };

  test("make a request of the night wait until nine, and one of the weekend until Monday", () => {
    const trace = makeTrace(
      [
        [8 * hour, 5, 5],
        [10 * hour, 5, 5],
        [(5 * 24 + 12) * hour, 5, 5],
      ],
      week,
    );
    const one = replayOne({ kind: "business-hours" }, { trace });
    assert.equal(one.label, "1 pod, Mon to Fri 9:00 to 18:00");
    assert.deepEqual(one.waitSeconds, { p50: hour, p95: 45 * hour, p99: 45 * hour, longest: 45 * hour });
  });

  test("cost 45 hours a week and a start each morning, whatever hour the trace is from", () => {
    const evening = makeTrace([[0, 5, 5]], { startSecondOfWeek: 20 * hour });
    const whole = makeTrace([[10 * hour, 5, 5]], week);
    for (const trace of [evening, whole]) {
      const one = replayOne({ kind: "business-hours", startMinutes: 6 }, { trace });
      near(one.usdPerDay, ((45 + 0.5) * 3.6) / 7);
    }
    const one = replayOne({ kind: "business-hours", startMinutes: 6 }, { trace: whole });
    near(one.usdForTrace, 45.5 * 3.6);
    assert.equal(one.coldStarts, 5);
  });

  test("count the starts, hours and busy part of the week that they are billed for, not of the work left over", () => {
    // 60 hours of work for a pod that is open for 45 hours a week, and half as much for three that are for 72.
    const trace = makeTrace([[10 * hour, 0, 60 * hour]], week);
    const one = replayOne({ kind: "business-hours" }, { trace });
    assert.deepEqual([one.coldStarts, one.utilisation, one.keepsUp], [5, 1, false]);
    near(one.paidHours, 45 + 5 / 6);
    const until = { fromHour: 8, toHour: 20, days: [1, 2, 3, 4, 5, 6], startMinutes: 5 } as const;
    const three = replayOne({ kind: "business-hours", pods: 3, ...until }, { trace });
    assert.equal(three.coldStarts, 18);
    near(three.paidHours, 217.5);
    near(three.utilisation, 60 / 217.5);
    for (const days of [0.04, 1, 3, 7, 10, 28]) {
      const other = makeTrace([[0, 0, 5]], { spanSeconds: days * 24 * hour, startSecondOfWeek: 20 * hour });
      for (const pods of [1, 3]) {
        const { usdPerDay, usdForTrace, paidHours, groups, coldStarts, utilisation } = replayOne(
          { kind: "business-hours", pods, ...until },
          { trace: other },
        );
        near(usdForTrace, usdPerDay * days);
        near(usdForTrace, (paidHours ?? 0) * 3.6);
        near(groups?.mean, (paidHours ?? 0) / 24 / days);
        near(coldStarts, (pods * 6 * days) / 7);
        near(utilisation, 5 / hour / (paidHours ?? 0));
      }
    }
  });

  test("do not keep up where more comes in a week than can be done in the open hours", () => {
    // 45 open hours a week, and 56 or 44 hours of work.
    const trace = (hours: number) => makeTrace([[10 * hour, 0, hours * hour]], week);
    const keepsUp = (policy: Policy, hours: number) => replayOne(policy, { trace: trace(hours) }).keepsUp;
    assert.equal(keepsUp({ kind: "business-hours" }, 56), false);
    assert.equal(keepsUp({ kind: "business-hours" }, 44), true);
    assert.equal(keepsUp({ kind: "business-hours", pods: 2 }, 56), true);
    assert.equal(keepsUp({ kind: "always-on" }, 56), true);
    assert.equal(keepsUp({ kind: "always-on" }, 169), false);
    assert.equal(keepsUp({ kind: "serverless", maxWorkers: 1 }, 169), false);
    assert.equal(keepsUp({ kind: "serverless", maxWorkers: 2 }, 169), true);
    assert.equal(keepsUp({ kind: "maas" }, 169), true);
  });

  test("are never the cheapest where they do not keep up, however few wait too long so far", () => {
    const { cheapest } = replayTrace({
      trace: makeTrace([[10 * hour, 0, 56 * hour]], week),
      capacity: oneTokenASecond,
      prices: { gpuUsdPerHour: 3.6 },
      policies: [{ kind: "business-hours" }, { kind: "always-on" }],
    });
    assert.equal(cheapest?.policy.kind, "always-on");
  });

  test("that never close need no start each morning, and cost what a pod does that is always on", () => {
    const trace = makeTrace([[10 * hour, 5, 5]], week);
    const always = { kind: "business-hours", fromHour: 0, toHour: 24, days: [1, 2, 3, 4, 5, 6, 7] } as const;
    const one = replayOne(always, { trace });
    assert.equal(one.coldStarts, 0);
    near(one.usdPerDay, 24 * 3.6);
    const weekdays = replayOne({ ...always, days: [5, 1, 2, 3, 4], startMinutes: 60 }, { trace });
    assert.equal(weekdays.coldStarts, 1);
    near(weekdays.usdForTrace, (120 + 1) * 3.6);
    near(weekdays.usdPerDay, ((120 + 1) * 3.6) / 7);
  });

  test("leave work at closing time and go on in the morning", () => {
    const trace = makeTrace(
      [
        [18 * hour - 60, 0, 100],
        [18 * hour - 30, 0, 20],
      ],
      week,
    );
    const one = replayOne({ kind: "business-hours" }, { trace });
    // The first works 60 s today and 40 s tomorrow; the second begins then.
    assert.equal(one.waitSeconds?.longest, 15 * hour + 30 + 40);
  });
});

describe("a replay", () => {
  test("takes every policy for which there is a price", () => {
    const labels = (money: ReplayInput["prices"]) =>
      replayTrace({ trace: fourRequests, capacity: oneTokenASecond, prices: money }).policies.map(
        ({ policy }) => policy.kind,
      );
    const pods = ["always-on", "pods", "business-hours", "autostop"];
    assert.deepEqual(labels({ gpuUsdPerHour: 1 }), pods);
    assert.deepEqual(labels(prices), [...pods, "serverless", "maas", "maas-batch"]);
    assert.deepEqual(labels({ gpuUsdPerHour: 1, inputUsdPerMillion: 1, outputUsdPerMillion: 1 }), [
      ...pods,
      "maas",
    ]);
  });

  test("names as cheapest only what keeps to the target, and no batch", () => {
    const cheap = { ...prices, inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.1 };
    const replay = (money: ReplayInput["prices"], policies: Policy[]) =>
      replayTrace({
        trace: fourRequests,
        capacity: oneTokenASecond,
        prices: money,
        policies,
        latencyTarget: { timeToFirstTokenMs: 8_000, percentile: 95 },
      }).cheapest?.policy.kind;
    assert.equal(replay(cheap, [{ kind: "always-on" }, { kind: "maas" }, { kind: "maas-batch" }]), "maas");
    assert.equal(replay(prices, [{ kind: "always-on" }, { kind: "pods" }, { kind: "autostop" }]), "pods");
    assert.equal(replay(prices, [{ kind: "always-on" }, { kind: "autostop" }]), undefined);
  });

  test("takes the latency of the capacity as its target, and says what the figures rest on", () => {
    const { latencyTarget, assumptions, kind, meanBusyGroups } = replayTrace({
      trace: fourRequests,
      capacity: {
        ...oneTokenASecond,
        atLatency: { timeToFirstTokenMs: 700, timePerOutputTokenMs: null, percentile: 99 },
        kind: "published",
        source: "https://example.com/throughput",
        date: "2026-11-23",
      },
      prices,
    });
    assert.deepEqual(latencyTarget, { timeToFirstTokenMs: 700, percentile: 99 });
    assert.equal(kind, "computed");
    near(meanBusyGroups, 40 / 3_600);
    const text = assumptions.join(" ");
    assert.match(text, /published, https:\/\/example\.com\/throughput, 2026-11-23/);
    const figure = { tokensPerSecond: 1, kind: "published", source: "a run", date: "2024-05" } as const;
    const ofTwoRuns = replayTrace({
      trace: fourRequests,
      capacity: {
        ...oneTokenASecond,
        kind: "published",
        source: "writing: a run, 2024-04-24; reading: another, 2024-05",
        date: "2024-04-24 and 2024-05",
        rateFigures: { reading: [figure], writing: [figure] },
      },
      prices,
    });
    assert.match(
      ofTwoRuns.assumptions.join(" "),
      /\(published, writing: a run, 2024-04-24; reading: another, 2024-05\)/,
    );
    assert.match(text, /shorter than a day/);
    assert.match(text, /synthetic/);
  });

  test("says of a balancer that it drops who waits as long as a start, where the start is that long", () => {
    const textOf = (serverless: { requestsPerWorker?: number; coldStartSeconds: number }) =>
      replayTrace({
        ...{ trace: fourRequests, capacity: oneTokenASecond, prices },
        policies: [{ kind: "serverless", ...serverless }],
      }).assumptions.join(" ");
    assert.match(
      textOf({ requestsPerWorker: 8, coldStartSeconds: 150 }),
      /balancer drops a request that finds no worker for 120 s; here such a request waits/,
    );
    assert.doesNotMatch(textOf({ requestsPerWorker: 8, coldStartSeconds: 60 }), /drops/);
    assert.doesNotMatch(textOf({ coldStartSeconds: 150 }), /drops/);
  });

  test("speaks of an API's price only where an API is among the policies", () => {
    const textOf = (kind: "maas" | "always-on") =>
      replayTrace({
        ...{ trace: fourRequests, capacity: oneTokenASecond, prices },
        policies: [{ kind }],
      }).assumptions.join(" ");
    assert.match(textOf("maas"), /Only the API's price is counted/);
    assert.doesNotMatch(textOf("always-on"), /API/);
  });

  test("says of a simulated capacity that no GPU has it", () => {
    const capacity = { ...oneTokenASecond, kind: "simulated" } as const;
    const { assumptions } = replayTrace({ trace: fourRequests, capacity, prices });
    assert.match(assumptions.join(" "), /not those of any GPU/);
  });

  test("says of a load that is too much how far behind it falls", () => {
    const trace = makeTrace(
      Array.from({ length: 100 }, (_, second) => [second, 1, 1] as const),
      { spanSeconds: 100 },
    );
    const one = replayOne({ kind: "always-on" }, { trace });
    assert.equal(one.overrunSeconds, 100);
    assert.equal(one.utilisation, 1);
    assert.equal(one.waitSeconds?.longest, 99);
    // A day of a pod costs a day of a pod, whatever stands in the queue.
    near(one.usdPerDay, 86.4);
    near(one.usdForTrace, 0.2);
  });

  test("of Azure's hour of conversations gives the bill of its tokens at the walkthrough's price", async () => {
    const trace = await loadTrace("azure-2023-conversation");
    const { policies } = replayTrace({
      trace,
      capacity: { prefillTokensPerSecond: 12_000, decodeTokensPerSecond: 1_800 },
      prices: { gpuUsdPerHour: 1.56, inputUsdPerMillion: 2.68, outputUsdPerMillion: 3.54 },
      policies: [{ kind: "maas" }, { kind: "pods" }],
    });
    // 22,361,870 tokens in and 4,088,665 out.
    near(policies[0]?.usdForTrace, 59.9298116 + 14.4738741);
    assert.equal(policies[1]?.label, "2 pods as needed, always on");
  });
});

describe("a replay is refused", () => {
  const refused = (input: Partial<ReplayInput>, message: RegExp) =>
    assert.throws(
      () => replayTrace({ trace: fourRequests, capacity: oneTokenASecond, prices, ...input }),
      (error) => error instanceof InputError && message.test(error.message),
    );

  test("with a trace that is empty, unsorted, negative, gigantic or uneven, by the number of the request", () => {
    refused({ trace: makeTrace([]) }, /no requests/);
    refused(
      {
        trace: makeTrace([
          [5, 1, 1],
          [4, 1, 1],
        ]),
      },
      /request 2 .* at 4 s, after one at 5 s\. Sort/,
    );
    refused({ trace: makeTrace([[-1, 1, 1]]) }, /request 1 .* at -1 s/);
    refused(
      {
        trace: makeTrace([
          [0, 1, 1],
          [1, -3, 1],
        ]),
      },
      /request 2 .* -3 inputTokens/,
    );
    refused({ trace: makeTrace([[0, 1, 1e12]]) }, /request 1 .* outputTokens/);
    refused({ trace: makeTrace([[Number.NaN, 1, 1]]) }, /request 1|spanSeconds/);
    refused({ trace: makeTrace([[0, Number.NaN, 1]]) }, /request 1 .* NaN inputTokens/);
    refused(
      { trace: { ...fourRequests, inputTokens: new Float64Array(3) } },
      /4 arrivals, 3 inputs and 4 outputs/,
    );
    refused({ trace: { ...fourRequests, spanSeconds: 10 } }, /spanSeconds is 10, its last arrival at 3000/);
    refused({ trace: { ...fourRequests, spanSeconds: Number.POSITIVE_INFINITY } }, /spanSeconds/);
    refused({ trace: { ...fourRequests, startSecondOfWeek: 604_800 } }, /startSecondOfWeek/);
  });

  test("with a capacity, a price or a target that makes no sense", () => {
    refused(
      { capacity: { prefillTokensPerSecond: 0, decodeTokensPerSecond: 1 } },
      /prefillTokensPerSecond is 0/,
    );
    refused(
      { capacity: { prefillTokensPerSecond: 1, decodeTokensPerSecond: Number.NaN } },
      /decode.* is NaN/,
    );
    refused({ prices: { gpuUsdPerHour: -1 } }, /gpuUsdPerHour is -1/);
    refused({ prices: { ...prices, inputUsdPerMillion: 0 } }, /inputUsdPerMillion is 0/);
    refused({ prices: { ...prices, storageUsdPerMonth: -2 } }, /storageUsdPerMonth is -2/);
    refused({ latencyTarget: { timeToFirstTokenMs: 0, percentile: 95 } }, /timeToFirstTokenMs is 0/);
    refused({ latencyTarget: { timeToFirstTokenMs: 1, percentile: 101 } }, /percentile is 101/);
  });

  test("with a policy that is unknown, has no price, or makes no sense", () => {
    const withPolicy = (policy: unknown, message: RegExp) =>
      refused({ policies: [policy as Policy] }, message);
    withPolicy({ kind: "spot" }, /no policy "spot".*always-on, pods, business-hours/);
    withPolicy({ kind: "pods", pods: 0 }, /pods is 0.*whole number from 1/);
    withPolicy({ kind: "pods", pods: 1.5 }, /pods is 1\.5/);
    withPolicy({ kind: "business-hours", fromHour: 18, toHour: 9 }, /from 18 to 9/);
    withPolicy({ kind: "business-hours", days: [] }, /\(none\)/);
    withPolicy({ kind: "business-hours", days: [0] }, /the days 0/);
    withPolicy({ kind: "autostop", idleMinutes: -1 }, /idleMinutes is -1/);
    withPolicy({ kind: "serverless", maxWorkers: 0 }, /maxWorkers is 0/);
    withPolicy({ kind: "serverless", minWorkers: 4 }, /minWorkers is 4.*whole number from 0 to 3/);
    withPolicy({ kind: "serverless", requestsPerWorker: 0.5 }, /requestsPerWorker is 0.5/);
    withPolicy({ kind: "maas-batch", batchShare: 2 }, /batchShare is 2/);
    const noPrices = { prices: { gpuUsdPerHour: 1 } };
    refused({ ...noPrices, policies: [{ kind: "maas" }] }, /maas needs prices\.inputUsdPerMillion/);
    refused(
      { ...noPrices, policies: [{ kind: "serverless" }] },
      /serverless needs prices\.serverlessUsdPerSecond/,
    );
  });
});
