// One executed notebook → one HTML page that works offline and anywhere.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { inProject } from "../../set-up/project.mjs";
import { convertPage } from "./convert-page.ts";
import { breakLongWords, linkNotebooks, mendCode } from "./mending.mjs";
import { formatTime, listVersions } from "./page.mjs";
import { createHider, readSurroundings } from "./privacy.mjs";
import { describeSecret, findSecret, listKnownSecrets } from "./secrets.mjs";
import { fitOutputs, largestPageBytes, roomsForOutputs } from "./size.mjs";
import { joinTexts, mapTexts } from "./texts.mjs";

/**
 * What the head of the page says; all may be missing.
 *
 * @typedef {object} ReportDetails
 * @property {string} [startedAt] ISO time at which the run began
 * @property {string} [target] `rehearsal`, `runpod` or `given`
 * @property {string} [model]
 * @property {string} [server]
 * @property {Readonly<Record<string, string>>} [versions] by the name of the program
 * @property {string} [notebooksHref] the folder of the notebooks, for a page that stands alone; in a run a link to a
 *   notebook leads to the page beside
 * @property {string} [summaryHref] where the page links to as the summary of its run
 */

/**
 * Writes the page of an executed notebook, and resolves with its title.
 *
 * The page's title is the notebook's first heading. Reports are sent around: what is private is replaced, a notebook that
 * holds a key becomes no page, and no page is larger than 2 MB.
 *
 * @param {{ notebookFile: string, outputFile: string, details?: ReportDetails, surroundings?: import("./privacy.mjs").Surroundings, knownSecrets?: readonly string[] }} options
 *   `surroundings`: what is private here, read from this machine unless given; `knownSecrets`: what must not be in the
 *   page whatever it looks like, the keys that are set unless given
 * @returns {Promise<{ title: string }>}
 * @throws LauncherError that names the cell, where one holds a key or what looks like one; with nbconvert's last lines,
 *   where that fails.
 */
export async function exportReport(options) {
  const { notebookFile, outputFile, details = {} } = options;
  const { surroundings = readSurroundings(), knownSecrets = listKnownSecrets() } = options;
  const read = joinTexts(JSON.parse(readFileSync(notebookFile, "utf8")));
  const original = { ...read, cells: mapTexts(read.cells, cleanOutput) };
  const place = findSecret(original, knownSecrets);
  if (place !== null) throw refusal(notebookFile, place);
  const hide = createHider(surroundings, [original.cells, details]);
  const cells = original.cells.map((/** @type {any} */ cell) => ({
    ...cell,
    source: hide.inTexts(cell.source),
    ...(cell.outputs === undefined ? {} : { outputs: hide.inOutputs(cell.outputs) }),
  }));
  const title = takeTitle({ cells }) ?? basename(notebookFile, ".ipynb");
  const metadata = {
    ...original.metadata,
    // A notebook that never ran names no language, and would be read as Python.
    language_info: { name: "typescript", ...original.metadata?.language_info },
    report: { ...describe(hide.inOutputs(details)), title, source: basename(notebookFile) },
  };
  const written = await makePage({ ...original, cells, metadata });
  const page = breakLongWords(linkNotebooks(written, details.notebooksHref));
  // What came in beside the cells: the head of the page, names of files, metadata.
  const found = describeSecret(page, knownSecrets);
  if (found !== null) throw refusal(notebookFile, `its page would hold ${found}`);
  if (Buffer.byteLength(page) > largestPageBytes) throw tooLarge(notebookFile, page);
  mkdirSync(dirname(resolve(outputFile)), { recursive: true });
  writeFileSync(outputFile, page);
  return { title };
}

/**
 * Converts a notebook to a page that is small enough, where leaving outputs out can make it so.
 *
 * The notebook is `any`: it goes on to nbconvert as it came.
 * @param {any} notebook
 * @returns {Promise<string>}
 */
async function makePage(notebook) {
  const folder = mkdtempSync(join(tmpdir(), "workbook-report-"));
  let [page, fitting] = ["", ""];
  try {
    writeFileSync(join(folder, "chart-libraries.js"), chartLibraries());
    for (const roomBytes of roomsForOutputs) {
      const before = fitting;
      fitting = JSON.stringify(fitOutputs(notebook, roomBytes));
      // Nothing more can be left out.
      if (fitting === before) break;
      writeFileSync(join(folder, "report.ipynb"), fitting);
      await convertPage(folder);
      page = mendCode(readFileSync(join(folder, "report.html"), "utf8"));
      if (Buffer.byteLength(page) <= largestPageBytes) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return page;
}

/**
 * @param {string} notebookFile
 * @param {string} reason
 */
function refusal(notebookFile, reason) {
  return new LauncherError(
    `The report of ${basename(notebookFile)} was not written: ${reason}. Reports are sent around, so no key may be in them. ` +
      "Remove it from the cell, run the notebook again, and replace a real key that was shown: it is in the executed copy.",
  );
}

/**
 * @param {string} notebookFile
 * @param {string} page
 */
function tooLarge(notebookFile, page) {
  const megabytes = (Buffer.byteLength(page) / 1_000_000).toFixed(1);
  return new LauncherError(
    `The report of ${basename(notebookFile)} was not written: its page would have ${megabytes} MB, also without its largest outputs, ` +
      "and a report that is sent around has at most 2. Shorten the prose and the code of the notebook, or split it in two.",
  );
}

/**
 * Returns a script that holds the chart libraries as text; the page unpacks it when a chart comes near.
 * @returns {string}
 */
function chartLibraries() {
  const sources = [
    "vega/build/vega.min.js",
    "vega-lite/build/vega-lite.min.js",
    "vega-embed/build/vega-embed.min.js",
  ]
    .map((file) => readFileSync(inProject("node_modules", file), "utf8"))
    // Developer tools would go and look for the maps.
    .map((source) => source.replace(/^\/\/# sourceMappingURL=.*$/gm, ""));
  return `globalThis.chartLibraries = "${gzipSync(sources.join(";\n"), { level: 9 }).toString("base64")}";\n`;
}

/** @param {ReportDetails} details */
function describe({ startedAt, target, model, server, versions = {}, summaryHref }) {
  const date = startedAt === undefined ? undefined : formatTime(startedAt);
  return { date, target, model, server, summaryHref, versions: listVersions(versions) };
}

/**
 * Takes the first heading out of a notebook that begins with one: the page has it in its head.
 * @param {{ cells: { cell_type: string, source: string | string[] }[] }} notebook
 * @returns {string | undefined}
 */
function takeTitle(notebook) {
  const [first] = notebook.cells;
  if (first?.cell_type !== "markdown") return undefined;
  const text = [first.source].flat().join("");
  const title = /^\s*# (.+)/.exec(text);
  if (title === null) return undefined;
  first.source = text.slice(title[0].length);
  return title[1]?.replaceAll(/[`*]/g, "").trim();
}

// Control characters mean nothing in a page, but for colours (ESC [ … m), which become classes, and line ends.
/** @param {string} text */
function cleanOutput(text) {
  // biome-ignore format: one class of characters
  return text.replace(/\x1b(?!\[)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]/g, "");
}
