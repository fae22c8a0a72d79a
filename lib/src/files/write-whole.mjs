// Plain JavaScript, since set-up needs it before anything is built.

import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all, with its folders; an error names the file, which Node's own leaves out.
 * @param {string} path
 * @param {string} text
 * @param {{ mode?: number, place?: (draft: string, path: string) => void }} [options] `place` moves what was written
 */
export function writeWhole(path, text, { mode = 0o666, place = renameSync } = {}) {
  const draft = `${path}.${randomUUID()}`;
  try {
    // Whoever may read a new file may enter its new folders, and nobody else.
    mkdirSync(dirname(path), { recursive: true, mode: mode | 0o100 | ((mode & 0o044) >> 2) });
    writeFileSync(draft, text, { mode });
    place(draft, path);
  } catch (error) {
    if (error instanceof Error && [undefined, draft].includes(Reflect.get(error, "path")))
      Object.assign(error, { path });
    throw error;
  } finally {
    removeIfThere(draft);
  }
}

/** @param {string} file */
function removeIfThere(file) {
  try {
    rmSync(file, { force: true });
  } catch {
    // What was in the way of the file is so now; that is said already.
  }
}
