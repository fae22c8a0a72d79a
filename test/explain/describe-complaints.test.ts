import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Complaint, describeComplaints } from "../../lib/src/explain/describe-complaints.ts";

const told = (complaint: Partial<Complaint>) =>
  describeComplaints([{ code: 2304, message: "said", line: 3, column: 7, ...complaint }]);

const runAbove = (name: string) =>
  "The cell uses a name that no cell has defined since the kernel started, or that is misspelt. " +
  `Run the cells above it that define ${name}: Run → Run All Above Selected Cell.`;

describe("what the compiler says against a cell", () => {
  test("is told with its place; what the workbook does not know is told as it is", () => {
    const message = "Type 'string' is not assignable to type 'number'.";
    assert.equal(told({ code: 2322, message }), `3:7 - ${message}`);
    // Words alone decide nothing.
    assert.equal(told({ code: 2345, message: "Cannot find name 'x'." }), "3:7 - Cannot find name 'x'.");
  });

  test("of a name that no cell has defined says which cells to run", () => {
    assert.equal(
      told({ code: 2304, message: "Cannot find name 'endpoint'.", subject: "endpoint" }),
      `3:7 - Cannot find name 'endpoint'.\n${runAbove("endpoint")}`,
    );
    // Another message in another language or version.
    assert.equal(told({ code: 2304, subject: "x" }), `3:7 - said\n${runAbove("x")}`);
  });

  test("of a name that is misspelt names the right one", () => {
    const message = "Cannot find name 'temprature'. Did you mean 'temperature'?";
    assert.match(
      told({ code: 2552, message, subject: "temprature" }),
      /\nNo cell has defined temprature since the kernel started; temperature is known\. Write temperature if/,
    );
  });

  test("of a name that is only assigned says how to declare it", () => {
    assert.match(
      told({ message: "Cannot find name 'x'.", subject: "x", isAssigned: true }),
      /^3:7 - Cannot find name 'x'\.\nNo cell has declared x\. .*`let x = …`.*Run All Above/,
    );
    // Nobody declares what another language or a page has.
    assert.doesNotMatch(told({ subject: "document", isAssigned: true }), /let document/);
  });

  test("of a name of web pages says that there is no page, and of no cells above", () => {
    const library =
      "Cannot find name 'document'. Do you need to change your target library? Try changing the 'lib' compiler option to include 'dom'.";
    const text = told({ code: 2584, message: library, subject: "document" });
    assert.match(text, /^3:7 - Cannot find name 'document'\.\nThe name document belongs to web pages/);
    for (const subject of ["document", "window", "localStorage", "HTMLDivElement", "requestAnimationFrame"]) {
      assert.match(
        told({ subject }),
        new RegExp(`\nThe name ${subject} belongs to web pages: a cell runs in Node`),
      );
      assert.doesNotMatch(told({ subject }), /[Rr]un (?:the|All)/);
    }
    for (const subject of ["prompt", "confirm", "alert"]) {
      assert.match(
        told({ subject }),
        new RegExp(`\nThe function ${subject}\\(\\) opens a window of a web page`),
      );
      assert.doesNotMatch(told({ subject }), /[Rr]un (?:the|All)/);
    }
  });

  test("of a name of Python says that the cell is TypeScript", () => {
    assert.match(told({ subject: "print" }), /\nThe cell is written in Python or for a shell/);
  });

  test("of types that Node's own or a test runner's packages have leaves out options of the compiler", () => {
    const message =
      "Cannot find name 'describe'. Do you need to install type definitions for a test runner? Try `npm i --save-dev @types/jest`.";
    const text = told({ code: 2582, message, subject: "describe" });
    assert.match(text, /^3:7 - Cannot find name 'describe'\.\nThe cell uses a name/);
  });

  test("of JSX names it, whatever the compiler makes of it", () => {
    const text = told({ code: 17004, message: "Cannot use JSX unless the '--jsx' flag is provided." });
    assert.match(text, /^3:7 - A cell cannot contain JSX\.\n.*JSX.*\n?/);
    assert.doesNotMatch(text, /--jsx|[Rr]un (?:the|All)/);
  });

  test("of a file that is missing says what was looked for, and of a package how to install it", () => {
    for (const subject of ["./zz-gone", "../zz-gone.ts", "/tmp/zz-gone.ts", ".."]) {
      const text = told({ code: 2307, subject });
      assert.ok(text.includes(`There is no file ${subject} at the place`), text);
      assert.doesNotMatch(text, /npm/);
    }
    const installs = [
      ["lodash", "lodash"],
      ["zod/v9/gone", "zod"],
      ["@scope/name", "@scope/name"],
      ["@scope/name/deep.js", "@scope/name"],
    ] as const;
    for (const [subject, name] of installs) {
      for (const code of [2307, 2882, 7016, 2792]) {
        assert.ok(told({ code, subject }).includes(`(\`npm install --save-exact ${name}\`)`), subject);
      }
    }
    assert.match(told({ code: 2307, subject: "workbook" }), /Keep notebooks in notebooks\//);
    for (const subject of ["npm:lodash", "jsr:@std/path", "https://esm.sh/lodash", "node:nothing"]) {
      assert.doesNotMatch(told({ code: 2307, subject }), /--save-exact (?:npm|jsr|https|node)/);
    }
  });

  test("of a package whose name is like one of the project asks for that first", () => {
    const meant = [
      ["workbok", "workbook"],
      ["opneai", "openai"],
      ["workbok/show", "workbook"],
      ["polars", "nodejs-polars"],
      ["vega-light", "vega-lite"],
    ] as const;
    for (const [subject, name] of meant)
      assert.ok(told({ code: 2307, subject }).includes(`\nDid you mean ${name}? If not, `), subject);
    for (const subject of ["lodash", "ai", "express", "@scope/openai", "react"])
      assert.doesNotMatch(told({ code: 2307, subject }), /Did you mean/);
  });

  test("of a file without ./ in front says how it is written", () => {
    for (const subject of ["nofile.ts", "data.json", "parts/nofile.ts"]) {
      const text = told({ code: 2307, subject });
      assert.ok(text.includes(`Write \`./${subject}\` for a file beside the notebook.`), text);
      assert.doesNotMatch(text, /npm/);
    }
    // This may be a package as well.
    assert.match(
      told({ code: 2307, subject: "chart.js" }),
      /`\.\/chart\.js`.*npm install --save-exact chart\.js/,
    );
  });

  test("of a line in another language says so once, whatever its words", () => {
    const syntax = { code: 1005, message: "No.", line: 1, column: 1 };
    assert.match(
      describeComplaints([{ ...syntax, isForeign: true }, syntax]),
      /^1:1 - No\.\nThe cell is written in Python .*\n1:1 - No\.$/,
    );
  });

  test("of an assignment to what keeps its value says how to declare it again", () => {
    for (const code of [2588, 2628, 2629, 2630, 2631, 2632]) {
      assert.match(
        told({ code, subject: "ceiling" }),
        /\nThe name ceiling keeps the value with which it was declared\. Declare it again: .*`let ceiling = …`/,
      );
    }
  });

  test("of a promise that nobody waited for says that an await is missing", () => {
    const message = "Property 'baseUrl' does not exist on type 'Promise<Endpoint>'.";
    assert.match(told({ code: 2339, message, related: [2773] }), /\n.*Put await in front of the call\.$/);
    assert.equal(told({ code: 2339, message }), `3:7 - ${message}`);
  });

  test("of a cell that is no TypeScript says that the first place counts", () => {
    assert.match(
      told({ code: 1005, message: "')' expected." }),
      /^3:7 - '\)' expected\.\nThe compiler cannot read/,
    );
    // What is told of a statement in the wrong place is plain.
    assert.equal(told({ code: 1108, message: "A 'return' statement." }), "3:7 - A 'return' statement.");
  });

  test("of several places is told in order, and an explanation that repeats only once", () => {
    const name = (subject: string, line: number) => ({
      code: 2304,
      message: `Cannot find name '${subject}'.`,
      subject,
      line,
      column: 1,
    });
    assert.equal(
      describeComplaints([name("lamp", 1), name("shelf", 2), name("lamp", 4)]),
      `1:1 - Cannot find name 'lamp'.\n${runAbove("lamp")}\n2:1 - Cannot find name 'shelf'.\n${runAbove("shelf")}\n4:1 - Cannot find name 'lamp'.`,
    );
  });

  test("of a cell in another language is explained once: no cell above defines its words", () => {
    const name = (subject: string, column: number) => ({
      code: 2304,
      message: `Cannot find name '${subject}'.`,
      subject,
      line: 1,
      column,
    });
    const shell = describeComplaints([
      { ...name("x", 1), code: 2362, message: "No." },
      name("ls", 2),
      name("l", 6),
    ]);
    assert.match(
      shell,
      /^1:1 - No\.\n1:2 - Cannot find name 'ls'\.\nThe cell is written in Python .*\n1:6 - Cannot find name 'l'\.$/,
    );
    const magic = [{ code: 1109, message: "Expression expected.", line: 1, column: 1 }, name("install", 6)];
    assert.match(describeComplaints(magic), /\n1:6 - Cannot find name 'install'\.$/);
    const markup = [name("hello", 19), { code: 17004, message: "", line: 1, column: 14 }];
    assert.doesNotMatch(describeComplaints(markup), /[Rr]un the cells/);
  });

  test("of many places is told of the first ten", () => {
    const many = Array.from({ length: 12 }, (_, index) => ({
      code: 2322,
      message: "No.",
      line: index + 1,
      column: 1,
    }));
    const lines = describeComplaints(many).split("\n");
    assert.deepEqual([lines.length, lines[9], lines[10]], [11, "10:1 - No.", "… and 2 more places"]);
  });

  test("of a file that a cell imports names the file, without this machine's folders", () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const text = told({ code: 1109, message: "Expression expected.", file: `${root}notebooks/mine.ts` });
    assert.match(text, /^notebooks\/mine\.ts:3:7 - Expression expected\./);
    const typed = told({ code: 7016, message: `'${root}x.js' has an 'any' type.`, subject: "x" });
    assert.ok(!typed.includes(root), typed);
  });

  test("hides keys and control characters", () => {
    const text = told({ code: 2322, message: "Type '\"sk-canary-key\"'\u001b[31m is not assignable." });
    assert.doesNotMatch(text, /canary|\u001b/);
  });
});
