// Every process that the launcher starts, so that none outlives it.

import { spawn } from "node:child_process";
import { LauncherError } from "./launcher-error.mjs";
import { projectRoot } from "./project.mjs";

const shownLines = 15;
const patienceMs = 5_000;

/** @typedef {{ kill: (signal: NodeJS.Signals) => unknown, ended: Promise<unknown> }} Running */

/** @type {Set<Running>} */
const running = new Set();
/** @type {Set<() => unknown>} */
const cleanUps = new Set();
let isEnding = false;

/**
 * Runs a command in a process group of its own; a LauncherError holds the last lines that it printed.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ environment?: NodeJS.ProcessEnv, isVerbose?: boolean }} [options] `isVerbose`: also shows what the command prints
 */
export async function run(command, commandArguments, { environment = process.env, isVerbose = false } = {}) {
  // Its own group: the terminal's Ctrl-C does not reach it, the launcher ends it together with its children.
  const child = spawn(command, commandArguments, {
    cwd: projectRoot,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed = (printed + text).slice(-20_000);
      if (isVerbose) process.stderr.write(text);
    });
  }
  await untilEnded({ kill: (signal) => killGroup(child.pid, signal), ended: endOf(child) });
  checkEnd({ command, exitCode: child.exitCode, signal: child.signalCode, printed });
}

/**
 * Runs a command that writes to this terminal and resolves with its exit code.
 *
 * Usually it shares the terminal and its Ctrl-C, ends its own children and knows best how long that takes: it is never
 * killed outright. One that `asksBack` on Ctrl-C, as Jupyter does, gets a process group of its own, never hears the
 * terminal, and is ended by SIGTERM, after some seconds for certain.
 *
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ environment?: NodeJS.ProcessEnv, asksBack?: boolean }} [options]
 */
export async function runInForeground(
  command,
  commandArguments,
  { environment = process.env, asksBack = false } = {},
) {
  const child = spawn(command, commandArguments, {
    cwd: projectRoot,
    env: environment,
    detached: asksBack,
    stdio: [asksBack ? "ignore" : "inherit", "inherit", "inherit"],
  });
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    if (asksBack) return child.kill(signal === "SIGKILL" ? "SIGKILL" : "SIGTERM");
    return signal !== "SIGKILL" && child.kill(signal);
  };
  await untilEnded({ kill, ended: endOf(child) });
  return child.exitCode ?? 1;
}

/** Ends every child and runs what was left to `beforeEnd` when someone presses Ctrl-C or ends this process. */
export function endOnInterrupt() {
  // As shells expect it: 128 plus the signal's number.
  for (const [signal, exitCode] of /** @type {const} */ ([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])) {
    process.on(signal, () => {
      // npm and the terminal can both pass the same signal on: the first one counts.
      if (isEnding) return;
      isEnding = true;
      void endChildren(signal).then(() => process.exit(exitCode));
    });
  }
}

/** Has something done before an interrupted launcher ends, unless it is taken back. @param {() => unknown} cleanUp */
export function beforeEnd(cleanUp) {
  cleanUps.add(cleanUp);
  return () => cleanUps.delete(cleanUp);
}

/** Ends all children: first politely, after a few seconds for certain. @param {NodeJS.Signals} signal */
export async function endChildren(signal = "SIGTERM") {
  const children = [...running];
  for (const child of children) child.kill(signal);
  const all = Promise.allSettled([
    ...children.map(({ ended }) => ended),
    ...[...cleanUps].map((cleanUp) => cleanUp()),
  ]);
  const tooLong = setTimeout(() => {
    for (const child of children) child.kill("SIGKILL");
  }, patienceMs);
  await all;
  clearTimeout(tooLong);
}

/** Waits for a process, which is ended with the launcher until then. @param {Running} child */
export async function untilEnded(child) {
  running.add(child);
  try {
    await child.ended;
  } finally {
    running.delete(child);
    // Whoever waits for this command must not go on to the next one while the launcher is being ended.
    if (isEnding) await new Promise(() => {});
  }
}

/** @param {number | undefined} pid @param {NodeJS.Signals} signal */
export function killGroup(pid, signal) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/** @param {{ command: string, exitCode: number | null | undefined, signal: string | null, printed: string }} end */
export function checkEnd({ command, exitCode, signal, printed }) {
  if (exitCode === 0) return;
  const failure = signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  const lastLines = printed.trimEnd().split("\n").slice(-shownLines);
  throw new LauncherError(`${command} ${failure}`, { lastLines });
}

/** @param {import("node:child_process").ChildProcess} child */
function endOf(child) {
  return new Promise((resolve, reject) => {
    child.on("error", (cause) =>
      reject(new LauncherError(`${child.spawnfile} could not be started: ${cause.message}`, { cause })),
    );
    child.on("close", resolve);
  });
}
