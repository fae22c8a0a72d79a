// The project's Python environment: made with uv where that is installed, else with Python's own venv and pip.

import { existsSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child-processes.mjs";
import { inProject, projectRoot, python, pythonEnvironment, readIfPresent } from "./project.mjs";
import { installFromRegistry } from "./registry.mjs";
import { findPython, isInstalled } from "./surroundings.mjs";

export const environmentStamp = join(pythonEnvironment, "workbook-setup/environment");

/**
 * Returns what the environment depends on: its place, which is written into its scripts, and the Python behind it.
 */
export function environmentInputs() {
  return `${projectRoot}\n${existsSync(python) ? realpathSync(python) : "no Python"}\n`;
}

/**
 * Makes the environment; one that was made elsewhere or whose Python is gone is made anew.
 * @param {{ isVerbose: boolean }} options
 */
export async function makeEnvironment({ isVerbose }) {
  const hasUv = isInstalled("uv");
  const found = findPython({ needsEnsurepip: !hasUv });
  const isBroken = !existsSync(python) || readIfPresent(environmentStamp) !== null;
  if (isBroken) rmSync(pythonEnvironment, { recursive: true, force: true });
  if (hasUv)
    await run("uv", ["venv", "--allow-existing", "--python", found, pythonEnvironment], { isVerbose });
  else await run(found, ["-m", "venv", pythonEnvironment], { isVerbose });
  // JupyterLab runs scripts of its own with Node; they are CommonJS, which this project's package.json would deny.
  writeFileSync(join(pythonEnvironment, "package.json"), "{}\n");
}

/**
 * Installs the packages of a hash-locked requirements file into the environment.
 *
 * @param {{ requirements: string, what: string, isRepair: boolean, isVerbose: boolean }} options `requirements` names a
 *   file in `jupyter/`, `what` the packages for people; with `isRepair` no package that is there is trusted to be whole
 */
export async function installRequirements({ requirements, what, isRepair, isVerbose }) {
  // The file lists every package that is wanted, with its hash: nothing is left to resolve.
  const wanted = ["--no-deps", "--require-hashes", "-r", inProject("jupyter", requirements)];
  if (isInstalled("uv")) {
    await installFromRegistry({ tool: "uv", what, settings: "uv.toml, UV_DEFAULT_INDEX" }, () =>
      run("uv", ["pip", "install", "--python", python, ...(isRepair ? ["--reinstall"] : []), ...wanted], {
        isVerbose,
      }),
    );
    return;
  }
  const options = [
    // Python compiles what it uses at first use; compiling all of Jupyter takes longer than the rest of its installation.
    "--no-compile",
    "--disable-pip-version-check",
    // Else the last lines of a failure are about packages that other platforms need.
    ...(isVerbose ? [] : ["--quiet"]),
    // Written over and not removed first: pip cannot remove a package of which half is there.
    ...(isRepair ? ["--ignore-installed"] : []),
  ];
  await installFromRegistry({ tool: "pip", what, settings: "pip config list, HTTPS_PROXY" }, () =>
    run(python, ["-m", "pip", "install", ...options, ...wanted], { isVerbose }),
  );
}
