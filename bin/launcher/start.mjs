// `npm start`, under the chosen Node: one answer in the terminal, all notebooks, their reports, a summary.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadSettings, printChat } from "workbook";
import { runNotebooks } from "./notebooks.mjs";
import { createProgress } from "./progress.mjs";
import { inProject, listNotebooks } from "./project.mjs";
import { withEndpoint } from "./rehearsal.mjs";
import { writeReportIndex } from "./report-index.mjs";
import { runStage } from "./stage.mjs";
import { describeModel, describeSummary, readVersions, summarize } from "./summary.mjs";

const question = "Hello, how are you?";

const nextCommands = `Next:
  npm run lab          the same notebooks in JupyterLab, to read and to change
  npm test             checks everything
  less .env.example    how to point the workbook at an endpoint of your own, or at a rented GPU`;

await runStage(async () => {
  const { values } = parseArgs({ options: { reports: { type: "string", default: inProject("reports") } } });
  const { target, stateFolder } = loadSettings();
  const startedAt = new Date();
  const startName = startedAt.toISOString().slice(0, 19).replaceAll(":", "-");
  const runFolder = join(values.reports, target, startName);
  const versions = readVersions();
  const progress = createProgress();

  const { endpoint, chat, notebooks } = await withEndpoint(async (endpoint) => {
    progress.say(`\n${describeModel(endpoint)}\n\n> ${question}\n`);
    // No `stop`, which would hold the first text back, and a seed: the time to first token is comparable between runs.
    const chat = await printChat(endpoint, {
      messages: [{ role: "user", content: question }],
      max_tokens: 64,
      temperature: 0.6,
      seed: 7,
    });
    progress.say("\nRunning the notebooks:");
    const { model, server } = endpoint;
    const notebooks = await runNotebooks({
      notebooks: listNotebooks(),
      stateFolder: join(stateFolder, target),
      runFolder,
      details: {
        startedAt: startedAt.toISOString(),
        target,
        model,
        server,
        versions,
        summaryHref: "index.html",
      },
      progress,
    });
    return { endpoint, chat, notebooks };
  });

  const summary = summarize({ target, endpoint, chat, startedAt, notebooks, versions });
  await writeReportIndex({ reportsFolder: values.reports, runFolder, summary });
  const isSimulated = endpoint.server.includes("simulated");
  progress.say(`\n${describeSummary({ summary, runFolder, isSimulated })}`);
  const failed = notebooks.filter(({ ok }) => !ok);
  for (const notebook of failed) progress.say(`\n${describeFailure(notebook)}`);
  progress.say(`\n${nextCommands}`);
  return failed.length === 0 ? 0 : 1;
});

/** @param {import("./notebooks.mjs").NotebookRun} notebook */
function describeFailure({ name, copy, failure }) {
  const indent = (/** @type {string} */ text) => text.trim().replaceAll(/^/gm, "    ");
  return (
    `${name} failed in code cell ${failure?.cell}:\n\n${indent(failure?.source ?? "")}\n\n` +
    `which said:\n\n${indent(failure?.output ?? "")}\n\nThe executed copy is ${copy}`
  );
}
