// The front page of a run: its figures, the verdict, the answer, and the way to the notebooks.

import {
  escapeHtml,
  explainKinds,
  formatDate,
  formatFigure,
  formatTime,
  listVersions,
  renderPage,
  renderTable,
  toHref,
} from "./page.mjs";

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
 * @property {import("../run-findings.mjs").Throughput | null} throughput the highest that was measured
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
 * Returns the page that sums up a run.
 *
 * @param {RunSummary} summary
 * @param {string} reportsHref the folder of all reports, from the run's
 */
export function renderRun(summary, reportsHref) {
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
