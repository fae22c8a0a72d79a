// A lock is a file that names the process which holds it. Plain JavaScript, since set-up needs it before anything is built.

import { linkSync, lstatSync, readFileSync, rmSync } from "node:fs";
import { identifyProcess, isProcessAlive, parseIdentity } from "./process-identity.mjs";
import { writeWhole } from "./write-whole.mjs";

/** @typedef {import("./process-identity.mjs").ProcessIdentity} ProcessIdentity */

/**
 * Takes a lock for a process, or returns who holds it, which may be this process too; `null` where it was taken.
 *
 * The lock of a process that is gone, and a file that names none, are taken over. Other errors are the file system's.
 * @param {string} path
 * @param {ProcessIdentity | null} owner
 * @returns {ProcessIdentity | null}
 */
export function takeLock(path, owner = identifyProcess()) {
  if (writeLock(path, owner)) return null;
  const holder = readHolder(path);
  if (holder === undefined) return takeLock(path, owner);
  if (holder !== null && isProcessAlive(holder)) return holder;
  // Only one at a time removes what is stale: another one would remove the lock that the first has taken meanwhile.
  const remover = takeLock(`${path}.stale`);
  if (remover !== null) return remover;
  try {
    const stale = readHolder(path);
    // What is not there has been given back: by now it may be another one's.
    if (stale === null || (stale !== undefined && !isProcessAlive(stale))) rmSync(path, { force: true });
  } finally {
    rmSync(`${path}.stale`, { force: true });
  }
  return takeLock(path, owner);
}

/** Gives back a lock; one that is another's by now is left alone. @param {string} path */
export function releaseLock(path, owner = identifyProcess()) {
  if (readHolder(path)?.pid === owner?.pid) rmSync(path, { force: true });
}

/** Nobody ever sees half a lock: a full disk leaves none. @param {string} path @param {ProcessIdentity | null} owner */
function writeLock(path, owner) {
  try {
    writeWhole(path, JSON.stringify(owner), { mode: 0o600, place: linkSync });
    return true;
  } catch (error) {
    if (
      error instanceof Error &&
      "syscall" in error &&
      error.syscall === "link" &&
      "code" in error &&
      error.code === "EEXIST"
    )
      return false;
    throw error;
  }
}

/** `null` where the file names nobody, `undefined` where there is none. @param {string} path */
function readHolder(path) {
  try {
    return parseIdentity(readFileSync(path, "utf8"));
  } catch {
    // A link to nothing is in the way all the same.
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : null;
  }
}
