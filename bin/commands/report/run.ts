// The front page of a run: whether it pays, the run's own figures, the model's answer, and the way to the notebooks.

import { sourceHtml } from "workbook/show";
import { escapeHtml } from "workbook/words";
import {
  explainKinds,
  formatDate,
  formatFigure,
  formatTime,
  listVersions,
  renderFacts,
  renderPage,
  renderTable,
  toHref,
} from "./page.ts";
import type { RunSummary } from "./run-summary.ts";
import { drawWays } from "./ways-picture.ts";

const runNames: Readonly<Record<string, string>> = {
  rehearsal: "Rehearsal",
  runpod: "Run on Runpod",
  given: "Run on a given endpoint",
};

/** Returns the page that sums up a run; `reportsHref` is the folder of all reports, from the run's. */
export function renderRun(summary: RunSummary, reportsHref: string): string {
  const { target, model, server, startedAt, versions } = summary;
  return renderPage({
    title: `${runNames[target] ?? target}, ${formatDate(startedAt)}`,
    navigation: `<nav aria-label="Reports"><a href="${toHref(reportsHref)}/index.html">All runs</a></nav>`,
    main: `${renderAnswers(summary)}
<h2>This run</h2>
${renderFigures(summary)}
${renderFacts([
  ["Date", formatTime(startedAt)],
  ["Target", target],
  ["Model", model],
  ["Server", server],
  ["Versions", listVersions(versions)],
])}
<h2>The model’s answer</h2>
<pre class="stream">${escapeHtml(summary.answer.trim())}</pre>
<h2>Notebooks</h2>
${renderNotebooks(summary)}`,
    footer: explainKinds(),
  });
}

/** The picture with the verdict on it, then each question with its answer. */
function renderAnswers({ answers, picture, sources, notebooks }: RunSummary): string {
  const drawn =
    picture === null
      ? ""
      : `<p>For the load in the first cell of 05-decide, an example until you put in your own:</p>\n<figure>${drawWays(picture)}</figure>\n`;
  const items = answers.map(({ asked, sentence, rests, notebook }) => {
    const from = notebooks.find(({ name }) => name === notebook);
    const link = from === undefined ? "" : `\n<p><a href="${toHref(from.file)}">How it was found out</a></p>`;
    const notes = rests.map((text) => `\n<p>${escapeHtml(text)}</p>`).join("");
    return `<h3>${escapeHtml(asked)}</h3>
<p>${escapeHtml(sentence)}</p>
<details class="note"><summary>What this rests on</summary>${notes}${link}</details>`;
  });
  return `<h2>Does it pay?</h2>
${drawn}${items.join("\n")}
<p class="note origin"><b>Computed</b> from the prices and the runs in this list, and only as good as these.</p>
<details class="note"><summary>Prices and runs, with their days and sources</summary>${renderSources(sources)}</details>`;
}

function renderSources(sources: RunSummary["sources"]): string {
  const rows = sources.map(({ name, observed, source }) => [
    escapeHtml(name),
    escapeHtml(observed),
    sourceHtml(source),
  ]);
  const columns = [
    ["Published price or run"],
    ["Seen or published", "time", "date"],
    ["Source", "", "source"],
  ] as const;
  return rows.length === 0 ? "" : `\n${renderTable({ label: "Where these figures stand", columns, rows })}`;
}

function renderFigures(summary: RunSummary): string {
  const { timeToFirstTokenMs, outputTokensPerSecond, throughput, people, server, startedAt } = summary;
  const streams = throughput?.streams ?? 0;
  const throughputName =
    streams === 1
      ? "Throughput, the highest with one request at a time"
      : `Throughput, ${streams === 0 ? "many" : streams} requests at a time`;
  const item = (name: string, value: string | null, missing: string) =>
    `<div><dt>${name}</dt><dd class="value">${value ?? "–"}</dd>` +
    `${value === null ? `<dd class="kind">${missing}</dd>` : ""}</div>`;
  const output = formatFigure(outputTokensPerSecond, 1, "tokens/s");
  const most = formatFigure(throughput?.outputTokensPerSecond, 1, "tokens/s");
  return `${people === null ? "" : `<p>How many people at once? ${escapeHtml(people)}</p>\n`}<dl class="figures">
${item("Time to first token", formatFigure(timeToFirstTokenMs, 0, "ms"), "no text came")}
${item("Output, one answer at a time", output, "the server reports no token counts")}
${item(throughputName, most, "this run has measured none")}
</dl>
<p class="note origin">${describeKind(summary)} <cite>${escapeHtml(server)}</cite> (<time>${formatDate(startedAt)}</time>)</p>`;
}

/** Says what the measured figures of a run are worth. */
function describeKind({ target, isSimulated }: RunSummary): string {
  if (isSimulated) return "<b>Simulated</b>: it says nothing about any machine.";
  if (target === "rehearsal")
    return "<b>Measured</b> on this machine, in the rehearsal: it says nothing about a GPU.";
  return "<b>Measured</b> from this machine, the network's time included.";
}

function renderNotebooks({ notebooks, startedAt }: RunSummary): string {
  const rows = notebooks.map(({ name, title, file, ok, seconds }) => [
    `<a href="${toHref(file)}">${escapeHtml(title)}</a>`,
    escapeHtml(name),
    ok ? "ran through" : '<span class="failed">failed</span>',
    seconds.toFixed(1),
  ]);
  const columns = [["Notebook"], ["File"], ["Result"], ["Time (s)", "number"]] as const;
  return `${renderTable({ label: "Notebooks of this run", columns, rows })}
<p class="note origin"><b>Measured</b> by the <cite>run itself</cite>, to the end of each notebook (<time>${formatDate(startedAt)}</time>)</p>${notebooks.length === 0 ? "" : '\n<p>What a word means: <a href="glossary.html">the glossary</a>.</p>'}`;
}
