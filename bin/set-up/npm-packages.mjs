// The npm packages, installed under the chosen Node: under an older one npm leaves native parts out without a word.

import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child-processes.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { inProject, readIfPresent } from "./project.mjs";
import { installFromRegistry } from "./registry.mjs";
import { fingerprint, writeStamp } from "./stamps.mjs";
import { swapFolder } from "./swap-folder.mjs";

/** @typedef {import("./node-runtime.mjs").NodeRuntime} NodeRuntime */
/** @typedef {import("./stamps.mjs").Step} Step */

/** What says which packages are wanted. */
const wantedFiles = ["package.json", "lib/package.json", "rehearsal/package.json", "package-lock.json"];
const packagesStamp = inProject("node_modules/.workbook-setup");
/** Says whether the model engine loads. */
export const engineNote = inProject("node_modules/.workbook-engine");

/**
 * Installs the npm packages and proves that their native parts load; a broken installation is repaired once.
 * @param {{ runtime: NodeRuntime, needsDevTools: boolean, isVerbose: boolean }} options
 * @returns {Step[]}
 */
export function npmPackages({ runtime, needsDevTools, isVerbose }) {
  // The next installation keeps the development tools that the last one brought.
  const hadDevTools = readIfPresent(packagesStamp)?.includes("\nwith development tools") === true;
  const withDevTools = needsDevTools || hadDevTools;
  const install = () => installPackages({ runtime, withDevTools, isVerbose });
  const inputs = () => packagesInputs({ runtime, hasDevTools: withDevTools });
  const prove = (/** @type {string} */ part) =>
    run(runtime.node, [inProject("bin/set-up/proof.mjs"), part], { isVerbose }).then(
      () => null,
      (/** @type {LauncherError} */ error) => error,
    );
  const proveAll = () => Promise.all([prove("polars"), prove("engine")]);
  return [
    { name: "npm packages", stamp: packagesStamp, inputs, work: install },
    {
      name: "proof that polars and the model engine load",
      stamp: inProject("node_modules/.workbook-proof"),
      inputs,
      async work() {
        let [polars, engine] = await proveAll();
        if (polars !== null || engine !== null) {
          await install();
          writeStamp(packagesStamp, inputs());
          [polars, engine] = await proveAll();
        }
        if (polars !== null) {
          throw new LauncherError(
            `polars does not load under ${runtime.node}, also after its packages were installed anew.\n` +
              "Delete the folder node_modules and run the same command again.",
            { lastLines: polars.lastLines, cause: polars },
          );
        }
        writeStamp(engineNote, engine === null ? "loads" : "does not load");
      },
    },
  ];
}

/** @param {{ runtime: NodeRuntime, hasDevTools: boolean }} options */
function packagesInputs({ runtime, hasDevTools }) {
  const wanted = fingerprint({
    texts: [runtime.node, process.platform, process.arch],
    files: wantedFiles.map((file) => inProject(file)),
  });
  // npm's own record: after an `npm install` by hand the packages are checked again.
  const installed = fingerprint({ files: [inProject("node_modules/.package-lock.json")] });
  return `${wanted}\n${installed}\n${hasDevTools ? "with" : "without"} development tools\n`;
}

/**
 * Installs beside what is there, which kernels may be reading: npm empties the folder that it installs into.
 * @param {{ runtime: NodeRuntime, withDevTools: boolean, isVerbose: boolean }} options
 */
async function installPackages({ runtime, withDevTools, isVerbose }) {
  const [command = "npm", ...npm] = runtime.npm;
  // No package needs a script of its own to be installed: the native parts come built.
  const options = [
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    withDevTools ? "--include=dev" : "--omit=dev",
  ];
  const environment = runtime.npmEnvironment;
  const folder = inProject(".workbook/packages");
  rmSync(folder, { recursive: true, force: true });
  for (const file of [...wantedFiles, ".npmrc", "rehearsal/left-out"])
    cpSync(inProject(file), join(folder, file), { recursive: true });
  await installFromRegistry({ tool: "npm", what: "the npm packages", settings: "npm config list" }, () =>
    run(command, [...npm, "ci", ...options], { isVerbose, environment, folder }),
  );
  swapFolder({ built: join(folder, "node_modules"), place: inProject("node_modules") });
  rmSync(folder, { recursive: true, force: true });
}
