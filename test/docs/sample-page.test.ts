import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { samplePage } from "../../tools/sample-page.ts";

const options = { head: "*A rehearsal.*", chartName: "chart" };
const pageOf = (...cells: Parameters<typeof samplePage>[0]) => samplePage(cells, options).page;
const code = (source: string, data?: Record<string, string>) => ({
  cell_type: "code",
  source,
  outputs: data === undefined ? [] : [{ output_type: "display_data", data }],
});

describe("a notebook as a page that a forge shows", () => {
  test("begins with its title and what the page is, and its links lead where they led", () => {
    const source =
      "# A *title*\n\nSee [03](03-throughput.ipynb#a), [how](../docs/forecast.md) and [all](../README.md).";
    assert.equal(
      pageOf({ cell_type: "markdown", source }),
      "# A *title*\n\n*A rehearsal.*\n\nSee [03](../notebooks/03-throughput.ipynb#a), [how](forecast.md) and [all](../README.md).\n",
    );
  });

  test("folds code of more than ten lines", () => {
    assert.match(pageOf(code("1;\n".repeat(10).trim())), /^```ts\n/);
    assert.match(
      samplePage([{ cell_type: "markdown", source: "# One" }, code("1;\n".repeat(11).trim())], options).page,
      /<details><summary>Code, 11 lines<\/summary>\n\n```ts\n1;/,
    );
  });

  test("shows tables by their cells, charts as files with their words, and else the text", () => {
    const html =
      '<div class="table-scroll" style="overflow-x:auto">\n<table style="x">\n\n<tr><td data-says="a" style="text-align:right;min-width:1em">1<wbr></td></tr>\n</table>\n</div>';
    const { page, charts } = samplePage(
      [
        { cell_type: "markdown", source: "# One" },
        code("1", { "text/html": html, "text/plain": "1" }),
        code("2", { "image/svg+xml": '<svg width="1"><g/></svg>', "text/plain": "One [bar]" }),
        code("3", { "text/plain": "3 apples" }),
      ],
      options,
    );
    assert.match(page, /\n\n<table>\n<tr><td align="right">1<\/td><\/tr>\n<\/table>\n\n/);
    assert.match(page, /!\[One {2}bar \]\(chart-1\.svg\)/);
    assert.match(page, /```text\n3 apples\n```/);
    assert.deepEqual(charts, [
      {
        file: "chart-1.svg",
        svg: '<svg width="1"><rect width="100%" height="100%" fill="white"/><g/></svg>\n',
      },
    ]);
  });
});

describe("the sample report", () => {
  const docs = new URL("../../docs/", import.meta.url);
  const read = (file: string) => readFileSync(new URL(file, docs), "utf8");
  const page = read("sample-report.md");

  test("is of the same run as a page of HTML and as one of Markdown", () => {
    const [, time = "?"] = /a rehearsal of ([^.]+)\./.exec(page) ?? [];
    assert.ok(read("sample-report.html").includes(time), "run npm run sample-report");
  });

  test("has the charts that it shows", () => {
    const charts = [...page.matchAll(/\]\((sample-report-\d+\.svg)\)/g)].map(([, file = ""]) => file);
    assert.notEqual(charts.length, 0);
    for (const file of charts) assert.ok(existsSync(new URL(file, docs)), file);
  });
});
