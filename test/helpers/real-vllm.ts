import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
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

/**
 * Starts vLLM with these arguments, on a free port of this machine whatever they say, and waits until it is up or has ended.
 *
 * `folder`: where it looks for repositories.
 */
export async function startRealVllm(context: TestContext, flags: readonly string[], folder?: string) {
  const port = await findClosedPort();
  const place = ["--host", "127.0.0.1", "--port", String(port)];
  const server = spawn(join(realVllmHome, "venv/bin/vllm"), ["serve", ...flags, ...place], {
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

/** Starts it, and opens the endpoint that must then be there. */
export async function openRealVllm(context: TestContext, flags: readonly string[]): Promise<Endpoint> {
  const { root, hasEnded, log } = await startRealVllm(context, flags);
  assert.ok(!hasEnded, log().slice(-3_000));
  return connectEndpoint({ baseUrl: `${root}/v1` });
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
