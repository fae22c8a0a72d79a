import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createEndpoint, createPod, listStartPhases, waitUntilReady } from "../../../lib/src/runpod/index.ts";
import { loadColdStarts, type SeenStart } from "../../../lib/src/runpod/rental/cold-starts.ts";
import { readStartPhases } from "../../../lib/src/runpod/rental/read-start-phases.ts";
import { findStartTimes } from "../../../lib/src/runpod/rental/start-times.ts";
import { smallEndpoint, startEndpointWorld } from "../endpoints/endpoint-world.ts";
import { startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

const log = (...lines: string[]) => lines.map((text) => ({ text }));

describe("the parts of a start in vLLM's log", () => {
  test("are read as vLLM 0.32 wrote them on 2026-11-28", () => {
    const lines = log(
      "(Worker pid=6912) INFO 11-28 05:30:48 [cpu_model_runner.py:68] Starting to load model /models/smollm2...",
      "(Worker pid=6912) INFO 11-28 05:30:49 [default_loader.py:501] Loading weights took 0.84 seconds",
      "(EngineCore pid=6820) INFO 11-28 05:30:54 [core.py:402] init engine (profile, create kv cache, warmup model) took 1.54 s",
    );
    assert.deepEqual(readStartPhases(lines), {
      downloadSeconds: 0,
      loadSeconds: 0.84,
      compileSeconds: 1.54,
    });
  });

  test("are those of the slowest of several processes, and the engine's with its compilation", () => {
    const lines = log(
      "(Worker_TP0 pid=1) INFO 08-06 20:11:33 [weight_utils.py:530] Time spent downloading weights for google/gemma-4-31B-it: 64.511670 seconds",
      "(Worker_TP0 pid=1) INFO 08-06 20:11:40 [default_loader.py:397] Loading weights took 24.84 seconds",
      "(Worker_TP1 pid=2) INFO 08-06 20:11:42 [default_loader.py:397] Loading weights took 26.93 seconds",
      "(EngineCore pid=374) INFO 08-06 20:15:12 [core.py:349] init engine (profile, create kv cache, warmup model) took 212.68 s (compilation: 13.01 s)",
    );
    assert.deepEqual(readStartPhases(lines), {
      downloadSeconds: 64.51167,
      loadSeconds: 26.93,
      compileSeconds: 212.68,
    });
  });

  test("are unknown where no line tells them", () => {
    assert.deepEqual(readStartPhases(log("INFO:     Started server process [1]", "took 3 seconds")), {
      downloadSeconds: null,
      loadSeconds: null,
      compileSeconds: null,
    });
  });
});

describe("a start that a wait has seen", () => {
  test("of a pod is on record with its parts, once", async (t) => {
    const { open, stateFolder } = await startPodWorld(t);
    const context = open();
    const pod = await createPod(smallPlan(), { context });
    assert.equal(await listStartPhases(pod, { context }), null);
    await waitUntilReady(pod, { context });
    const [start] = [...context.journal.read().pods.values()].map(({ coldStart }) => coldStart);
    // The stand-in starts in a minute: at 24 s the container runs.
    assert.ok(Math.abs((start?.pullSeconds ?? 0) - 24) <= 1, String(start?.pullSeconds));
    assert.deepEqual([start?.downloadSeconds, start?.loadSeconds, start?.compileSeconds], [18, 2.4, 12]);
    assert.ok((start?.totalSeconds ?? 0) >= 60, String(start?.totalSeconds));
    const phases = await listStartPhases(pod, { context });
    assert.equal(phases?.at(-1)?.seconds, start?.totalSeconds);
    // Who waits for what is ready sees no start.
    await waitUntilReady(pod, { context: open() });
    assert.deepEqual([...context.journal.read().pods.values()][0]?.coldStart, start);
    const folders = { stateFolder: stateFolder("one"), projectRoot: context.projectRoot };
    // Other things lie beside the journals.
    writeFileSync(join(folders.stateFolder, "runpod", "findings.json"), "{}");
    mkdirSync(join(folders.stateFolder, "runpod", "executed"));
    const [seen, ...others] = loadColdStarts(folders);
    assert.deepEqual(others, []);
    // The stand-in listens on this machine, whatever the target is called.
    assert.equal(seen?.kind, "simulated");
    assert.deepEqual([seen.form, seen.model, seen.gpu, seen.gpuCount], ["pod", pod.model, pod.gpuTypeId, 1]);
  });

  test("of a worker is on record from the request that woke it", async (t) => {
    const { open } = await startEndpointWorld(t);
    const context = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context });
    await waitUntilReady(endpoint, { context });
    const [start] = [...context.journal.read().endpoints.values()].map(({ coldStart }) => coldStart);
    assert.equal(start?.pullSeconds, null);
    assert.ok((start?.totalSeconds ?? 0) > 0);
  });

  test("is none of a pod that was ready before, and does not answer for a moment", async (t) => {
    const { open, rehearsal } = await startPodWorld(t);
    const context = open();
    const pod = await createPod(smallPlan(), { context });
    rehearsal.advance(120_000);
    await waitUntilReady(pod, { context });
    rehearsal.advance(20 * 60_000);
    rehearsal.addFault({ kind: "proxy-error", status: 502, times: 1 });
    await waitUntilReady(pod, { context });
    assert.equal(await listStartPhases(pod, { context }), null);
  });

  test("has no length where the clock was set back meanwhile", async (t) => {
    const { open, rehearsal } = await startEndpointWorld(t);
    let looks = 0;
    const now = () => new Date(rehearsal.nowMs() - (looks++ > 8 ? 3 * 3_600_000 : 0));
    const context = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context });
    const later = open({ parts: { now } });
    await waitUntilReady(endpoint, { context: later });
    const phases = await listStartPhases(endpoint, { context });
    assert.equal(phases?.at(-1)?.seconds, null);
  });

  test("may be missing, as in entries of older versions", async (t) => {
    const { open } = await startPodWorld(t);
    const { journal } = open();
    const stem = "workbook-0123456789-abcdef";
    journal.append({ kind: "ready", stem });
    assert.deepEqual(journal.read().unreadableLines, []);
  });
});

