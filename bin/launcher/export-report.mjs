// One executed notebook → one HTML page that works offline and anywhere.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "./child-processes.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { inProject, projectRoot, python } from "./project.mjs";
import { formatTime, listVersions } from "./report-page.mjs";
import { describeSecret, findSecret, listKnownSecrets } from "./report-secrets.mjs";

/** A cell that prints more than this is cut in the page, which must stay below 2 MB. */
const longestTextCharacters = 200_000;

/**
 * What the head of the page says; all may be missing.
 *
 * @typedef {object} ReportDetails
 * @property {string} [startedAt] ISO time at which the run began
 * @property {string} [target] `rehearsal`, `runpod` or `given`
 * @property {string} [model]
 * @property {string} [server]
 * @property {Readonly<Record<string, string>>} [versions] by the name of the program
 * @property {string} [summaryHref] where the page links to as the summary of its run
 */

/**
 * Writes the page of an executed notebook, and resolves with its title.
 *
 * The page's title is the notebook's first heading. Reports are sent around: paths of this checkout and of the home folder
 * are shortened everywhere in it, pods lose their ids, and a notebook that holds a key becomes no page.
 *
 * @param {{ notebookFile: string, outputFile: string, details?: ReportDetails, projectFolder?: string, homeFolder?: string, knownSecrets?: readonly string[], isVerbose?: boolean }} options
 *   `knownSecrets`: what must not be in the page whatever it looks like; the keys that are set, unless given
 * @returns {Promise<{ title: string }>}
 * @throws LauncherError that names the cell, where one holds a key or what looks like one; with nbconvert's last lines,
 *   where that fails.
 */
export async function exportReport(options) {
  const { notebookFile, outputFile, details = {}, isVerbose = false } = options;
  const { projectFolder = projectRoot, homeFolder = homedir() } = options;
  const { knownSecrets = listKnownSecrets() } = options;
  const original = JSON.parse(readFileSync(notebookFile, "utf8"));
  const shorten = pathShortener({ projectFolder, homeFolder });
  const hidePods = podHider(original);
  const notebook = mapTexts(original, (text) => hidePods(shorten(cleanOutput(text))));
  const place = findSecret(notebook, knownSecrets);
  if (place !== null) throw refusal(notebookFile, place);
  for (const cell of notebook.cells) shortenStreams(cell.outputs ?? []);
  const title = takeTitle(notebook) ?? basename(notebookFile, ".ipynb");
  notebook.metadata = {
    ...notebook.metadata,
    // A notebook that never ran names no language, and would be read as Python.
    language_info: { name: "typescript", ...notebook.metadata?.language_info },
    report: { ...describe(details), title, source: basename(notebookFile) },
  };
  const folder = mkdtempSync(join(tmpdir(), "workbook-report-"));
  try {
    writeFileSync(join(folder, "report.ipynb"), JSON.stringify(notebook));
    writeFileSync(join(folder, "chart-libraries.js"), chartLibraries());
    await convert({ folder, isVerbose });
    const page = mendNumbers(readFileSync(join(folder, "report.html"), "utf8"));
    // What came in beside the cells: the head of the page, names of files, metadata.
    const found = describeSecret(page, knownSecrets);
    if (found !== null) throw refusal(notebookFile, `its page would hold ${found}`);
    mkdirSync(dirname(resolve(outputFile)), { recursive: true });
    writeFileSync(outputFile, page);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { title };
}

/** @param {{ folder: string, isVerbose: boolean }} options */
async function convert({ folder, isVerbose }) {
  await run(
    python,
    [
      ...["-m", "nbconvert", "--to", "html", "--log-level", "WARN", "--template", "page"],
      `--TemplateExporter.extra_template_basedirs=${inProject("jupyter/templates")}`,
      `--TemplateExporter.extra_template_paths=${folder}`,
      // A streamed answer is many outputs in the notebook and one paragraph in the page.
      "--CoalesceStreamsPreprocessor.enabled=True",
      join(folder, "report.ipynb"),
    ],
    // Whatever the user has set for their own nbconvert must not change the page.
    {
      environment: { ...process.env, JUPYTER_NO_CONFIG: "1", JUPYTER_PLATFORM_DIRS: "1" },
      folder,
      isVerbose,
    },
  );
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

/**
 * Cuts the middle out of very long streams.
 * @param {{ text?: string | string[] }[]} outputs
 */
function shortenStreams(outputs) {
  for (const output of outputs) {
    if (output.text === undefined) continue;
    const text = [output.text].flat().join("");
    if (text.length <= longestTextCharacters) continue;
    const half = longestTextCharacters / 2;
    const leftOut = (text.length - 2 * half).toLocaleString("en-US");
    output.text = `${text.slice(0, half)}\n[… ${leftOut} characters are left out here …]\n${text.slice(-half)}`;
  }
}

// Pygments takes a number after a colon for a type, and ends one at its first underscore.
/** @param {string} page */
function mendNumbers(page) {
  return page
    .replace(/<span class="kt">(\d[\d._]*)<\/span>/g, '<span class="mf">$1</span>')
    .replace(
      /<span class="m[fi]">(\d+)<\/span><span class="nx">((?:_\d+)+)<\/span>/g,
      '<span class="mf">$1$2</span>',
    );
}

/**
 * Returns a function that takes out the ids of all pods whose addresses a notebook shows: with one, anybody could call it.
 * @param {unknown} notebook
 */
function podHider(notebook) {
  const addresses = JSON.stringify(notebook).matchAll(/\b([a-z0-9]{6,})-\d+\.proxy\.runpod\.net/gi);
  const podIds = [...new Set([...addresses].map(([, podId]) => podId))];
  if (podIds.length === 0) return (/** @type {string} */ text) => text;
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${podIds.join("|")})(?![A-Za-z0-9])`, "g");
  return (/** @type {string} */ text) => text.replace(pattern, "{podId}");
}

/**
 * Returns a function that shortens the project's folder to `.` and the home folder to `~`, in paths and file addresses.
 * @param {{ projectFolder: string, homeFolder: string }} folders
 */
function pathShortener({ projectFolder, homeFolder }) {
  const folders = [
    { folder: resolve(projectFolder), short: "." },
    { folder: resolve(homeFolder), short: "~" },
  ].filter(({ folder }) => folder !== "/");
  const patterns = folders.map(({ folder, short }) => {
    const escaped = folder.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return { pattern: new RegExp(`(?:file://)?(?<![\\w.~-])${escaped}(?![\\w.-])`, "g"), short };
  });
  return (/** @type {string} */ text) =>
    patterns.reduce((shortened, { pattern, short }) => shortened.replace(pattern, short), text);
}

/**
 * Returns a copy of a JSON value with every text in it changed, names of properties left alone.
 * @param {any} value
 * @param {(text: string) => string} change
 * @returns {any}
 */
function mapTexts(value, change) {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change)]));
}
