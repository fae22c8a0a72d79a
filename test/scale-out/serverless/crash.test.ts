import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { type Rehearsal, startRehearsal } from "../../../lib/src/rehearsal/index.ts";
import { openRunPodContext, sweepEndpoints } from "../../../lib/src/runpod/index.ts";
import { openServerlessEndpoint } from "../../../lib/src/scale-out/index.ts";
import { canaries } from "../../runpod/sample-plans.ts";
import { endpointCanary } from "./endpoint-world.ts";

interface KillAt {
  step: string;
  when: "before" | "after";
}

interface Workbook {
  projectRoot: string;
  stateFolder: string;
}

const atOnce = 3;

describe("a process that is killed while it makes an endpoint or waits for it", () => {
  let rehearsal: Rehearsal;
  let folder: string;
  let count = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "workbook-crash-"));
    rehearsal = await startRehearsal({ engine: "timed", bootMs: 200, logPollMs: 10, balanceUsd: 1_000 });
  });
  after(async () => {
    await rehearsal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function makeWorkbook(): Workbook {
    const projectRoot = join(folder, String(count++));
    mkdirSync(projectRoot);
    return { projectRoot, stateFolder: join(projectRoot, ".workbook") };
  }

  async function runChild(workbook: Workbook, killAt: KillAt | null) {
    const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = rehearsal;
    const order = JSON.stringify({ ...workbook, apiUrl, proxyUrl, killAt });
    const child = spawn(process.execPath, [join(import.meta.dirname, "crash-child.ts"), order], {
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

  function openAgain(workbook: Workbook) {
    const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = rehearsal;
    return openRunPodContext({
      settings: { target: "runpod", ...workbook, maxUsdPerHour: 2 },
      connection: {
        ...{ apiUrl, proxyUrl, apiKey: canaries.runpod, endpointKey: endpointCanary },
        huggingFaceToken: canaries.huggingFace,
      },
      parts: { watch: () => null, say() {} },
    });
  }

  const leftOf = (workbookId: string) =>
    rehearsal
      .ledger()
      .endpoints.filter(({ name, deletedAt }) => name.includes(workbookId) && deletedAt === null);

  async function crashAndSweep(killAt: KillAt): Promise<void> {
    const workbook = makeWorkbook();
    const { signal, complaints } = await runChild(workbook, killAt);
    assert.equal(signal, "SIGKILL", `${killAt.step}: ${complaints}`);
    const context = openAgain(workbook);
    const [record] = context.journal.read().endpoints.values();
    await sweepEndpoints(context);
    const left = leftOf(context.workbookId);
    if (record?.isReady !== true) {
      assert.deepEqual(left, [], `${killAt.when} ${killAt.step}: nobody wants what was left`);
      return;
    }
    assert.equal(left.length, 1, `${killAt.when} ${killAt.step}: the ready endpoint is still wanted`);
    await openServerlessEndpoint(context, record.endpointId ?? "");
    await sweepEndpoints(context, { everything: true });
    assert.deepEqual(leftOf(context.workbookId), []);
  }

  test("leaves nothing that the next sweep does not delete, at whichever step it was", async () => {
    const whole = await runChild(makeWorkbook(), null);
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
    assert.ok(crashes.length >= 20, `${crashes.length} crashes were tried`);
    console.log(`${crashes.length} crashes at ${kinds.length} kinds of steps`);
  });

  test("is found by the sweep even where its state folder is lost with it", async () => {
    for (const when of ["before", "after"] as const) {
      const workbook = makeWorkbook();
      await runChild(workbook, { step: "journal endpoint-created", when });
      rmSync(workbook.stateFolder, { recursive: true });
      const context = openAgain(workbook);
      await sweepEndpoints(context);
      assert.deepEqual(leftOf(context.workbookId), []);
    }
  });
});
