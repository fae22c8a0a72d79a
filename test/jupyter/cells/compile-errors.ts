import type { Theme } from "./row.ts";

const advice = "The cell uses a name that no cell has defined since the kernel started, or that is misspelt.";

/** What the compiler refuses is told with line and column of the reader's own text, and nothing of the cell runs. */
export const compileErrors: Theme = {
  rows: [
    {
      what: "a loop without a body, which does not run forever",
      cells: ["const waits = 1;\nwhile (waits)"],
      complaint: ["2:14 - Declaration or statement expected."],
    },
    {
      what: "a label and an else in front of nothing",
      cells: ["outer: if (Math.random() > 2) console.log(1); else // nothing"],
      complaint: ["1:62 - Declaration or statement expected."],
    },
    { what: "a bracket that is missing", cells: ["console.log('a'"], complaint: ["1:16 - ')' expected."] },
    {
      what: "a bracket that is missing, on line 5",
      cells: ["const one = 1;\n// Two.\nconst three = `3\n`;\nconst five = (4 + 1;"],
      complaint: ["5:20 - ')' expected."],
    },
    {
      what: "an error behind emoji and tabs",
      cells: ["const rocket = '🚀';\n\tconst n = '🚀' + ;"],
      complaint: ["2:19 - Expression expected."],
    },
    {
      what: "an error behind lines that end as on Windows",
      cells: ["const first = 1;\r\nconst second = ;\r\n"],
      complaint: ["2:16 - Expression expected."],
    },
    {
      what: "a text without its end",
      cells: ["const open = 'never closed;\nconsole.log(open);"],
      complaint: ["1:28 - Unterminated string literal."],
    },
    {
      what: "a brace too many",
      cells: ["if (true) { }\n}"],
      complaint: ["2:1 - Declaration or statement expected."],
    },
    {
      what: "a type that does not fit",
      cells: ["const count: number = 'x';"],
      complaint: "1:7 - Type 'string' is not assignable to type 'number'.",
    },
    {
      what: "a type that does not fit, on line 5, behind short forms of properties",
      cells: [
        "interface Size { tokens: number }\nconst tokens = 1;\n\nconst sizes: Size[] = [{ tokens },\n  { tokens }, { tokens: 'many' }];",
      ],
      complaint: "5:17 - Type 'string' is not assignable to type 'number'.",
    },
    {
      what: "a type that does not fit, behind awaits, exports and decorators",
      cells: [
        "const mark = (value: any, _context: any) => value;\nexport class Marked { @mark go() {} }\nexport const waited = await 1; const unfit: string = await 2;",
      ],
      complaint: "3:38 - Type 'number' is not assignable to type 'string'.",
    },
    {
      what: "an argument that is missing",
      cells: ["const greet = (name: string) => `hi ${name}`;", "greet();"],
      complaint: ["1:1 - Expected 1 arguments, but got 0."],
    },
    {
      what: "an option that does not exist",
      cells: ["import OpenAI from 'openai';\nnew OpenAI({ apiKeys: 'EMPTY' });"],
      complaint: ["2:14 - ", "'apiKeys'"],
    },
    {
      what: "a property that does not exist",
      cells: ["const shelf = { books: 1 };\nshelf.boks;"],
      complaint: ["2:7 - Property 'boks' does not exist on type '{ books: number; }'. Did you mean 'books'?"],
    },
    {
      what: "a name that no cell has defined: which cells to run",
      cells: ["console.log(endpoint);"],
      complaint: `1:13 - Cannot find name 'endpoint'.\n${advice} Run the cells above it that define endpoint: Run → Run All Above Selected Cell.`,
    },
    {
      what: "a name that is misspelt: the right one",
      cells: ["let temperature = 1;", "temprature"],
      complaint: ["1:1 - Cannot find name 'temprature'. Did you mean 'temperature'?"],
    },
    {
      what: "several: all of them, in order",
      cells: ["lamp;\nconst n: number = 'x';\nconsole.log(table);"],
      complaint: [
        "1:1 - Cannot find name 'lamp'.",
        "2:7 - Type 'string' is not assignable to type 'number'.",
        "3:13 - Cannot find name 'table'.",
      ],
    },
    { what: "nothing of a refused cell runs", cells: ["let ran = 'no';"] },
    {
      what: "… also not what stands before the mistake",
      cells: ["ran = 'yes'; console.log(ran);\nconst m: number = 'x';"],
      complaint: ["2:7 - "],
    },
    { what: "… so that the value stays", cells: ["ran"], seen: "no\n" },
    {
      what: "an earlier cell's mistake does not stay",
      cells: ["const m = 'now a text';\nm"],
      seen: "now a text\n",
    },
    {
      what: "return outside of a function",
      cells: ["return 5;"],
      complaint: ["1:1 - A 'return' statement can only be used within a function body."],
    },
    { what: "break outside of a loop", cells: ["break;"], complaint: ["1:1 - "] },
    {
      what: "an import within a block",
      cells: ["if (true) {\n  import { sep } from 'node:path';\n}"],
      complaint: ["2:3 - ", "import"],
    },
    { what: "a reserved word as a name", cells: ["const class = 1;"], complaint: ["1:7 - "] },
    {
      what: "a regular expression with a mistake",
      cells: ["const wrong = /(/;"],
      complaint: ["1:", "')' expected"],
    },
    {
      what: "a function, a class, an import and an enum are not assigned",
      cells: [
        "function fixed() {}\nclass Fixed {}\nenum Fix { One }\nimport { sep } from 'node:path';",
        "fixed = () => {};\nFixed = class {};\nFix = {};\nsep = '|';",
      ],
      complaint: ["1:1 - ", "'fixed'", "2:1 - ", "'Fixed'", "3:1 - ", "'Fix'", "4:1 - ", "'sep'"],
    },
    {
      what: "a comparison that can never be true",
      cells: [
        "const size: 'small' | 'big' = Math.random() > 2 ? 'small' : 'big';",
        "if (size === 'medium') console.log(size);",
      ],
      complaint: ["1:5 - This comparison appears to be unintentional"],
    },
  ],
};
