import { sourceHtml } from "./source-html.ts";
import type { TableText } from "./table-text.ts";

/** So many are seen at once; more are folded. */
const mostOpen = 6;

/** What a table shows in place of a column of sources. */
interface Footnotes {
  columns: TableText["columns"];
  /** HTML that follows the cell of a row in a column. */
  markOf(column: TableText["columns"][number], row: number): string;
  /** The numbered sources as HTML; empty where there is none. */
  notes: string[];
}

/** Takes the column of sources out of a table: its room belongs to the figures, and a number leads to each below them. */
export function numberSources(columns: TableText["columns"]): Footnotes {
  const cells = columns.find(({ says }) => says === "source")?.cells ?? [];
  const others = columns.filter(({ says }) => says !== "source");
  const sources = [...new Set(cells.filter((cell) => cell !== null))];
  // The day on which a source was looked at is where a reader asks for it.
  const marked = others.findLast(({ says }) => says === "date") ?? others[0];
  if (sources.length === 0 || marked === undefined) return { columns, markOf: () => "", notes: [] };
  const items = sources.map((source, index) => `<span>${index + 1}: ${sourceHtml(source)}</span>`);
  const list = items.join("; ");
  const several = sources.length === 1 ? "Source" : "Sources";
  return {
    columns: others,
    markOf(column, row) {
      const source = column === marked ? (cells[row] ?? null) : null;
      return source === null ? "" : `<sup>${sources.indexOf(source) + 1}</sup>`;
    },
    notes: [
      sources.length > mostOpen
        ? `<details class="note sources"><summary>${several} 1 to ${sources.length}</summary>${list}</details>`
        : `<p class="note sources">${several}: ${list}</p>`,
    ],
  };
}
