import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { PodPlan } from "../../lib/src/runpod/index.ts";
import { makeFolder } from "./environment.ts";
import { findClosedPort } from "./local-server.ts";

/** REAL_VLLM_HOME names a folder with an installed vLLM (venv) and a model that it can serve on this machine (smollm2). */
export const realVllmHome = process.env["REAL_VLLM_HOME"] ?? "";

/** Makes a folder in which vLLM finds the installed model under a repository's name; adapters can lie beside it. */
export function makeRepositories(context: TestContext, model: string): string {
  const folder = makeFolder(context);
  mkdirSync(join(folder, dirname(model)));
  symlinkSync(join(realVllmHome, "smollm2"), join(folder, model));
  return folder;
}

/** Starts vLLM with the plan's own flags, on a free port of this machine, and waits until it is up or has ended. */
export async function startRealVllm(context: TestContext, plan: PodPlan, folder: string) {
  const port = await findClosedPort();
  const local: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "8000": String(port) };
  const flags = plan.vllmArguments.map((argument) => local[argument] ?? argument);
  const server = spawn(join(realVllmHome, "venv/bin/vllm"), ["serve", ...flags], {
    cwd: folder,
    env: { ...process.env, VLLM_CPU_KVCACHE_SPACE: "1", HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  context.after(() => server.kill("SIGTERM"));
  const log = collectLog(server);
  const root = `http://127.0.0.1:${port}`;
  const isUp = async () => (await fetch(`${root}/health`).catch(() => null))?.ok === true;
  for (let looks = 0; looks < 480 && server.exitCode === null && !(await isUp()); looks++) await delay(500);
  return { root, hasEnded: server.exitCode !== null, log };
}

/** Keeps all that a process writes, and returns what gives it so far. */
export function collectLog({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>): () => string {
  let log = "";
  for (const output of [stdout, stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  return () => log;
}
