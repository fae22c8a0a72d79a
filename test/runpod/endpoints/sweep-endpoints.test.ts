import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { describe, test } from "node:test";
import { endpointKind } from "../../../lib/src/runpod/endpoints/endpoint-kind.ts";
import {
  createEndpoint,
  deleteEndpoint,
  describeOpenRealPods,
  listEndpoints,
  sweepEndpoints,
  sweepPods,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { watchRental } from "../../../lib/src/runpod/rental/watch-rental.ts";
import { smallEndpoint, startEndpointWorld } from "./endpoint-world.ts";

const minuteMs = 60_000;

describe("sweepEndpoints", () => {
  test("deletes what nobody wants, keeps what is ready, and says why", async (context) => {
    const { open, alive, rehearsal } = await startEndpointWorld(context);
    const [first, second] = [open(), open()];
    const ready = await createEndpoint(smallEndpoint(), { context: first });
    await waitUntilReady(ready, { context: first });
    const forsaken = await createEndpoint(smallEndpoint(), { context: second });
    for (const { self } of [first, second]) alive.delete(self.pid);
    const tried = await sweepEndpoints({ context: open(), dryRun: true });
    assert.deepEqual(
      tried.ended.map(({ id }) => id),
      [forsaken.id],
    );
    const swept = await sweepEndpoints({ context: open() });
    const { id, name } = forsaken;
    assert.deepEqual(swept.ended, [
      { id, name, reason: "the process that started it has ended", usd: null, isSimulated: false },
    ]);
    assert.deepEqual(swept.kept, [{ id: ready.id, name: ready.name, reason: "ready" }]);
    await sweepPods({ context: open(), everything: true });
    assert.equal(
      (await listEndpoints({ context: open() })).length,
      1,
      "a sweep of pods is none of endpoints",
    );
    await sweepEndpoints({ context: open(), everything: true });
    assert.equal(rehearsal.ledger().usdPerHour, 0);
  });

  test("deletes any workbook's past its deadline, and nothing else that is not this workbook's", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const other = open({ workbook: "other" });
    await createEndpoint(smallEndpoint({ deadlineMinutes: 30 }), { context: other });
    await other.client.createEndpoint({ ...smallEndpoint().payload, name: "made by hand" });
    const workbook = open();
    assert.equal((await sweepEndpoints({ context: workbook, everything: true })).ended.length, 0);
    rehearsal.advance(31 * minuteMs);
    assert.deepEqual(
      (await sweepEndpoints({ context: workbook })).ended.map(({ reason }) => reason),
      ["past its deadline"],
    );
    const [left] = await listEndpoints({ context: workbook });
    assert.deepEqual([left?.name, left?.owner, left?.deadlineAt], ["made by hand", "not a workbook", null]);
    await assert.rejects(
      deleteEndpoint(left?.id ?? "", { context: workbook }),
      /was not made by this workbook/,
    );
  });

  test("needs no journal: what has a worker that is up is kept, without waking one that sleeps", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const asleep = await createEndpoint(smallEndpoint(), { context: workbook });
    const awake = await createEndpoint(smallEndpoint({ idleSeconds: 3_600 }), { context: workbook });
    await waitUntilReady(awake, { context: workbook });
    const { workbookId } = workbook;
    rmSync(workbook.journal.path);
    const renewed = { ...open(), workbookId };
    const swept = await sweepEndpoints({
      context: Object.assign(renewed, { connection: workbook.connection }),
    });
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
      await createEndpoint(smallEndpoint(), { context: workbook }),
      await createEndpoint(smallEndpoint({ deadlineMinutes: 1 }), { context: workbook }),
    ];
    rmSync(workbook.journal.path);
    rehearsal.advance(2 * minuteMs);
    rehearsal.setFaults([{ kind: "api-error", status: 500, operation: "listEndpointWorkers" }]);
    const swept = await sweepEndpoints({ context: workbook });
    assert.deepEqual(
      [swept.ended.map(({ id }) => id), swept.kept.map(({ id, reason }) => [id, reason])],
      [[past.id], [[unknown.id, "not in the journal"]]],
    );
    const all = await sweepEndpoints({ context: workbook, everything: true });
    assert.deepEqual(
      all.ended.map(({ id }) => id),
      [unknown.id],
    );
  });

  test("does not trust a spoilt journal to know all that is wanted", async (context) => {
    const { open } = await startEndpointWorld(context);
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    appendFileSync(workbook.journal.path, `{"kind":"endpoint-rea","stem":"${endpoint.stem}"\n`);
    const { endpoints, pods, unreadableLines } = workbook.journal.read();
    assert.deepEqual([endpoints.size, pods.size, unreadableLines], [1, 0, [4]]);
  });

  test("says what it could not delete, and what that may cost", async (context) => {
    const { open } = await startEndpointWorld(context, { faults: [{ kind: "delete-ignored" }] });
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    await assert.rejects(
      deleteEndpoint(endpoint, { context: workbook }),
      /it is still there.*can cost up to \$\d+\.\d\d per hour.*deleteEndpoint.*npm run teardown/,
    );
    await assert.rejects(
      sweepEndpoints({ context: workbook, everything: true }),
      /1 of the endpoints that nobody needs could not be deleted/,
    );
  });

  test("says of endpoints that the key in use cannot see that another key made them", async (context) => {
    const { open } = await startEndpointWorld(context);
    const endpoint = await createEndpoint(smallEndpoint(), { context: open() });
    const blind: typeof fetch = async (input, init) =>
      String(input).includes("/serverless") && init?.method === "GET"
        ? String(input).endsWith("/serverless")
          ? Response.json({ endpoints: [] })
          : Response.json({ title: "Not Found", status: 404 }, { status: 404 })
        : fetch(input, init);
    const other = open({ apiKey: "rpa_canary_another_key", parts: { fetch: blind } });
    const { problems } = await sweepEndpoints({ context: other });
    assert.match(problems.join(), new RegExp(`${endpoint.id} was made with another RUNPOD_API_KEY`));
    await assert.rejects(deleteEndpoint(endpoint, { context: other }), /made with another one/);
  });
});

