import type { Output } from "../bin/commands/report/notebook.ts";

/** More lines of code are folded, as in a report. */
const mostCodeLines = 10;

interface Cell {
  cell_type: string;
  source: string;
  outputs?: readonly Output[] | undefined;
}

/** A notebook's cells as Markdown, which any forge shows, and its charts as files beside the page. */
export function samplePage(
  cells: readonly Cell[],
  options: {
    /** Stands below the first heading. */ head: string /** What the names of the charts begin with. */;
    chartName: string;
  },
): { page: string; charts: { file: string; svg: string }[] } {
  const { head, chartName } = options;
  const charts: { file: string; svg: string }[] = [];
  const write = (output: Output): string => {
    const { data = {}, text } = output;
    const [svg, html, plain] = ["image/svg+xml", "text/html", "text/plain"].map((type) => data[type]);
    if (typeof svg === "string") {
      const file = `${chartName}-${charts.length + 1}.svg`;
      // A page of its own below it: the reader's may be dark.
      charts.push({ file, svg: `${svg.replace(/>/, '><rect width="100%" height="100%" fill="white"/>')}\n` });
      return `![${String(plain).replaceAll(/[[\]\n]/g, " ")}](${file})`;
    }
    if (typeof html === "string") return plainHtml(html);
    return fence("text", String(text ?? plain ?? ""));
  };
  const parts = cells.flatMap(({ cell_type, source, outputs = [] }) =>
    cell_type === "markdown" ? [linkFromDocs(source)] : [foldCode(source), ...outputs.map(write)],
  );
  const [first = "", ...rest] = parts;
  const [title = "", ...below] = first.split("\n");
  return { page: `${[title, head, below.join("\n").trim(), ...rest].join("\n\n")}\n`, charts };
}

/** Links of a notebook lead to notebooks beside it and into the project; the page lies in `docs/`. */
function linkFromDocs(source: string): string {
  return source.replaceAll(/\]\((\.\.\/docs\/|\.\.\/|(?=[\w-]+\.ipynb))/g, (_, start: string) =>
    start === "" ? "](../notebooks/" : start === "../docs/" ? "](" : "](../",
  );
}

function foldCode(source: string): string {
  const lines = source.split("\n").length;
  const code = fence("ts", source);
  return lines <= mostCodeLines
    ? code
    : `<details><summary>Code, ${lines} lines</summary>\n\n${code}\n\n</details>`;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** Leaves of a table what a forge keeps: its cells, and how their texts are aligned. */
function plainHtml(html: string): string {
  return html
    .replaceAll(/<\/?(?:div|wbr)\b[^<>]*>/g, "")
    .replaceAll(/ style="text-align:(left|right)[^"]*"/g, ' align="$1"')
    .replaceAll(/ (?:class|style|role|scope|tabindex|aria-[a-z]+|data-[a-z]+)="[^"]*"/g, "")
    .replaceAll(/\n{2,}/g, "\n")
    .trim();
}
