import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { inProject } from "../../bin/set-up/project.mjs";
import { type TableOptions, tableBundle } from "../../lib/src/show/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { findUnlabelled } from "./find-unlabelled.ts";
import { listPages } from "./report-folder.ts";

const prices = [
  { gpu: "A40", usd: 0.44, observed: "2026-08-19", source: "https://example.com/a" },
  { gpu: "H100", usd: 3.99, observed: "2026-11-09", source: "https://example.com/h" },
];
const run = { kind: "published", rate: 660, date: "2024-04-24", source: "https://example.com/run" };

function problemsOf(context: TestContext, main: string): string[] {
  const file = join(makeFolder(context), "page.html");
  writeFileSync(file, `<html><body><main>${main}</main></body></html>`);
  return findUnlabelled([file]).map((problem) => problem.replace(/^.*page\.html: /, ""));
}

function ofTable(context: TestContext, rows: readonly object[], options: TableOptions): string[] {
  const html = String(tableBundle(rows, { caption: "Prices", ...options }).data["text/html"]);
  return problemsOf(context, `<div class="outputs">${html}</div>`);
}

describe("a figure without a label is found:", () => {
  test("in a table, by its column and cell", (t) => {
    assert.deepEqual(ofTable(t, prices, { columns: ["gpu", "usd"] }), [
      'Prices: 0.44 in column "usd" has no kind, day, source',
    ]);
    const inRows = ["gpu", "usd", "observed"];
    assert.deepEqual(ofTable(t, prices, { columns: inRows, figures: { kind: "published" } }), [
      'Prices: 0.44 in column "usd" has no source',
    ]);
    const figures = { kind: "computed", columns: ["usd"], from: prices } as const;
    assert.deepEqual(ofTable(t, [{ usd: 1, margin: "2 %" }], { figures }), [
      'Prices: 2 % in column "margin" has no kind, day, source',
    ]);
  });

  test("in one row of many", (t) => {
    const rows = [...prices, { ...prices[0], usd: 7, source: null }];
    assert.deepEqual(ofTable(t, rows, { figures: { kind: "published" } }), [
      'Prices: 7.00 in column "usd" has no source',
    ]);
  });

  test("in a chart", (t) => {
    const chart = (line: string) => `<figure class="chart"><figcaption>Dollars.</figcaption>${line}</figure>`;
    assert.deepEqual(problemsOf(t, chart("")), [
      "Dollars.: no kind",
      "Dollars.: no day",
      "Dollars.: no source",
    ]);
    const line =
      '<p class="note origin"><b>computed</b> from <cite>both</cite> (<time>2026-11-09</time>)</p>';
    assert.deepEqual(problemsOf(t, chart(line)), []);
  });

  test("in a sentence of a front page, and in its figures", (t) => {
    const line =
      '<p class="note origin"><b>computed</b> from <cite>prices</cite> (<time>2026-11-09</time>)</p>';
    const sentence = "<p>It pays above 139 tokens a second.</p>";
    assert.equal(problemsOf(t, sentence).length, 1);
    assert.deepEqual(problemsOf(t, `${sentence}<p class="note">Assumed: a week.</p>${line}`), []);
    const table =
      '<div><table><thead><tr><th data-says="date">Seen</th><th data-says="source">Source</th></tr></thead>' +
      "<tbody><tr><td>2026-08-19</td><td>https://example.com/</td></tr></tbody></table></div>";
    const short = '<p class="note origin"><b>Computed</b> from the prices below</p>';
    assert.deepEqual(problemsOf(t, `${sentence}${short}${table}<h2>More</h2>`), []);
    assert.equal(problemsOf(t, `${sentence}${short}<h2>More</h2>${table}`).length, 1);
    const figure = '<dl class="figures"><div><dt>Speed</dt><dd>53 tokens/s</dd></div></dl>';
    assert.deepEqual(problemsOf(t, figure), [
      'Speed: 53 tokens/s in column "value" has no kind, day, source',
    ]);
    const said =
      '<p class="note origin"><b>Measured</b> here: <cite>vLLM</cite>, <time>27 November 2026</time></p>';
    assert.deepEqual(problemsOf(t, figure + said), []);
  });
});

test("tables that say it for the whole or in each row are as they should be, and so are those without figures", (t) => {
  assert.deepEqual(ofTable(t, prices, { figures: { kind: "published" } }), []);
  assert.deepEqual(ofTable(t, [run], { columns: ["rate"] }), []);
  assert.deepEqual(ofTable(t, [run], {}), []);
  assert.deepEqual(ofTable(t, [{ worker: "http://127.0.0.1:8000", healthy: true }], {}), []);
});

const reports = process.env["WORKBOOK_TEST_REPORTS"];
test("every figure in the reports of a run says what it is, from when and whose", {
  skip: reports === undefined,
}, () => {
  const pages = reports === undefined ? [] : listPages(reports).map((page) => join(reports, page));
  assert.deepEqual(findUnlabelled(pages), []);
});

test("so does every figure in the sample of the repository", () => {
  assert.deepEqual(findUnlabelled([inProject("docs/sample-report.html")]), []);
});
