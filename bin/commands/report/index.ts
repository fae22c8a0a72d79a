// The two front pages of the reports: one over a run, one over all runs.

import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { escapeHtml, parseJson } from "workbook/words";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { readIfPresent } from "../../set-up/project.mjs";
import { renderComparedRuns } from "./compared-runs.ts";
import { formatFigure, renderPage, renderTable, toHref } from "./page.ts";
import { createHider, readSurroundings, type Surroundings } from "./privacy.ts";
import { renderRun } from "./run.ts";
import { type RunSummary, runSummarySchema } from "./run-summary.ts";
import { describeSecret, listKnownSecrets } from "./secrets.ts";

/** Writes a run's `summary.json`, its front page and the index over all runs, without what is private; a key is refused. */
export function writeReportIndex(options: {
  reportsFolder: string;
  /** `<reportsFolder>/<target>/<start time>` */
  runFolder: string;
  summary: RunSummary;
  surroundings?: Surroundings;
  knownSecrets?: readonly string[];
}): void {
  const { reportsFolder, runFolder, summary } = options;
  const { surroundings = readSurroundings(), knownSecrets = listKnownSecrets() } = options;
  const shown = createHider({ surroundings, shown: summary }).inOutputs(summary);
  const page = renderRun(shown, relative(runFolder, reportsFolder));
  const data = `${JSON.stringify(shown, null, 2)}\n`;
  const found = describeSecret(page, knownSecrets) ?? describeSecret(data, knownSecrets);
  if (found !== null)
    throw new LauncherError(
      `The summary of the run was not written: it would hold ${found}. Look at the answer.`,
    );
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(join(runFolder, "summary.json"), data);
  writeFileSync(join(runFolder, "index.html"), page);
  writeFileSync(join(reportsFolder, "index.html"), renderRuns(reportsFolder));
}

const columns = [
  ["Started (UTC)", "time", "date"],
  ["Verdict on the load (computed)"],
  ["First token (ms)", "number"],
  ["One answer (tokens/s)", "number"],
  ["All answers (tokens/s)", "number"],
  ["Notebooks"],
  ["Figures", "", "kind"],
  ["Model", "", "source"],
] as const;

function renderRuns(reportsFolder: string): string {
  const { runs, unreadable } = readRuns(reportsFolder);
  const compared = renderComparedRuns(runs.map(({ summary }) => summary));
  const isCompared = compared.style !== "";
  const rows = runs.map(({ folder, summary }) => {
    const { startedAt, timeToFirstTokenMs, outputTokensPerSecond, throughput, picture } = summary;
    const cells = [
      `<a href="${toHref(folder)}/index.html">${startedAt.slice(0, 16).replace("T", " ")}</a>`,
      escapeHtml(picture?.headline ?? "none: 05-decide has not run through"),
      formatFigure(timeToFirstTokenMs, 0) ?? "–",
      formatFigure(outputTokensPerSecond, 1) ?? "–",
      formatFigure(throughput?.outputTokensPerSecond, 1) ?? "–",
      sayNotebooks(summary),
      summary.isSimulated ? "simulated" : "measured",
      escapeHtml(`${summary.target}: ${describeModel(summary)}`),
    ];
    return isCompared ? [compared.boxOf(summary), ...cells] : cells;
  });
  const table = renderTable({
    label: "All runs",
    columns: isCompared ? [["Compare"], ...columns] : columns,
    rows,
  });
  return renderPage({
    title: "Reports",
    main: [
      `<p>All runs, newest first. <em>First token</em> and <em>one answer</em> are of the chat with which the run began. <em>All answers</em> is the highest rate that the notebook on throughput measured, of all answers at that moment together; the notebooks run two at a time, so it can be lower than that of the chat. A rehearsal’s figures say nothing about a GPU.</p>\n${table}`,
      ...unreadable.map((folder) => renderUnreadable(reportsFolder, folder)),
      compared.section,
    ].join("\n"),
    style: compared.style,
  });
}

function sayNotebooks({ notebooks }: RunSummary): string {
  const failed = notebooks.filter(({ ok }) => !ok).length;
  const count = notebooks.length;
  return failed === 0 ? `${count} ran through` : `<span class="failed">${failed} of ${count} failed</span>`;
}

/** A run that was stopped has pages, but nothing that sums it up. */
function renderUnreadable(reportsFolder: string, folder: string): string {
  const pages = globSync("*.html", { cwd: join(reportsFolder, folder) }).sort();
  const links = pages.map(
    (page) => `<a href="${toHref(join(folder, page))}">${escapeHtml(page.replace(".html", ""))}</a>`,
  );
  const left = links.length === 0 ? "" : ` Its pages: ${links.join(", ")}.`;
  return `<p class="note">Left out: ${escapeHtml(folder)} has no summary that can be read.${left}</p>`;
}

/** Says what truly answered: a rehearsal's server names the model that stands in for the one asked for. */
function describeModel({ model, server, standsInFor }: RunSummary): string {
  return standsInFor === null ? model : server.replace(/^rehearsal: /, "");
}

/** Reads the summaries of all runs, newest first. */
export function readRuns(reportsFolder: string) {
  const folders = globSync("*/*", { cwd: reportsFolder, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => relative(reportsFolder, join(parentPath, name)))
    .sort();
  const runs: { folder: string; summary: RunSummary }[] = [];
  const unreadable: string[] = [];
  for (const folder of folders) {
    const text = readIfPresent(join(reportsFolder, folder, "summary.json")) ?? "";
    const summary = runSummarySchema.safeParse(parseJson(text)).data;
    if (summary === undefined) unreadable.push(folder);
    else runs.push({ folder, summary });
  }
  runs.sort((a, b) => b.summary.startedAt.localeCompare(a.summary.startedAt));
  return { runs, unreadable };
}
