import { mkdirSync } from "node:fs";
import { writeWhole } from "./write-whole.mjs";

/** How every file of the state folder is created: for its owner's eyes only, whatever the umask allows others. */
export const stateFileMode = 0o600;

/** Makes a folder inside the state folder, and those above it, for its owner's eyes only. */
export function makeStateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Writes a file of the state folder; a reader finds what was there before or all of it, never half. */
export function writeStateFile(path: string, text: string): void {
  writeWhole(path, text, { mode: stateFileMode });
}
