import type { Theme } from "./row.ts";

/** A name that is declared again has its new meaning for everybody. */
export const redefinitions: Theme = {
  rows: [
    {
      what: "a function that is declared again is what earlier functions call",
      cells: [
        "function greet() { return 'old'; }\nconst again = () => greet();",
        "function greet() { return 'new'; }\nconsole.log(again());",
      ],
      seen: "new\n",
    },
    {
      what: "an arrow function as well",
      cells: [
        "const price = () => 1;\nfunction total(n: number) { return n * price(); }",
        "const price = () => 2.5;",
        "total(4)",
      ],
      seen: "10\n",
    },
    {
      what: "a recursive function calls its newest self",
      cells: [
        "function depth(n: number): string { return n === 0 ? 'old' : depth(n - 1); }\nconst oldDepth = depth;",
        "function depth(n: number): string { return 'new'; }\nconsole.log(oldDepth(3));",
      ],
      seen: "new\n",
    },
    {
      what: "a class: earlier functions make the new one, existing objects keep theirs",
      cells: [
        "class Meter { unit() { return 'feet'; } }\nconst make = () => new Meter();\nconst first = make();",
        "class Meter { unit() { return 'metres'; } }",
        "console.log(make().unit(), first.unit());",
      ],
      seen: "metres feet\n",
    },
    {
      what: "a const with another value: the same cell, run twice",
      cells: [
        "const attempt = { count: Math.min(1, 2) };",
        "const attempt = { count: 5 };\nconst readAttempt = () => attempt.count;",
        "const attempt = { count: 7 };\nreadAttempt()",
      ],
      seen: "7\n",
    },
    {
      what: "a let with a value of another type",
      cells: ["let result = 1;", "let result = 'one';", "result.toUpperCase()"],
      seen: "ONE\n",
    },
    {
      what: "a constant and a type of its name, in cells of their own",
      cells: [
        "const Book = { parse: (text: string) => ({ title: text }) };",
        "type Book = ReturnType<typeof Book.parse>;",
        "const book: Book = Book.parse('Emma');",
        "let Book = { parse: (text: string) => ({ title: text, pages: 9 }) };",
        "Book = Book;\nconst another: Book = Book.parse('Persuasion');\nanother.title",
      ],
      seen: "Persuasion\n",
    },
    {
      what: "a type first, then a constant of its name",
      cells: [
        "interface Desk<Size> { size: Size }",
        "const Desk: Desk<number> = { size: 2 };",
        "const desk: Desk<number> = Desk;\ndesk.size",
      ],
      seen: "2\n",
    },
    {
      what: "a const where a let was, and the other way",
      cells: [
        "let mode = 'a'; const size = 1;",
        "const mode = 'b'; let size = 2;",
        "size = 3;\nconsole.log(mode, size);",
      ],
      seen: "b 3\n",
    },
    {
      what: "a function where a const was, and a class where a function was",
      cells: [
        "const load = 5; function Box() { return 1; }",
        "function load() { return 6; }\nclass Box { lid = true; }",
        "console.log(load(), new Box());",
      ],
      seen: "6 Box { lid: true }\n",
    },
    {
      what: "an interface of the same name replaces the earlier one",
      cells: [
        "interface Order { id: number }",
        "interface Order { name: string }",
        "const order: Order = { name: 'tea' };\norder",
      ],
      seen: "{ name: 'tea' }\n",
    },
    {
      what: "a value where a type was",
      cells: ["type Token = string;", "const Token = 5;", "Token"],
      seen: "5\n",
    },
    {
      what: "an enum and a namespace with fewer members",
      cells: [
        "enum Level { Low, Middle, High }\nnamespace Paths { export const a = 1, b = 2; }",
        "enum Level { Low, High }\nnamespace Paths { export const a = 3; }",
        "console.log(Level.High, Object.keys(Level), Paths);",
      ],
      seen: "1 [ '0', '1', 'Low', 'High' ] { a: 3 }\n",
    },
    {
      what: "a declaration that uses the earlier value of its own name is an error, as in any program",
      cells: ["let base = 1;", "let base = base + 1;"],
      complaint: ["'base'"],
    },
    {
      what: "… and leaves the earlier value alone",
      cells: ["base"],
      seen: "1\n",
    },
    {
      what: "an import that is declared anew",
      cells: ["import { basename } from 'node:path';", "const basename = () => 'mine';", "basename()"],
      seen: "mine\n",
    },
    {
      what: "an import where a variable was",
      cells: [
        "const sep = 'none';\nconst readSep = () => sep;",
        "import { sep } from 'node:path';",
        "console.log(readSep());",
      ],
      seen: "/\n",
    },
    {
      what: "a constant of an earlier cell is not assigned",
      cells: ["const ceiling = 5;", "// Another value:\nceiling = 6;"],
      complaint: ["2:1 - ", "ceiling"],
    },
    { what: "… and keeps its value", cells: ["ceiling"], seen: "5\n" },
    {
      what: "a value of another type is not assigned without let",
      cells: ["let counted = 1;", "counted = 'many';"],
      complaint: "1:1 - Type 'string' is not assignable to type 'number'.",
    },
    {
      what: "a cell that does not compile declares nothing",
      cells: ["let kept = 'before';"],
    },
    {
      what: "… it is refused",
      cells: ["let kept = 'after'; let wrong: number = 'text';"],
      complaint: "1:25 - Type 'string' is not assignable to type 'number'.",
    },
    { what: "… its redefinition does not count", cells: ["kept"], seen: "before\n" },
    { what: "… its new name is none", cells: ["wrong"], complaint: ["1:1 - Cannot find name 'wrong'."] },
    {
      what: "a cell that fails while it runs",
      cells: ["let fresh = 'unset';\nconst readFresh = () => fresh;"],
    },
    {
      what: "… fails at its line",
      cells: [
        "fresh = 'set';\nconst made = [1, 2];\nfunction helper() { return made.length; }\nJSON.parse('{');\nconst never = 1;",
      ],
      complaint: ["SyntaxError: ", "in line 4 of this cell: JSON.parse('{');"],
    },
    {
      what: "… and keeps what stood before that line",
      cells: ["console.log(readFresh(), made, helper());"],
      seen: "set [ 1, 2 ] 2\n",
    },
    {
      what: "two declarations of one name in one cell are an error",
      cells: ["const twin = 1;\nconst twin = 2;"],
      complaint: ["'twin'"],
    },
    {
      what: "a helper is written again with other parameters, and its caller too",
      cells: [
        "function rate(a: number) { return a; }\nconst quote = () => rate(1);",
        "function rate(a: number, b: number) { return a + b; }\nconst quote = () => rate(1, 2);",
        "quote()",
      ],
      seen: "3\n",
    },
    {
      what: "what several names point to is one thing",
      cells: [
        "const original = [1];\nlet alias = original;",
        "alias.push(2);\nalias = [];",
        "console.log(original, alias);",
      ],
      seen: "[ 1, 2 ] []\n",
    },
  ],
};
