// The two front pages of the reports: one over a run, one over all runs.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { escapeHtml, formatFigure, renderPage, renderTable, toHref } from "./page.mjs";
import { createHider, readSurroundings } from "./privacy.mjs";
import { renderRun } from "./run.mjs";
import { describeSecret, listKnownSecrets } from "./secrets.mjs";

/** @typedef {import("./run.mjs").RunSummary} RunSummary */

/**
 * Writes the summary of a run (`summary.json` and `index.html` in its folder) and the index over all runs.
 *
 * As in the pages of the notebooks, what is private is replaced, and nothing is written that holds a key.
 *
 * @param {{ reportsFolder: string, runFolder: string, summary: RunSummary, surroundings?: import("./privacy.mjs").Surroundings, knownSecrets?: readonly string[] }} options
 *   `runFolder` is `<reportsFolder>/<target>/<start time>`; the last two as in `exportReport`
 * @throws LauncherError where the summary holds a key or what looks like one.
 */
export function writeReportIndex({ reportsFolder, runFolder, summary, ...options }) {
  const { surroundings = readSurroundings(), knownSecrets = listKnownSecrets() } = options;
  const shown = createHider(surroundings, summary).inOutputs(summary);
  const page = renderRun(shown, relative(runFolder, reportsFolder));
  const found = describeSecret(page, knownSecrets);
  if (found !== null)
    throw new LauncherError(
      `The summary of the run was not written: it would hold ${found}. Look at the answer.`,
    );
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(join(runFolder, "summary.json"), `${JSON.stringify(shown, null, 2)}\n`);
  writeFileSync(join(runFolder, "index.html"), page);
  writeFileSync(join(reportsFolder, "index.html"), renderRuns(reportsFolder));
}

/** @param {string} reportsFolder */
function renderRuns(reportsFolder) {
  const { runs, unreadable } = readRuns(reportsFolder);
  const rows = runs.map(({ folder, summary }) => {
    const { startedAt, target, timeToFirstTokenMs, outputTokensPerSecond, throughput, notebooks } = summary;
    const failed = notebooks.filter(({ ok }) => !ok).length;
    return (
      `<tr><td class="time"><a href="${escapeHtml(toHref(folder))}/index.html">${startedAt.slice(0, 16).replace("T", " ")}</a></td>` +
      `<td>${escapeHtml(target)}</td><td>${escapeHtml(describeModel(summary))}</td>` +
      `<td class="number">${formatFigure(timeToFirstTokenMs, 0) ?? "–"}</td>` +
      `<td class="number">${formatFigure(outputTokensPerSecond, 1) ?? "–"}</td>` +
      `<td class="number">${formatFigure(throughput?.outputTokensPerSecond, 1) ?? "–"}</td>` +
      `<td>${failed === 0 ? `${notebooks.length} ran through` : `<span class="failed">${failed} of ${notebooks.length} failed</span>`}</td></tr>`
    );
  });
  const heads = [
    { text: "Started (UTC)" },
    { text: "Target" },
    { text: "Model" },
    { text: "First token (ms)", isNumber: true },
    { text: "One answer (tokens/s)", isNumber: true },
    { text: "At most (tokens/s)", isNumber: true },
    { text: "Notebooks" },
  ];
  const notes = unreadable.map(
    (folder) => `<p class="note">Left out: ${escapeHtml(folder)} has no summary that can be read.</p>`,
  );
  return renderPage({
    title: "Reports",
    main: [
      "<p>All runs, newest first. First token and speed are measured with one answer at a time, the most with as many as served it best, on the server that the run names; a rehearsal’s say nothing about a GPU.</p>",
      renderTable({ label: "All runs", heads, rows }),
      ...notes,
    ].join("\n"),
  });
}

/**
 * Says what truly answered: a rehearsal's server names the model that stands in for the one asked for.
 * @param {RunSummary} summary
 */
function describeModel({ model, server }) {
  return server.includes(`standing in for ${model}`) ? server.replace(/^rehearsal: /, "") : model;
}

/**
 * Reads the summaries of all runs, newest first.
 * @param {string} reportsFolder
 */
export function readRuns(reportsFolder) {
  const runs = [];
  const unreadable = [];
  for (const target of listFolders(reportsFolder)) {
    for (const start of listFolders(join(reportsFolder, target))) {
      const folder = join(target, start);
      const summary = readSummary(join(reportsFolder, folder, "summary.json"));
      if (summary === null) unreadable.push(folder);
      else runs.push({ folder, summary });
    }
  }
  runs.sort((a, b) => b.summary.startedAt.localeCompare(a.summary.startedAt));
  return { runs, unreadable };
}

/**
 * @param {string} file
 * @returns {RunSummary | null}
 */
function readSummary(file) {
  try {
    const summary = JSON.parse(readFileSync(file, "utf8"));
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(summary.startedAt) && Array.isArray(summary.notebooks)
      ? summary
      : null;
  } catch {
    return null;
  }
}

/** @param {string} folder */
function listFolders(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
