// Prints the figures of the house: `npm run house`. Nothing here is asserted; see rooms.test.ts for what is.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { listImports, listSources, projectRoot } from "./list-imports.ts";

const imports = listImports();
const count = (...patterns: string[]) =>
  patterns
    .flatMap((pattern) =>
      globSync(pattern, { cwd: projectRoot, exclude: (name) => name.includes("node_modules") }),
    )
    .reduce((lines, file) => lines + readFileSync(join(projectRoot, file), "utf8").split("\n").length - 1, 0);

/** Counts the files that code is reached in from some files, without what stands on the lower floors. */
function countWalk(starts: readonly string[], rooms: RegExp): number {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file) || !rooms.test(file)) return;
    seen.add(file);
    for (const { from, to, isType } of imports)
      if (from === file && !isType) for (const inside of behindDoor(to, file)) visit(inside);
  };
  for (const start of starts) visit(start);
  return seen.size;
}

/** A door is not a stop: behind it are only the files whose names the import takes. */
function behindDoor(to: string, from: string): string[] {
  if (!to.endsWith("/index.ts")) return [to];
  const names = namesTaken(from, to);
  return imports
    .filter((entry) => entry.from === to && namesTaken(to, entry.to).some((name) => names.includes(name)))
    .map((entry) => entry.to);
}

function namesTaken(from: string, to: string): string[] {
  const text = readFileSync(join(projectRoot, from), "utf8");
  const statements = [...text.matchAll(/^(?:import|export) \{([^}]*)\} from "([^"]+)"/gm)];
  return statements
    .filter(([, , specifier = ""]) =>
      imports.some((entry) => entry.from === from && entry.to === to && entry.specifier === specifier),
    )
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
}

const index = readFileSync(join(projectRoot, "lib/src/index.ts"), "utf8");
const exported = [...index.matchAll(/^export \{([^}]*)\}/gm)]
  .flatMap(([, names = ""]) => names.split(","))
  .filter((name) => name.trim() !== "" && !name.trim().startsWith("type "));
const runpod = ["plan-pod", "create-pod", "terminate-pod"].map((name) => `lib/src/runpod/pods/${name}.ts`);
const measure = ["measure-throughput", "throughput-chart"].map((name) => `lib/src/measure/${name}.ts`);
const lib = count("lib/src/**/*.ts", "lib/{pod,router}/*.py");
const rehearsal = count("rehearsal/src/**/*.ts");
const rest = count(
  "bin/**/*.{ts,mjs}",
  "tools/**/*.ts",
  "jupyter/*.{cjs,py}",
  "jupyter/templates/**/*.{j2,css,js,html}",
  "jupyter/lab/**/*.css",
);

console.log(`lines in lib/src                       ${count("lib/src/**/*.ts")}
lines in rehearsal/src                 ${rehearsal}
lines of all source                    ${lib + rehearsal + rest}
files of source                        ${listSources().length}
exported values of workbook            ${exported.length}
files from planPod to terminatePod     ${countWalk([...runpod, "lib/src/runpod/wait-until-ready.ts"], /^lib\/src\/(runpod|serving)\//)}
  of these in pods, rental and serving ${countWalk([...runpod, "lib/src/runpod/wait-until-ready.ts"], /^lib\/src\/(runpod\/(pods|rental)\/|runpod\/wait|serving)/)}
files from measureThroughput to chart  ${countWalk(measure, /^lib\/src\/measure\//)}`);
