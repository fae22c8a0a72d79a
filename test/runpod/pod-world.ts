import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { ProcessIdentity } from "../../lib/src/files/index.ts";
import {
  type ContextParts,
  openRunPodContext,
  type RunPodContext,
} from "../../lib/src/runpod/rental/context.ts";
import { type Rehearsal, type StandInOptions, startRehearsal } from "../../rehearsal/src/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { canaries } from "./sample-plans.ts";

/** A stand-in of Runpod whose time the tests move, and workbooks that rent from it. */
export interface PodWorld {
  rehearsal: Rehearsal;
  /** All that was said to the person at the keyboard. */
  said: string[];
  /** The processes that count as alive. */
  alive: Set<number>;
  /** A process of a workbook; each call is a new process, and workbooks of one name share their state. */
  open(options?: {
    workbook?: string;
    maxUsdPerHour?: number | null;
    maxUsd?: number | null;
    apiKey?: string;
    parts?: ContextParts;
  }): RunPodContext;
  stateFolder(workbook: string): string;
}

/** Starts a world whose clock stands still unless somebody sleeps in it or advances it. */
export async function startPodWorld(
  context: Pick<TestContext, "after">,
  options: StandInOptions = {},
): Promise<PodWorld> {
  const folder = makeFolder(context as TestContext);
  const startedAtMs = Date.parse("2026-11-24T08:00:00Z");
  const rehearsal = await startRehearsal({
    engine: "timed",
    clock: { nowMs: () => startedAtMs },
    bootMs: 60_000,
    logPollMs: 2,
    profile: { timeToFirstTokenMs: 1, timePerOutputTokenMs: 1 },
    ...options,
  });
  context.after(() => rehearsal.close());
  const said: string[] = [];
  const alive = new Set<number>();
  const stateFolder = (workbook: string) => join(folder, workbook, ".workbook");
  let lastPid = 0;

  return {
    rehearsal,
    said,
    alive,
    stateFolder,
    open({ workbook = "one", maxUsdPerHour = 2, maxUsd = null, apiKey = canaries.runpod, parts = {} } = {}) {
      const projectRoot = join(folder, workbook);
      mkdirSync(projectRoot, { recursive: true });
      lastPid++;
      const self: ProcessIdentity = { pid: lastPid, startedAt: "then", host: "here" };
      alive.add(self.pid);
      return openRunPodContext({
        settings: {
          target: "runpod",
          stateFolder: stateFolder(workbook),
          projectRoot,
          maxUsdPerHour,
          maxUsd,
        },
        connection: {
          apiUrl: rehearsal.runpodApiUrl,
          proxyUrl: rehearsal.runpodProxyUrl,
          apiKey,
          huggingFaceToken: canaries.huggingFace,
        },
        parts: {
          now: () => new Date(rehearsal.nowMs()),
          // Waiting is what makes time pass here.
          sleep: async (ms) => {
            rehearsal.advance(ms);
            // What comes over the network comes in real time: a log stream gets its turn.
            await delay(20);
          },
          self,
          isAlive: ({ pid }) => alive.has(pid),
          pollMs: 5_000,
          say: (text) => said.push(text),
          startProgress: () => ({ update() {}, done() {} }),
          watch: () => ({ pid: 99_999, startedAt: "then", host: "here" }),
          ...parts,
        },
      });
    },
  };
}
