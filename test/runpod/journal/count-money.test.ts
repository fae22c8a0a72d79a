import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createPod, readBudget, terminatePod } from "../../../lib/src/runpod/index.ts";
import { countMoney } from "../../../lib/src/runpod/journal/count-money.ts";
import { openJournal } from "../../../lib/src/runpod/journal/journal.ts";
import { makeFolder } from "../../helpers/environment.ts";
import { startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

/** A pod of one dollar an hour that was ordered at eight, with its deadline at ten, and a journal whose clock can be set. */
function orderAtEight(t: TestContext) {
  let time = "2026-11-28T08:00:00Z";
  const now = () => new Date(time);
  const apiUrl = "http://127.0.0.1:9/v2";
  const journal = openJournal({ stateFolder: makeFolder(t), target: "runpod", apiUrl, now });
  const stem = "workbook-0123456789-abcdef";
  const creator = { pid: 17, startedAt: "then", host: "here" };
  const order = { deadlineAt: "2026-11-28T10:00:00Z", model: "org/model", gpuCount: 1, idleMinutes: null };
  journal.append({ kind: "intent", stem, ...order, maxUsdPerHour: 1, creator, keyFingerprint: "a:b" });
  const pod = { podId: "one", gpuTypeId: "A40", usdPerHour: 1, hasStartScript: true };
  journal.append({ kind: "created", stem, ...pod });
  return {
    end(at: string, usd: number | null) {
      time = at;
      journal.append({ kind: "ended", stem, usd });
    },
    spentUsd: () => countMoney(journal.read(), now()).spentUsd,
  };
}

describe("the money that something has cost", () => {
  test("is that until its deadline where the clock was set back before it ended", (t) => {
    const pod = orderAtEight(t);
    pod.end("2026-11-28T03:00:00Z", null);
    assert.equal(pod.spentUsd(), 2);
  });

  test("is no early bill that Runpod never made final", (t) => {
    const pod = orderAtEight(t);
    pod.end("2026-11-28T09:00:00Z", 0.25);
    assert.equal(pod.spentUsd(), 1);
    pod.end("2026-11-29T10:00:00Z", null);
    assert.equal(pod.spentUsd(), 1);
  });

  test("is not nothing where the order's answer was lost and the first bill says nothing yet", async (t) => {
    const { open, rehearsal } = await startPodWorld(t);
    const context = open();
    const { append } = context.journal;
    // The process dies before it can tell which pod came of its order.
    context.journal.append = (entry) => {
      if (entry.kind === "created") throw new Error("out of disk");
      append(entry);
    };
    context.client.podBilling = async () => 0;
    context.client.deletePod = async () => {
      throw new Error("gone");
    };
    await createPod(smallPlan(), { context }).catch(() => {});
    const [id = ""] = rehearsal.ledger().running;
    rehearsal.advance(30 * 60_000);
    const later = open();
    later.client.podBilling = async () => 0;
    await terminatePod(id, { context: later });
    assert.ok((await readBudget({ context: later })).spentUsd > 0);
  });
});
