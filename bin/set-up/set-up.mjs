// Set-up: everything between a fresh clone and a workbook that runs.

import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../../lib/src/files/write-whole.mjs";
import { endChildren } from "./child-processes.mjs";
import { kernelSpec } from "./kernel-spec.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { library } from "./library.mjs";
import { findNode, isNodeRecent } from "./node-runtime.mjs";
import { engineNote, npmPackages } from "./npm-packages.mjs";
import { inProject, readIfPresent } from "./project.mjs";
import { environment, requirementsStep } from "./python-environment.mjs";
import { listCommands, untilNoCommandRuns } from "./running-commands.mjs";
import { createSetUpLock } from "./set-up-lock.mjs";
import { isStamped, writeStamp } from "./stamps.mjs";

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
  const lock = createSetUpLock(progress);
  /** Does the steps that were not yet done with the same inputs. @param {readonly Step[]} steps */
  const doSteps = async (steps) => {
    for (const { name, stamp, inputs, work, replacesPython } of steps) {
      if (isStamped(stamp, inputs())) continue;
      await lock.take();
      // The one that was waited for may have done it.
      if (isStamped(stamp, inputs())) continue;
      if (replacesPython) await untilNoCommandRuns(progress);
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
  lock.release();

  const duration = ((performance.now() - startedMs) / 1_000).toFixed(1);
  progress.say(stepsDone === 0 ? `Set-up: nothing to do (${duration} s).` : `Set up in ${duration} s.`);
  if (stepsDone > 0 && listCommands().includes("lab"))
    progress.say("JupyterLab is open in this folder: its kernels take up what is new at Kernel → Restart.");
  return runtime;
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
    throw error;
  }
}

/** @param {Progress} progress */
function writeEnvironmentFile(progress) {
  const file = inProject(".env");
  if (existsSync(file)) return;
  // Keys will stand in it: for nobody else to read.
  writeWhole(file, readFileSync(inProject(".env.example"), "utf8"), { mode: 0o600 });
  progress.say("  ✓ .env, copied from .env.example: nothing in it needs to be changed for a rehearsal");
}
