// The newest runs beside each other, pair by pair: written beforehand, and shown by the page's style where both are ticked.

import { InputError } from "workbook";
import {
  type ComparableMeasurement,
  type Comparison,
  compareMeasurements,
  describeLengths,
  figureNames,
} from "workbook/measure";
import { escapeHtml } from "workbook/words";
import { formatFigure, formatTime, renderTable } from "./page.ts";
import type { RunSummary } from "./run-summary.ts";

/** Older runs are not compared: each further one costs as many pairs as there are. */
const mostRuns = 6;
const mostLevels = 8;
const mostReasons = 3;

/** What the page over all runs needs to compare two of them. */
export interface ComparedRuns {
  /** The box of a run, as HTML; empty for one that is not compared. */
  boxOf(run: RunSummary): string;
  /** The pairs, as HTML, of which all are hidden that are not ticked; where there is none, what it would take. */
  section: string;
  /** Empty where there is no pair. */
  style: string;
}

const noneToCompare =
  '<p class="note">Where two runs have measured something, they can be compared here.</p>';

/** Compares the newest runs that have measured something, each with each; `runs` begin with the newest. */
export function renderComparedRuns(runs: readonly RunSummary[]): ComparedRuns {
  const measured = runs.filter(({ measurements }) => measurements.length > 0).slice(0, mostRuns);
  if (measured.length < 2) return { boxOf: () => "", section: noneToCompare, style: "" };
  const pairs = measured.flatMap((newer, first) =>
    measured.slice(first + 1).map((older, index) => ({
      id: `pair-${first}-${first + 1 + index}`,
      ticked: `:has(#run-${first}:checked):has(#run-${first + 1 + index}:checked)`,
      html: renderPair(older, newer),
    })),
  );
  const rules = pairs.map(({ id, ticked }) => `main${ticked} #${id}{display:block}`);
  const hints = pairs.map(({ ticked }) => `main${ticked} .tick-hint{display:none}`);
  return {
    boxOf(run) {
      const index = measured.indexOf(run);
      const label = escapeHtml(`Compare the run of ${formatTime(run.startedAt)}, ${run.target}`);
      return index < 0 ? "" : `<input type="checkbox" id="run-${index}" aria-label="${label}">`;
    },
    section: `<h2>Two runs compared</h2>
<p class="tick-hint">Tick two of the newest ${measured.length} runs above that have measured something.</p>
<div aria-live="polite">
${pairs.map(({ id, html }) => `<section class="pair" id="${id}">\n${html}\n</section>`).join("\n")}
</div>`,
    style: `input[type=checkbox]{inline-size:1.5rem;block-size:1.5rem;margin:0;accent-color:var(--accent)}\n.pair{display:none}\n${[...rules, ...hints].join("\n")}\n`,
  };
}

function renderPair(older: RunSummary, newer: RunSummary): string {
  const name = (run: RunSummary) => `${formatTime(run.startedAt)} (${run.target})`;
  const reasons = new Set<string>();
  const comparisons = newer.measurements.flatMap((b) => {
    for (const a of older.measurements) {
      const compared = compare(a, b);
      if (typeof compared !== "string") return [{ load: nameLoad(b), ...compared }];
      reasons.add(compared);
    }
    return [];
  });
  const blocks =
    comparisons.length > 0
      ? comparisons.map(renderComparison)
      : [
          "<p>The two have no measurement that can be compared.</p>",
          ...[...reasons].slice(0, mostReasons).map((reason) => `<p class="note">${escapeHtml(reason)}</p>`),
        ];
  const intervals = [...new Set(comparisons.map(({ formulas }) => formulas.interval))];
  const explained = intervals.map((words) => `<p class="note">${escapeHtml(words)}</p>`);
  return `<h3>A: ${escapeHtml(name(older))}; B: ${escapeHtml(name(newer))}</h3>\n${[...blocks, ...explained].join("\n")}`;
}

function renderComparison(comparison: Comparison & { load: string }): string {
  const { load, words, figures, notes, leftOut, kind } = comparison;
  const levels = [...new Set(figures.map(({ streams }) => streams))].slice(0, mostLevels);
  const rows = figures
    .filter(({ streams }) => levels.includes(streams))
    .map(({ streams, figure, a, b, ratio, low, high, differs }) => [
      String(streams),
      figureNames[figure],
      formatFigure(a, 1) ?? "–",
      formatFigure(b, 1) ?? "–",
      formatFigure(ratio, 2) ?? "–",
      low === null || high === null ? "–" : `${formatFigure(low, 2)} to ${formatFigure(high, 2)}`,
      differs,
    ]);
  const columns = [
    ["Streams", "number"],
    ["Figure (tokens/s, ms)"],
    ["A", "number"],
    ["B", "number"],
    ["B ÷ A", "number"],
    ["95 % interval", "number"],
    ["Differs"],
  ] as const;
  const left = leftOut.map(({ streams, reason }) => `Left out, streams ${streams}: ${reason}`);
  const more = [...notes, ...left];
  const origin = kind === "simulated" ? "Simulated" : "Computed";
  const sources = [comparison.a, comparison.b].map(
    ({ server, startedAt }) => `<cite>${escapeHtml(server)}</cite> (<time>${startedAt.slice(0, 10)}</time>)`,
  );
  return `<p>${escapeHtml(load)}: ${escapeHtml(words)}</p>
${renderTable({ label: "The figures of both runs", columns, rows })}
${more.map((note) => `<p class="note">${escapeHtml(note)}</p>\n`).join("")}<p class="note origin"><b>${origin}</b> from ${[...new Set(sources)].join(" and ")}</p>`;
}

function nameLoad({ workload }: ComparableMeasurement): string {
  const { arrivals } = workload;
  const came = arrivals === "closed" ? "" : `, ${arrivals.requestsPerSecond} requests a second`;
  return `${describeLengths(workload)}${came}`;
}

/** Why two cannot be compared, where they cannot. */
function compare(a: ComparableMeasurement, b: ComparableMeasurement): Comparison | string {
  try {
    return compareMeasurements(a, b);
  } catch (error) {
    if (error instanceof InputError) return error.problemText.replace("compareMeasurements: ", "");
    throw error;
  }
}
