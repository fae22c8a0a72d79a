// The two front pages of the reports: one over a run, one over all runs.

import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { escapeHtml } from "workbook/words";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { formatFigure, renderPage, renderTable, toHref } from "./page.ts";
import { createHider, readSurroundings, type Surroundings } from "./privacy.ts";
import { renderRun } from "./run.ts";
import { type RunSummary, runSummarySchema } from "./run-summary.ts";
import { describeSecret, listKnownSecrets } from "./secrets.ts";

/**
 * Writes the summary of a run (`summary.json` and `index.html` in its folder) and the index over all runs.
 *
 * As in the pages of the notebooks, what is private is replaced, and nothing is written that holds a key.
 *
 * @throws LauncherError where the summary holds a key or what looks like one.
 */
export function writeReportIndex(options: {
  reportsFolder: string;
  /** `<reportsFolder>/<target>/<start time>` */
  runFolder: string;
  summary: RunSummary;
  /** As in `exportReport`. */
  surroundings?: Surroundings;
  /** As in `exportReport`. */
  knownSecrets?: readonly string[];
}): void {
  const { reportsFolder, runFolder, summary } = options;
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

function renderRuns(reportsFolder: string): string {
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

/** Says what truly answered: a rehearsal's server names the model that stands in for the one asked for. */
function describeModel({ model, server, standsInFor }: RunSummary): string {
  return standsInFor === null ? model : server.replace(/^rehearsal: /, "");
}

/** Reads the summaries of all runs, newest first. */
export function readRuns(reportsFolder: string): {
  runs: { folder: string; summary: RunSummary }[];
  unreadable: string[];
} {
  const folders = globSync("*/*", { cwd: reportsFolder, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => relative(reportsFolder, join(parentPath, name)))
    .sort();
  const read = folders.map((folder) => ({
    folder,
    summary: readSummary(join(reportsFolder, folder, "summary.json")),
  }));
  const runs = read.flatMap(({ folder, summary }) => (summary === null ? [] : [{ folder, summary }]));
  runs.sort((a, b) => b.summary.startedAt.localeCompare(a.summary.startedAt));
  return { runs, unreadable: read.filter(({ summary }) => summary === null).map(({ folder }) => folder) };
}

function readSummary(file: string): RunSummary | null {
  try {
    return runSummarySchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
