import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { publishedPrice } from "../../helpers/prices.ts";
import { goodPod, guardedPod, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

const billingSchema = z.object({
  records: z.array(z.object({ podId: z.string(), totalAmount: z.number() })),
  metadata: z.object({ totals: z.object({ totalAmount: z.number(), gpuAmount: z.number() }) }),
});

describe("the ledger of a rehearsal", () => {
  test("counts each pod to the second, from its creation to its end", async (context) => {
    const { rehearsal, call, create } = await openRehearsedAccount(context);
    const id = await create();
    rehearsal.advance(90_000);
    assert.deepEqual(rehearsal.ledger().running, [id]);
    rehearsal.advance(1_710_500);
    await call("DELETE", `/pods/${id}`);
    rehearsal.advance(10_000_000);
    const { pods, running, usdPerHour, totalUsd, balanceUsd } = rehearsal.ledger();
    const [entry] = pods;
    assert.ok(entry !== undefined);
    const { costUsd, ...rest } = entry;
    const perHour = publishedPrice("NVIDIA A40").usdPerHour;
    assert.deepEqual(rest, {
      podId: id,
      name: "test-pod",
      gpuTypeId: "NVIDIA A40",
      gpuCount: 1,
      status: "TERMINATED",
      createdAt: "2026-11-24T12:00:00.000Z",
      endedAt: "2026-11-24T12:30:00.500Z",
      endedBy: "call",
      createdBy: "192c96fe",
      usdPerHour: perHour,
      billedSeconds: 1_801,
    });
    // 1801 s of one A40, and of 50 GB of disk at 0.10 USD a GB and month of 730 h.
    const expected = (1_801 / 3_600) * (perHour + (50 * 0.1) / 730);
    assert.ok(Math.abs(costUsd - expected) < 1e-6, String(costUsd));
    assert.deepEqual([running, usdPerHour, totalUsd, balanceUsd], [[], 0, costUsd, 25 - costUsd]);
  });

  test("shows who ended a pod: its own deadline, its host, or the empty account", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context, { balanceUsd: 50 });
    const guarded = await create(guardedPod);
    const lost = await create();
    const poor = await create();
    rehearsal.losePod(lost);
    rehearsal.advance(1_000 * 3_600_000);
    const ends = rehearsal.ledger().pods.map(({ podId, endedBy, endedAt }) => [podId, endedBy, endedAt]);
    assert.deepEqual(ends.slice(0, 2), [
      [guarded, "itself", "2026-11-24T13:00:00.000Z"],
      [lost, "host", "2026-11-24T12:00:00.000Z"],
    ]);
    assert.deepEqual(ends[2]?.slice(0, 2), [poor, "balance"]);
    const { balanceUsd } = rehearsal.ledger();
    assert.ok(Math.abs(balanceUsd) < 0.001, String(balanceUsd));
  });
});

describe("the deadline inside a rehearsed pod", () => {
  const createdUntil = (deadline: string, name = "test-pod") => ({
    ...guardedPod,
    name,
    env: { ...goodPod.env, WORKBOOK_DEADLINE: deadline },
  });

  test("moves with the pod's name, without a restart", async (context) => {
    const { rehearsal, call, create, visit } = await openRehearsedAccount(context);
    const id = await create(createdUntil("2026-11-24T13:00:00Z", "w-20261124T130000Z"));
    rehearsal.advance(1_800_000);
    await call("PATCH", `/pods/${id}`, { name: "w-20261124T133000Z" });
    rehearsal.advance(3_599_000);
    assert.equal((await visit(id, "/health")).status, 200);
    rehearsal.advance(1_000);
    assert.equal((await visit(id, "/health")).status, 404);
    assert.equal(rehearsal.ledger().pods[0]?.endedAt, "2026-11-24T13:30:00.000Z");
  });

  test("is not kept without the start script, nor where a fault stops its timer", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context);
    const plain = await create({ ...createdUntil("2026-11-24T13:00:00Z"), entrypoint: undefined });
    rehearsal.addFault({ kind: "no-pod-deadline", times: 1 });
    const faulty = await create(createdUntil("2026-11-24T13:00:00Z"));
    const kept = await create(createdUntil("1795525200"));
    rehearsal.advance(7_200_000);
    assert.deepEqual(rehearsal.ledger().running, [plain, faulty]);
    assert.equal(rehearsal.ledger().pods.find(({ podId }) => podId === kept)?.endedBy, "itself");
  });

  test("is kept even where it passed before the container ran", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context);
    await create(createdUntil("2026-11-24T12:00:01Z"));
    rehearsal.advance(39_999);
    assert.equal(rehearsal.ledger().running.length, 1);
    rehearsal.advance(1);
    assert.equal(rehearsal.ledger().running.length, 0);
  });
});

describe("billing", () => {
  test("agrees with the ledger, hour by hour, whatever was done", async (context) => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 20_000_000 }) }),
      fc.record({ kind: fc.constantFrom("create", "restart", "delete") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const { rehearsal, call, create } = await openRehearsedAccount(context, { balanceUsd: 1_000 });
        let id = await create();
        for (const { kind, ...rest } of steps) {
          if (kind === "advance") rehearsal.advance("ms" in rest ? rest.ms : 0);
          else if (kind === "create")
            id = await create({ ...goodPod, mounts: { persistent: { size: 20, path: "/d" } } });
          else if (kind === "delete") await call("DELETE", `/pods/${id}`);
          else await call("PATCH", `/pods/${id}`, { disk: 60 });
        }
        // A whole second has to be over before it is in an hour that is over.
        rehearsal.advance(1_000);
        const ledger = rehearsal.ledger();
        const { body } = await call("GET", "/billing/pods?bucketSize=hour");
        const { records, metadata } = billingSchema.parse(body);
        const total = records.reduce((sum, { totalAmount }) => sum + totalAmount, 0);
        assert.ok(Math.abs(total - ledger.totalUsd) < 1e-9, `${total} and ${ledger.totalUsd}`);
        assert.ok(Math.abs(metadata.totals.totalAmount - ledger.totalUsd) < 1e-9);
        assert.ok(Math.abs(ledger.balanceUsd - (1_000 - ledger.totalUsd)) < 1e-9);
        await rehearsal.close();
      }),
      { numRuns: 25 },
    );
  });

  test("gives one pod alone, and keeps it after its end", async (context) => {
    const { rehearsal, call, create } = await openRehearsedAccount(context);
    const id = await create();
    await create();
    rehearsal.advance(3_600_000);
    await call("DELETE", `/pods/${id}`);
    const { records, metadata } = billingSchema.parse(
      (await call("GET", `/billing/pods?podId=${id}&bucketSize=hour`)).body,
    );
    assert.deepEqual(
      records.map(({ podId }) => podId),
      [id],
    );
    assert.equal(metadata.totals.gpuAmount, publishedPrice("NVIDIA A40").usdPerHour);
  });
});
