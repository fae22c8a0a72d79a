// The kernel spec `tslab`: through it Jupyter and editors find the chosen Node and our start of the kernel.

import { join } from "node:path";
import { writeWhole } from "../../lib/src/files/write-whole.mjs";
import { inProject, pythonEnvironment, readIfPresent } from "./project.mjs";
import { fingerprint } from "./stamps.mjs";

const template = inProject("jupyter/kernel/kernel.json");
const specFolder = join(pythonEnvironment, "share/jupyter/kernels/tslab");

/** @param {string} node @returns {import("./stamps.mjs").Step} */
export function kernelSpec(node) {
  return {
    name: "TypeScript kernel for Jupyter",
    stamp: join(specFolder, ".workbook-setup"),
    inputs: () => fingerprint({ texts: [node, inProject()], files: [template] }),
    async work() {
      // Absolute paths: Jupyter starts a kernel in the notebook's folder, with whatever PATH it was started with itself.
      const spec = JSON.parse(readIfPresent(template) ?? "{}");
      spec.argv = spec.argv.map((/** @type {string} */ argument) =>
        argument.replace("{node}", () => node).replace("{project}", () => inProject()),
      );
      writeWhole(join(specFolder, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
    },
  };
}
