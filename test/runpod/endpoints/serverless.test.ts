import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  listServerlessPools,
  planEndpoint,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { type Rehearsal, startRehearsal } from "../../../rehearsal/src/index.ts";
import { makeFolder, setEnvironment } from "../../helpers/environment.ts";
import { workerPrice } from "../../helpers/worker-price.ts";

const plan = planEndpoint({ model: "Qwen/Qwen2.5-7B-Instruct" });

/** An account that the workbook takes for a real one: it knows only its address. */
async function openAccount(context: TestContext, settings: Record<string, string>): Promise<Rehearsal> {
  const rehearsal = await startRehearsal({ engine: "timed", bootMs: 100 });
  context.after(() => rehearsal.close());
  setEnvironment(context, {
    WORKBOOK_TARGET: "runpod",
    WORKBOOK_STATE: makeFolder(context),
    WORKBOOK_MAX_USD_PER_HOUR: "50",
    RUNPOD_API_KEY: "rpa_canary_not_a_key",
    RUNPOD_ENDPOINT_KEY: "rpa_canary_endpoints_only",
    RUNPOD_API_URL: rehearsal.runpodApiUrl,
    RUNPOD_PROXY_URL: rehearsal.runpodProxyUrl,
    ...settings,
  });
  return rehearsal;
}

describe("endpoints with a paid target", () => {
  test("are only planned unless WORKBOOK_SCALE_OUT says yes", async (context) => {
    const rehearsal = await openAccount(context, {});
    await assert.rejects(createEndpoint(plan), /only planned.*Set WORKBOOK_SCALE_OUT=yes/);
    assert.deepEqual(rehearsal.calls(), []);
  });

  test("are made, woken by waitUntilReady, and deleted, by the settings alone", async (context) => {
    const rehearsal = await openAccount(context, { WORKBOOK_SCALE_OUT: "yes" });
    const [cheapest] = await listServerlessPools();
    assert.deepEqual(
      [cheapest?.pool, cheapest?.usdPerGpuHour],
      ["AMPERE_16", workerPrice("AMPERE_16").usdPerSecond * 3_600],
    );
    const endpoint = await createEndpoint(plan);
    const opened = await waitUntilReady(endpoint);
    assert.deepEqual([opened.origin, opened.model], ["serverless", plan.model]);
    assert.equal((await listEndpoints())[0]?.reason, "ready");
    await deleteEndpoint(endpoint);
    assert.equal(rehearsal.ledger().usdPerHour, 0);
  });
});
