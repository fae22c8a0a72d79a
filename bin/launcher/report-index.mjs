// The two front pages of the reports: one over a run, one over all runs.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { LauncherError } from "./launcher-error.mjs";
import {
  escapeHtml,
  explainKinds,
  formatDate,
  formatTime,
  listVersions,
  renderPage,
} from "./report-page.mjs";
import { createHider, readSurroundings } from "./report-privacy.mjs";
import { describeSecret, listKnownSecrets } from "./report-secrets.mjs";

/**
 * A run in figures, as it is saved in `summary.json`; `null` is a figure that is not known.
 *
 * @typedef {object} RunSummary
 * @property {string} target
 * @property {string} model
 * @property {string} server
 * @property {string} startedAt ISO time
 * @property {string} answer
 * @property {number | null} timeToFirstTokenMs
 * @property {number | null} outputTokensPerSecond
 * @property {import("./run-findings.mjs").Throughput | null} throughput the highest that was measured
 * @property {string} breakEven the walkthrough's example
 * @property {string | null} verdict in a sentence, with what it assumes
 * @property {readonly { name: string, title: string, file: string, ok: boolean, seconds: number }[]} notebooks
 * @property {Readonly<Record<string, string>>} versions
 */

const runNames = /** @type {Record<string, string>} */ ({
  rehearsal: "Rehearsal",
  runpod: "Run on RunPod",
  given: "Run on a given endpoint",
});

/**
 * Writes the summary of a run (`summary.json` and `index.html` in its folder) and the index over all runs.
 *
 * As in the pages of the notebooks, what is private is replaced, and nothing is written that holds a key.
 *
 * @param {{ reportsFolder: string, runFolder: string, summary: RunSummary, surroundings?: import("./report-privacy.mjs").Surroundings, knownSecrets?: readonly string[] }} options
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

/**
 * @param {RunSummary} summary
 * @param {string} reportsHref
 */
function renderRun(summary, reportsHref) {
  const { target, model, server, startedAt, versions } = summary;
  return renderPage({
    title: `${runNames[target] ?? target}, ${formatDate(startedAt)}`,
    facts: [
      ["Date", formatTime(startedAt)],
      ["Target", target],
      ["Model", model],
      ["Server", server],
      ["Versions", listVersions(versions)],
    ],
    navigation: `<nav aria-label="Reports"><a href="${escapeHtml(toHref(reportsHref))}/index.html">All runs</a></nav>`,
    main: `${renderFigures(summary)}
${renderVerdict(summary)}
<h2>The answer</h2>
<pre class="stream">${escapeHtml(summary.answer.trim())}</pre>
<h2>Notebooks</h2>
${renderNotebooks(summary)}`,
    footer: explainKinds(),
  });
}

/** @param {RunSummary} summary */
function renderVerdict({ verdict, breakEven, notebooks }) {
  const [sentence, assumed] = (verdict ?? "").split(/ (?=Assumed: )/);
  const from = notebooks.find(({ name }) => name === "04-cost");
  const link =
    from === undefined ? "" : ` <a href="${escapeHtml(encodeURI(from.file))}">How it was found out</a>.`;
  const paragraphs = [
    ...(sentence === "" ? [] : [`<p>${escapeHtml(sentence)}</p>`]),
    ...(assumed === undefined ? [] : [`<p class="note">${escapeHtml(assumed)}</p>`]),
    `<p>The walkthrough’s example: ${escapeHtml(breakEven)}.</p>`,
    `<p class="note">Computed, from the prices and the capacities that it names.${link}</p>`,
  ];
  return `<h2>Is it worth it?</h2>\n${paragraphs.join("\n")}`;
}

/** @param {RunSummary} summary */
function renderFigures(summary) {
  const { timeToFirstTokenMs, outputTokensPerSecond, throughput } = summary;
  const kind = kindOfFigures(summary);
  const streams = throughput?.streams ?? 0;
  const figures = [
    {
      name: "Time to first token",
      value: formatFigure(timeToFirstTokenMs, 0, "ms"),
      missing: "no text came",
    },
    {
      name: "Output, one answer at a time",
      value: formatFigure(outputTokensPerSecond, 1, "tokens/s"),
      missing: "the server reports no token counts",
    },
    {
      name:
        streams === 1
          ? "Throughput, the highest with one request at a time"
          : `Throughput, ${streams === 0 ? "many" : streams} requests at a time`,
      value: formatFigure(throughput?.outputTokensPerSecond, 1, "tokens/s"),
      missing: "this run has measured none",
    },
  ];
  const items = figures.map(
    ({ name, value, missing }) =>
      `<div><dt>${name}</dt><dd class="value">${value ?? "–"}</dd>` +
      `<dd class="kind">${value === null ? missing : escapeHtml(kind)}</dd></div>`,
  );
  return `<dl class="figures">\n${items.join("\n")}\n</dl>`;
}

/**
 * Says what the measured figures of a run are worth.
 * @param {RunSummary} summary
 */
function kindOfFigures({ target, server }) {
  if (server.includes("simulated")) return "Simulated: it says nothing about any machine.";
  if (target === "rehearsal")
    return "Measured on this machine, in the rehearsal: it says nothing about a GPU.";
  return "Measured from this machine, the network's time included.";
}

/** @param {RunSummary} summary */
function renderNotebooks({ notebooks }) {
  const rows = notebooks.map(
    ({ name, title, file, ok, seconds }) =>
      `<tr><td><a href="${escapeHtml(encodeURI(file))}">${escapeHtml(title)}</a></td><td>${escapeHtml(name)}</td>` +
      `<td>${ok ? "ran through" : '<span class="failed">failed</span>'}</td>` +
      `<td class="number">${seconds.toFixed(1)}</td></tr>`,
  );
  const heads = [
    { text: "Notebook" },
    { text: "File" },
    { text: "Result" },
    { text: "Time (s)", isNumber: true },
  ];
  return renderTable({ label: "Notebooks of this run", heads, rows });
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
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** @param {{ label: string, heads: readonly { text: string, isNumber?: boolean }[], rows: readonly string[] }} table */
function renderTable({ label, heads, rows }) {
  const columns = heads.map(
    ({ text, isNumber = false }) => `<th scope="col"${isNumber ? ' class="number"' : ""}>${text}</th>`,
  );
  return `<div class="table-scroll" tabindex="0" role="group" aria-label="${label}">
<table>
<thead><tr>${columns.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</div>`;
}

/**
 * @param {unknown} figure
 * @param {number} digits
 * @param {string} [unit]
 * @returns {string | null}
 */
function formatFigure(figure, digits, unit = "") {
  if (typeof figure !== "number" || !Number.isFinite(figure)) return null;
  const number = figure.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number} ${unit}`.trim();
}

/** @param {string} path */
function toHref(path) {
  return path.split(sep).map(encodeURIComponent).join("/");
}
