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

// As many children as make the most of two processors.
const atOnce = 3;

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
    /** Runs the child until its end, or its death at a step; it prints each step as it begins. */
    async runChild(workbook: Workbook, killAt: KillAt | null) {
      const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = rehearsal;
      const order = JSON.stringify({ ...workbook, apiUrl, proxyUrl, killAt });
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
    },
    /** Crashes before and after each kind of step, some at a time; returns how many crashes there were. */
    async crashEverywhere(kinds: readonly string[], crash: (killAt: KillAt) => Promise<void>) {
      const crashes = kinds.flatMap((step): KillAt[] => [
        { step, when: "before" },
        { step, when: "after" },
      ]);
      let next = 0;
      const work = async () => {
        for (let killAt = crashes[next++]; killAt !== undefined; killAt = crashes[next++]) {
          await crash(killAt);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      console.log(`${crashes.length} crashes at ${kinds.length} kinds of steps`);
      return crashes.length;
    },
    async close() {
      await rehearsal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
