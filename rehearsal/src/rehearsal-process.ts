import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { extname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WorkbookError } from "workbook/errors";
import { describeFileProblem, releaseLock, takeLock, writeWhole } from "workbook/files";
import { readTextWithin } from "workbook/network";
import { parseJson, withoutKeys } from "workbook/words";
import { z } from "zod";
import { processPath, type RehearsalProcess, readProcess, rehearsalFolder } from "./rehearsal-file.ts";
import { enterUser, hasLeft, leaveUsers, listOtherUsers, readCommand } from "./rehearsal-users.ts";

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
const patienceMs = 5_000;

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
  try {
    // Entered first: whoever ends the rehearsal meanwhile either sees this user, or is waited for.
    enterUser(folder);
    return await alone(folder, async () => {
      const running = await findRehearsal(options.stateFolder);
      if (running?.model === wanted.model && running.rehearsalModel === wanted.rehearsalModel)
        return { ...running, started: false };
      checkMayStart(folder, running);
      await stop(folder, running);
      const { engine = "llama", idleLimitMs = defaultIdleLimitMs } = options;
      return { ...(await start(folder, { ...wanted, engine, idleLimitMs })), started: true };
    });
  } catch (cause) {
    const file = describeFileProblem(cause);
    if (file === null) throw cause;
    throw new WorkbookError(`The rehearsal cannot be opened: ${file.problem}`, {
      remedy: file.remedy,
      cause,
    });
  }
}

/** Ends the rehearsal of a state folder, if one runs; the process must first confirm that it is the rehearsal. */
export async function endRehearsal(options: { stateFolder: string }): Promise<void> {
  const folder = rehearsalFolder(options.stateFolder);
  if (!existsSync(folder)) return;
  await alone(folder, async () => stop(folder, await findRehearsal(options.stateFolder)));
}

/**
 * For a command of the launcher that ends: nothing that belongs to it starts a rehearsal any more, and one that a command
 * has started ends, unless somebody else uses it.
 */
export async function leaveRehearsal(options: { stateFolder: string }): Promise<void> {
  const folder = rehearsalFolder(options.stateFolder);
  if (!existsSync(folder)) return;
  leaveUsers(folder);
  // One that is just starting here is nobody else's yet, and is not waited for.
  starting?.kill();
  await alone(folder, async () => {
    const running = await findRehearsal(options.stateFolder);
    if (running?.command && listOtherUsers(folder).length === 0) await stop(folder, running);
  });
}

/** Does something while nobody else starts or ends the rehearsal of this folder. */
async function alone<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const path = join(folder, "starting");
  for (let waitedMs = 0; ; waitedMs += 100) {
    const holder = takeLock(path);
    if (holder === null) break;
    if (waitedMs >= startTimeoutMs) {
      const problem = `Process ${holder.pid} has been starting the rehearsal in ${folder} for too long.`;
      throw new WorkbookError(problem, { remedy: "End that process, then try again." });
    }
    await delay(100);
  }
  try {
    return await work();
  } finally {
    releaseLock(path);
  }
}

/** A kernel of a command that ends must not start another rehearsal, and nobody takes one away from another command. */
function checkMayStart(folder: string, running: RehearsalProcess | null): void {
  const command = readCommand();
  if (command !== null && hasLeft(folder, command)) {
    throw new WorkbookError("The command that started this process has ended, and its rehearsal with it.", {
      remedy: "Run that command again.",
    });
  }
  const other = running && listOtherUsers(folder).find((user) => user.command?.pid === user.pid);
  if (other) {
    throw new WorkbookError(
      `The rehearsal serves ${running.model} to another command (process ${other.pid}).`,
      {
        remedy:
          "End that command, or set WORKBOOK_STATE to a folder of its own for this one, then try again.",
      },
    );
  }
}

async function stop(folder: string, running: RehearsalProcess | null): Promise<void> {
  rmSync(processPath(folder), { force: true });
  if (running === null) return;
  let isThere = send(running.pid, "SIGTERM");
  for (let waitedMs = 0; isThere; waitedMs += 50) {
    await delay(50);
    isThere = send(running.pid, waitedMs === patienceMs ? "SIGKILL" : 0);
  }
}

/** The running rehearsal of a state folder, or `null`: a file whose process no longer answers counts as none. */
export async function findRehearsal(stateFolder: string): Promise<RehearsalProcess | null> {
  const described = readProcess(rehearsalFolder(stateFolder));
  if (described === null || !send(described.pid, 0)) return null;
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

/** What this process is starting. */
let starting: ChildProcess | undefined;

async function start(
  folder: string,
  wanted: { model: string; rehearsalModel: string | null; engine: string; idleLimitMs: number },
): Promise<RehearsalProcess> {
  rmSync(processPath(folder), { force: true });
  forgetEarlierAccounts(folder);
  const logPath = join(folder, "rehearsal.log");
  const log = openSync(logPath, "w", 0o600);
  const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [main, JSON.stringify({ folder, ...wanted, command: readCommand() })],
    {
      detached: true,
      // It ends when this pipe closes before it was told to stay: one that is just starting goes with its starter.
      stdio: ["pipe", log, log],
      env: withoutKeys(process.env),
    },
  );
  starting = child;
  closeSync(log);
  let exitCode: number | null = null;
  child.once("exit", (code) => {
    exitCode = code ?? 1;
  });
  child.unref();
  for (let waitedMs = 0; waitedMs < startTimeoutMs && exitCode === null; waitedMs += 25) {
    const described = readProcess(folder);
    if (described !== null && described.pid === child.pid) {
      child.stdin?.end("stay");
      starting = undefined;
      return described;
    }
    await delay(25);
  }
  if (exitCode === null && child.pid !== undefined) send(child.pid, "SIGTERM");
  const reason =
    exitCode === null ? `was not up after ${startTimeoutMs / 1_000} s` : `ended with code ${exitCode}`;
  const lines = readFileSync(logPath, "utf8").trim().split("\n").slice(-5).join("\n");
  // On a full disk the log stays empty, and this fails with the cause.
  if (lines === "") writeWhole(logPath, " ".repeat(10_000), { mode: 0o600 });
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

/** Tells whether the process was there. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
