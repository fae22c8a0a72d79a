// Makes docs/sample-report.html from the newest rehearsal: npm run sample-report

import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { loadSettings } from "workbook";
import { exportReport } from "../bin/commands/report/export.ts";
import { readRuns } from "../bin/commands/report/index.ts";
import { LauncherError } from "../bin/set-up/launcher-error.mjs";
import { inProject } from "../bin/set-up/project.mjs";
import { runStage } from "../bin/set-up/stage.mjs";

/** The notebook with charts that move, and with figures that do not hang on the machine. */
const sampleNotebook = "04-cost";

/** It is in the repository, so it must stay small. */
const largestSampleBytes = 680 * 1_024;

await runStage(async () => {
  const { runs } = readRuns(inProject("reports"));
  const run = runs.find(({ summary }) => summary.target === "rehearsal");
  if (run === undefined) {
    throw new LauncherError("There is no report of a rehearsal yet. Run npm start, then this again.");
  }
  const { stateFolder } = loadSettings();
  const outputFile = inProject("docs/sample-report.html");
  const { startedAt, target, model, server, versions } = run.summary;
  await exportReport({
    notebookFile: join(stateFolder, "rehearsal/executed", basename(run.folder), `${sampleNotebook}.ipynb`),
    outputFile,
    details: { startedAt, target, model, server, versions, notebooksHref: "../notebooks/" },
  });
  const { size } = statSync(outputFile);
  console.log(`docs/sample-report.html: ${sampleNotebook} of ${startedAt}, ${(size / 1_024).toFixed(0)} KiB`);
  if (size <= largestSampleBytes) return 0;
  console.error(`That is more than ${largestSampleBytes / 1_024} KiB, which is too much for the repository.`);
  return 1;
});
