// lib/dist, built from lib/src.

import { readdirSync, rmSync } from "node:fs";
import { run } from "./child-processes.mjs";
import { inProject } from "./project.mjs";
import { fingerprint } from "./stamps.mjs";

/** @typedef {import("./node-runtime.mjs").NodeRuntime} NodeRuntime */

export const libraryStamp = inProject("lib/dist/.workbook-setup");

/** Returns what the built library depends on. */
export function libraryInputs() {
  const sources = readdirSync(inProject("lib/src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => inProject("lib/src", name));
  const settings = ["tsconfig.json", "lib/tsconfig.json", "node_modules/typescript/package.json"];
  return fingerprint({ files: [...settings.map((name) => inProject(name)), ...sources] });
}

/** @param {{ runtime: NodeRuntime, isVerbose: boolean }} options */
export async function buildLibrary({ runtime, isVerbose }) {
  // What was built from a source that is gone must not be found any more.
  rmSync(inProject("lib/dist"), { recursive: true, force: true });
  // By its path: `node_modules/.bin/tsc` is the older compiler that tslab brings along.
  const compiler = inProject("node_modules/typescript/bin/tsc");
  await run(runtime.node, [compiler, "-p", inProject("lib")], { isVerbose });
}
