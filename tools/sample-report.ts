// Makes docs/sample-report.html, and the same as Markdown with its charts, from the newest rehearsal: npm run sample-report

import { statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { loadSettings } from "workbook";
import { exportReport } from "../bin/commands/report/export.ts";
import { readRuns } from "../bin/commands/report/index.ts";
import { readNotebook } from "../bin/commands/report/notebook.ts";
import { formatTime } from "../bin/commands/report/page.ts";
import { createHider, readSurroundings } from "../bin/commands/report/privacy.ts";
import { LauncherError } from "../bin/set-up/launcher-error.mjs";
import { inProject } from "../bin/set-up/project.mjs";
import { runStage } from "../bin/set-up/stage.mjs";
import { samplePage } from "./sample-page.ts";

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
  const notebookFile = join(
    stateFolder,
    "rehearsal/executed",
    basename(run.folder),
    `${sampleNotebook}.ipynb`,
  );
  await exportReport({
    notebookFile,
    outputFile,
    details: { startedAt, target, model, server, versions, notebooksHref: "../notebooks/" },
  });
  writeSamplePage(notebookFile, startedAt);
  const { size } = statSync(outputFile);
  console.log(`docs/sample-report.html: ${sampleNotebook} of ${startedAt}, ${(size / 1_024).toFixed(0)} KiB`);
  if (size <= largestSampleBytes) return 0;
  console.error(`That is more than ${largestSampleBytes / 1_024} KiB, which is too much for the repository.`);
  return 1;
});

/** Writes the page that forges show; of a notebook with a key in it `exportReport` has made no page. */
function writeSamplePage(notebookFile: string, startedAt: string): void {
  const { cells } = readNotebook(notebookFile);
  const hide = createHider({
    surroundings: readSurroundings(),
    shown: cells.map(({ outputs }) => outputs),
    ownText: cells.map(({ source }) => source).join("\n"),
  });
  const { page, charts } = samplePage(
    cells.map((cell) => ({
      ...cell,
      source: hide.inTexts(cell.source),
      outputs: hide.inOutputs(cell.outputs),
    })),
    {
      head: `*A report of the notebook [${sampleNotebook}](../notebooks/${sampleNotebook}.ipynb), as \`npm start\` writes it: a rehearsal of ${formatTime(startedAt)}. In [the page itself](sample-report.html) the sliders of the charts move: download it to open it.*`,
      chartName: "sample-report",
    },
  );
  writeFileSync(inProject("docs/sample-report.md"), page);
  for (const { file, svg } of charts) writeFileSync(inProject("docs", file), svg);
}
