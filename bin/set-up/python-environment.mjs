// The project's Python environment: made with uv where that is installed, else with Python's own venv and pip.

import { existsSync, realpathSync, rmSync } from "node:fs";
import { devNull, homedir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../lib/src/files/write-whole.mjs";
import { ask, run } from "./child-processes.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { inProject, projectRoot, python, pythonEnvironment, readIfPresent } from "./project.mjs";
import { installFromRegistry } from "./registry.mjs";
import { fingerprint, markBegun, wasBrokenOff } from "./stamps.mjs";

/** @typedef {import("./stamps.mjs").Step} Step */

const oldestPythonMinor = 10;
/** A program that does not answer within this time is none that could be used. */
const patienceMs = 30_000;
const pythonNames = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];

const environmentStamp = join(pythonEnvironment, "workbook-setup/environment");

/** @param {{ isVerbose: boolean }} options @returns {Step} */
export function environment({ isVerbose }) {
  return {
    name: "Python environment in .venv",
    stamp: environmentStamp,
    // Its place is written into its scripts.
    inputs: () => `${projectRoot}\n${existsSync(python) ? realpathSync(python) : "no Python"}\n`,
    replacesPython: true,
    work: () => makeEnvironment(isVerbose),
  };
}

/** One that was made elsewhere or whose Python is gone is made anew. @param {boolean} isVerbose */
async function makeEnvironment(isVerbose) {
  const hasUv = await isInstalled("uv");
  const found = await findPython({ needsEnsurepip: !hasUv });
  const isBroken = !existsSync(python) || readIfPresent(environmentStamp) !== null;
  if (isBroken) rmSync(pythonEnvironment, { recursive: true, force: true });
  const [command, ...options] = hasUv
    ? ["uv", "venv", "--allow-existing", "--python", found]
    : [found, "-m", "venv"];
  await run(command, [...options, pythonEnvironment], { isVerbose });
  // JupyterLab runs scripts of its own with Node; they are CommonJS, which this project's package.json would deny.
  writeWhole(join(pythonEnvironment, "package.json"), "{}\n");
}

/** @param {{ name: string, requirements: string, isVerbose: boolean }} options @returns {Step} */
export function requirementsStep({ name, requirements, isVerbose }) {
  const file = inProject("jupyter", requirements);
  const stamp = join(pythonEnvironment, "workbook-setup", requirements);
  return {
    name,
    stamp,
    inputs: () => fingerprint({ files: [file] }),
    replacesPython: true,
    work() {
      // After an installation that was broken off, no package that is there is trusted to be whole.
      const isRepair = wasBrokenOff(stamp);
      markBegun(stamp);
      return installRequirements({ file, what: name, isRepair, isVerbose });
    },
  };
}

/** @param {{ file: string, what: string, isRepair: boolean, isVerbose: boolean }} options */
async function installRequirements({ file, what, isRepair, isVerbose }) {
  // The file lists every package that is wanted, with its hash: nothing is left to resolve.
  const wanted = ["--no-deps", "--require-hashes", "-r", file];
  if (await isInstalled("uv")) {
    const options = ["--python", python, ...(isRepair ? ["--reinstall"] : [])];
    return installFromRegistry({ tool: "uv", what, settings: "uv.toml, UV_DEFAULT_INDEX" }, () =>
      run("uv", ["pip", "install", ...options, ...wanted], { isVerbose }),
    );
  }
  refuseDiversion();
  const options = [
    // Python compiles what it uses at first use; compiling all of Jupyter takes longer than the rest of its installation.
    "--no-compile",
    "--disable-pip-version-check",
    // Else the last lines of a failure are about packages that other platforms need.
    ...(isVerbose ? [] : ["--quiet"]),
    // Written over and not removed first: pip cannot remove a package of which half is there.
    ...(isRepair ? ["--ignore-installed"] : []),
  ];
  return installFromRegistry({ tool: "pip", what, settings: "pip config list, HTTPS_PROXY" }, () =>
    run(python, ["-m", "pip", "install", ...options, ...wanted], { isVerbose }),
  );
}

