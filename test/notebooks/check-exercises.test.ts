import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { describeProblem, findProblems } from "./find-problems.ts";
import { code, type FileCell, text, title, writeNotebook } from "./notebook-file.ts";
import { solvedFile } from "./solve-notebook.ts";

const tagged = (cell: FileCell, ...tags: string[]): FileCell => ({ ...cell, metadata: { tags } });

function solution(block: string): FileCell {
  const source = `<details><summary>Solution</summary>\n\n\`\`\`ts\n${block}\n\`\`\`\n\nBecause.\n\n</details>`;
  return tagged(text(source), "solution");
}

const first = [
  text("### Prediction: how many?\n\nGuess."),
  tagged(code("const myGuess: number | null = null;"), "exercise"),
  code('import { expectClose } from "workbook";\nexpectClose(myGuess, 3)'),
  solution("const myGuess: number | null = 1 + 2;"),
];
const second = [
  text("### Exercise: twice as many\n\nCompute."),
  tagged(code("const mySum: number | null = null;"), "exercise"),
  code("expectClose(mySum, 6)"),
  solution("const mySum: number | null = 2 * 3;"),
];
const heading = text("## A part");
const [asks, answer, compares, solves] = second as [FileCell, FileCell, FileCell, FileCell];

/** What is found in a notebook of a good exercise and these cells below it. */
function problemsWith(context: TestContext, cells: readonly FileCell[]): string[] {
  const path = writeNotebook(context, [title, heading, ...first, ...cells]);
  return findProblems([path]).map((problem) => describeProblem(problem).replace("made.ipynb: ", ""));
}

describe("the check of a notebook's exercises", () => {
  test("finds nothing where each has its text, its answer, its comparison and its solution", (context) => {
    assert.deepEqual(problemsWith(context, second), []);
  });

  test("finds parts that are missing", (context) => {
    assert.deepEqual(problemsWith(context, [answer, compares, solves]), [
      "cell 7, line 1: has above it no text that begins with `### Exercise: …` or `### Prediction: …`",
    ]);
    assert.deepEqual(problemsWith(context, [asks, answer, solves]), [
      "cell 8, line 1: declares (as `const my…`) nothing that a later cell compares with expectClose",
    ]);
    assert.deepEqual(problemsWith(context, [asks, answer, compares]), [
      "cell 8, line 1: has no solution below it that declares the same `const my…`",
    ]);
    assert.deepEqual(problemsWith(context, [...second, asks]), [
      "cell 11, line 1: asks for an answer; the cell below it must be code with the tag `exercise`",
    ]);
  });

  test("finds solutions of another form, and of no exercise", (context) => {
    const other = solution("const myOther = 1;");
    assert.deepEqual(problemsWith(context, [...second, other]), [
      "cell 11, line 1: is the solution of no exercise above it",
    ]);
    const closed = tagged(text(solves.source.replace("\n\n```ts", "\n```ts")), "solution");
    const [missing, form] = problemsWith(context, [asks, answer, compares, closed]);
    assert.match(missing ?? "", /^cell 8, line 1: has no solution/);
    assert.match(form ?? "", /^cell 10, line 1: is no solution of this form/);
  });

  test("has the compiler check each solution in the place of its exercise", (context) => {
    const wrong = solution('const mySum: number | null = "six";');
    assert.deepEqual(problemsWith(context, [asks, answer, compares, wrong]), [
      "cell 8, line 1: with the solutions in place: Type 'string' is not assignable to type 'number'. (TS2322)",
    ]);
    const early = solution("const mySum: number | null = later;");
    const cells = [asks, answer, code("const later = 6;"), compares, early];
    assert.match(problemsWith(context, cells)[0] ?? "", /^cell 8, .*'later' used before its declaration/);
  });

  test("writes the notebook of somebody who has solved all of them, for a run", (context) => {
    const path = writeNotebook(context, [title, heading, ...first, ...second]);
    const { cells } = JSON.parse(solvedFile(path)) as { cells: (FileCell & { id: string })[] };
    const answers = cells.filter(({ source }) => source.startsWith("const my"));
    assert.deepEqual(
      answers.map(({ id, source }) => ({ id, source })),
      [
        { id: "cell-3", source: "const myGuess: number | null = null;" },
        { id: "cell-3-solved", source: "const myGuess: number | null = 1 + 2;" },
        { id: "cell-7", source: "const mySum: number | null = null;" },
        { id: "cell-7-solved", source: "const mySum: number | null = 2 * 3;" },
      ],
    );
    assert.equal(cells.length, 12);
  });
});
