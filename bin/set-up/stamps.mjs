// Stamps remember what a step was done with, so that it is done again only when that has changed.
// A stamp lies inside what it vouches for: whoever deletes the one deletes the other.

import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { writeWhole } from "../../lib/src/files/write-whole.mjs";
import { readIfPresent } from "./project.mjs";

/**
 * A step of set-up; `replacesPython`: takes Python's packages away from what runs.
 * @typedef {{ name: string, stamp: string, inputs: () => string, work: () => Promise<unknown>, replacesPython?: true }} Step
 */

const begun = (/** @type {string} */ file) => `${file}.begun`;

/** Tells whether a step was finished with just these inputs. @param {string} file @param {string} inputs */
export function isStamped(file, inputs) {
  return readIfPresent(file) === inputs;
}

/** Notes that a step succeeded with these inputs. @param {string} file @param {string} inputs */
export function writeStamp(file, inputs) {
  writeWhole(file, inputs);
  rmSync(begun(file), { force: true });
}

/** Notes that a step begins; until its stamp is written it counts as broken off. @param {string} file */
export function markBegun(file) {
  writeWhole(begun(file), "");
}

/** Tells whether a step was begun and never finished: what it left may be half there. @param {string} file */
export function wasBrokenOff(file) {
  return existsSync(begun(file));
}

/** Hashes texts and the contents of files. @param {{ texts?: readonly string[], files?: readonly string[] }} inputs */
export function fingerprint({ texts = [], files = [] }) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text}\0`);
  for (const file of files) hash.update(`${file}\0`).update(`${readIfPresent(file)}\0`);
  return hash.digest("hex");
}
