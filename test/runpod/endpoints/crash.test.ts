import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openRunPodContext, sweepEndpoints, waitUntilReady } from "../../../lib/src/runpod/index.ts";
import { openCrashGround, type Workbook } from "../crash-ground.ts";
import type { KillAt } from "../crash-order.ts";
import { canaries } from "../sample-plans.ts";
import { endpointCanary } from "./endpoint-world.ts";

describe("a process that is killed while it makes an endpoint or waits for it", () => {
  let ground: Awaited<ReturnType<typeof openCrashGround>>;

  before(async () => {
    ground = await openCrashGround({ child: join(import.meta.dirname, "crash-child.ts"), balanceUsd: 1_000 });
  });
  after(() => ground.close());

  function openAgain(workbook: Workbook) {
    const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = ground.rehearsal;
    return openRunPodContext({
      settings: { target: "runpod", ...workbook, maxUsdPerHour: 50 },
      connection: {
        ...{ apiUrl, proxyUrl, apiKey: canaries.runpod, endpointKey: endpointCanary },
        huggingFaceToken: canaries.huggingFace,
      },
      parts: { watch: () => null, say() {} },
    });
  }

  const leftOf = (workbookId: string) =>
    ground.rehearsal
      .ledger()
      .endpoints.filter(({ name, deletedAt }) => name.includes(workbookId) && deletedAt === null);

  async function sweepAfterCrash({ killAt, ...workbook }: Workbook & { killAt: KillAt }): Promise<void> {
    const context = openAgain(workbook);
    const [record] = context.journal.read().endpoints.values();
    await sweepEndpoints({ context });
    const left = leftOf(context.workbookId);
    if (record?.isReady !== true) {
      assert.deepEqual(left, [], `${killAt.when} ${killAt.step}: nobody wants what was left`);
      return;
    }
    assert.equal(left.length, 1, `${killAt.when} ${killAt.step}: the ready endpoint is still wanted`);
    await waitUntilReady(record.endpointId ?? "", { context });
    await sweepEndpoints({ context, everything: true });
    assert.deepEqual(leftOf(context.workbookId), []);
  }

  test("leaves nothing that the next sweep does not delete, at whichever step it was", async () => {
    const whole = await ground.runChild([{ ...ground.makeWorkbook(), killAt: null }]);
    assert.equal(whole.steps.at(-1), "done", whole.complaints);
    const kinds = [...new Set(whole.steps.slice(0, -1))];
    for (const expected of [
      "journal endpoint-intent",
      "POST /v2/serverless",
      "journal endpoint-created",
      "journal waiting",
      "GET balancer/v1/models",
      "GET /v2/serverless/id/workers",
      "POST balancer/v1/chat/completions",
      "journal ready",
    ]) {
      assert.ok(kinds.includes(expected), `${expected} is among ${kinds.join(", ")}`);
    }
    const crashes = await ground.crashEverywhere(kinds);
    assert.ok(crashes.length >= 20, `${crashes.length} crashes were tried`);
    for (const crash of crashes) await sweepAfterCrash(crash);
  });

  test("is found by the sweep even where its state folder is lost with it", async () => {
    for (const workbook of await ground.crashEverywhere(["journal endpoint-created"])) {
      rmSync(workbook.stateFolder, { recursive: true });
      const context = openAgain(workbook);
      await sweepEndpoints({ context });
      assert.deepEqual(leftOf(context.workbookId), []);
    }
  });
});
