// `npm test`, under the chosen Node: every check of the project, one after the other, and what came of each.

import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endRehearsal } from "workbook-rehearsal";
import { beforeEnd, runInForeground } from "../set-up/child-processes.mjs";
import { LauncherError } from "../set-up/launcher-error.mjs";
import { formatDuration } from "../set-up/progress.mjs";
import { inProject, projectRoot } from "../set-up/project.mjs";
import { runStage } from "../set-up/stage.mjs";
import { testEnvironment } from "./test-environment.mjs";

const stateFolder = inProject(".workbook", `test-${process.pid}`);
const reportsFolder = join(stateFolder, "reports");
const fragment = process.argv[2];
const environment = testEnvironment({
  stateFolder,
  // Where the tests find the pages that the notebooks have just become.
  reportsFolder: fragment === undefined ? reportsFolder : null,
});

/** Every stage runs, also after one that failed: one run shows all there is to mend. */
const stages = [
  { name: "format and lint", script: ["node_modules/@biomejs/biome/bin/biome", "check", "."] },
  { name: "types", script: ["node_modules/typescript/bin/tsc", "-p", "."] },
  { name: "notebook cells", script: ["test/notebooks/check-notebooks.ts"] },
  { name: "notebooks run", script: ["bin/commands/start.mjs", "--reports", reportsFolder] },
  {
    name: "tests",
    script: [
      "--conditions=workbook-source",
      "--test",
      "--test-concurrency=2",
      "--test-reporter=spec",
      ...findTests(),
    ],
  },
].filter(({ name }) => fragment === undefined || name === "tests");

await runStage(async () => {
  const cleanUp = async () => {
    await endRehearsal({ stateFolder });
    rmSync(stateFolder, { recursive: true, force: true });
  };
  const forget = beforeEnd(cleanUp);
  const results = [];
  for (const { name, script } of stages) {
    console.log(`\n── ${name} ${"─".repeat(70 - name.length)}\n`);
    const startedMs = performance.now();
    const exitCode = await runInForeground(process.execPath, script, { environment });
    results.push({ name, isGood: exitCode === 0, durationMs: performance.now() - startedMs });
  }
  forget();
  await cleanUp();
  console.log(`\n${results.map(describeResult).join("\n")}`);
  return results.every(({ isGood }) => isGood) ? 0 : 1;
});

function findTests() {
  const files = globSync("test/**/*.test.ts", { cwd: projectRoot }).sort();
  const chosen = files.filter((file) => fragment === undefined || file.includes(fragment));
  if (chosen.length > 0) return chosen;
  throw new LauncherError(`No test file has "${fragment}" in its path. There are:\n  ${files.join("\n  ")}`);
}

/** @param {{ name: string, isGood: boolean, durationMs: number }} result */
function describeResult({ name, isGood, durationMs }) {
  return `  ${isGood ? "✓" : "✗"} ${name.padEnd(18)} ${isGood ? "good" : "FAILED"}${" ".repeat(isGood ? 4 : 2)} ${formatDuration(durationMs)}`;
}
