// `npm start`, under the chosen Node: one answer in the terminal, all notebooks, their reports, a summary.

import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { loadSettings, openEndpoint, printChat } from "workbook";
import { beforeEnd } from "../set-up/child-processes.mjs";
import { LauncherError } from "../set-up/launcher-error.mjs";
import { createProgress } from "../set-up/progress.mjs";
import { inProject, listNotebooks } from "../set-up/project.mjs";
import { runStage } from "../set-up/stage.mjs";
import { confirmCost, endPods } from "./money/paid-run.mjs";
import { runNotebooks } from "./notebooks.mjs";
import { withRehearsal } from "./rehearsal.mjs";
import { writeReportIndex } from "./report/index.mjs";
import { describeModel, describeSummary, readVersions, summarize } from "./summary.mjs";

/** @typedef {import("./notebooks.mjs").NotebookRun} NotebookRun */

const question = "Hello, how are you?";

const nextCommands = `Next:
  npm run lab          the same notebooks in JupyterLab, to read and to change
  npm test             checks everything
  less .env.example    how to point the workbook at an endpoint of your own, or at a rented GPU`;

await runStage(async () => {
  const { values } = parseArgs({
    options: {
      reports: { type: "string", default: inProject("reports") },
      yes: { type: "boolean", default: false },
    },
  });
  const { target, stateFolder } = loadSettings();
  if (target === "runpod") await confirmCost({ isConfirmed: values.yes });
  const startedAt = new Date();
  const startName = startedAt.toISOString().slice(0, 19).replaceAll(":", "-");
  const runFolder = join(values.reports, target, startName);
  const versions = readVersions();
  const progress = createProgress();

  const run = (/** @type {readonly string[]} */ notebooks, served = { model: "", server: "" }) =>
    runNotebooks({
      notebooks,
      stateFolder: join(stateFolder, target),
      runFolder,
      details: { startedAt: startedAt.toISOString(), target, ...served, versions, summaryHref: "index.html" },
      progress,
    });

  const { endpoint, chat, notebooks, pods } = await withRehearsal(() =>
    withPodsEnded(target, async () => {
      // A rented pod is there only when the notebook 01-deploy has rented it.
      const all = listNotebooks();
      const first = target === "runpod" ? all.filter((file) => basename(file) < "02") : [];
      const deployed = await run(first);
      const failed = deployed.find(({ ok }) => !ok);
      if (failed !== undefined) throw new LauncherError(describeFailure(failed));
      const endpoint = await openEndpoint();
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
      const rest = await run(
        all.filter((file) => !first.includes(file)),
        { model, server },
      );
      return { endpoint, chat, notebooks: [...deployed, ...rest] };
    }),
  );

  const summary = summarize({ target, endpoint, chat, startedAt, notebooks, versions, stateFolder });
  await writeReportIndex({ reportsFolder: values.reports, runFolder, summary });
  const isSimulated = endpoint.server.includes("simulated");
  progress.say(`\n${describeSummary({ summary, runFolder, isSimulated, pods })}`);
  const failed = notebooks.filter(({ ok }) => !ok);
  for (const notebook of failed) progress.say(`\n${describeFailure(notebook)}`);
  progress.say(`\n${nextCommands}`);
  return failed.length === 0 ? 0 : 1;
});

/**
 * Runs some work and ends every pod that it left, whatever came of it: done, failed or interrupted.
 *
 * @template Result
 * @param {string} target
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result & { pods: string }>} `pods` says what became of them
 */
async function withPodsEnded(target, work) {
  if (target === "given") return { ...(await work()), pods: "none: the endpoint is given" };
  const forget = beforeEnd(async () => console.log(await endPods()));
  /** @type {Result} */
  let result;
  try {
    result = await work();
  } catch (error) {
    forget();
    console.log(await endPods());
    throw error;
  }
  forget();
  return { ...result, pods: await endPods() };
}

/** @param {NotebookRun} notebook */
function describeFailure({ name, copy, failure }) {
  const indent = (/** @type {string} */ text) => text.trim().replaceAll(/^/gm, "    ");
  return (
    `${name} failed in code cell ${failure?.cell}:\n\n${indent(failure?.source ?? "")}\n\n` +
    `which said:\n\n${indent(failure?.output ?? "")}\n\nThe executed copy is ${copy}`
  );
}
