// Where things are in this checkout.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The project's own Python environment; everything that Jupyter needs lives in it. */
export const pythonEnvironment = join(projectRoot, ".venv");
export const python = join(pythonEnvironment, "bin/python");

/** @param {...string} parts */
export function inProject(...parts) {
  return join(projectRoot, ...parts);
}

/** Returns the folder of the environment's Python packages, or null before there is one. */
export function sitePackages() {
  const library = join(pythonEnvironment, "lib");
  const version = listFolder(library).find((name) => /^python3\.\d+$/.test(name));
  return version === undefined ? null : join(library, version, "site-packages");
}

/** Returns the notebooks' absolute paths in the order in which they are read. */
export function listNotebooks(folder = inProject("notebooks")) {
  return listFolder(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads a text file; null where there is none. @param {string} file */
export function readIfPresent(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** @param {string} folder */
function listFolder(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
