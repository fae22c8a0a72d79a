import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startRehearsal } from "../../rehearsal/src/index.ts";
import type { KillAt } from "./crash-order.ts";

/** A checkout of its own, as far as the library sees it. */
export interface Workbook {
  projectRoot: string;
  stateFolder: string;
}

/** Opens the ground on which processes are killed: a stand-in account, and a fresh workbook for each of them. */
export async function openCrashGround(options: { child: string; balanceUsd?: number }) {
  const { child: main, balanceUsd } = options;
  const folder = mkdtempSync(join(tmpdir(), "workbook-crash-"));
  const rehearsal = await startRehearsal({
    ...{ engine: "timed", bootMs: 200, logPollMs: 10 },
    ...(balanceUsd === undefined ? {} : { balanceUsd }),
  });
  let count = 0;

  return {
    rehearsal,
    makeWorkbook(): Workbook {
      const projectRoot = join(folder, String(count++));
      mkdirSync(projectRoot);
      return { projectRoot, stateFolder: join(projectRoot, ".workbook") };
    },
    /** Runs the child until its end, or its death in all workbooks; it prints each step as it begins. */
    async runChild(workbooks: readonly (Workbook & { killAt: KillAt | null })[]) {
      const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = rehearsal;
      const order = JSON.stringify({ apiUrl, proxyUrl, workbooks });
      const child = spawn(process.execPath, [main, order], { stdio: ["ignore", "pipe", "pipe"] });
      const ended = new Promise<NodeJS.Signals | null>((resolve) =>
        child.once("exit", (_code, signal) => resolve(signal)),
      );
      const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { steps: printed.trimEnd().split("\n"), complaints, signal: await ended };
    },
    /** Kills a process before and after each kind of step, each time in a workbook of its own. */
    async crashEverywhere(kinds: readonly string[]) {
      const crashes = kinds
        .flatMap((step): KillAt[] => {
          // It may be ready before anybody looks for its log.
          const isSure = !step.endsWith("/logs");
          return [
            { step, when: "before", isSure },
            { step, when: "after", isSure },
          ];
        })
        .map((killAt) => ({ ...this.makeWorkbook(), killAt }));
      const { signal, complaints } = await this.runChild(crashes);
      assert.equal(signal, "SIGKILL", complaints);
      console.log(`${crashes.length} crashes at ${kinds.length} kinds of steps`);
      return crashes;
    },
    async close() {
      await rehearsal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
