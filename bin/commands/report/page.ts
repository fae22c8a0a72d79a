// What the pages of a run have in common: their frame, their style, and how times and versions read.

import { readFileSync } from "node:fs";
import { sep } from "node:path";
import type { OriginPart } from "workbook/show";
import { escapeHtml } from "workbook/words";
import { inProject } from "../../set-up/project.mjs";
import { labelCells } from "./mending.ts";

/** A page: `navigation`, `main` and `footer` are HTML, `title` is text. */
interface Page {
  title: string;
  navigation?: string;
  main: string;
  footer?: string;
  /** Beside the style of all pages. */
  style?: string;
}

/** Returns a whole page that needs nothing else and runs no script. */
export function renderPage({ title, navigation = "", main, footer = "", style = "" }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escapeHtml(title)} – Serving workbook</title>
<link rel="icon" href="data:,">
<style>
${readTemplate("static/report.css")}${style}</style>
</head>
<body>
<header>
<p class="eyebrow">Serving workbook</p>
<h1>${escapeHtml(title)}</h1>
${navigation}
</header>
<main>
${main}
</main>
<footer>
${footer}<p>Made by the serving workbook. This page is one file and asks the network for nothing. ${readTemplate("static/privacy.html").trim()}</p>
</footer>
</body>
</html>
`;
}

/** Returns names and what they stand for, as HTML; those without a text are left out. */
export function renderFacts(facts: readonly (readonly [name: string, text: string])[]): string {
  const items = facts
    .filter(([, text]) => text !== "")
    .map(([name, text]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd></div>\n`);
  return items.length === 0 ? "" : `<dl class="facts">\n${items.join("")}</dl>\n`;
}

/** Returns the HTML that says what measured, published, computed and simulated mean; every page with figures has it. */
export function explainKinds(): string {
  return readTemplate("static/figures.html");
}

function readTemplate(name: string): string {
  return readFileSync(inProject("jupyter/templates/page", name), "utf8");
}

/** Returns a time as people read it, in UTC: `23 November 2026, 19:52 UTC`. */
export function formatTime(isoTime: string): string {
  const clock = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" } as const;
  return `${formatDate(isoTime)}, ${new Date(isoTime).toLocaleTimeString("en-GB", clock)} UTC`;
}

/** Returns the day of a time in UTC: `23 November 2026`. */
export function formatDate(isoTime: string): string {
  return new Date(isoTime).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

/** Returns the versions of programs as one text; those that are not known are left out. */
export function listVersions(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .filter(([, version]) => version !== "")
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

/** Returns a table that scrolls in itself; the cells of `rows` are HTML. */
export function renderTable(table: {
  label: string;
  /** `says`: what a column tells of the origin of each row's figures. */
  columns: readonly (readonly [head: string, style?: "number" | "time" | "", says?: OriginPart])[];
  rows: readonly (readonly string[])[];
}): string {
  const { label, columns, rows } = table;
  const styles = columns.map(([, style = ""]) => (style === "" ? "" : ` class="${style}"`));
  const heads = columns.map(([head, , says], index) => {
    const part = says === undefined ? "" : ` data-says="${says}"`;
    return `<th scope="col"${styles[index]}${part}>${head}</th>`;
  });
  const lines = rows.map((row) => {
    const cells = row.map((cell, index) => `<td${styles[index]}>${cell}</td>`);
    return `<tr>${cells.join("")}</tr>`;
  });
  return labelCells(`<div class="table-scroll" tabindex="0" role="group" aria-label="${label}">
<table>
<thead><tr>${heads.join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table>
</div>`);
}

/** Writes a figure with its unit; null for what is not known. */
export function formatFigure(figure: number | null | undefined, digits: number, unit = ""): string | null {
  if (figure === null || figure === undefined) return null;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const number = figure.toLocaleString("en-US", options);
  return `${number} ${unit}`.trim();
}

/** Makes a path of this machine a relative address, as it stands in an attribute. */
export function toHref(path: string): string {
  return escapeHtml(path.split(sep).map(encodeURIComponent).join("/"));
}
