// Which process is meant by a number. Plain JavaScript, since set-up needs it before anything is built.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * A process that cannot be taken for a later one with the same id.
 * @typedef {object} ProcessIdentity
 * @property {number} pid
 * @property {string} startedAt When it started, as its system counts that; only good for comparing.
 * @property {string} host
 */

/** This process, or another one of this machine; `null` where it does not run. @returns {ProcessIdentity | null} */
export function identifyProcess(pid = process.pid) {
  const startedAt = readStart(pid);
  return startedAt === null ? null : { pid, startedAt, host: hostname() };
}

/** Whether the very process still runs; one of another machine counts as gone. @param {ProcessIdentity} identity */
export function isProcessAlive(identity) {
  return identity.host === hostname() && readStart(identity.pid) === identity.startedAt;
}

/** Reads an identity from JSON; `null` where it is none. @param {string} json @returns {ProcessIdentity | null} */
export function parseIdentity(json) {
  try {
    const { pid, startedAt, host } = JSON.parse(json);
    const isWhole =
      Number.isSafeInteger(pid) && pid > 0 && [startedAt, host].every((part) => typeof part === "string");
    return isWhole ? { pid, startedAt, host } : null;
  } catch {
    return null;
  }
}

/** @param {number} pid */
function readStart(pid) {
  return process.platform === "linux" ? readLinuxStart(pid) : readStartFromPs(pid);
}

/** @param {number} pid */
function readLinuxStart(pid) {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in brackets, may hold blanks; the state and the start in clock ticks follow it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    return ticks === undefined || state === "Z" || state === "X" ? null : `${boot}-${ticks}`;
  } catch {
    return null;
  }
}

/** @param {number} pid */
function readStartFromPs(pid) {
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    return started.trim() || null;
  } catch {
    return null;
  }
}
