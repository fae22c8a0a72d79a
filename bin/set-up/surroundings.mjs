// What must be on the machine before anything can be set up.

import { spawnSync } from "node:child_process";
import { LauncherError } from "./launcher-error.mjs";

const oldestPythonMinor = 10;
const pythonNames = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];

/** @throws LauncherError on native Windows. */
export function checkPlatform() {
  if (process.platform !== "win32") return;
  throw new LauncherError(
    "The workbook does not run on Windows itself, but it should in WSL2 (Windows' own Linux).\n" +
      "Install it with `wsl --install` in PowerShell, open Ubuntu, clone the repository there, and run the same command.",
  );
}

/**
 * Tells whether a program can be found on the PATH and starts.
 * @param {string} program
 */
export function isInstalled(program) {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

/**
 * Finds a Python that can make the project's environment.
 *
 * @param {{ needsEnsurepip: boolean }} options pip is brought by Python's own `ensurepip`, which Debian packs apart
 * @returns {string} its path
 * @throws LauncherError that says what to install.
 */
export function findPython({ needsEnsurepip }) {
  const found = pythonNames.flatMap((name) => describePython(name) ?? []);
  const recent = found.filter(({ minor }) => minor >= oldestPythonMinor);
  const usable = recent.find(({ hasVenv }) => hasVenv || !needsEnsurepip);
  if (usable !== undefined) return usable.path;
  const [incomplete] = recent;
  if (incomplete !== undefined) {
    throw new LauncherError(
      `Python 3.${incomplete.minor} (${incomplete.path}) cannot make virtual environments: its venv module is not complete.\n` +
        `On Debian and Ubuntu: sudo apt install python3-venv (or python3.${incomplete.minor}-venv for just this one). ` +
        "Then run the same command again.",
    );
  }
  const seen = found.map(({ path, minor }) => `3.${minor} at ${path}`).join(", ");
  throw new LauncherError(
    `The workbook needs Python 3.${oldestPythonMinor} or newer for Jupyter; ` +
      `${seen === "" ? "no Python 3 was found on the PATH" : `found only ${seen}`}.\n` +
      "Install it (Debian and Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python; " +
      "or https://www.python.org), then run the same command again.",
  );
}

/**
 * @param {string} name
 * @returns {{ path: string, minor: number, hasVenv: boolean } | null}
 */
function describePython(name) {
  const question = [
    "import json, sys",
    "try:\n import venv, ensurepip\n complete = True",
    "except ImportError:\n complete = False",
    "print(json.dumps([sys.executable, *sys.version_info[:2], complete]))",
  ].join("\n");
  const { status, stdout } = spawnSync(name, ["-c", question], { encoding: "utf8" });
  if (status !== 0) return null;
  const [path, major, minor, hasVenv] = JSON.parse(stdout);
  return major === 3 ? { path, minor, hasVenv } : null;
}
