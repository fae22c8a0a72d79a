import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { exportReport } from "../../bin/commands/report/export.ts";
import { exportGlossary } from "../../bin/commands/report/glossary.ts";
import { writeReportIndex } from "../../bin/commands/report/index.ts";
import { comparableSchema } from "../../lib/src/measure/index.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";
import { hostileText, makeSampleNotebook } from "./sample-notebook.ts";

const startedAt = "2026-11-23T19:52:03.000Z";
const run = {
  target: "rehearsal",
  model: "meta-llama/Llama-3.1-8B-Instruct",
  server: "rehearsal: SmolLM2-135M-Instruct standing in for meta-llama/Llama-3.1-8B-Instruct",
  isSimulated: false,
  standsInFor: "meta-llama/Llama-3.1-8B-Instruct",
  startedAt,
  versions: { workbook: "0.1.0", node: "24.19.0" },
};

/** Makes a folder of reports with one run in it, of the sample notebook; it is gone after the tests. */
export async function makeReports(): Promise<string> {
  const reportsFolder = mkdtempSync(join(tmpdir(), "workbook-reports-"));
  after(() => rmSync(reportsFolder, { recursive: true, force: true }));
  const runFolder = join(reportsFolder, "rehearsal", "2026-11-23T19-52-03");
  const notebookFile = join(reportsFolder, "sample.ipynb");
  writeFileSync(notebookFile, JSON.stringify(await makeSampleNotebook()));
  const outputFile = join(runFolder, "sample.html");
  const { title } = await exportReport({
    notebookFile,
    outputFile,
    details: { ...run, summaryHref: "index.html" },
  });
  await exportGlossary(runFolder);
  const notebooks = [{ name: "sample", title, file: "sample.html", ok: true, seconds: 1.25 }];
  const figures = { timeToFirstTokenMs: 310.6, outputTokensPerSecond: 53.33 };
  const throughput = { outputTokensPerSecond: 70.25, streams: 2 };
  const words = {
    answer: hostileText,
    sources: [{ name: hostileText, observed: "2026-08-19", source: hostileText }],
    people: "At 2 streams 96 % of requests kept to 2 s.",
    answers: [
      { asked: hostileText, sentence: `It pays ${hostileText}`, rests: [hostileText], notebook: "sample" },
    ],
    picture: {
      headline: `Take the API ${hostileText}`,
      subject: hostileText,
      ways: [
        {
          ...{ label: hostileText, serves: "api" as const, remark: hostileText, isAnswer: true },
          usdPerMonth: { low: 1, typical: 2, high: 3 },
        },
      ],
    },
  };
  const common = { ...run, ...figures, ...words, throughput };
  writeReportIndex({
    reportsFolder,
    runFolder,
    summary: { ...common, notebooks, measurements: [measure(1)] },
  });
  const later = { startedAt: "2026-11-24T08:00:00.000Z", notebooks: [] };
  writeReportIndex({
    reportsFolder,
    runFolder: join(reportsFolder, "rehearsal", "2026-11-24T08-00-00"),
    summary: { ...common, ...later, measurements: [measure(1.3)] },
  });
  return reportsFolder;
}

/** Two levels whose rates and times are so many times as high; one of them has failed. */
function measure(factor: number) {
  const repeats = [1, 1.01, 0.99].map((spread) => ({
    inputTokensPerSecond: 100,
    outputTokensPerSecond: 50 * factor * spread,
    firstTokenP50Ms: 200 * spread,
    firstTokenP95Ms: 300 * spread,
    perTokenP50Ms: 20 * spread,
  }));
  const failed = makeLevel({ streams: 2, verdict: "failed", reason: hostileText });
  const levels = [makeLevel({ streams: 1, repeats }), failed];
  const names = { model: `${hostileText}${factor}`, server: `${hostileText}${factor}` };
  return comparableSchema.parse(makeMeasurement({ levels, ...names }));
}

/** Lists the pages of a folder of reports: the index over all runs, those over each run, and every notebook's. */
export function listPages(reportsFolder: string): string[] {
  return globSync("**/*.html", { cwd: reportsFolder }).sort();
}
