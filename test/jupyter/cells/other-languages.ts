import type { Row, Theme } from "./row.ts";

/** Cells of Python's notebooks, and commands for a shell. */
const foreign = [
  "import os",
  "import numpy as np",
  "import os\nx = 1",
  "from workbook import printChat",
  "def f(x):\n    return x",
  "async def f():\n    pass",
  "class Shelf:\n    pass",
  "for i in range(3):\n    print(i)",
  "while True:\n    break",
  "try:\n    f()\nexcept:\n    pass",
  "except:",
  'raise ValueError("x")',
  'with open("x") as f:',
  "if name == None: pass",
  "if x is not None:\n    y",
  "x = [i for i in range(3)]",
  "x = 1 if y else 2",
  'f"hello {name}"',
  'print(f"{1+1}")',
  'print "hello"',
  '"""What it does."""\nx = 1',
  "# a comment",
  "#comment",
  "x = 1 # a note",
  "lambda x: x + 1",
  "not true",
  "%time x",
  "%pip install openai",
  "printChat?",
  "?printChat",
  "!ls",
  "!ls -l",
  "!nvidia-smi",
  "nvidia-smi",
  "pip install requests",
  "npm install lodash",
  "vllm serve model --port 8000",
  'input("name?")',
  "help(printChat)",
  "quit()",
  "exit()",
  "dir(1)",
  "str(1)",
  "range(3)",
];

/** TypeScript with one bracket or word that is wrong. */
const mistaken = [
  "const sizes = [1, 2;",
  "for (const size of [1, 2] {\n}",
  "for const size in sizes) {\n}",
  "if (1 === 1 {\n}",
  "if x) { }",
  "const double = (x: number => x * 2;",
  "function f(x: number {\n  return x;\n}",
  'const o = { if: 1, try: 2, class: "x";',
  'console.log("it is not closed)',
  "const text = `\nimport os\ndef f(x):\n",
  "const text = `\nimport os`;\nconsole.log(text",
  "// for i in range(3):\nconsole.log(1",
  "const rest = 5\n  % (3",
  "class Shelf { #books = 1; count( { return this.#books; } }",
  'const said = "x and y" + (1;',
  'fetch("x", { method: "POST" ;',
  "range.length",
  "!ready",
];

const sentence = "The cell is written in Python or for a shell: this kernel runs TypeScript.";

export const otherLanguages: Theme = {
  rows: [
    ...foreign.map(
      (cell): Row => ({
        what: `of another language: ${cell}`,
        cells: [cell],
        complaint: [sentence],
        never: "cells above",
      }),
    ),
    ...mistaken.map(
      (cell): Row => ({
        what: `of TypeScript, though mistaken: ${cell}`,
        cells: [cell],
        complaint: [" - "],
        never: sentence,
      }),
    ),
  ],
};
