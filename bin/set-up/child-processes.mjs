// Every process that the launcher starts, so that none outlives it: all go through `whileRunning`.

import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { LauncherError } from "./launcher-error.mjs";
import { projectRoot } from "./project.mjs";
import { startGuard } from "./start-guard.mjs";

const shownLines = 15;
const patienceMs = 5_000;
const notThere = 213;

/**
 * A child: of its process `group`, all end together; a lone `process` is ended alone; a `stage` of the launcher ends its
 * own children, knows best how long that takes, and is never killed outright. It was started by `held`, and `hold` is its
 * file descriptor 3.
 * @typedef {{ pid: number | undefined, kind: "group" | "process" | "stage", ended: Promise<unknown>, hold: unknown }} Child
 */

/** @type {Set<Child>} */
const running = new Set();
/** @type {Set<() => unknown>} */
const cleanUps = new Set();
/** @type {"no" | "failed" | "interrupted"} */
let isEnding = "no";
const never = new Promise(() => {});

/**
 * Runs a command in a process group of its own; a LauncherError holds the last lines that it printed.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ environment?: NodeJS.ProcessEnv, isVerbose?: boolean, folder?: string }} [options] `isVerbose`: also shows what
 * the command prints; `folder`: where it runs
 */
export async function run(
  command,
  commandArguments,
  { environment = process.env, isVerbose = false, folder = projectRoot } = {},
) {
  let printed = "";
  const { child } = await whileRunning(() => {
    // Its own group: the terminal's Ctrl-C does not reach it, the launcher ends it together with its children.
    const child = spawn(...held(command, commandArguments), {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        printed = (printed + text).slice(-20_000);
        if (isVerbose) process.stderr.write(text);
      });
    }
    return { pid: child.pid, kind: "group", ended: endOf(child), hold: child.stdio[3], child };
  });
  checkEnd({ command, exitCode: child.exitCode, signal: child.signalCode, printed });
}

/**
 * Asks a program something: `null` where it is not there, else what it answers, how it ended, and whether it was ended for
 * taking too long.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ patienceMs: number }} options
 */
export async function ask(command, commandArguments, { patienceMs }) {
  let answer = "";
  let isSlow = false;
  const { child } = await whileRunning(() => {
    const child = spawn(...held(command, commandArguments), {
      detached: true,
      stdio: ["ignore", "pipe", "ignore", "pipe"],
    });
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      answer = (answer + text).slice(-20_000);
    });
    const asked = { pid: child.pid, kind: /** @type {const} */ ("group"), hold: child.stdio[3], child };
    const tooLong = setTimeout(() => {
      isSlow = true;
      kill({ ...asked, ended: never }, "SIGKILL");
    }, patienceMs);
    return { ...asked, ended: endOf(child).finally(() => clearTimeout(tooLong)) };
  });
  return child.exitCode === notThere ? null : { answer, exitCode: child.exitCode, isSlow };
}

/**
 * Runs a command that writes to this terminal and resolves with its exit code.
 *
 * A `stage` shares the terminal and its Ctrl-C. All others get a process group of their own and never hear the terminal:
 * Jupyter would ask back, and tests would end in any order.
 *
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ environment?: NodeJS.ProcessEnv, kind?: Child["kind"] }} [options]
 */
export async function runInForeground(
  command,
  commandArguments,
  { environment = process.env, kind = "stage" } = {},
) {
  const { child } = await whileRunning(() => {
    const child = spawn(...held(command, commandArguments), {
      cwd: projectRoot,
      env: environment,
      detached: kind !== "stage",
      stdio: [kind === "stage" ? "inherit" : "ignore", "inherit", "inherit", "pipe"],
    });
    return { pid: child.pid, kind, ended: endOf(child), hold: child.stdio[3], child };
  });
  return child.exitCode ?? 1;
}

/**
 * A command that waits until it is let go through file descriptor 3, and never begins if the launcher is killed before.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @returns {[command: string, commandArguments: string[]]}
 */
export function held(command, commandArguments) {
  const script = `read -r go <&3 && command -v "$1" >/dev/null || exit ${notThere}; exec "$@" 3<&-`;
  return ["/bin/sh", ["-c", script, "sh", command, ...commandArguments]];
}

/**
 * Starts a child and waits for it; it is ended with the launcher until then. Once that is being ended nothing starts.
 * @template {Child} Started
 * @param {() => Started} start has started it when it returns
 */