describe("how long a start takes", () => {
  const machine = { model: "org/model", gpu: "NVIDIA A40", gpuCount: 1 };
  const seen: SeenStart = {
    ...{ kind: "measured", form: "pod", ...machine, at: "2026-11-28T08:00:00.000Z" },
    ...{ pullSeconds: 100, downloadSeconds: 80, loadSeconds: 10, compileSeconds: 60, totalSeconds: 300 },
  };
  const worker: SeenStart = { ...seen, form: "serverless", gpu: null, gpuCount: null, totalSeconds: 90 };

  test("is what was measured last of this model on this machine", () => {
    const { podMinutes, workerSeconds, sentence } = findStartTimes(
      [{ ...seen, totalSeconds: 600 }, seen, worker],
      machine,
    );
    assert.deepEqual([podMinutes, workerSeconds], [5, 90]);
    assert.equal(
      sentence,
      "A pod takes 5 minutes to start (measured 2026-11-28). A worker takes 90 s (measured 2026-11-28).",
    );
  });

  test("is assumed where the start was of another machine, or of a rehearsal, which is said", () => {
    const others: SeenStart[] = [
      { ...seen, gpu: "NVIDIA L40S" },
      { ...seen, gpuCount: 2 },
      { ...seen, model: "org/other" },
      { ...seen, totalSeconds: null },
    ];
    const none = findStartTimes(others, machine);
    assert.deepEqual([none.podMinutes, none.workerSeconds, none.pod], [10, 120, null]);
    assert.match(
      none.sentence,
      /10 minutes to start \(assumed: the journal has no start of this model on such a machine/,
    );
    const rehearsed = findStartTimes([{ ...seen, kind: "simulated" }], machine);
    assert.equal(rehearsed.podMinutes, 10);
    assert.match(
      rehearsed.sentence,
      /assumed: only rehearsals have started it so far, and their times are simulated/,
    );
  });
});
