import { breakEvenChart } from "../../lib/src/cost/index.ts";
import { chartBundle, tableBundle } from "../../lib/src/show/index.ts";

/** A notebook as Jupyter saves it, as far as the export reads it. */
export interface SavedNotebook {
  nbformat: 4;
  nbformat_minor: 5;
  metadata: Record<string, unknown>;
  cells: SavedCell[];
}

type SavedCell = Record<string, unknown> & { cell_type: "markdown" | "code" | "raw"; source: string };

/** What a model, or whoever answers in its place, must not get into a page. */
export const hostileText =
  "<script>globalThis.intruder = 1</script><img src=x onerror='globalThis.intruder = 2'>";

/** Makes a notebook out of cells. */
export function notebookOf(cells: readonly SavedCell[]): SavedNotebook {
  const numbered = cells.map((cell, index) => ({ id: `cell-${index}`, ...cell }));
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: numbered };
}

/** A cell of prose. */
export function markdownCell(source: string): SavedCell {
  return { cell_type: "markdown", metadata: {}, source };
}

/** A cell of code that has run, with what came of it. */
export function codeCell(source: string, outputs: readonly unknown[] = []): SavedCell {
  return { cell_type: "code", metadata: {}, source, outputs, execution_count: null };
}

/** Text that a cell printed. */
export function stream(text: string, name: "stdout" | "stderr" = "stdout"): unknown {
  return { output_type: "stream", name, text };
}

/** Something that a cell displayed. */
export function display(bundle: { data: unknown; metadata?: unknown }): unknown {
  return { output_type: "display_data", data: bundle.data, metadata: bundle.metadata ?? {} };
}

/** A table as polars and console.table() print it. */
const drawnTable = [
  `┌─${"─────────┬".repeat(16)}┐`,
  `│ ${" a      1┆".repeat(16)}│`,
  `└─${"─────────┴".repeat(16)}┘`,
  "",
].join("\n");

/** A notebook with all that a page must cope with: charts with sliders, wide tables, long code, errors, hostile text. */
export async function makeSampleNotebook(): Promise<SavedNotebook> {
  const prices = { gpuUsdPerHour: 1.56, inputUsdPerMillion: 2.68, outputUsdPerMillion: 3.54 };
  const breakEven = breakEvenChart(
    { ...prices, inputTokensPerOutputToken: 1 },
    { machine: `machine ${hostileText}`, api: "service" },
  );
  const bars = {
    data: { values: [{ gpu: "A40 </script><!--<script>", usd: 0.39 }] },
    mark: "bar",
    encoding: { x: { field: "usd", type: "quantitative" }, y: { field: "gpu", type: "nominal" } },
  };
  const wideRow = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`column${index}`, 1234.5678]));
  const longCode = Array.from({ length: 40 }, (_, index) => `const line${index} = ${index};`).join("\n");
  return notebookOf([
    markdownCell("# A sample\n\nPress <kbd>Shift</kbd>.\n\n| | |\n|---|---|\n| **Time** | a minute |"),
    markdownCell("## Text\n\nA [link](#Text), `code` and $1.56."),
    codeCell(longCode, [
      stream(`An answer: ${hostileText}\u0007\u001b]0;title\u0007 \u001b[31mred\u001b[0m\n`),
    ]),
    codeCell("throw new Error('no')", [stream(`Error: ${hostileText}\n`, "stderr")]),
    markdownCell("## Figures"),
    codeCell("table(rows)", [
      display(tableBundle([{ answer: hostileText, ...wideRow }], { caption: "Wide" })),
    ]),
    codeCell("capacity", [
      display(
        tableBundle([
          { name: "source", value: `a run ${"and more ".repeat(20)}` },
          { name: "outputTokensPerSecond", value: "letters".repeat(20) },
        ]),
      ),
    ]),
    codeCell("await chart(first)", [
      display(await chartBundle({ ...breakEven, description: `Two ${hostileText}` })),
    ]),
    codeCell("await chart(second)", [display(await chartBundle(bars, { description: "One bar." }))]),
    codeCell(`console.log("${"wide".repeat(100)}")`, [
      stream("wide".repeat(100)),
      stream(`https://example.org/${"path/".repeat(100)}`, "stderr"),
      display({ data: { "text/plain": "word ".repeat(100) + "letters".repeat(100) } }),
    ]),
    codeCell("console.log(frame)", [stream(`words ${"and more ".repeat(50)}\n${drawnTable}after it\n`)]),
  ]);
}
