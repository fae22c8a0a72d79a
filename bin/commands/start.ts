// `npm start`: one answer in the terminal, all notebooks, their reports, a summary.

import { basename, join } from "node:path";
import { APIError } from "openai";
import { loadSettings, openEndpoint, printChat, walkthrough } from "workbook";
import { describeCellError } from "workbook/explain";
import { LauncherError } from "../set-up/launcher-error.mjs";
import { createProgress } from "../set-up/progress.mjs";
import { inProject, listNotebooks } from "../set-up/project.mjs";
import { runCommand } from "../set-up/stage.mjs";
import { claimFolder } from "./claim-folder.ts";
import { confirmCost, withPodsEnded } from "./money/paid-run.ts";
import { type NotebookRun, runNotebooks } from "./notebooks.ts";
import { withRehearsal } from "./rehearsal.ts";
import { writeReportIndex } from "./report/index.ts";
import { describeModel, describeSummary, readVersions, summarize } from "./summary.ts";

const question = "Hello, how are you?";

const nextCommands = `Next:
  npm run lab          the same notebooks in JupyterLab, to read and to change
  npm test             checks everything
  less .env.example    how to point the workbook at an endpoint of your own, or at a rented GPU`;

await runCommand("start", async ({ isConfirmed, notebooksFolder, reportsFolder = inProject("reports") }) => {
  const { target, stateFolder } = loadSettings();
  if (target === "runpod") await confirmCost({ isConfirmed });
  const startedAt = new Date();
  const startName = startedAt.toISOString().slice(0, 19).replaceAll(":", "-");
  let folders: { runFolder: string; copies: string } | undefined;
  // Only when there is something to write: a run that fails before leaves no empty report.
  const claimFolders = () => {
    if (folders !== undefined) return folders;
    const runFolder = claimFolder(join(reportsFolder, target), startName);
    // Outputs hold ids of pods and balances, which only reports leave out.
    const copies = claimFolder(join(stateFolder, target, "executed"), basename(runFolder), { mode: 0o700 });
    folders = { runFolder, copies };
    return folders;
  };
  const versions = readVersions();
  const progress = createProgress();

  const run = async (notebooks: readonly string[], served: { model?: string; server?: string } = {}) => {
    if (notebooks.length === 0) return [];
    return runNotebooks({
      notebooks,
      stateFolder: join(stateFolder, target),
      ...claimFolders(),
      details: { startedAt: startedAt.toISOString(), target, ...served, versions, summaryHref: "index.html" },
      // What costs money keeps to the order in which it is read.
      atOnce: target === "runpod" ? 1 : 2,
      progress,
    });
  };

  const { endpoint, chat, notebooks, pods } = await withRehearsal(() =>
    withPodsEnded(target, async () => {
      // A rented pod is there only when the notebook 01-deploy has rented it.
      const all = listNotebooks(notebooksFolder);
      const first = target === "runpod" ? all.filter((file) => basename(file) < "02") : [];
      const deployed = await run(first);
      const failed = deployed.find(({ ok }) => !ok);
      if (failed !== undefined) throw new LauncherError(describeFailure(failed));
      const endpoint = await openEndpoint();
      progress.say(`\n${describeModel(endpoint)}\n\n> ${question}\n`);
      // No `stop`, which would hold the first text back, and a seed: the time to first token is comparable between runs.
      // Of a model that is not known nothing is asked that some refuse.
      const sampling = target === "given" ? {} : { temperature: 0.6, seed: 7 };
      const chat = await printChat(
        endpoint,
        { messages: [{ role: "user", content: question }], max_tokens: 64, ...sampling },
        { bounds: { totalMs: 10 * 60_000, answerCharacters: 100_000 } },
      ).catch(explainRefusal);
      const minutes = Object.values(walkthrough.maxMinutes).reduce((sum, one) => sum + one, 0);
      progress.say(`\nRunning the notebooks (03-throughput measures for at most ${minutes} minutes):`);
      const { model, server } = endpoint;
      const others = all.filter((file) => !first.includes(file));
      const rest = await run(others, { model, server });
      return { endpoint, chat, notebooks: [...deployed, ...rest] };
    }),
  );

  const summary = summarize({ target, endpoint, chat, startedAt, notebooks, versions, stateFolder });
  const { runFolder } = claimFolders();
  writeReportIndex({ reportsFolder, runFolder, summary });
  progress.say(`\n${describeSummary({ summary, runFolder, pods })}`);
  const failed = notebooks.filter(({ ok }) => !ok);
  for (const notebook of failed) progress.say(`\n${describeFailure(notebook)}`);
  progress.say(`\n${nextCommands}`);
  return failed.length === 0 ? 0 : 1;
});

/** What a server refuses is no fault of the launcher: its words and what to do, without a stack. */
function explainRefusal(error: unknown): never {
  throw error instanceof APIError ? new LauncherError(describeCellError(error), { cause: error }) : error;
}

function describeFailure({ name, copy, failure }: NotebookRun): string {
  const indent = (text = "") => text.trim().replaceAll(/^/gm, "    ");
  return (
    `${name} failed in code cell ${failure?.cell}:\n\n${indent(failure?.source)}\n\n` +
    `which said:\n\n${indent(failure?.output)}\n\nThe executed copy is ${copy}`
  );
}
