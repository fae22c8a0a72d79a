// What a run comes to: the same figures for the terminal and for the report's front page, each with what it is.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { breakEven } from "workbook";
import { inProject, readIfPresent } from "../set-up/project.mjs";
import { readThroughput, readVerdict } from "./run-findings.mjs";

/** @typedef {import("./notebooks.mjs").NotebookRun} NotebookRun */

/**
 * Sums up a run as plain data; it is saved beside the reports as `summary.json`.
 *
 * @param {object} run
 * @param {string} run.target
 * @param {import("workbook").Endpoint} run.endpoint
 * @param {import("workbook").ChatResult} run.chat
 * @param {Date} run.startedAt
 * @param {readonly NotebookRun[]} run.notebooks
 * @param {ReturnType<typeof readVersions>} run.versions
 * @param {string} run.stateFolder where the measurements of the run are
 */
export function summarize({ target, endpoint, chat, startedAt, notebooks, versions, stateFolder }) {
  return {
    target,
    model: endpoint.model,
    server: endpoint.server,
    startedAt: startedAt.toISOString(),
    answer: chat.text,
    timeToFirstTokenMs: chat.timeToFirstTokenMs,
    outputTokensPerSecond: chat.outputTokensPerSecond,
    throughput: readThroughput({ stateFolder, since: startedAt }),
    breakEven: describeBreakEven(),
    verdict: readVerdict(notebooks.map(({ copy }) => copy)),
    notebooks: notebooks.map(({ name, title, file, ok, seconds }) => ({ name, title, file, ok, seconds })),
    versions,
  };
}

/** @typedef {ReturnType<typeof summarize>} Summary */

/**
 * Writes the summary for the terminal.
 *
 * @param {{ summary: Summary, runFolder: string, isSimulated: boolean, pods: string }} options `pods`: what became of them
 * @returns {string}
 */
export function describeSummary({ summary, runFolder, isSimulated, pods }) {
  const { timeToFirstTokenMs, outputTokensPerSecond, target, throughput, verdict } = summary;
  const kind = isSimulated
    ? "simulated"
    : target === "rehearsal"
      ? "measured on this machine"
      : "measured from here";
  const rows = [
    ["Target", target === "rehearsal" ? "rehearsal: nothing left this machine, nothing cost money" : target],
    ["Model", describeModel(summary)],
    ["Answer", summary.answer.replaceAll(/\s+/g, " ").trim()],
    [
      "First token",
      timeToFirstTokenMs === null ? "no text came" : `after ${timeToFirstTokenMs.toFixed(0)} ms (${kind})`,
    ],
    [
      "Speed",
      outputTokensPerSecond === null
        ? "not known: the server reports no token counts"
        : `${outputTokensPerSecond.toFixed(1)} tokens/s for one answer at a time (${kind})`,
    ],
    ...(throughput === null ? [] : [["Throughput", `${describeThroughput(throughput)} (${kind})`]]),
    ["Break-even", `${summary.breakEven} (computed)`],
    ...(verdict === null ? [] : [["Verdict", `${verdict.split(" Assumed: ")[0]} (computed)`]]),
    ["Pods", pods.replaceAll("\n", " ")],
    ["Report", pathToFileURL(join(runFolder, "index.html")).href],
  ];
  return rows.map(([name, text]) => `${name?.padEnd(12)} ${text}`).join("\n");
}

/** @param {import("./run-findings.mjs").Throughput} throughput */
function describeThroughput({ outputTokensPerSecond, streams }) {
  return `${outputTokensPerSecond.toFixed(1)} tokens/s of output with ${streams} ${streams === 1 ? "request" : "requests"} at a time`;
}

/**
 * Names the model and what serves it; a rehearsal's server says itself which model stands in for which.
 * @param {{ model: string, server: string }} endpoint
 */
export function describeModel({ model, server }) {
  return server.includes(model) ? server : `${model} (${server})`;
}

/** The walkthrough's question: a machine of four A40 GPUs against a service that charges per token. */
function describeBreakEven() {
  const { inputTokensPerHour, totalTokensPerSecond, outputTokensPerSecond } = breakEven({
    gpuUsdPerHour: 1.56,
    inputUsdPerMillion: 2.68,
    outputUsdPerMillion: 3.54,
    inputTokensPerOutputToken: 1,
  });
  const tokensPerHour = Math.round(inputTokensPerHour).toLocaleString("en-US");
  return (
    `4 × A40 at $1.56 per hour pay against Llama 3.1 70B at $2.68 in and $3.54 out per million tokens ` +
    `from ${tokensPerHour} tokens each way per hour: ` +
    `${totalTokensPerSecond.toFixed(1)} tokens/s in total, ${outputTokensPerSecond.toFixed(1)} of them output`
  );
}

/** Returns the versions of what a run's figures and pages came about with. */
export function readVersions() {
  const requirements = readIfPresent(inProject("jupyter/requirements.txt")) ?? "";
  const locked = (/** @type {string} */ name) =>
    requirements.match(new RegExp(`^${name}==([^\\s;]+)`, "m"))?.[1] ?? "";
  const installed = (/** @type {string} */ file) =>
    JSON.parse(readIfPresent(inProject(file)) ?? "{}").version ?? "";
  return {
    workbook: installed("package.json"),
    node: process.versions.node,
    tslab: installed("node_modules/tslab/package.json"),
    jupyterlab: locked("jupyterlab"),
    nbconvert: locked("nbconvert"),
  };
}
