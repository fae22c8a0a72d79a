import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { testEnvironment } from "../../bin/commands/test-environment.ts";
import { makeFolder } from "../helpers/environment.ts";

/** What a command that was ended at some moment left behind. */
export interface Aftermath {
  exitCode: number | null;
  printed: string;
  /** Command lines of the processes that were still there a minute later. */
  processes: string[];
  /** Locks in the state folder, and in a checkout of its own. */
  locks: string[];
}

/** When and how a command is ended. */
export interface Ending {
  /** Once so many processes of it have started, itself included, or when no other one comes any more. */
  processes: number;
  /** Ctrl-C reaches the whole group, as from a terminal; the others only the process that was started. */
  by: "Ctrl-C" | "SIGKILL" | "SIGKILL of the group" | "SIGHUP";
}

const quietMs = 15_000;
const graceMs = 60_000;

/** Runs a command as a terminal does, in a process group of its own, and ends it at some moment. */
export async function endAfter(
  t: TestContext,
  options: Ending & { command: readonly string[]; root?: string; environment?: NodeJS.ProcessEnv },
): Promise<Aftermath> {
  const stateFolder = join(realpathSync(makeFolder(t)), "state");
  const mark = `TRIAL=${randomUUID()}`;
  const root = options.root ?? fileURLToPath(new URL("../..", import.meta.url));
  const child = spawn(process.execPath, ["bin/workbook.mjs", ...options.command], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...(options.environment ?? testEnvironment({ stateFolder, reportsFolder: null })),
      WORKBOOK_STATE: stateFolder,
      // Else the tests of `npm test` take themselves for tests of this one, and do nothing.
      NODE_TEST_CONTEXT: undefined,
      TRIAL: mark.slice("TRIAL=".length),
    },
  });
  // A terminal of its own also when these tests are what somebody interrupts.
  const hangUp = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGHUP");
    process.kill(process.pid, signal);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, hangUp);
  t.after(() => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, hangUp);
  });
  const printed = collect(child);
  const ended = once(child, "exit");
  const seen = new Set<number>();
  let quietSinceMs = performance.now();
  while (
    seen.size < options.processes &&
    performance.now() - quietSinceMs < quietMs &&
    child.exitCode === null
  ) {
    for (const pid of findMarked(mark).filter((pid) => !seen.has(pid))) {
      seen.add(pid);
      quietSinceMs = performance.now();
    }
    await delay(5);
  }
  if (child.exitCode === null && child.pid !== undefined) {
    const isWhole = options.by === "Ctrl-C" || options.by === "SIGKILL of the group";
    const signal = options.by === "Ctrl-C" ? "SIGINT" : options.by === "SIGHUP" ? "SIGHUP" : "SIGKILL";
    process.kill(isWhole ? -child.pid : child.pid, signal);
  }
  await ended;
  for (let waitedMs = 0; waitedMs < graceMs && findMarked(mark).length > 0; waitedMs += 50) await delay(50);
  const left = findMarked(mark);
  const aftermath = {
    // Where it did not even begin to listen for signals it ends as a shell says it.
    exitCode: child.signalCode === "SIGINT" ? 130 : child.exitCode,
    printed: printed(),
    processes: left.map((pid) => readProc(pid, "cmdline").replaceAll("\0", " ").trim()),
    // Of a whole checkout only where it is its own: other tests work in this one meanwhile.
    locks: [stateFolder, ...(options.root === undefined ? [] : [join(root, ".workbook")])].flatMap(listLocks),
  };
  for (const pid of left) process.kill(pid, "SIGKILL");
  return aftermath;
}

function collect(child: ChildProcess): () => string {
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  return () => printed;
}

/** The processes whose environment carries the mark, as that of every descendant does. */
function findMarked(mark: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readProc(pid, "environ").split("\0").includes(mark));
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function listLocks(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.filter((name) => /(^|\/)(starting|set-up\.lock|users\/.*)$/.test(name));
  } catch {
    return [];
  }
}