/** What pip's own files say of other projects cannot be taken back by an option. */
function refuseDiversion() {
  const own = process.env["PIP_CONFIG_FILE"];
  if (own === devNull) return;
  const home = homedir();
  const folders = [
    process.env["XDG_CONFIG_HOME"] ?? join(home, ".config"),
    join(home, "Library/Application Support"),
  ];
  const files = [
    ...["/etc/pip.conf", "/etc/xdg/pip/pip.conf", join(home, ".pip/pip.conf")],
    ...folders.map((folder) => join(folder, "pip/pip.conf")),
    ...(own ? [own] : []),
  ];
  for (const file of files) {
    const [, name] = /^(target|prefix|root|user)[ \t]*[=:]/m.exec(readIfPresent(file) ?? "") ?? [];
    if (name === undefined) continue;
    throw new LauncherError(
      `pip's setting "${name}" in ${file} would put the packages elsewhere than in .venv.\n` +
        `Take it out, or run the same command with PIP_CONFIG_FILE=${devNull}, which leaves out all that such files say.`,
    );
  }
}

/** @param {string} program */
async function isInstalled(program) {
  return (await ask(program, ["--version"], { patienceMs }))?.exitCode === 0;
}

/** @param {{ needsEnsurepip: boolean }} options pip comes with Python's own `ensurepip`, which Debian packs apart */
async function findPython({ needsEnsurepip }) {
  /** @type {string[]} */
  const seen = [];
  /** @type {{ path: string, minor: number } | undefined} */
  let incomplete;
  for (const name of pythonNames) {
    const found = await describePython(name);
    if (found === null) continue;
    if ("problem" in found) seen.push(`${name}, which ${found.problem}`);
    else if (found.minor < oldestPythonMinor) seen.push(`3.${found.minor} at ${found.path}`);
    else if (found.hasVenv || !needsEnsurepip) return found.path;
    else incomplete ??= found;
  }
  if (incomplete !== undefined) {
    throw new LauncherError(
      `Python 3.${incomplete.minor} (${incomplete.path}) cannot make virtual environments: its venv module is not complete.\n` +
        `On Debian and Ubuntu: sudo apt install python3-venv (or python3.${incomplete.minor}-venv for just this one). ` +
        "Then run the same command again.",
    );
  }
  throw new LauncherError(
    `The workbook needs Python 3.${oldestPythonMinor} or newer for Jupyter; ` +
      `${seen.length === 0 ? "no Python 3 was found on the PATH" : `found only ${seen.join(", ")}`}.\n` +
      "Install it (Debian and Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python; " +
      "or https://www.python.org), then run the same command again.",
  );
}

/** @param {string} name @returns {Promise<{ path: string, minor: number, hasVenv: boolean } | { problem: string } | null>} */
async function describePython(name) {
  const question = [
    "import json, sys",
    "try:\n import venv, ensurepip\n complete = True",
    "except ImportError:\n complete = False",
    "print(json.dumps([sys.executable, *sys.version_info[:2], complete]))",
  ].join("\n");
  const asked = await ask(name, ["-I", "-c", question], { patienceMs });
  if (asked === null) return null;
  if (asked.isSlow) return { problem: `gave no answer within ${patienceMs / 1_000} seconds` };
  if (asked.exitCode !== 0) return { problem: `ended with exit code ${asked.exitCode}` };
  // Code that a machine loads into every Python may print before it.
  const [answer] = /^\["(?:[^"\\\n]|\\.)+", ?\d+, ?\d+, ?(?:true|false)\]\s*$/m.exec(asked.answer) ?? [];
  if (answer === undefined) return { problem: "does not answer as Python does" };
  const [path, major, minor, hasVenv] = JSON.parse(answer);
  return major === 3 ? { path, minor, hasVenv } : null;
}
