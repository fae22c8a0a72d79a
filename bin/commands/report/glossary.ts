// The glossary of docs as a page beside the notebooks of a run.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProject } from "../../set-up/project.mjs";
import { exportReport } from "./export.ts";

/** Writes the glossary into the folder of a run: links in the run's pages lead to it. */
export async function exportGlossary(runFolder: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "workbook-glossary-"));
  try {
    const notebookFile = join(folder, "glossary.ipynb");
    const source = readFileSync(inProject("docs/glossary.md"), "utf8");
    const cell = { cell_type: "markdown", id: "glossary", metadata: {}, source };
    writeFileSync(
      notebookFile,
      JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
    );
    const outputFile = join(runFolder, "glossary.html");
    await exportReport({ notebookFile, outputFile, details: { summaryHref: "index.html" } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
