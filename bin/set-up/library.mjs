// The packages of this project, each built from its src into its dist.

import { readdirSync, rmSync } from "node:fs";
import { run } from "./child-processes.mjs";
import { inProject } from "./project.mjs";
import { fingerprint } from "./stamps.mjs";

/** @typedef {import("./node-runtime.mjs").NodeRuntime} NodeRuntime */

export const libraryStamp = inProject("lib/dist/.workbook-setup");

const packages = ["lib", "rehearsal"];

/** Returns what the built packages depend on. */
export function libraryInputs() {
  const sources = packages.flatMap((name) =>
    readdirSync(inProject(name, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .sort()
      .map((file) => inProject(name, "src", file)),
  );
  const settings = ["tsconfig.json", "lib/tsconfig.json", "rehearsal/tsconfig.json"];
  const compiler = "node_modules/typescript/package.json";
  return fingerprint({ files: [...[...settings, compiler].map((name) => inProject(name)), ...sources] });
}

/** @param {{ runtime: NodeRuntime, isVerbose: boolean }} options */
export async function buildLibrary({ runtime, isVerbose }) {
  // By its path: `node_modules/.bin/tsc` is the older compiler that tslab brings along.
  const compiler = inProject("node_modules/typescript/bin/tsc");
  for (const name of packages) {
    // What was built from a source that is gone must not be found any more.
    rmSync(inProject(name, "dist"), { recursive: true, force: true });
    await run(runtime.node, [compiler, "-p", inProject(name)], { isVerbose });
  }
}
