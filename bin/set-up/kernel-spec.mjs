// The kernel spec `tslab`: through it Jupyter and editors find the chosen Node and our start of the kernel.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inProject, pythonEnvironment, readIfPresent } from "./project.mjs";
import { fingerprint } from "./stamps.mjs";

/** @typedef {import("./node-runtime.mjs").NodeRuntime} NodeRuntime */

const template = inProject("jupyter/kernel/kernel.json");
const specFolder = join(pythonEnvironment, "share/jupyter/kernels/tslab");

export const kernelSpecStamp = join(specFolder, ".workbook-setup");

/** @param {{ runtime: NodeRuntime }} options */
export function kernelSpecInputs({ runtime }) {
  return fingerprint({ texts: [runtime.node, inProject()], files: [template] });
}

/** @param {{ runtime: NodeRuntime }} options */
export async function writeKernelSpec({ runtime }) {
  // Absolute paths: Jupyter starts a kernel in the notebook's folder, with whatever PATH it was started with itself.
  const paths = { "{node}": runtime.node, "{project}": inProject() };
  const spec = JSON.parse(readIfPresent(template) ?? "{}");
  spec.argv = spec.argv.map((/** @type {string} */ argument) =>
    Object.entries(paths).reduce((text, [name, path]) => text.replace(name, path), argument),
  );
  mkdirSync(specFolder, { recursive: true });
  writeFileSync(join(specFolder, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
}
