import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { describe, test } from "node:test";
import {
  createEndpoint,
  deleteEndpoint,
  describeOpenRealPods,
  listEndpoints,
  sweepEndpoints,
  sweepPods,
  waitUntilEndpointReady,
  watchEndpoint,
} from "../../../lib/src/runpod/index.ts";
import { smallEndpoint, startEndpointWorld } from "./endpoint-world.ts";

const minuteMs = 60_000;

describe("sweepEndpoints", () => {
  test("deletes what nobody wants, keeps what is ready, and says why", async (context) => {
    const { open, alive, rehearsal } = await startEndpointWorld(context);
    const [first, second] = [open(), open()];
    const ready = await createEndpoint(first, smallEndpoint());
    await waitUntilEndpointReady(first, ready);
    const forsaken = await createEndpoint(second, smallEndpoint());
    for (const { self } of [first, second]) alive.delete(self.pid);
    const tried = await sweepEndpoints(open(), { dryRun: true });
    assert.deepEqual(
      tried.ended.map(({ id }) => id),
      [forsaken.id],
    );
    const swept = await sweepEndpoints(open());
    assert.deepEqual(swept.ended, [
      { id: forsaken.id, name: forsaken.name, reason: "who started it has gone", usd: null },
    ]);
    assert.deepEqual(swept.kept, [{ id: ready.id, name: ready.name, reason: "ready" }]);
    await sweepPods(open(), { everything: true });
    assert.equal((await listEndpoints(open())).length, 1, "a sweep of pods is none of endpoints");
    await sweepEndpoints(open(), { everything: true });
    assert.equal(rehearsal.ledger().usdPerHour, 0);
  });

  test("deletes any workbook's past its deadline, and nothing else that is not this workbook's", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const other = open({ workbook: "other" });
    await createEndpoint(other, smallEndpoint({ deadlineMinutes: 30 }));
    await other.client.createEndpoint({ ...smallEndpoint().payload, name: "made by hand" });
    const workbook = open();
    assert.equal((await sweepEndpoints(workbook, { everything: true })).ended.length, 0);
    rehearsal.advance(31 * minuteMs);
    assert.deepEqual(
      (await sweepEndpoints(workbook)).ended.map(({ reason }) => reason),
      ["past its deadline"],
    );
    const [left] = await listEndpoints(workbook);
    assert.deepEqual([left?.name, left?.owner, left?.deadlineAt], ["made by hand", "not a workbook", null]);
    await assert.rejects(deleteEndpoint(workbook, left?.id ?? ""), /was not made by this workbook/);
  });

  test("needs no journal: what has a worker that is up is kept, without waking one that sleeps", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const asleep = await createEndpoint(workbook, smallEndpoint());
    const awake = await createEndpoint(workbook, smallEndpoint({ idleSeconds: 3_600 }));
    await waitUntilEndpointReady(workbook, awake);
    const { workbookId } = workbook;
    rmSync(workbook.journal.path);
    const renewed = { ...open(), workbookId };
    const swept = await sweepEndpoints(Object.assign(renewed, { connection: workbook.connection }));
    assert.deepEqual(
      [swept.ended.map(({ id }) => id), swept.kept.map(({ id }) => id)],
      [[asleep.id], [awake.id]],
    );
    assert.equal(rehearsal.ledger().endpoints[0]?.coldStarts, 0);
  });

  test("lets no endpoint whose workers cannot be asked save the others", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const [unknown, past] = [
      await createEndpoint(workbook, smallEndpoint()),
      await createEndpoint(workbook, smallEndpoint({ deadlineMinutes: 1 })),
    ];
    rmSync(workbook.journal.path);
    rehearsal.advance(2 * minuteMs);
    rehearsal.setFaults([{ kind: "api-error", status: 500, operation: "listEndpointWorkers" }]);
    const swept = await sweepEndpoints(workbook);
    assert.deepEqual(
      [swept.ended.map(({ id }) => id), swept.kept.map(({ id, reason }) => [id, reason])],
      [[past.id], [[unknown.id, "not in the journal"]]],
    );
    const all = await sweepEndpoints(workbook, { everything: true });
    assert.deepEqual(
      all.ended.map(({ id }) => id),
      [unknown.id],
    );
  });

  test("does not trust a spoilt journal to know all that is wanted", async (context) => {
    const { open } = await startEndpointWorld(context);
    const workbook = open();
    const endpoint = await createEndpoint(workbook, smallEndpoint());
    appendFileSync(workbook.journal.path, `{"kind":"endpoint-rea","stem":"${endpoint.stem}"\n`);
    const { endpoints, pods, unreadableLines } = workbook.journal.read();
    assert.deepEqual([endpoints.size, pods.size, unreadableLines], [1, 0, 1]);
  });

  test("says what it could not delete, and what that may cost", async (context) => {
    const { open } = await startEndpointWorld(context, { faults: [{ kind: "delete-ignored" }] });
    const workbook = open();
    const endpoint = await createEndpoint(workbook, smallEndpoint());
    await assert.rejects(
      deleteEndpoint(workbook, endpoint),
      /it is still there.*can cost up to \$1\.23 per hour.*deleteEndpoint.*npm run teardown/,
    );
    await assert.rejects(
      sweepEndpoints(workbook, { everything: true }),
      /could not delete 1 of the endpoints/,
    );
  });

  test("says of endpoints that the key in use cannot see that another key made them", async (context) => {
    const { open } = await startEndpointWorld(context);
    const endpoint = await createEndpoint(open(), smallEndpoint());
    const blind: typeof fetch = async (input, init) =>
      String(input).includes("/serverless") && init?.method === "GET"
        ? String(input).endsWith("/serverless")
          ? Response.json({ endpoints: [] })
          : Response.json({ title: "Not Found", status: 404 }, { status: 404 })
        : fetch(input, init);
    const other = open({ apiKey: "rpa_canary_another_key", parts: { fetch: blind } });
    const { problems } = await sweepEndpoints(other);
    assert.match(problems.join(), new RegExp(`${endpoint.id} was made with another RUNPOD_API_KEY`));
    await assert.rejects(deleteEndpoint(other, endpoint), /made with another one/);
  });
});

