import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { streamChat } from "../../../lib/src/endpoint/index.ts";
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  openServerlessEndpoint,
  waitUntilEndpointReady,
} from "../../../lib/src/runpod/index.ts";
import { smallEndpoint, startEndpointWorld } from "./endpoint-world.ts";

const question = [{ role: "user" as const, content: "Hello, how are you?" }];

for (const kind of ["load-balancer"] as const) {
  describe(`a serverless endpoint that is a ${kind}`, () => {
    test("costs nothing until it is called, is woken, answers, sleeps again and is deleted", async (context) => {
      const { open, rehearsal } = await startEndpointWorld(context);
      const workbook = open();
      const endpoint = await createEndpoint(workbook, smallEndpoint({ kind }));
      rehearsal.advance(600_000);
      assert.equal(rehearsal.ledger().totalUsd, 0, "no request, no worker, no cost");

      const opened = await waitUntilEndpointReady(workbook, endpoint);
      assert.equal(opened.origin, "serverless");
      assert.equal(opened.baseUrl, endpoint.baseUrl);
      let text = "";
      for await (const event of streamChat(opened, { messages: question, max_tokens: 16 })) {
        if (event.type === "text") text += event.text;
      }
      assert.notEqual(text, "");
      const [listed] = await listEndpoints(workbook);
      assert.deepEqual(listed?.workers, { running: 0, idle: 1, initializing: 0, throttled: 0, unhealthy: 0 });
      assert.equal(listed?.usdPerHourAtRest, 0);

      rehearsal.advance(20_000);
      const asleep = rehearsal.ledger();
      assert.deepEqual(
        [asleep.running, asleep.usdPerHour],
        [[], 0],
        "after its idle time the worker is gone",
      );
      assert.equal(asleep.endpoints[0]?.coldStarts, 1);
      assert.ok(
        (asleep.endpoints[0]?.workerSeconds ?? 0) >= 70,
        "the cold start and the idle time are paid for",
      );

      const deleted = await deleteEndpoint(workbook, endpoint);
      assert.equal(deleted.wasGone, false);
      assert.ok(Math.abs((deleted.usd ?? 0) - asleep.totalUsd) < 1e-9);
      assert.deepEqual(await listEndpoints(workbook), []);
      assert.equal((await deleteEndpoint(workbook, endpoint)).wasGone, true);
      await assert.rejects(openServerlessEndpoint(workbook, endpoint), /does not exist any more/);
    });
  });
}
