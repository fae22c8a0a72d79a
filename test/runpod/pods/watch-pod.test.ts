import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { isProcessAlive } from "../../../lib/src/files/index.ts";
import {
  createPod,
  openRunPodContext,
  rearmWatchdogs,
  terminatePod,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { podKind } from "../../../lib/src/runpod/pods/pod.ts";
import { watchRental } from "../../../lib/src/runpod/rental/watch-rental.ts";
import { startPodWorld } from "../pod-world.ts";
import { canaries, smallPlan } from "../sample-plans.ts";

const minuteMs = 60_000;

describe("watchPod", () => {
  test("ends a pod at its deadline where the pod itself does not", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    const workbook = open();
    const pod = await createPod(smallPlan({ deadlineMinutes: 30 }), { context: workbook });
    const outcome = await watchRental(open(), podKind, {
      stem: pod.stem,
      idleMinutes: null,
      intervalMs: minuteMs,
    });
    assert.equal(outcome, "ended");
    const [entry] = rehearsal.ledger().pods;
    assert.equal(entry?.endedBy, "call");
    assert.ok(Date.parse(entry?.endedAt ?? "") <= Date.parse("2026-11-24T08:32:00Z"));
  });

  test("ends a pod that is not ready when whoever started it has gone", async (context) => {
    const { open, alive, rehearsal } = await startPodWorld(context, { faults: [{ kind: "never-ready" }] });
    const creator = open();
    const pod = await createPod(smallPlan(), { context: creator });
    alive.delete(creator.self.pid);
    const outcome = await watchRental(open(), podKind, {
      stem: pod.stem,
      idleMinutes: null,
      intervalMs: minuteMs,
    });
    assert.equal(outcome, "ended");
    assert.ok(rehearsal.nowMs() < Date.parse("2026-11-24T08:10:00Z"));
  });

  test("ends a pod that came about after its creator was gone", async (context) => {
    const { open, alive, rehearsal } = await startPodWorld(context);
    const creator = open();
    const { stem } = await createPod(smallPlan(), { context: creator });
    const spare = open({ workbook: "without-a-record" });
    // Only the intent is on record, as after a crash between the call and its answer.
    spare.journal.append({
      kind: "intent",
      stem,
      deadlineAt: "2026-11-24T09:00:00.000Z",
      model: "any",
      gpuCount: 1,
      creator: creator.self,
      idleMinutes: null,
      keyFingerprint: "none",
    });
    alive.delete(creator.self.pid);
    const outcome = await watchRental(
      { ...spare, connection: spare.connection, workbookId: creator.workbookId },
      podKind,
      { stem, idleMinutes: null, intervalMs: minuteMs },
    );
    assert.equal(outcome, "ended");
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("lets a ready pod run until its deadline, and ends an idle one before where that was asked for", async (context) => {
    for (const [idleMinutes, lastMinute] of [
      [null, 61],
      [10, 13],
    ] as const) {
      const { open, rehearsal } = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
      const workbook = open();
      const pod = await createPod(smallPlan(), { context: workbook });
      await waitUntilReady(pod, { context: workbook });
      await watchRental(open(), podKind, { stem: pod.stem, idleMinutes, intervalMs: minuteMs });
      const minutes = (rehearsal.nowMs() - Date.parse("2026-11-24T08:00:00Z")) / minuteMs;
      assert.ok(minutes <= lastMinute + 3 && minutes >= lastMinute - 4, `it ran ${minutes} minutes`);
    }
  });

  test("ends with its pod, and with a stand-in that is closed", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    const options = { stem: pod.stem, idleMinutes: null, intervalMs: minuteMs };
    rehearsal.losePod(pod.id);
    await assert.doesNotReject(waitUntilReady(pod, { context: workbook }).catch(() => {}));
    assert.equal(await watchRental(open(), podKind, options), "gone");
    const second = await createPod(smallPlan(), { context: workbook });
    await rehearsal.close();
    assert.equal(await watchRental(open(), podKind, { ...options, stem: second.stem }), "the API is gone");
  });
});

describe("rearmWatchdogs", () => {
  test("gives a new watchdog to each open pod whose own is gone, and to no other", async (context) => {
    const { open, alive } = await startPodWorld(context);
    const armed: string[] = [];
    const watch = ({ stem }: { stem: string }) => {
      armed.push(stem);
      const watchdog = { pid: 1_000 + armed.length, startedAt: "then", host: "here" };
      alive.add(watchdog.pid);
      return watchdog;
    };
    const workbook = open({ parts: { watch } });
    const pod = await createPod(smallPlan(), { context: workbook });
    const ended = await createPod(smallPlan(), { context: workbook });
    await terminatePod(ended, { context: workbook });
    rearmWatchdogs(open({ parts: { watch } }));
    assert.deepEqual(armed, [pod.stem, ended.stem]);
    alive.delete(1_001);
    alive.delete(1_002);
    rearmWatchdogs(open({ parts: { watch } }));
    assert.deepEqual(armed, [pod.stem, ended.stem, pod.stem]);
  });
});

describe("the watchdog's own process", () => {
  test("outlives nobody's stand-in, holds no key in its command line, and ends the pod", async (context) => {
    const { rehearsal, stateFolder } = await startPodWorld(context, {
      faults: [{ kind: "no-pod-deadline" }],
      clock: { nowMs: Date.now },
    });
    const workbook = openRunPodContext({
      settings: {
        ...{ target: "runpod", projectRoot: process.cwd(), maxUsdPerHour: 2 },
        stateFolder: stateFolder("one"),
      },
      connection: {
        apiUrl: rehearsal.runpodApiUrl,
        proxyUrl: rehearsal.runpodProxyUrl,
        apiKey: canaries.runpod,
        huggingFaceToken: null,
      },
    });
    const pod = await createPod({ ...smallPlan(), deadlineMinutes: 0.1 }, { context: workbook });
    const record = workbook.journal.read().pods.get(pod.stem);
    const watchdog = record?.watchdog ?? assert.fail("no watchdog is on record");
    assert.ok(isProcessAlive(watchdog));
    if (process.platform === "linux") {
      for (const file of ["cmdline", "environ"]) {
        assert.ok(!readFileSync(`/proc/${watchdog.pid}/${file}`, "utf8").includes(canaries.runpod));
      }
    }
    for (let looks = 0; isProcessAlive(watchdog) && looks < 3_000; looks++) await delay(100);
    assert.ok(!isProcessAlive(watchdog), "it ends once the pod has ended");
    const [entry] = rehearsal.ledger().pods;
    assert.equal(entry?.endedBy, "call");
    assert.equal(workbook.journal.read().pods.get(pod.stem)?.isEnded, true);
  });
});