describe("watchEndpoint", () => {
  test("deletes an endpoint at its deadline", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const endpoint = await createEndpoint(workbook, smallEndpoint({ deadlineMinutes: 30, minWorkers: 1 }));
    await waitUntilEndpointReady(workbook, endpoint);
    assert.equal(await watchEndpoint(open(), { stem: endpoint.stem, intervalMs: minuteMs }), "ended");
    const [entry] = rehearsal.ledger().endpoints;
    assert.ok(Date.parse(entry?.deletedAt ?? "") <= Date.parse("2026-11-24T08:32:00Z"));
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("deletes one whose creator is gone before it was ready, and ends when it is deleted", async (context) => {
    const { open, alive } = await startEndpointWorld(context);
    const creator = open();
    const endpoint = await createEndpoint(creator, smallEndpoint());
    alive.delete(creator.self.pid);
    const options = { stem: endpoint.stem, intervalMs: minuteMs };
    assert.equal(await watchEndpoint(open(), options), "ended");
    assert.equal(await watchEndpoint(open(), options), "gone");
  });
});

test("a real endpoint on record is not forgotten, whatever the target is now", async (context) => {
  const { open, stateFolder } = await startEndpointWorld(context);
  const workbook = open();
  const endpoint = await createEndpoint(workbook, smallEndpoint());
  assert.match(
    describeOpenRealPods(stateFolder("one")),
    new RegExp(
      `^A real serverless endpoint is on record.*${endpoint.id} \\(up to \\$1\\.23 per hour, until 2026-11-24T09:00`,
    ),
  );
  await deleteEndpoint(workbook, endpoint);
  assert.equal(describeOpenRealPods(stateFolder("one")), "");
});
