// Executes the notebooks in real Jupyter and exports each one as soon as it is through.

import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../set-up/child-processes.mjs";
import { LauncherError } from "../set-up/launcher-error.mjs";
import { inProject, python } from "../set-up/project.mjs";
import { jupyterEnvironment } from "./jupyter-environment.mjs";
import { exportReport } from "./report/export.mjs";

/** @typedef {import("../set-up/progress.mjs").Progress} Progress */

/**
 * @typedef {object} NotebookRun
 * @property {string} name
 * @property {string} title
 * @property {string} file its report, in the run's folder
 * @property {boolean} ok
 * @property {number} seconds
 * @property {string} copy path of the executed notebook
 * @property {{ cell: number, source: string, output: string } | null} failure
 */

/**
 * Executes notebooks one after the other and writes their reports; one that fails does not keep the others from it.
 *
 * @param {object} options
 * @param {readonly string[]} options.notebooks
 * @param {string} options.stateFolder the executed copies go to its folder `executed`
 * @param {string} options.runFolder where the reports go
 * @param {import("./report/export.mjs").ReportDetails} options.details what the head of each report says
 * @param {Progress} options.progress
 * @returns {Promise<NotebookRun[]>}
 */
export async function runNotebooks({ notebooks, stateFolder, runFolder, details, progress }) {
  if (notebooks.length === 0) return [];
  const environment = jupyterEnvironment({ stateFolder });
  const copies = join(stateFolder, "executed");
  mkdirSync(copies, { recursive: true });
  /** @type {NotebookRun[]} */
  const runs = [];
  /** @type {Promise<unknown>[]} */
  const reports = [];
  for (const notebook of notebooks) {
    const name = basename(notebook, ".ipynb");
    const copy = join(copies, `${name}.ipynb`);
    const startedMs = performance.now();
    const { title, failure } = await progress.during(
      name,
      (tell) => execute({ notebook, copy, environment, tell }),
      ({ cells, failure }) =>
        failure === null
          ? { text: `${cells} cells` }
          : { text: `failed in code cell ${failure.cell} of ${cells}`, hasFailed: true },
    );
    const seconds = (performance.now() - startedMs) / 1_000;
    runs.push({ name, title, file: `${name}.html`, ok: failure === null, seconds, copy, failure });
    // Beside the next notebook: an export takes seconds, most of them for starting Python.
    const report = exportReport({ notebookFile: copy, outputFile: join(runFolder, `${name}.html`), details });
    reports.push(
      report.then(
        () => null,
        (error) => error,
      ),
    );
  }
  const failures = await progress.during("reports", () => Promise.all(reports));
  for (const failure of failures) if (failure !== null) throw failure;
  return runs;
}

/**
 * @param {{ notebook: string, copy: string, environment: NodeJS.ProcessEnv, tell: (detail: string) => void }} options
 * @returns {Promise<{ title: string, cells: number, failure: NotebookRun["failure"] }>}
 */
async function execute({ notebook, copy, environment, tell }) {
  /** @type {Awaited<ReturnType<typeof execute>> | null} */
  let result = null;
  await run(python, [inProject("jupyter/execute.py"), notebook, copy], {
    environment,
    onLine: (line) => {
      const message = JSON.parse(line);
      if ("failure" in message) result = message;
      else tell(`cell ${message.cell} of ${message.cells}`);
    },
  });
  if (result === null)
    throw new LauncherError(`${basename(notebook)} was not executed to its end: nothing was reported.`);
  return result;
}
