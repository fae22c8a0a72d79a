import type { DisplayBundle } from "../kernel/index.ts";
import { alignColumns, escapeHtml, stripControlCharacters } from "../words/index.ts";
import { originHtml, originText } from "./figures.ts";
import { numberSources } from "./footnotes.ts";
import type { TableText } from "./table-text.ts";

/** Returns the table in both forms: `text/html`, and `text/plain` for a terminal. */
export function tableTextBundle(text: TableText): DisplayBundle {
  return { data: { "text/html": renderHtmlTable(text), "text/plain": renderTextTable(text) } };
}

const emptyCell = '<span role="img" aria-label="no value">–</span>';

/**
 * Returns the table as HTML, with every text escaped.
 *
 * JupyterLab strips style sheets, so what carries meaning is set on the elements.
 */
function renderHtmlTable({ caption, columns: all, rowCount, notes, origins = [] }: TableText): string {
  const { columns, markOf, notes: sources } = numberSources(all);
  const paragraphs = [
    ...notes.map((note) => `<p class="note">${toHtml(note)}</p>`),
    ...sources,
    ...origins.map(originHtml),
  ];
  if (columns.length === 0) {
    return [...(caption === undefined ? [] : [`<p>${toHtml(caption)}</p>`]), ...paragraphs].join("\n");
  }
  const heads = columns.map(({ head, align, isLong, says }) => {
    // In a table that is wider than its place a column of texts would become as narrow as their longest word; on paper it may.
    const width = isLong === true ? ";min-width:var(--long-column,16em)" : "";
    const part = says ? ` data-says="${says}"` : "";
    return `<th scope="col"${part} style="text-align:${align}${width}">${toHtml(head)}</th>`;
  });
  const rows = Array.from({ length: rowCount }, (_, index) => {
    const cells = columns.map((column) => {
      const cell = column.cells[index] ?? null;
      const mark = markOf(column, index);
      return `<td style="text-align:${column.align}">${cell === null ? emptyCell : toHtml(cell)}${mark}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return [
    // A table that is wider than its place scrolls in a box of its own, which the keyboard can reach.
    `<div class="table-scroll" tabindex="0" role="group" aria-label="${toHtml(caption ?? "Table")}" style="overflow-x:auto">`,
    `<table style="font-variant-numeric:tabular-nums">`,
    ...(caption === undefined
      ? []
      : [`<caption style="caption-side:top;text-align:left">${toHtml(caption)}</caption>`]),
    `<thead><tr>${heads.join("")}</tr></thead>`,
    ...(rows.length === 0 ? [] : ["<tbody>", ...rows, "</tbody>"]),
    "</table>",
    "</div>",
    ...paragraphs,
  ].join("\n");
}

/** Returns the table as lines of text, for a terminal. */
function renderTextTable({ caption, columns, rowCount, notes, origins = [] }: TableText): string {
  const rows = Array.from({ length: rowCount }, (_, index) =>
    columns.map(({ cells }) => cells[index] ?? "–"),
  );
  const texts = [columns.map(({ head }) => head), ...rows].map((row) => row.map(toOneLine));
  const alignments = columns.map(({ align }) => align);
  return [
    ...(caption === undefined ? [] : [toOneLine(caption), ""]),
    ...(columns.length === 0 ? [] : [alignColumns(texts, { alignments, hasHead: true })]),
    ...[...notes, ...origins.map(originText)].map(toOneLine),
  ].join("\n");
}

/** Returns the rows of a table below each other, a line for each cell: for a terminal that is narrower than the table. */
export function renderTextRecords({ caption, columns, rowCount, notes, origins = [] }: TableText): string {
  const records = Array.from({ length: rowCount }, (_, index) =>
    alignColumns(columns.map(({ head, cells }) => [head, cells[index] ?? "–"].map(toOneLine))),
  );
  const below = [...notes, ...origins.map(originText)].map(toOneLine);
  return [...(caption === undefined ? [] : [toOneLine(caption)]), ...records, ...below].join("\n\n");
}

function toHtml(text: string): string {
  return escapeHtml(stripControlCharacters(text));
}

function toOneLine(text: string): string {
  return stripControlCharacters(text).replace(/\s+/g, " ");
}
