// The front page of a run: its figures, the verdict, the answer, and the way to the notebooks.

import { escapeHtml } from "workbook/words";
import {
  explainKinds,
  formatDate,
  formatFigure,
  formatTime,
  listVersions,
  renderPage,
  renderTable,
  toHref,
} from "./page.ts";
import type { RunSummary } from "./run-summary.ts";

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
    facts: [
      ["Date", formatTime(startedAt)],
      ["Target", target],
      ["Model", model],
      ["Server", server],
      ["Versions", listVersions(versions)],
    ],
    navigation: `<nav aria-label="Reports"><a href="${toHref(reportsHref)}/index.html">All runs</a></nav>`,
    main: `${renderFigures(summary)}
${renderVerdict(summary)}
<h2>The answer</h2>
<pre class="stream">${escapeHtml(summary.answer.trim())}</pre>
<h2>Notebooks</h2>
${renderNotebooks(summary)}`,
    footer: explainKinds(),
  });
}

function renderVerdict({ verdict, breakEven, inPractice, sources, notebooks }: RunSummary): string {
  const from = notebooks.find(({ name }) => name === verdict?.notebook);
  const link = from === undefined ? "" : ` <a href="${toHref(from.file)}">How it was found out</a>.`;
  const conclusion =
    verdict === null
      ? ""
      : [`<p>${escapeHtml(verdict.sentence)}</p>`, note(verdict.weakness), note(verdict.assumed)].join("");
  const practice = inPractice === null ? "" : `\n<p>${escapeHtml(inPractice)}.</p>`;
  return `<h2>Is it worth it?</h2>
${conclusion}
<p>The walkthrough’s example: ${escapeHtml(breakEven)}.</p>${practice}
<p class="note origin"><b>Computed</b> from the prices and the runs below, and only as good as these.${link}</p>${renderSources(sources)}`;
}

function note(text: string): string {
  return text === "" ? "" : `\n<p class="note">${escapeHtml(text)}</p>`;
}

function renderSources(sources: RunSummary["sources"]): string {
  const rows = sources.map(({ name, observed, source }) => [
    escapeHtml(name),
    escapeHtml(observed),
    source.startsWith("https://") && URL.canParse(source)
      ? `<a href="${escapeHtml(source)}">${escapeHtml(shortAddress(source))}</a>`
      : escapeHtml(source),
  ]);
  const columns = [
    ["Published price or run"],
    ["Seen or published", "time", "date"],
    ["Source", "", "source"],
  ] as const;
  return rows.length === 0 ? "" : `\n${renderTable({ label: "Where these figures stand", columns, rows })}`;
}

/** Host, owner and name: the whole address would leave no room for what it is of. */
function shortAddress(address: string): string {
  const { host, pathname } = new URL(address);
  return host + pathname.replace("/datasets/", "/").split("/").slice(0, 3).join("/");
}

function renderFigures(summary: RunSummary): string {
  const { timeToFirstTokenMs, outputTokensPerSecond, throughput, server, startedAt } = summary;
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
  return `<dl class="figures">
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
<p class="note origin"><b>Measured</b> by the <cite>run itself</cite>, to the end of each notebook (<time>${formatDate(startedAt)}</time>)</p>`;
}
