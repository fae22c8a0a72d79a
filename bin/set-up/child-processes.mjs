// Every process that the launcher starts, so that none outlives it.

import { spawn } from "node:child_process";
import { LauncherError } from "./launcher-error.mjs";
import { projectRoot } from "./project.mjs";

const shownLines = 15;
const patienceMs = 5_000;

/** @type {Set<{ kill: (signal: NodeJS.Signals) => unknown, ended: Promise<unknown> }>} */
const running = new Set();
/** @type {Set<() => unknown>} */
const cleanUps = new Set();
let isEnding = false;

/**
 * @typedef {object} CommandOptions
 * @property {NodeJS.ProcessEnv} [environment]
 * @property {string} [folder] where the command runs; the project's root
 * @property {boolean} [isVerbose] also shows what the command prints
 * @property {(line: string) => void} [onLine] hears every line of its standard output
 */

/**
 * Runs a command in a process group of its own and resolves with what it printed to its standard output.
 *
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {CommandOptions} [options]
 * @returns {Promise<string>}
 * @throws LauncherError with the last lines that the command printed, where it fails or cannot be found.
 */
export async function run(command, commandArguments, options = {}) {
  const { environment = process.env, folder = projectRoot, isVerbose = false, onLine = () => {} } = options;
  // Its own group: the terminal's Ctrl-C does not reach it, the launcher ends it together with its children.
  const child = spawn(command, commandArguments, {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { standard: "", all: "", line: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    printed.standard += text;
    const lines = (printed.line + text).split("\n");
    printed.line = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed.all = (printed.all + text).slice(-20_000);
      if (isVerbose) process.stderr.write(text);
    });
  }
  const ended = endOf(child);
  const failure = await whileRunning({ kill: (signal) => killGroup(child.pid, signal), ended });
  if (failure === null) return printed.standard;
  throw new LauncherError(`${command} ${failure}`, { lastLines: lastLinesOf(printed.all) });
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
 * @returns {Promise<number>}
 */
export async function runInForeground(command, commandArguments, options = {}) {
  const { environment = process.env, asksBack = false } = options;
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
  await whileRunning({ kill, ended: endOf(child) });
  return child.exitCode ?? 1;
}

/**
 * Ends every child and runs what was left to `beforeEnd` when someone presses Ctrl-C or ends this process.
 *
 * The exit code is 128 plus the signal's number, as shells expect it.
 */
export function endOnInterrupt() {
  const exitCodes = /** @type {const} */ ({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 });
  for (const signal of /** @type {(keyof typeof exitCodes)[]} */ (Object.keys(exitCodes))) {
    process.on(signal, () => {
      // npm and the terminal can both pass the same signal on: the first one counts.
      if (isEnding) return;
      isEnding = true;
      void endChildren(signal).then(() => process.exit(exitCodes[signal]));
    });
  }
}

/**
 * Has something done before an interrupted launcher ends; returns the way to take it back.
 * @param {() => unknown} cleanUp
 */
export function beforeEnd(cleanUp) {
  cleanUps.add(cleanUp);
  return () => cleanUps.delete(cleanUp);
}

/**
 * Ends all children: first politely, after a few seconds for certain.
 * @param {NodeJS.Signals} signal
 */
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

/** @param {{ kill: (signal: NodeJS.Signals) => unknown, ended: Promise<string | null> }} child */
async function whileRunning(child) {
  running.add(child);
  try {
    return await child.ended;
  } finally {
    running.delete(child);
    // Whoever waits for this command must not go on to the next one while the launcher is being ended.
    if (isEnding) await new Promise(() => {});
  }
}

/**
 * Resolves with null where the process ends well, else with what happened.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<string | null>}
 */
function endOf(child) {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      reject(
        new LauncherError(`${child.spawnfile} could not be started: ${error.message}`, { cause: error }),
      );
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(null);
      else resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
    });
  });
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/** @param {string} text */
function lastLinesOf(text) {
  return text.trimEnd().split("\n").slice(-shownLines);
}
