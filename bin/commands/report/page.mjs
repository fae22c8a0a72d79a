// What the pages of a run have in common: their frame, their style, and how times and versions read.

import { readFileSync } from "node:fs";
import { sep } from "node:path";
import { inProject } from "../../set-up/project.mjs";

/**
 * Returns a whole page that needs nothing else and runs no script.
 * @param {{ title: string, facts?: readonly (readonly [name: string, value: unknown])[], navigation?: string, main: string, footer?: string }} content
 *   `navigation`, `main` and `footer` are HTML, everything else is text
 */
export function renderPage({ title, facts = [], navigation = "", main, footer = "" }) {
  const style = readTemplate("static/report.css");
  const items = facts
    .filter(([, value]) => typeof value === "string" && value !== "")
    .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>\n`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escapeHtml(title)} – Serving workbook</title>
<link rel="icon" href="data:,">
<style>
${style}</style>
</head>
<body>
<header>
<p class="eyebrow">Serving workbook</p>
<h1>${escapeHtml(title)}</h1>
${items.length === 0 ? "" : `<dl class="facts">\n${items.join("")}</dl>\n`}${navigation}
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

/** Returns the HTML that says what measured, published, computed and simulated mean; every page with figures has it. */
export function explainKinds() {
  return readTemplate("static/figures.html");
}

/** @param {string} name */
function readTemplate(name) {
  return readFileSync(inProject("jupyter/templates/page", name), "utf8");
}

/**
 * Makes any value a text that is safe in an element and in a quoted attribute; what is missing is a dash.
 * @param {unknown} value
 */
export function escapeHtml(value) {
  const entities = /** @type {Record<string, string>} */ ({
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  });
  return String(value ?? "–").replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Returns a time as people read it, in UTC: `23 November 2026, 19:52 UTC`.
 * @param {string} isoTime
 */
export function formatTime(isoTime) {
  const clock = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  return `${formatDate(isoTime)}, ${new Date(isoTime).toLocaleTimeString("en-GB", clock)} UTC`;
}

/**
 * Returns the day of a time in UTC: `23 November 2026`.
 * @param {string} isoTime
 */
export function formatDate(isoTime) {
  return new Date(isoTime).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

/**
 * Returns the versions of programs as one text; those that are not known are left out.
 * @param {Readonly<Record<string, string>>} versions
 */
export function listVersions(versions) {
  return Object.entries(versions)
    .filter(([, version]) => version !== "")
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

/**
 * Returns a table that scrolls in itself; `rows` are HTML, everything else is text.
 * @param {{ label: string, heads: readonly { text: string, isNumber?: boolean }[], rows: readonly string[] }} table
 */
export function renderTable({ label, heads, rows }) {
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
 * Writes a figure with its unit; null for what is no figure.
 *
 * @param {unknown} figure
 * @param {number} digits
 * @param {string} [unit]
 * @returns {string | null}
 */
export function formatFigure(figure, digits, unit = "") {
  if (typeof figure !== "number" || !Number.isFinite(figure)) return null;
  const number = figure.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number} ${unit}`.trim();
}

/**
 * Makes a path of this machine a relative address.
 * @param {string} path
 */
export function toHref(path) {
  return path.split(sep).map(encodeURIComponent).join("/");
}
