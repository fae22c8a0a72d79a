import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { streamChat } from "../../../lib/src/endpoint/index.ts";
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { smallEndpoint, startEndpointWorld } from "./endpoint-world.ts";

const question = [{ role: "user" as const, content: "Hello, how are you?" }];

describe("a serverless endpoint", () => {
  test("costs nothing until it is called, is woken, answers, sleeps again and is deleted", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    rehearsal.advance(600_000);
    assert.equal(rehearsal.ledger().totalUsd, 0, "no request, no worker, no cost");

    const opened = await waitUntilReady(endpoint, { context: workbook });
    assert.equal(opened.origin, "serverless");
    assert.equal(opened.baseUrl, endpoint.baseUrl);
    let text = "";
    for await (const event of streamChat(opened, { messages: question, max_tokens: 16 })) {
      if (event.type === "text") text += event.text;
    }
    assert.notEqual(text, "");
    const [listed] = await listEndpoints({ context: workbook });
    assert.deepEqual(listed?.workers, { running: 0, idle: 1, initializing: 0, throttled: 0, unhealthy: 0 });
    assert.equal(listed?.usdPerHourAtRest, 0);

    rehearsal.advance(20_000);
    const asleep = rehearsal.ledger();
    assert.deepEqual([asleep.running, asleep.usdPerHour], [[], 0], "after its idle time the worker is gone");
    assert.equal(asleep.endpoints[0]?.coldStarts, 1);
    assert.ok(
      (asleep.endpoints[0]?.workerSeconds ?? 0) >= 70,
      "the cold start and the idle time are paid for",
    );

    const deleted = await deleteEndpoint(endpoint, { context: workbook });
    assert.equal(deleted.wasGone, false);
    assert.ok(Math.abs((deleted.usd ?? 0) - asleep.totalUsd) < 1e-9);
    assert.deepEqual(await listEndpoints({ context: workbook }), []);
    assert.equal((await deleteEndpoint(endpoint, { context: workbook })).wasGone, true);
    await assert.rejects(waitUntilReady(endpoint, { context: workbook }), /does not exist any more/);
  });
});
