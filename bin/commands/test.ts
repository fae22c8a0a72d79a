// `npm test`: every check of the project, one after the other, and what came of each.

import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endRehearsal } from "workbook-rehearsal";
import { beforeEnd, runInForeground } from "../set-up/child-processes.mjs";
import { LauncherError } from "../set-up/launcher-error.mjs";
import { formatDuration } from "../set-up/progress.mjs";
import { inProject, projectRoot } from "../set-up/project.mjs";
import { runCommand } from "../set-up/stage.mjs";
import { testEnvironment } from "./test-environment.ts";

/** Tests that need Jupyter, a browser, the model or a whole set-up that fails; `--quick` leaves them out. */
const slowTests = [
  "test/conformance/llama-engine",
  "test/jupyter/",
  "test/lab/",
  "test/launcher/given-run",
  "test/launcher/interrupt-moments",
  "test/launcher/paid-run",
  "test/launcher/unreachable-registry",
  "test/rehearsal/llama-engine",
  "test/rehearsal/runpod/shared-model",
  "test/reports/export-report",
  "test/reports/report-pages",
];

await runCommand("test", async ({ argument, isQuick }) => {
  const stateFolder = inProject(".workbook", `test-${process.pid}`);
  const reportsFolder = join(stateFolder, "reports");
  const isWhole = argument === null && !isQuick;
  // Where the tests find the pages that the notebooks have just become.
  const environment = {
    ...testEnvironment({ stateFolder, reportsFolder: isWhole ? reportsFolder : null }),
    // The random lives of a pod are the longest test of all: a fifth of them tells of most faults.
    ...(isQuick ? { WORKBOOK_TEST_SEQUENCES: "40" } : {}),
  };
  const tests = findTests({ fragment: argument ?? "", isQuick });
  const checks = [
    { name: "format and lint", script: ["node_modules/@biomejs/biome/bin/biome", "check", "."] },
    { name: "unused code", script: ["node_modules/knip/bin/knip.js"] },
    { name: "types", script: ["node_modules/typescript/bin/tsc", "-p", "."] },
    { name: "notebook cells", script: ["test/notebooks/check-notebooks.ts"] },
  ];
  const runs = [
    { name: "notebooks run", script: ["test/notebooks/run-solved.ts", "--reports", reportsFolder] },
  ];
  // More than the two processors that it is meant for: tests wait a good part of their time, the quick ones most of it.
  const options = [
    "--conditions=workbook-source",
    "--test",
    `--test-concurrency=${isQuick ? 5 : 3}`,
    "--test-reporter=spec",
  ];
  const stages = [
    ...(argument === null ? checks : []),
    ...(isWhole ? runs : []),
    { name: "tests", script: [...options, ...tests] },
  ];
  const cleanUp = async () => {
    await endRehearsal({ stateFolder });
    rmSync(stateFolder, { recursive: true, force: true });
  };
  const forget = beforeEnd(cleanUp);
  const results: { name: string; isGood: boolean; durationMs: number }[] = [];
  // Every stage runs, also after one that failed: one run shows all there is to mend.
  for (const { name, script } of stages) {
    console.log(`\n── ${name} ${"─".repeat(70 - name.length)}\n`);
    const startedMs = performance.now();
    const exitCode = await runInForeground(process.execPath, script, { environment, kind: "group" });
    results.push({ name, isGood: exitCode === 0, durationMs: performance.now() - startedMs });
  }
  forget();
  await cleanUp();
  console.log();
  for (const { name, isGood, durationMs } of results) {
    const [mark, outcome] = isGood ? ["✓", "good"] : ["✗", "FAILED"];
    console.log(`  ${mark} ${name.padEnd(18)} ${outcome.padEnd(8)} ${formatDuration(durationMs)}`);
  }
  return results.every(({ isGood }) => isGood) ? 0 : 1;
});

function findTests({ fragment, isQuick }: { fragment: string; isQuick: boolean }): string[] {
  const all = globSync("test/**/*.test.ts", { cwd: projectRoot }).sort();
  const files = all.filter((file) => !isQuick || !slowTests.some((slow) => file.startsWith(slow)));
  const chosen = files.filter((file) => file.includes(fragment));
  if (chosen.length > 0) return chosen;
  throw new LauncherError(`No test file has "${fragment}" in its path. There are:\n  ${files.join("\n  ")}`);
}
