import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { describeProblem, findProblems } from "./find-problems.ts";
import { code, type FileCell, text, title, writeNotebook } from "./notebook-file.ts";

/** The problems of a notebook with a good title and these cells, as lines for people. */
function problemsOf(
  context: TestContext,
  cells: readonly FileCell[],
  options?: { kernel: string },
): string[] {
  return findProblems([writeNotebook(context, [title, ...cells], options)]).map(describeProblem);
}

describe("the check of a notebook's structure", () => {
  test("finds nothing in a good notebook", (context) => {
    const cells = [
      text("## One\n\n```sh\n# a comment, no heading\n```"),
      code("const tokens = 1;\nconsole.log(tokens);"),
      text("### Detail"),
      text(
        "## Two\n\nFiles of a pod lie in /workspace and /root/.cache/huggingface; see https://example.org/home/page.",
      ),
    ];
    assert.deepEqual(problemsOf(context, cells), []);
  });

  test("finds what was left from a run", (context) => {
    const cells: FileCell[] = [
      { ...code("1;"), outputs: [{ output_type: "stream", name: "stdout", text: "1" }] },
      { ...code("2;"), execution_count: 7 },
      { ...code("3;"), metadata: { execution: { "iopub.status.idle": "2026-01-01T00:00:00Z" } } },
    ];
    assert.deepEqual(problemsOf(context, cells), [
      "made.ipynb: cell 2, line 1: has outputs: clear them before the notebook is saved",
      "made.ipynb: cell 3, line 1: has an execution count: clear it with the outputs",
      "made.ipynb: cell 4, line 1: has times of an execution in its metadata",
    ]);
  });

  test("finds another kernel, and empty cells", (context) => {
    assert.deepEqual(problemsOf(context, [code(" \n")], { kernel: "python3" }), [
      "made.ipynb: cell 1, line 1: the kernel is python3, it should be tslab",
      "made.ipynb: cell 2, line 1: is empty",
    ]);
  });

  test("finds a missing title", (context) => {
    const expected = [
      "made.ipynb: cell 1, line 1: the notebook must begin with its title, a heading with one #",
    ];
    for (const first of [text("## Not a title"), text("Words\n\n# Title"), code("1;")]) {
      const path = writeNotebook(context, [first, text("# Title")]);
      assert.deepEqual(findProblems([path]).map(describeProblem), expected);
    }
  });

  test("finds headings out of order", (context) => {
    const cells = [text("## One\n\n#### Too deep"), text("Words\n# Again")];
    assert.deepEqual(problemsOf(context, cells), [
      "made.ipynb: cell 2, line 3: the heading skips a level, from 2 to 4",
      "made.ipynb: cell 3, line 2: is a second title; one # stands only at the top",
    ]);
  });

  test("finds cells that are too long or too wide, but leaves text alone", (context) => {
    const wide = `"${"a".repeat(98)}";`;
    const cells = [code("1;\n".repeat(20)), code(`1;\n${wide}`), text("word ".repeat(100))];
    assert.deepEqual(problemsOf(context, cells), [
      "made.ipynb: cell 2, line 21: the cell has 21 lines; 20 can be read at a glance",
      "made.ipynb: cell 3, line 2: is 101 columns wide; 100 fit into a report",
    ]);
    assert.deepEqual(
      problemsOf(context, [code(`${"1;\n".repeat(19)}1;`), code(wide.replace("aa", "a"))]),
      [],
    );
  });

  test("finds paths of somebody's machine, in code and in text", (context) => {
    const cells = [
      text("Open\n`/home/someone/notebook.ipynb`."),
      code('const file = "C:\\\\data";'),
      code('const page = "file:///report.html";'),
    ];
    assert.deepEqual(problemsOf(context, cells), [
      "made.ipynb: cell 2, line 2: holds an absolute path of somebody's machine",
      "made.ipynb: cell 3, line 1: holds an absolute path of somebody's machine",
      "made.ipynb: cell 4, line 1: holds an absolute path of somebody's machine",
    ]);
  });

  test("finds what looks like a key, and does not repeat it", (context) => {
    const [problem = "", ...others] = problemsOf(context, [code('const key = "rpa_canary_not_a_key";')]);
    assert.match(problem, /^made\.ipynb: cell 2, line 1: holds .*Runpod key/);
    assert.doesNotMatch(problem, /canary/);
    assert.deepEqual(others, []);
    assert.deepEqual(problemsOf(context, [text("Keys begin with `rpa_` or `hf_`, as in rpa_….")]), []);
  });
});
