// Executes the notebooks in real Jupyter and exports each one as soon as it is through.

import { basename, join } from "node:path";
import { type RunFindings, readRunFindings } from "workbook/run-findings";
import { parseJson } from "workbook/words";
import { z } from "zod";
import { LauncherError } from "../set-up/launcher-error.mjs";
import type { Progress } from "../set-up/progress.mjs";
import { inProject, python } from "../set-up/project.mjs";
import { jupyterEnvironment } from "./jupyter-environment.ts";
import { exportReport, type ReportDetails } from "./report/export.ts";
import { exportGlossary } from "./report/glossary.ts";
import type { NotebookSummary } from "./report/run-summary.ts";
import { runSideBySide } from "./run-side-by-side.ts";
import { runTool } from "./run-tool.ts";

/** What must be done before a notebook; one that is not listed needs all that come before it. */
const needs: Readonly<Record<string, readonly string[]>> = {
  "00-setup": [],
  "01-deploy": [],
  "02-chat": ["01-deploy"],
  "03-throughput": ["01-deploy"],
  // These read what 03 has measured.
  "04-cost": ["03-throughput"],
  "05-decide": ["03-throughput"],
  "06-scale-out": ["03-throughput"],
};

/** While this one measures, nothing else may use the machine. */
const measuring = "03-throughput";

/** Where notebooks run side by side, these start first: the one that others wait for, then the longest. */
const startFirst = ["00-setup", "01-deploy", "03-throughput", "06-scale-out", "05-decide"];

/** What became of a notebook. */
export interface NotebookRun extends NotebookSummary {
  /** Path of the executed notebook. */
  copy: string;
  failure: Failure | null;
  findings: RunFindings;
}

type Failure = z.output<typeof failureSchema>;

const failureSchema = z.object({ cell: z.number(), source: z.string(), output: z.string() });
const resultSchema = z.object({ title: z.string(), cells: z.number(), failure: failureSchema.nullable() });
const reportSchema = z.union([resultSchema, z.object({ cell: z.number(), cells: z.number() })]);

/** Executes notebooks, also after one that failed, writes their reports, and returns in order what became of each. */
export async function runNotebooks(options: {
  notebooks: readonly string[];
  /** Jupyter keeps its own files there. */
  stateFolder: string;
  /** Where the executed copies go. */
  copies: string;
  runFolder: string;
  details: ReportDetails;
  /** How many may run side by side. */
  atOnce: number;
  progress: Progress;
}): Promise<NotebookRun[]> {
  const { notebooks, stateFolder, copies, runFolder, details, atOnce, progress } = options;
  const reports: Promise<unknown>[] = [];
  const addReport = (report: Promise<unknown>) => {
    reports.push(report);
    report.catch(() => "A failed one is looked at in the end.");
  };
  const names = notebooks.map((notebook) => basename(notebook, ".ipynb"));
  const jobs = notebooks.map((notebook, index) => {
    const name = basename(notebook, ".ipynb");
    const work = async (): Promise<NotebookRun> => {
      // An export is work for the machine too.
      if (name === measuring) await Promise.allSettled(reports);
      const copy = join(copies, `${name}.ipynb`);
      const findingsFile = join(copies, `${name}.findings.json`);
      const environment = { ...jupyterEnvironment({ stateFolder }), WORKBOOK_FINDINGS: findingsFile };
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
      const file = `${name}.html`;
      // Beside the next notebook: loading nbconvert for the first of them takes seconds.
      addReport(exportReport({ notebookFile: copy, outputFile: join(runFolder, file), details }));
      const findings = readRunFindings(findingsFile);
      return { name, title, file, ok: failure === null, seconds, copy, failure, findings };
    };
    return { name, after: needs[name] ?? names.slice(0, index), isAlone: name === measuring, work };
  });
  const early = startFirst.flatMap((name) => jobs.filter((job) => job.name === name));
  const inTurn = atOnce === 1 ? jobs : [...early, ...jobs.filter((job) => !early.includes(job))];
  const runs = await runSideBySide(inTurn, atOnce);
  addReport(exportGlossary(runFolder));
  const outcomes = await progress.during("reports", () => Promise.allSettled(reports));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return runs.toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}

async function execute(options: {
  notebook: string;
  copy: string;
  environment: NodeJS.ProcessEnv;
  tell: (detail: string) => void;
}): Promise<z.output<typeof resultSchema>> {
  const { notebook, copy, environment, tell } = options;
  const results: z.output<typeof resultSchema>[] = [];
  const onLine = (line: string) => {
    const report = reportSchema.safeParse(parseJson(line)).data;
    // Other things print as well.
    if (report === undefined) return;
    if ("title" in report) results.push(report);
    else tell(`cell ${report.cell} of ${report.cells}`);
  };
  await runTool(python, [inProject("jupyter/execute.py"), notebook, copy], { environment, onLine });
  const [result] = results;
  if (result !== undefined) return result;
  throw new LauncherError(`${basename(notebook)} was not executed to its end: nothing was reported.`);
}
