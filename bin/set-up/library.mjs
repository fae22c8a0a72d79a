// The packages of this project, each built from its src into its dist.

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child-processes.mjs";
import { inProject } from "./project.mjs";
import { fingerprint } from "./stamps.mjs";
import { swapFolder } from "./swap-folder.mjs";

const packages = ["lib", "rehearsal"];
const settings = ["tsconfig.json", "lib/tsconfig.json", "rehearsal/tsconfig.json"];

const buildFolder = inProject(".workbook/build");

/** @param {{ node: string, isVerbose: boolean }} options @returns {import("./stamps.mjs").Step} */
export function library({ node, isVerbose }) {
  return {
    name: "library",
    stamp: inProject("lib/dist/.workbook-setup"),
    inputs() {
      const sources = packages.flatMap((name) =>
        readdirSync(inProject(name, "src"), { recursive: true, encoding: "utf8" })
          .filter((file) => /\.(ts|mjs)$/.test(file))
          .sort()
          .map((file) => inProject(name, "src", file)),
      );
      const others = [...settings, "node_modules/typescript/package.json"].map((name) => inProject(name));
      return fingerprint({ files: [...others, ...sources] });
    },
    async work() {
      // By its path: `node_modules/.bin/tsc` is the older compiler that tslab brings along.
      const compiler = inProject("node_modules/typescript/bin/tsc");
      // What was built from a source that is gone must not be found any more.
      rmSync(buildFolder, { recursive: true, force: true });
      for (const name of packages) {
        const built = join(buildFolder, name);
        await run(node, [compiler, "-p", inProject(name), "--outDir", built], { isVerbose });
        // The rehearsal is built with types of the library that was just built.
        swapFolder({ built, place: inProject(name, "dist") });
      }
      rmSync(buildFolder, { recursive: true, force: true });
    },
  };
}
