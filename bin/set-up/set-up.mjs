// Set-up: everything between a fresh clone and a workbook that runs.

import { chmodSync, constants, copyFileSync, existsSync } from "node:fs";
import { endChildren, run } from "./child-processes.mjs";
import { kernelSpec } from "./kernel-spec.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { library } from "./library.mjs";
import { findNode, isNodeRecent } from "./node-runtime.mjs";
import { hasDevTools, installPackages, packagesInputs, packagesStamp } from "./npm-packages.mjs";
import { inProject, readIfPresent } from "./project.mjs";
import { environment, requirementsStep } from "./python-environment.mjs";
import { isStamped, writeStamp } from "./stamps.mjs";

/** @typedef {import("./node-runtime.mjs").NodeRuntime} NodeRuntime */
/** @typedef {import("./progress.mjs").Progress} Progress */
/** @typedef {import("./stamps.mjs").Step} Step */

const nodePackage = {
  name: `Node 24 (this one is ${process.versions.node})`,
  requirements: "requirements-node.txt",
};
const pythonPackages = [
  { name: "JupyterLab and nbconvert", requirements: "requirements.txt" },
  { name: "model for the rehearsal", requirements: "requirements-model.txt" },
  { name: "router for several servers", requirements: "requirements-router.txt" },
];

/**
 * Sets up whatever is missing or has changed, and returns the Node that runs the rest.
 * @param {{ progress: Progress, needsDevTools: boolean }} options
 */
export async function setUp({ progress, needsDevTools }) {
  const startedMs = performance.now();
  const { isVerbose } = progress;
  let stepsDone = 0;
  /** Does the steps that were not yet done with the same inputs. @param {readonly Step[]} steps */
  const doSteps = async (steps) => {
    for (const { name, stamp, inputs, work } of steps) {
      if (isStamped(stamp, inputs())) continue;
      if (stepsDone === 0) progress.say("Setting up:");
      stepsDone += 1;
      await progress.during(name, work);
      writeStamp(stamp, inputs());
    }
  };

  await doSteps([environment({ isVerbose })]);
  if (!isNodeRecent()) await doSteps([requirementsStep({ ...nodePackage, isVerbose })]);
  const runtime = findNode();
  if (runtime === null) {
    throw new LauncherError(
      "Node 24 is missing from .venv. Delete the folder .venv and run the same command again.",
    );
  }
  const { node } = runtime;
  // What does not depend on each other is installed side by side.
  await allOrNone([
    doSteps(pythonPackages.map((packages) => requirementsStep({ ...packages, isVerbose }))),
    doSteps([...npmPackages({ runtime, needsDevTools, isVerbose }), library({ node, isVerbose })]),
  ]);
  await doSteps([kernelSpec(node)]);
  if (readIfPresent(engineNote) === "does not load") {
    progress.say(
      "  ! The model engine does not load on this machine: the rehearsal uses the timed engine, its answers are simulated.",
    );
  }
  writeEnvironmentFile(progress);

  const duration = ((performance.now() - startedMs) / 1_000).toFixed(1);
  progress.say(stepsDone === 0 ? `Set-up: nothing to do (${duration} s).` : `Set up in ${duration} s.`);
  return runtime;
}

const engineNote = inProject("node_modules/.workbook-engine");

/**
 * Installs the npm packages and proves that their native parts load; a broken installation is repaired once.
 * @param {{ runtime: NodeRuntime, needsDevTools: boolean, isVerbose: boolean }} options
 * @returns {Step[]}
 */
function npmPackages({ runtime, needsDevTools, isVerbose }) {
  const withDevTools = needsDevTools || hasDevTools();
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

/**
 * Waits for works that run side by side; when one fails, the others are ended before its error is passed on.
 * @param {readonly Promise<void>[]} works
 */
async function allOrNone(works) {
  try {
    await Promise.all(works);
  } catch (error) {
    await endChildren();
    await Promise.allSettled(works);
    throw error;
  }
}

/** @param {Progress} progress */
function writeEnvironmentFile(progress) {
  const file = inProject(".env");
  if (existsSync(file)) return;
  copyFileSync(inProject(".env.example"), file, constants.COPYFILE_EXCL);
  // Keys will stand in it: for nobody else to read.
  chmodSync(file, 0o600);
  progress.say("  ✓ .env, copied from .env.example: nothing in it needs to be changed for a rehearsal");
}
