// The npm packages, installed under the chosen Node: under an older one npm leaves native parts out without a word.

import { run } from "./child-processes.mjs";
import { inProject, readIfPresent } from "./project.mjs";
import { installFromRegistry } from "./registry.mjs";
import { fingerprint } from "./stamps.mjs";

/** @typedef {import("./node-runtime.mjs").NodeRuntime} NodeRuntime */

export const packagesStamp = inProject("node_modules/.workbook-setup");

/** @param {{ runtime: NodeRuntime, hasDevTools: boolean }} options */
export function packagesInputs({ runtime, hasDevTools }) {
  const files = ["package.json", "lib/package.json", "rehearsal/package.json", "package-lock.json"];
  const wanted = fingerprint({
    texts: [runtime.node, process.platform, process.arch],
    files: files.map((file) => inProject(file)),
  });
  // npm's own record: after an `npm install` by hand the packages are checked again.
  const installed = fingerprint({ files: [inProject("node_modules/.package-lock.json")] });
  return `${wanted}\n${installed}\n${hasDevTools ? "with" : "without"} development tools\n`;
}

/** Tells whether the last installation brought the development tools; the next one then keeps them. */
export function hasDevTools() {
  return readIfPresent(packagesStamp)?.includes("\nwith development tools") === true;
}

/** @param {{ runtime: NodeRuntime, withDevTools: boolean, isVerbose: boolean }} options */
export async function installPackages({ runtime, withDevTools, isVerbose }) {
  const [command = "npm", ...npm] = runtime.npm;
  const options = ["--no-audit", "--no-fund", withDevTools ? "--include=dev" : "--omit=dev"];
  await installFromRegistry({ tool: "npm", what: "the npm packages", settings: "npm config list" }, () =>
    run(command, [...npm, "ci", ...options], {
      isVerbose,
      environment: {
        ...runtime.npmEnvironment,
        // Without these the model engine's package downloads sources and compiles where it has no binary.
        NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true",
        NODE_LLAMA_CPP_POSTINSTALL: "skip",
      },
    }),
  );
}
