import assert from "node:assert/strict";
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { identifyProcess } from "../../../lib/src/files/index.ts";
import {
  BudgetError,
  createEndpoint,
  createPod,
  deleteEndpoint,
  extendPod,
  JournalError,
  readBudget,
  terminatePod,
} from "../../../lib/src/runpod/index.ts";
import { smallEndpoint, startEndpointWorld } from "../endpoints/endpoint-world.ts";
import { startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

const plan = smallPlan({ gpus: ["NVIDIA A40"] });

/** What an hour of the plan costs by the rehearsal's catalogue, with the disk. */
async function hourOf(context: TestContext): Promise<number> {
  const { open } = await startPodWorld(context);
  const workbook = open();
  await createPod(plan, { context: workbook });
  return (await readBudget({ context: workbook })).boundUsd;
}

const isRefused = (error: unknown): error is BudgetError => error instanceof BudgetError;
const near = (one: number | null, other: number) =>
  assert.ok(one !== null && Math.abs(one - other) < 1e-6, `${one} is not ${other}`);

describe("a budget in dollars", () => {
  test("refuses the pod that could go beyond it, with its sum, and takes it when there is room again", async (t) => {
    const hour = await hourOf(t);
    const { open, rehearsal } = await startPodWorld(t);
    const workbook = open({ maxUsd: hour * 1.6 });
    const pod = await createPod(plan, { context: workbook });
    await assert.rejects(createPod(plan, { context: workbook }), (error) => {
      assert.ok(isRefused(error));
      assert.deepEqual(error.spentUsd, 0);
      near(error.boundUsd, hour);
      near(error.addedUsd, hour);
      assert.match(
        error.message,
        /^The budget of \$[\d.]+ \(WORKBOOK_MAX_USD\) does not cover this pod: \$0\.00 for what has ended, \$[\d.]+ at most for what runs or is being ordered and \$[\d.]+ at most for this pod make \$[\d.]+\. .*raise WORKBOOK_MAX_USD/,
      );
      return true;
    });
    assert.equal(rehearsal.ledger().pods.length, 1, "nothing was ordered");
    rehearsal.advance(6 * 60_000);
    await terminatePod(pod, { context: workbook });
    const { spentUsd, boundUsd, leftUsd } = await readBudget({ context: workbook });
    assert.ok(spentUsd >= hour * 0.1 && spentUsd < hour * 0.2, String(spentUsd));
    assert.equal(boundUsd, 0);
    near(leftUsd, hour * 1.6 - spentUsd);
    await createPod(plan, { context: workbook });
  });

  test("of zero refuses everything, and none at all refuses nothing", async (t) => {
    const { open, rehearsal } = await startPodWorld(t);
    await assert.rejects(createPod(plan, { context: open({ maxUsd: 0 }) }), BudgetError);
    assert.deepEqual(rehearsal.ledger().pods, []);
    const free = open();
    await createPod(plan, { context: free });
    const { budgetUsd, leftUsd, boundUsd } = await readBudget({ context: free });
    assert.deepEqual([budgetUsd, leftUsd, boundUsd > 0], [null, null, true]);
  });

  test("is kept by extendPod too, and what was not extended does not count", async (t) => {
    const hour = await hourOf(t);
    const { open, rehearsal } = await startPodWorld(t);
    const workbook = open({ maxUsd: hour * 1.6 });
    const pod = await createPod(plan, { context: workbook });
    await assert.rejects(extendPod(pod, { minutes: 40, context: workbook }), /40 more minutes of the pod/);
    rehearsal.addFault({ kind: "api-error", status: 403, operation: "updatePod", times: 1 });
    await assert.rejects(extendPod(pod, { minutes: 30, context: workbook }), /403/);
    near((await readBudget({ context: workbook })).boundUsd, hour);
    const extended = await extendPod(pod, { minutes: 30, context: workbook });
    assert.equal(extended.deadlineAt, "2026-11-24T09:30:00.000Z");
    near((await readBudget({ context: workbook })).boundUsd, hour * 1.5);
  });

  test("counts the later deadline of two extensions at once, whichever is done first", async (t) => {
    const hour = await hourOf(t);
    const { open } = await startPodWorld(t);
    const quick = open({ maxUsd: hour * 5 });
    const pod = await createPod(plan, { context: quick });
    const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
    const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
    const slow = open({
      maxUsd: hour * 5,
      parts: {
        async fetch(input, init) {
          if (init?.method === "PATCH") {
            ask();
            await isReleased;
          }
          return fetch(input, init);
        },
      },
    });
    const long = extendPod(pod, { minutes: 60, context: slow });
    await isAsked;
    await extendPod(pod, { minutes: 6, context: quick });
    near((await readBudget({ context: quick })).boundUsd, hour * 2);
    release();
    await long;
    near((await readBudget({ context: quick })).boundUsd, hour * 2);
  });

  test("counts an endpoint with all its workers, until its bill is final", async (t) => {
    const { open, rehearsal } = await startEndpointWorld(t);
    const unlimited = open({ workbook: "two" });
    const first = await createEndpoint(smallEndpoint(), { context: unlimited });
    const worstUsd = (await readBudget({ context: unlimited })).boundUsd;
    near(worstUsd, first.maxUsdPerHour ?? 0);
    const workbook = open({ maxUsd: worstUsd * 1.2 });
    const made = await createEndpoint(smallEndpoint(), { context: workbook });
    await assert.rejects(createEndpoint(smallEndpoint(), { context: workbook }), BudgetError);
    rehearsal.advance(30 * 60_000);
    await deleteEndpoint(made, { context: workbook });
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: workbook }),
      /does not cover this endpoint/,
    );
    assert.ok((await readBudget({ context: workbook })).spentUsd >= worstUsd / 2);
  });

  test("is not exceeded by processes that order at the same moment: one goes, the other is refused", async (t) => {
    const hour = await hourOf(t);
    const { open, rehearsal } = await startPodWorld(t);
    const orders = [1, 2, 3].map(() => createPod(plan, { context: open({ maxUsd: hour * 1.5 }) }));
    const outcomes = await Promise.allSettled(orders);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
    for (const outcome of outcomes) if (outcome.status === "rejected") assert.ok(isRefused(outcome.reason));
    assert.equal(rehearsal.ledger().pods.length, 1);
  });

  test("waits for another process that is ordering, and takes over the lock of one that is gone", async (t) => {
    const { open, rehearsal } = await startPodWorld(t);
    const workbook = open({ maxUsd: 10 });
    const lock = `${workbook.journal.path}.lock`;
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, JSON.stringify({ ...identifyProcess(), startedAt: "long ago" }));
    await createPod(plan, { context: workbook });
    writeFileSync(lock, JSON.stringify(identifyProcess()));
    const hurried = open({ maxUsd: 10, parts: { sleep: async () => {} } });
    await assert.rejects(createPod(plan, { context: hurried }), (error) => {
      assert.ok(error instanceof JournalError);
      assert.match(error.message, /^Another process of this workbook \(process \d+\) holds .*try again/);
      return true;
    });
    assert.equal(rehearsal.ledger().pods.length, 1);
  });

  test("refuses where a line of the journal cannot be read, for it may tell of money", async (t) => {
    const { open } = await startPodWorld(t);
    const workbook = open({ maxUsd: 10 });
    await createPod(plan, { context: workbook });
    appendFileSync(workbook.journal.path, `{"kind":"inte\n`);
    await assert.rejects(createPod(plan, { context: workbook }), (error) => {
      assert.ok(isRefused(error));
      assert.equal(error.addedUsd, null);
      assert.match(
        error.message,
        /cannot be kept: line \d+ of .*pods\.jsonl cannot be read.*take what cannot be read out/,
      );
      return true;
    });
    assert.equal((await readBudget({ context: workbook })).leftUsd, null);
    await createPod(plan, { context: open() });
  });

  test("refuses where an entry of an older version does not say what it may cost", async (t) => {
    const { open } = await startPodWorld(t);
    const workbook = open({ maxUsd: 10 });
    const stem = `workbook-${workbook.workbookId}-abcdef`;
    const old = { stem, model: "org/model", gpuCount: 1, idleMinutes: null, keyFingerprint: "a:b" };
    const deadlineAt = "2026-11-24T09:00:00.000Z";
    workbook.journal.append({ kind: "intent", ...old, deadlineAt, creator: workbook.self });
    await assert.rejects(createPod(plan, { context: workbook }), (error) => {
      assert.ok(isRefused(error));
      assert.match(error.message, new RegExp(`does not say what ${stem} can cost`));
      return true;
    });
    workbook.journal.append({ kind: "ended", stem, usd: 0 });
    await createPod(plan, { context: workbook });
  });

  test("does not keep a pod that turns out dearer than the budget allows", async (t) => {
    const hour = await hourOf(t);
    const { open, rehearsal } = await startPodWorld(t);
    rehearsal.addFault({ kind: "dearer-than-catalog", factor: 2, times: 1 });
    await assert.rejects(
      createPod(plan, { context: open({ maxUsd: hour * 1.5 }) }),
      /does not cover.*not kept/,
    );
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("rents nothing where the lock cannot be written", { skip: process.getuid?.() === 0 }, async (t) => {
    const { open, rehearsal } = await startPodWorld(t);
    const workbook = open({ maxUsd: 10 });
    const folder = dirname(workbook.journal.path);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o500);
    await assert.rejects(createPod(plan, { context: workbook }), JournalError);
    chmodSync(folder, 0o700);
    assert.deepEqual(rehearsal.ledger().pods, []);
  });
});
