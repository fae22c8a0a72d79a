import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { type Rehearsal, startRehearsal } from "../../../lib/src/rehearsal/index.ts";
import { openPodEndpoint, openRunPodContext, sweepPods } from "../../../lib/src/runpod/index.ts";
import { canaries } from "../sample-plans.ts";

interface KillAt {
  step: string;
  when: "before" | "after";
}

const atOnce = 3;

describe("a process that is killed while it rents a pod or waits for it", () => {
  let rehearsal: Rehearsal;
  let folder: string;
  let count = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "workbook-crash-"));
    rehearsal = await startRehearsal({ engine: "timed", bootMs: 200, logPollMs: 10 });
  });
  after(async () => {
    await rehearsal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function makeWorkbook() {
    const projectRoot = join(folder, String(count++));
    mkdirSync(projectRoot);
    return { projectRoot, stateFolder: join(projectRoot, ".workbook") };
  }

  async function runChild(workbook: { projectRoot: string; stateFolder: string }, killAt: KillAt | null) {
    const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = rehearsal;
    const order = JSON.stringify({ ...workbook, apiUrl, proxyUrl, killAt });
    const main = join(import.meta.dirname, "crash-child.ts");
    const child = spawn(process.execPath, [main, order], {
      stdio: ["ignore", "pipe", "pipe"],
      // All children load the same modules.
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") },
    });
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("exit", (_code, signal) => resolve(signal)),
    );
    const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { steps: printed.trimEnd().split("\n"), complaints, signal: await ended };
  }

  function openAgain(workbook: { projectRoot: string; stateFolder: string }) {
    const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = rehearsal;
    return openRunPodContext({
      settings: { target: "runpod", ...workbook, maxUsdPerHour: 2 },
      connection: { apiUrl, proxyUrl, apiKey: canaries.runpod, huggingFaceToken: canaries.huggingFace },
      parts: { watch: () => null, say() {} },
    });
  }

  async function crashAndSweep(killAt: KillAt): Promise<void> {
    const name = killAt.step;
    const workbook = makeWorkbook();
    const { signal, complaints } = await runChild(workbook, killAt);
    assert.equal(signal, "SIGKILL", `${name}: ${complaints}`);
    const context = openAgain(workbook);
    const isReady = [...context.journal.read().pods.values()].some((record) => record.isReady);
    await sweepPods(context);
    const left = rehearsal
      .ledger()
      .pods.filter((pod) => pod.name.includes(context.workbookId) && pod.endedAt === null);
    if (isReady) {
      assert.equal(left.length, 1, `${killAt.when} ${name}: the ready pod is still wanted`);
      await openPodEndpoint(context);
      await sweepPods(context, { everything: true });
    } else {
      assert.deepEqual(left, [], `${killAt.when} ${name}: nobody wants what was left`);
    }
  }

  test("leaves nothing that the next sweep does not end, at whichever step it was", async () => {
    const whole = await runChild(makeWorkbook(), null);
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
    const crashes = kinds.flatMap((step): KillAt[] => [
      { step, when: "before" },
      { step, when: "after" },
    ]);
    let next = 0;
    const work = async () => {
      for (let crash = crashes[next++]; crash !== undefined; crash = crashes[next++]) {
        await crashAndSweep(crash);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    assert.ok(crashes.length >= 30, `${crashes.length} crashes were tried`);
    console.log(`${crashes.length} crashes at ${kinds.length} kinds of steps`);
  });

  test("is found by the sweep even where its state folder is lost with it", async () => {
    for (const when of ["before", "after"] as const) {
      const workbook = makeWorkbook();
      await runChild(workbook, { step: "journal created", when });
      rmSync(workbook.stateFolder, { recursive: true });
      const context = openAgain(workbook);
      await sweepPods(context);
      const left = rehearsal.ledger().pods.filter((pod) => pod.name.includes(context.workbookId));
      assert.equal(left.length, 1);
      assert.notEqual(left[0]?.endedAt, null);
    }
  });
});