describe("watchEndpoint", () => {
  test("deletes an endpoint at its deadline", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint({ deadlineMinutes: 30, minWorkers: 1 }), {
      context: workbook,
    });
    await waitUntilReady(endpoint, { context: workbook });
    assert.equal(
      await watchRental(open(), endpointKind, {
        stem: endpoint.stem,
        idleMinutes: null,
        intervalMs: minuteMs,
      }),
      "ended",
    );
    const [entry] = rehearsal.ledger().endpoints;
    assert.ok(Date.parse(entry?.deletedAt ?? "") <= Date.parse("2026-11-24T08:32:00Z"));
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("deletes one whose creator is gone before it was ready, and ends when it is deleted", async (context) => {
    const { open, alive } = await startEndpointWorld(context);
    const creator = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: creator });
    alive.delete(creator.self.pid);
    const options = { stem: endpoint.stem, idleMinutes: null, intervalMs: minuteMs };
    assert.equal(await watchRental(open(), endpointKind, options), "ended");
    assert.equal(await watchRental(open(), endpointKind, options), "gone");
  });
});

test("a real endpoint on record is not forgotten, whatever the target is now", async (context) => {
  const { open } = await startEndpointWorld(context);
  const workbook = open();
  const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
  assert.match(
    describeOpenRealPods(workbook),
    new RegExp(
      `^A real serverless endpoint is in the journal.*${endpoint.id} \\(up to \\$\\d+\\.\\d\\d per hour, until 2026-11-24T09:00`,
    ),
  );
  await deleteEndpoint(endpoint, { context: workbook });
  assert.equal(describeOpenRealPods(workbook), "");
});
