// One executed notebook → one HTML page that works offline and anywhere.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { inProject } from "../../set-up/project.mjs";
import { convertPage } from "./convert-page.ts";
import { renderLicences } from "./licences.ts";
import { breakLongWords, labelCells, linkNotebooks, mendCode } from "./mending.ts";
import { type Notebook, readNotebook } from "./notebook.ts";
import { formatTime, listVersions } from "./page.ts";
import { createHider, readSurroundings, type Surroundings } from "./privacy.ts";
import { describeSecret, findSecret, listKnownSecrets } from "./secrets.ts";
import { fitOutputs, largestPageBytes, roomsForOutputs } from "./size.ts";
import { mapTexts } from "./texts.ts";

/** What the head of the page says; all may be missing. */
export interface ReportDetails {
  /** ISO time at which the run began. */
  startedAt?: string;
  target?: string;
  model?: string;
  server?: string;
  versions?: Readonly<Record<string, string>>;
  /** The folder of the notebooks, for a page that stands alone; in a run a link to a notebook leads to the page beside. */
  notebooksHref?: string;
  /** Where the page links to as the summary of its run. */
  summaryHref?: string;
}

/**
 * Writes the page of an executed notebook without what is private, and resolves with its title, the first heading.
 *
 * @throws LauncherError where a cell holds a key or what looks like one, where the page is too large, and where nbconvert fails.
 */
export async function exportReport(options: {
  notebookFile: string;
  outputFile: string;
  details?: ReportDetails;
  /** What is private here, read from this machine unless given. */
  surroundings?: Surroundings;
  /** What must not be in the page whatever it looks like, the keys that are set unless given. */
  knownSecrets?: readonly string[];
}): Promise<{ title: string }> {
  const { notebookFile, outputFile, details = {} } = options;
  const { surroundings = readSurroundings(), knownSecrets = listKnownSecrets() } = options;
  const read = readNotebook(notebookFile);
  const original = { ...read, cells: mapTexts(read.cells, cleanOutput) };
  const found = findSecret(original, knownSecrets);
  if (found !== null) throw refusal(notebookFile, found);
  const hide = createHider({
    surroundings,
    shown: [details, original.cells.map(({ outputs }) => outputs)],
    ownText: original.cells.map(({ source }) => source).join("\n"),
  });
  const cells = original.cells.map((cell) => ({
    ...cell,
    source: hide.inTexts(cell.source),
    outputs: hide.inOutputs(cell.outputs),
  }));
  const title = takeTitle(cells) ?? basename(notebookFile, ".ipynb");
  const metadata = {
    ...original.metadata,
    // A notebook that never ran names no language, and would be read as Python.
    language_info: { name: "typescript", ...original.metadata.language_info },
    report: { ...describe(hide.inOutputs(details)), title, source: basename(notebookFile) },
  };
  const written = await makePage({ ...original, cells, metadata });
  const page = labelCells(breakLongWords(linkNotebooks(written, details.notebooksHref)));
  // What came in beside the cells: the head of the page, names of files, metadata.
  const inPage = describeSecret(page, knownSecrets);
  if (inPage !== null) throw refusal(notebookFile, `its page would hold ${inPage}`);
  if (Buffer.byteLength(page) > largestPageBytes) throw tooLarge(notebookFile, page);
  mkdirSync(dirname(resolve(outputFile)), { recursive: true });
  writeFileSync(outputFile, page);
  return { title };
}

/** The same in every page. */
let chartLibraries: Readonly<Record<string, string>> | undefined;

/** Converts a notebook to a page that is small enough, where leaving outputs out can make it so. */
async function makePage(notebook: Notebook): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "workbook-report-"));
  let [page, fitting] = ["", ""];
  try {
    chartLibraries ??= packChartLibraries();
    for (const [file, text] of Object.entries(chartLibraries)) writeFileSync(join(folder, file), text);
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

function refusal(notebookFile: string, reason: string): LauncherError {
  return new LauncherError(
    `The report of ${basename(notebookFile)} was not written: ${reason}. Reports are passed on to others, so they must not hold a key. ` +
      "Remove it from the cell, run the notebook again, and replace a real key that was shown: it is in the executed copy.",
  );
}

function tooLarge(notebookFile: string, page: string): LauncherError {
  const megabytes = (Buffer.byteLength(page) / 1_000_000).toFixed(1);
  return new LauncherError(
    `The report of ${basename(notebookFile)} was not written: its page would have ${megabytes} MB, also without its largest outputs, ` +
      "and a report may have at most 2 MB. Shorten the prose and the code of the notebook, or split it in two.",
  );
}

/** The files of the chart libraries: a script that holds them as text, which the page unpacks when a chart comes near. */
function packChartLibraries(): Record<string, string> {
  const packages = ["vega", "vega-lite", "vega-embed"];
  const sources = packages
    .map((name) => readFileSync(inProject("node_modules", name, "build", `${name}.min.js`), "utf8"))
    // Developer tools would go and look for the maps.
    .map((source) => source.replace(/^\/\/# sourceMappingURL=.*$/gm, ""));
  const unpacked = sources.join(";\n");
  const packed = gzipSync(unpacked, { level: 9 }).toString("base64");
  return {
    "chart-libraries.js": `globalThis.chartLibraries = "${packed}";\n`,
    "chart-libraries.hash": `'sha256-${createHash("sha256").update(unpacked).digest("base64")}'`,
    "chart-licences.html": renderLicences(packages),
  };
}

function describe({ startedAt, target, model, server, versions = {}, summaryHref }: ReportDetails) {
  const date = startedAt === undefined ? undefined : formatTime(startedAt);
  return { date, target, model, server, summaryHref, versions: listVersions(versions) };
}

/** Takes the first heading out of a notebook: the page has it in its head. */
function takeTitle([first]: { cell_type: string; source: string }[]): string | undefined {
  if (first?.cell_type !== "markdown") return undefined;
  const title = /^\s*# (.+)/.exec(first.source);
  if (title === null) return undefined;
  first.source = first.source.slice(title[0].length);
  return title[1]?.replaceAll(/[`*]/g, "").trim();
}

// Control characters mean nothing in a page, but for colours (ESC [ … m), which become classes, and line ends.
function cleanOutput(text: string): string {
  return text.replace(/\x1b(?!\[)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]/g, "");
}
