import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { openRunPodContext } from "../../../lib/src/runpod/index.ts";
import { countMoney } from "../../../lib/src/runpod/journal/count-money.ts";
import { openJournal } from "../../../lib/src/runpod/journal/journal.ts";
import { BudgetError, reserve } from "../../../lib/src/runpod/rental/budget.ts";
import { makeFolder } from "../../helpers/environment.ts";
import { canaries } from "../sample-plans.ts";

// Processes order, extend, end and die between any two steps; a ledger of its own knows what is really paid for.

const budgetUsd = 10;
const hourMs = 3_600_000;
const creator = { pid: 17, startedAt: "then", host: "here" };

/** How far a process comes before it dies; 9 is the whole way. */
const steps = fc.constantFrom(1, 2, 9);
const event = fc.oneof(
  fc.record({
    kind: fc.constant("order" as const),
    ...{ isEndpoint: fc.boolean(), steps },
    usdPerHour: fc.double({ min: 0.1, max: 6, noNaN: true }),
    hours: fc.double({ min: 0.1, max: 4, noNaN: true }),
  }),
  fc.record({
    ...{ kind: fc.constant("extend" as const), which: fc.nat(5), steps },
    hours: fc.double({ min: 0.1, max: 3, noNaN: true }),
  }),
  fc.record({ kind: fc.constant("end" as const), which: fc.nat(5), steps, isBilled: fc.boolean() }),
  fc.record({ kind: fc.constant("recover" as const) }),
  fc.record({ kind: fc.constant("pass" as const), hours: fc.double({ min: 0, max: 3, noNaN: true }) }),
);

/** Something that is really paid for. */
interface Paid {
  stem: string;
  usdPerHour: number;
  fromMs: number;
  deadlineMs: number;
  endedMs: number | null;
  isOnRecordAsEnded: boolean;
}

async function live(
  folder: string,
  events: readonly (typeof event extends fc.Arbitrary<infer E> ? E : never)[],
) {
  let nowMs = Date.parse("2026-11-28T08:00:00Z");
  const now = () => new Date(nowMs);
  const apiUrl = "http://127.0.0.1:9/v2";
  const journal = openJournal({ stateFolder: folder, target: "runpod", apiUrl, now });
  const context = openRunPodContext({
    settings: {
      target: "runpod",
      stateFolder: folder,
      projectRoot: folder,
      maxUsdPerHour: 9,
      maxUsd: budgetUsd,
    },
    connection: { apiUrl, proxyUrl: "http://127.0.0.1:9", apiKey: canaries.runpod, huggingFaceToken: null },
    parts: { now, journal, workbookId: "0123456789", say() {}, watch: () => null, sleep: async () => {} },
  });
  const paid: Paid[] = [];
  const iso = (ms: number) => new Date(ms).toISOString();
  const running = () => paid.filter(({ endedMs }) => endedMs === null);
  const endedAtMs = (one: Paid) => Math.min(nowMs, one.deadlineMs);
  const refuses = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return false;
    } catch (error) {
      assert.ok(error instanceof BudgetError, String(error));
      return true;
    }
  };
  let refusals = 0;
  const record = (one: Paid, usd: number | null, isFoundGone: boolean) => {
    journal.append({ kind: "ended", stem: one.stem, usd, isFoundGone });
    one.isOnRecordAsEnded = true;
  };

  for (const [index, step] of events.entries()) {
    if (step.kind === "pass") {
      nowMs += step.hours * hourMs;
      // Each pod ends itself at its deadline, whatever the journal hears of it.
      for (const one of running()) if (one.deadlineMs <= nowMs) one.endedMs = one.deadlineMs;
    } else if (step.kind === "order") {
      const draw = index.toString(36).padStart(6, "0");
      const stem = `workbook-0123456789-${step.isEndpoint ? "e-" : ""}${draw}`;
      const { usdPerHour } = step;
      const deadlineMs = nowMs + step.hours * hourMs;
      const both = { stem, deadlineAt: iso(deadlineMs), model: "org/model", creator, keyFingerprint: "a:b" };
      const priced = { ...both, maxUsdPerHour: usdPerHour };
      const entry = step.isEndpoint
        ? ({ kind: "endpoint-intent", ...priced } as const)
        : ({ kind: "intent", ...priced, gpuCount: 1, idleMinutes: null } as const);
      if (await refuses(() => reserve(context, { entry, what: "it" }))) {
        refusals++;
        continue;
      }
      if (step.steps < 2) continue;
      paid.push({ stem, usdPerHour, fromMs: nowMs, deadlineMs, endedMs: null, isOnRecordAsEnded: false });
      if (step.steps < 3) continue;
      journal.append(
        step.isEndpoint
          ? { kind: "endpoint-created", stem, endpointId: draw }
          : { ...{ kind: "created", stem, podId: draw, gpuTypeId: "A40" }, usdPerHour, hasStartScript: true },
      );
    } else if (step.kind === "extend") {
      const one = running()[step.which];
      if (one === undefined) continue;
      const deadlineMs = one.deadlineMs + step.hours * hourMs;
      const present = { kind: "extended", stem: one.stem, deadlineAt: iso(one.deadlineMs) } as const;
      const entry = { ...present, mayRunUntil: iso(deadlineMs) };
      if (await refuses(() => reserve(context, { entry, what: "it" }))) continue;
      if (step.steps < 2) continue;
      one.deadlineMs = deadlineMs;
      if (step.steps < 3) continue;
      journal.append({ kind: "extended", stem: one.stem, deadlineAt: iso(deadlineMs) });
    } else if (step.kind === "end") {
      const one = running()[step.which];
      if (one === undefined) continue;
      one.endedMs = endedAtMs(one);
      if (step.steps < 2) continue;
      // A bill that is read at once may lack the last minutes.
      const usd = ((one.endedMs - one.fromMs) / hourMs) * one.usdPerHour * 0.9;
      record(one, step.isBilled ? usd : null, false);
    } else {
      for (const one of paid) if (one.endedMs !== null && !one.isOnRecordAsEnded) record(one, null, true);
    }
    // What is not on record as ended by now counts until now, but here it ended at its deadline.
    const planned = countMoney(journal.read(), new Date(0));
    assert.deepEqual(planned.unknown, []);
    assert.ok(
      planned.spentUsd + planned.boundUsd <= budgetUsd + 1e-6,
      JSON.stringify({ index, step, planned }),
    );
    const money = countMoney(journal.read(), now());
    const atWorst = paid.reduce((sum, one) => {
      const untilMs = one.endedMs ?? one.deadlineMs;
      return sum + ((untilMs - one.fromMs) / hourMs) * one.usdPerHour;
    }, 0);
    // Times go on record to the millisecond.
    assert.ok(atWorst <= money.spentUsd + money.boundUsd + 1e-4, `${atWorst} is really paid for at worst`);
  }
  return refusals;
}

describe("the money on record", () => {
  test("is never more than the budget, and never less than what is paid for, whoever dies when", async (t: TestContext) => {
    const root = makeFolder(t);
    let run = 0;
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 30 }), async (events) => {
        refusals += await live(join(root, String(run++)), events);
      }),
      { numRuns: 60 },
    );
    assert.ok(refusals > 0, "some orders were refused");
  });
});
