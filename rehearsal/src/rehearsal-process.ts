import { spawn } from "node:child_process";
import { mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WorkbookError } from "workbook/errors";
import { readTextWithin } from "workbook/read-text-within";
import { parseJson, withoutKeys } from "workbook/words";
import { z } from "zod";
import { processPath, type RehearsalProcess, readProcess, rehearsalFolder } from "./rehearsal-file.ts";

/** What a rehearsal is started with; a running one is used only where these are the same. */
export interface RehearsalOptions {
  stateFolder: string;
  /** The model id to serve, as a rehearsed pod would. */
  model?: string | undefined;
  /** Path of a GGUF file, instead of the one that set-up installed. */
  rehearsalModel?: string | null | undefined;
  /** For one that is started: `timed` answers without a model; default is the real small model. */
  engine?: "llama" | "timed" | undefined;
  /** For one that is started: it ends after so many milliseconds without a request; default ten minutes. */
  idleLimitMs?: number | undefined;
}

/** The model that the walkthrough serves; in a rehearsal a small one stands in for it. */
const defaultRehearsedModel = "meta-llama/Llama-3.1-8B-Instruct";

// Generous: a busy machine takes its time.
const startTimeoutMs = 300_000;
const answerTimeoutMs = 10_000;
const defaultIdleLimitMs = 10 * 60_000;

/**
 * Finds the rehearsal of a state folder, or starts it as a process of its own that outlives the caller.
 *
 * It ends after ten idle minutes, or by {@link endRehearsal}. It is never part of a kernel, whose work would spoil its
 * timings.
 *
 * @throws WorkbookError with the end of its log where it does not start.
 */
export async function ensureRehearsal(
  options: RehearsalOptions,
): Promise<RehearsalProcess & { started: boolean }> {
  const folder = rehearsalFolder(options.stateFolder);
  const wanted = {
    model: options.model ?? defaultRehearsedModel,
    rehearsalModel: options.rehearsalModel ?? null,
  };
  const findWanted = async () => {
    const running = await findRehearsal(options.stateFolder);
    const isWanted = running?.model === wanted.model && running.rehearsalModel === wanted.rehearsalModel;
    return isWanted ? { ...running, started: false } : null;
  };
  const running = await findWanted();
  if (running !== null) return running;
  mkdirSync(folder, { recursive: true });
  for (let waitedMs = 0; !takeLock(folder); waitedMs += 100) {
    if (waitedMs >= startTimeoutMs) {
      const problem = `Another process has been starting the rehearsal in ${options.stateFolder} for too long.`;
      throw new WorkbookError(problem, { remedy: "End that process, then try again." });
    }
    await delay(100);
  }
  try {
    // Two notebooks may open an endpoint at the same moment: the second finds what the first has started meanwhile.
    const other = await findWanted();
    if (other !== null) return other;
    await endRehearsal(options);
    const { engine = "llama", idleLimitMs = defaultIdleLimitMs } = options;
    return { ...(await start(folder, { ...wanted, engine, idleLimitMs })), started: true };
  } finally {
    rmSync(lockPath(folder), { force: true });
  }
}

/** Ends the rehearsal of a state folder, if one runs; the process must first confirm that it is the rehearsal. */
export async function endRehearsal(options: { stateFolder: string }): Promise<void> {
  const running = await findRehearsal(options.stateFolder);
  rmSync(processPath(rehearsalFolder(options.stateFolder)), { force: true });
  if (running === null) return;
  process.kill(running.pid, "SIGTERM");
  for (let waitedMs = 0; isAlive(running.pid) && waitedMs < 5_000; waitedMs += 50) await delay(50);
}

/** The running rehearsal of a state folder, or `null`: a file whose process no longer answers counts as none. */
export async function findRehearsal(stateFolder: string): Promise<RehearsalProcess | null> {
  const described = readProcess(rehearsalFolder(stateFolder));
  if (described === null || !isAlive(described.pid)) return null;
  try {
    const address = described.baseUrl.replace(/\/v1$/, "/version");
    const response = await fetch(address, { signal: AbortSignal.timeout(answerTimeoutMs) });
    const body: unknown = parseJson(await readTextWithin(response));
    return z.object({ rehearsal: z.object({ pid: z.literal(described.pid) }) }).safeParse(body).success
      ? described
      : null;
  } catch {
    return null;
  }
}

async function start(
  folder: string,
  wanted: { model: string; rehearsalModel: string | null; engine: string; idleLimitMs: number },
): Promise<RehearsalProcess> {
  rmSync(processPath(folder), { force: true });
  forgetEarlierAccounts(folder);
  const logPath = join(folder, "rehearsal.log");
  const log = openSync(logPath, "w", 0o600);
  const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [main, JSON.stringify({ folder, ...wanted })], {
    detached: true,
    stdio: ["ignore", log, log],
    env: withoutKeys(process.env),
  });
  let exitCode: number | null = null;
  child.once("exit", (code) => {
    exitCode = code ?? 1;
  });
  child.unref();
  for (let waitedMs = 0; waitedMs < startTimeoutMs && exitCode === null; waitedMs += 25) {
    const described = readProcess(folder);
    if (described !== null && described.pid === child.pid) return described;
    await delay(25);
  }
  if (exitCode === null && child.pid !== undefined) process.kill(child.pid, "SIGTERM");
  const reason =
    exitCode === null ? `was not up after ${startTimeoutMs / 1_000} s` : `ended with code ${exitCode}`;
  const lines = readFileSync(logPath, "utf8").trim().split("\n").slice(-5).join("\n");
  throw new WorkbookError(`The rehearsal's server ${reason}. The end of its log: ${lines || "empty"}.`, {
    remedy: "Run `npm run setup`, then try again.",
  });
}

/** Removes the journals of earlier stand-ins, whose pods ended with them. */
function forgetEarlierAccounts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^127\.0\.0\.1-\d+$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Makes this process the only one that starts the rehearsal; the lock of a starter that was killed is removed. */
function takeLock(folder: string): boolean {
  const path = lockPath(folder);
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    const starter = readStarter(path);
    if (starter === null || isAlive(starter)) return false;
    rmSync(path, { force: true });
    return takeLock(folder);
  }
}

function readStarter(path: string): number | null {
  try {
    // A lock that was just made is empty.
    return Number.parseInt(readFileSync(path, "utf8"), 10) || null;
  } catch {
    return null;
  }
}

function lockPath(folder: string): string {
  return join(folder, "starting");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
