import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { isProcessAlive } from "../../../lib/src/files/index.ts";
import { createEndpoint, openRunPodContext } from "../../../lib/src/runpod/index.ts";
import { canaries } from "../sample-plans.ts";
import { endpointCanary, smallEndpoint, startEndpointWorld } from "./endpoint-world.ts";

test("an endpoint's watchdog is a process of its own, which deletes it at its deadline and holds no key for all to see", async (context) => {
  const { rehearsal, stateFolder } = await startEndpointWorld(context, { clock: { nowMs: Date.now } });
  const workbook = openRunPodContext({
    settings: {
      ...{ target: "runpod", projectRoot: process.cwd(), maxUsdPerHour: 50 },
      stateFolder: stateFolder("one"),
    },
    connection: {
      ...{ apiUrl: rehearsal.runpodApiUrl, proxyUrl: rehearsal.runpodProxyUrl },
      ...{ apiKey: canaries.runpod, endpointKey: endpointCanary, huggingFaceToken: null },
    },
  });
  const plan = { ...smallEndpoint({ minWorkers: 1 }), deadlineMinutes: 0.1 };
  const { stem } = await createEndpoint(plan, { context: workbook });
  const watchdog = workbook.journal.read().endpoints.get(stem)?.watchdog ?? assert.fail("no watchdog");
  assert.ok(isProcessAlive(watchdog));
  if (process.platform === "linux") {
    for (const file of ["cmdline", "environ"]) {
      assert.doesNotMatch(readFileSync(`/proc/${watchdog.pid}/${file}`, "utf8"), /canary/);
    }
  }
  for (let looks = 0; isProcessAlive(watchdog) && looks < 3_000; looks++) await delay(100);
  assert.ok(!isProcessAlive(watchdog), "it ends once the endpoint has been deleted");
  assert.notEqual(rehearsal.ledger().endpoints[0]?.deletedAt, null);
  assert.deepEqual(rehearsal.ledger().running, []);
  assert.equal(workbook.journal.read().endpoints.get(stem)?.isEnded, true);
});
