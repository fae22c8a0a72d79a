import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { describeProblem, findProblems } from "./find-problems.ts";
import { code, text, title, writeNotebook } from "./notebook-file.ts";

/** The problems of a notebook with these code cells behind a title, as lines for people. */
function problemsOf(context: TestContext, ...cells: string[]): string[] {
  return findProblems([writeNotebook(context, [title, ...cells.map(code)])]).map(describeProblem);
}

describe("the check of a notebook's code", () => {
  test("finds nothing in cells that share a scope, await at the top and import as notebooks do", (context) => {
    const problems = problemsOf(
      context,
      'import OpenAI from "openai";\nimport { openEndpoint, printChat } from "workbook";',
      "const endpoint = await openEndpoint()",
      '(await printChat(endpoint, { messages: [{ role: "user", content: "Hello" }] })).text',
      "const client: OpenAI = endpoint.client;\nclient.baseURL",
    );
    assert.deepEqual(problems, []);
  });

  test("names the cell and the line of a type error, text cells counted", (context) => {
    const path = writeNotebook(context, [
      title,
      code("const tokens = 1;"),
      text("Now a mistake."),
      code('console.log("fine");\nconst words: string = tokens;\nnothing;'),
    ]);
    assert.deepEqual(findProblems([path]).map(describeProblem), [
      "made.ipynb: cell 4, line 2: Type 'number' is not assignable to type 'string'. (TS2322)",
      "made.ipynb: cell 4, line 3: Cannot find name 'nothing'. (TS2304)",
    ]);
  });

  test("is strict", (context) => {
    assert.deepEqual(problemsOf(context, "function twice(tokens) {\n  return 2 * tokens;\n}"), [
      "made.ipynb: cell 2, line 1: Parameter 'tokens' implicitly has an 'any' type. (TS7006)",
    ]);
  });

  test("knows what the library exports", (context) => {
    assert.deepEqual(problemsOf(context, 'import { breakEvn } from "workbook";'), [
      `made.ipynb: cell 2, line 1: '"workbook"' has no exported member named 'breakEvn'. Did you mean 'breakEven'? (TS2724)`,
    ]);
  });

  test("knows the language of the kernel: the library of Node 24, and packages by their exports", (context) => {
    const problems = problemsOf(
      context,
      "[2, 1].toSorted().values().map((one) => one + 1).toArray();",
      "Object.groupBy([1, 2], (one) => (one > 1 ? 'more' : 'one'));",
      "await Array.fromAsync([1, 2], async (one) => new Set([one]).union(new Set([3])));",
      "Promise.withResolvers<string>().resolve('now');",
      'import { explainError } from "workbook/explain";\nimport { zodTextFormat } from "openai/helpers/zod";',
      "{\n  using file = { [Symbol.dispose]() {} };\n}",
    );
    assert.deepEqual(problems, []);
  });

  test("finds what Node does not have", (context) => {
    assert.deepEqual(problemsOf(context, "document;", "Temporal;"), [
      "made.ipynb: cell 2, line 1: Cannot find name 'document'. Do you need to change your target library? Try changing the 'lib' compiler option to include 'dom'. (TS2584)",
      "made.ipynb: cell 3, line 1: Cannot find name 'Temporal'. (TS2304)",
    ]);
  });

  test("finds a name that two cells declare", (context) => {
    assert.deepEqual(problemsOf(context, "const tokens = 1;", "const tokens = 2;"), [
      "made.ipynb: cell 2, line 1: Cannot redeclare block-scoped variable 'tokens'. (TS2451)",
      "made.ipynb: cell 3, line 1: Cannot redeclare block-scoped variable 'tokens'. (TS2451)",
    ]);
  });

  test("finds a missing bracket in the cell that misses it", (context) => {
    assert.deepEqual(problemsOf(context, "if (true) {\n  console.log(1);", "console.log(2);\n}"), [
      "made.ipynb: cell 2, line 2: '}' expected. (TS1005)",
      "made.ipynb: cell 3, line 2: Declaration or statement expected. (TS1128)",
    ]);
  });

  test("finds promises that nobody awaits, also in functions and behind void and catch", (context) => {
    const problems = problemsOf(
      context,
      'import { openEndpoint } from "workbook";\nopenEndpoint();',
      "await openEndpoint();\nvoid openEndpoint();",
      "const openLater = () => {\n  openEndpoint().catch(console.error);\n};",
      "const opening = openEndpoint();\nawait opening;",
      "openEndpoint()",
    );
    assert.deepEqual(
      problems,
      ["cell 2, line 2", "cell 3, line 2", "cell 4, line 2", "cell 6, line 1"].map(
        (place) => `made.ipynb: ${place}: a promise is not awaited: put \`await\` in front of it`,
      ),
    );
  });

  test("checks notebooks apart from each other", (context) => {
    const one = writeNotebook(context, [title, code("const tokens = 1;")]);
    const other = writeNotebook(context, [title, code("tokens;")]);
    const problems = findProblems([one, other]).map(describeProblem);
    assert.deepEqual(problems, ["made.ipynb: cell 2, line 1: Cannot find name 'tokens'. (TS2304)"]);
  });
});

describe("check-notebooks.ts", () => {
  const script = fileURLToPath(new URL("check-notebooks.ts", import.meta.url));
  const run = (path: string) =>
    new Promise<{ exitCode: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [script, path], (error, stdout, stderr) =>
        resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
      );
    });

  test("ends with 1 and a line for each problem", async (context) => {
    const { exitCode, stderr } = await run(writeNotebook(context, [title, code("nothing;")]));
    assert.equal(exitCode, 1);
    assert.match(stderr, /^made\.ipynb: cell 2, line 1: Cannot find name 'nothing'/);
  });

  test("ends with 0 where all is well", async (context) => {
    const { exitCode, stdout } = await run(writeNotebook(context, [title, code("console.log(1);")]));
    assert.deepEqual([exitCode, stdout], [0, "Notebooks in order: 1.\n"]);
  });
});
