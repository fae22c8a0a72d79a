import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openPodEndpoint, openRunPodContext, sweepPods } from "../../../lib/src/runpod/index.ts";
import { openCrashGround, type Workbook } from "../crash-ground.ts";
import type { KillAt } from "../crash-order.ts";
import { canaries } from "../sample-plans.ts";

describe("a process that is killed while it rents a pod or waits for it", () => {
  let ground: Awaited<ReturnType<typeof openCrashGround>>;

  before(async () => {
    ground = await openCrashGround({ child: join(import.meta.dirname, "crash-child.ts") });
  });
  after(() => ground.close());

  function openAgain(workbook: Workbook) {
    const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = ground.rehearsal;
    return openRunPodContext({
      settings: { target: "runpod", ...workbook, maxUsdPerHour: 2 },
      connection: { apiUrl, proxyUrl, apiKey: canaries.runpod, huggingFaceToken: canaries.huggingFace },
      parts: { watch: () => null, say() {} },
    });
  }

  async function sweepAfterCrash({ killAt, ...workbook }: Workbook & { killAt: KillAt }): Promise<void> {
    const name = killAt.step;
    const context = openAgain(workbook);
    const isReady = [...context.journal.read().pods.values()].some((record) => record.isReady);
    await sweepPods({ context });
    const left = ground.rehearsal
      .ledger()
      .pods.filter((pod) => pod.name.includes(context.workbookId) && pod.endedAt === null);
    if (isReady) {
      assert.equal(left.length, 1, `${killAt.when} ${name}: the ready pod is still wanted`);
      await openPodEndpoint({ context });
      await sweepPods({ context, everything: true });
    } else {
      assert.deepEqual(left, [], `${killAt.when} ${name}: nobody wants what was left`);
    }
  }

  test("leaves nothing that the next sweep does not end, at whichever step it was", async () => {
    const whole = await ground.runChild([{ ...ground.makeWorkbook(), killAt: null }]);
    assert.equal(whole.steps.at(-1), "done", whole.complaints);
    const steps = whole.steps.slice(0, -1);
    for (const expected of [
      "journal intent",
      "POST /v2/pods",
      "journal created",
      "journal waiting",
      "GET proxy/health",
      "POST proxy/v1/chat/completions",
      "journal ready",
    ]) {
      assert.ok(steps.includes(expected), `${expected} is among ${steps.join(", ")}`);
    }
    // Polls repeat themselves: the first of a kind stands for all.
    const kinds = [...new Set(steps)];
    const crashes = await ground.crashEverywhere(kinds);
    assert.ok(crashes.length >= 30, `${crashes.length} crashes were tried`);
    for (const crash of crashes) await sweepAfterCrash(crash);
  });

  test("is found by the sweep even where its state folder is lost with it", async () => {
    // One that answers would be kept.
    ground.rehearsal.addFault({ kind: "never-ready", times: 2 });
    for (const workbook of await ground.crashEverywhere(["journal created"])) {
      rmSync(workbook.stateFolder, { recursive: true });
      const context = openAgain(workbook);
      await sweepPods({ context });
      const left = ground.rehearsal.ledger().pods.filter((pod) => pod.name.includes(context.workbookId));
      assert.equal(left.length, 1);
      assert.notEqual(left[0]?.endedAt, null);
    }
  });
});
