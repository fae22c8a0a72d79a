import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { inProject } from "../../bin/set-up/project.mjs";
import { makeFolder } from "../helpers/environment.ts";
import { findRawValues } from "./find-raw-values.ts";
import { listPages } from "./report-folder.ts";

function rawIn(context: TestContext, main: string): number {
  const file = join(makeFolder(context), "page.html");
  writeFileSync(file, `<html><body><main>${main}</main></body></html>`);
  return findRawValues([file]).length;
}

test("raw objects and the digits of a computation are found", (context) => {
  const cell = (text: string) => rawIn(context, `<table><tr><td>${text}</td></tr></table>`);
  for (const raw of ["250803.8585209003", "0.032266666666", "{ length: 44 }", "[ 'a' ]", "[object Object]"])
    assert.equal(cell(raw), 1, raw);
  for (const fine of ["250,803.859", "0.000342", "0.00000125", "vllm 0.33.0", "length 44", "{podId}"])
    assert.equal(cell(fine), 0, fine);
});

test("what a cell prints can be a model's: an answer as an object is none of the workbook's", (context) => {
  const printed = (text: string) => rawIn(context, `<pre class="stream">${text}</pre>`);
  assert.equal(printed("{ name: 'Ada', pi: 3.14159265 }"), 0);
  for (const raw of ["costs 0.032266666666667", "{ a: [Object] }", "{\n  a: 1\n}"])
    assert.equal(printed(raw), 1);
});

test("code and prose are the notebook's own", (context) => {
  assert.equal(
    rawIn(context, '<div class="code">{ a: 1.00000001 }</div><div class="prose">[ "a" ]</div>'),
    0,
  );
});

const reports = process.env["WORKBOOK_TEST_REPORTS"];
test("no report of a run shows a raw object or the digits of a computation", {
  skip: reports === undefined,
}, () => {
  const pages = reports === undefined ? [] : listPages(reports).map((page) => join(reports, page));
  assert.deepEqual(findRawValues(pages), []);
});

test("nor does the sample of the repository", () => {
  assert.deepEqual(findRawValues([inProject("docs/sample-report.html")]), []);
});