export async function whileRunning(start) {
  // Nothing is awaited between the look and the entry: an interrupt comes either before both or after both.
  if (isEnding !== "no") await never;
  const { stdin: toGuard } = startGuard();
  const child = start();
  running.add(child);
  toGuard?.write(`+${child.kind} ${child.pid}\n`);
  if (child.hold instanceof Socket) child.hold.on("error", () => {}).end("go\n");
  try {
    await child.ended;
  } finally {
    running.delete(child);
    toGuard?.write(`-${child.pid}\n`);
    await unlessEnding();
  }
  return child;
}

/** Goes on, but never while the launcher is being ended: whoever awaits this takes no further step then. */
export async function unlessEnding() {
  if (isEnding !== "no") await never;
}

/** Ends every child and runs what was left to `beforeEnd` when someone presses Ctrl-C or ends this process. */
export function endOnInterrupt() {
  // As shells expect it: 128 plus the signal's number.
  const exitCodes = /** @type {const} */ ({ SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 });
  const end = (/** @type {keyof typeof exitCodes} */ signal) => {
    // npm and the terminal can both pass the same signal on: the first one counts.
    if (isEnding === "interrupted") return;
    isEnding = "interrupted";
    void endChildren(signal).then(() => process.exit(exitCodes[signal]));
  };
  for (const signal of /** @type {const} */ (["SIGHUP", "SIGINT", "SIGTERM"])) process.on(signal, end);
  // Whoever was reading has gone, as in `npm start | head`.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error) => "code" in error && error.code === "EPIPE" && end("SIGPIPE"));
  // npm that is killed outright says nothing.
  const parent = process.ppid;
  if (process.env["npm_lifecycle_event"] !== undefined)
    setInterval(() => process.ppid !== parent && end("SIGHUP"), 500).unref();
}

/** Tells whether somebody has ended the launcher: what fails from then on is no failure. */
export function isInterrupted() {
  return isEnding === "interrupted";
}

/** Has something done before an interrupted launcher ends, unless it is taken back. @param {() => unknown} cleanUp */
export function beforeEnd(cleanUp) {
  cleanUps.add(cleanUp);
  return () => cleanUps.delete(cleanUp);
}

/** @type {Promise<void> | undefined} */
let ending;

/**
 * Ends all children, first politely, after a few seconds for certain; then cleans up, what was begun last first. Nothing
 * starts any more. Whoever calls it again waits for the same end.
 * @param {NodeJS.Signals} signal
 */
export function endChildren(signal = "SIGTERM") {
  if (isEnding === "no") isEnding = "failed";
  ending ??= endAll(signal);
  return ending;
}

/** @param {NodeJS.Signals} signal */
async function endAll(signal) {
  const tooLong = setTimeout(() => {
    for (const child of running) if (child.kind !== "stage") kill(child, "SIGKILL");
  }, patienceMs);
  const children = [...running];
  // Jupyter asks back on Ctrl-C.
  for (const child of children) kill(child, child.kind === "process" ? "SIGTERM" : signal);
  await Promise.allSettled(children.map(({ ended }) => ended));
  clearTimeout(tooLong);
  // What outlived the first of its group.
  for (const child of children) if (child.kind === "group") kill(child, "SIGKILL");
  for (let cleanUp = [...cleanUps].pop(); cleanUp !== undefined; cleanUp = [...cleanUps].pop()) {
    cleanUps.delete(cleanUp);
    try {
      await cleanUp();
    } catch (error) {
      console.error(error);
    }
  }
}

/** @param {Child} child @param {NodeJS.Signals} signal */
function kill({ pid, kind }, signal) {
  try {
    if (pid !== undefined) process.kill(kind === "group" ? -pid : pid, signal);
  } catch {
    // It is gone already, which is what was wanted.
  }
}

/** @param {{ command: string, exitCode: number | null | undefined, signal: string | null, printed: string }} end */
export function checkEnd({ command, exitCode, signal, printed }) {
  if (exitCode === 0) return;
  if (exitCode === notThere) throw new LauncherError(`${command} could not be started: it is not there.`);
  const failure = signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  const lastLines = printed.trimEnd().split("\n").slice(-shownLines);
  throw new LauncherError(`${command} ${failure}`, { lastLines });
}

/** @param {import("node:child_process").ChildProcess} child */
function endOf(child) {
  return new Promise((resolve, reject) => {
    child.on("error", (cause) =>
      reject(new LauncherError(`${child.spawnargs[4]} could not be started: ${cause.message}`, { cause })),
    );
    child.on("close", resolve);
  });
}
