import { lateErrors } from "./late-errors.ts";
import type { Theme } from "./row.ts";

/** One paragraph: what went wrong, and the reader's own line. */
export const errors: Theme = {
  files: {
    "broken.ts":
      "export function readTitle(book: { title: string } | null) {\n  // Its caller knows better.\n  return book!.title;\n}\n",
  },
  rows: [
    {
      what: "thrown at once",
      cells: ["const book: any = null;\nbook.title;"],
      complaint:
        "TypeError: Cannot read properties of null (reading 'title')\n  in line 2 of this cell: book.title;",
    },
    {
      what: "thrown after an await",
      cells: ["await null;\nthrow new Error('late');"],
      complaint: "Error: late\n  in line 2 of this cell: throw new Error('late');",
    },
    {
      what: "thrown far down in a cell with types that do not run",
      cells: [
        "interface Far {\n  deep: string;\n}\ntype Other = Far;\n\n/* A comment\n   of two lines. */\nthrow new RangeError('line 8');",
      ],
      complaint: "RangeError: line 8\n  in line 8 of this cell: throw new RangeError('line 8');",
    },
    {
      what: "of several statements of one line, and of lines alike, the right one",
      cells: ["const bad: any = {};\nbad.a; bad.b;\nbad.a.b;\nbad.a; bad.b;"],
      complaint:
        "TypeError: Cannot read properties of undefined (reading 'b')\n  in line 3 of this cell: bad.a.b;",
    },
    {
      what: "in a function of an earlier cell: the way to it",
      cells: [
        "\nconst inner = (value: any) => value.y.z;\nfunction outer(value: any) {\n  return inner(value);\n}",
        "const value = {};\nouter(value);",
      ],
      complaint:
        "TypeError: Cannot read properties of undefined (reading 'z')\n  in line 2 of an earlier cell: const inner = (value: any) => value.y.z;\n  called in line 4 of an earlier cell: return inner(value);\n  called in line 2 of this cell: outer(value);",
    },
    {
      what: "in an asynchronous function that is awaited",
      cells: ["async function load() {\n  await null;\n  throw new Error('not loaded');\n}\nawait load();"],
      complaint:
        "Error: not loaded\n  in line 3 of this cell: throw new Error('not loaded');\n  called in line 5 of this cell: await load();",
    },
    {
      what: "in a callback, a getter, a constructor",
      cells: [
        "class Lazy { constructor(readonly of: any) {}\n  get size() { return this.of.length; } }\n[new Lazy(null)].map((lazy) => lazy.size);",
      ],
      complaint:
        "TypeError: Cannot read properties of null (reading 'length')\n  in line 2 of this cell: get size() { return this.of.length; } }\n  called in line 3 of this cell: [new Lazy(null)].map((lazy) => lazy.size);\n  called in line 3 of this cell: [new Lazy(null)].map((lazy) => lazy.size);",
    },
    {
      what: "in a file of one's own",
      cells: ["import { readTitle } from './broken.ts';\nreadTitle(null);"],
      complaint: [
        "TypeError: Cannot read properties of null (reading 'title')",
        "broken.ts",
        "in line 2 of this cell: readTitle(null);",
      ],
    },
    ...lateErrors,
    {
      what: "a rejected promise as last value",
      cells: ["Promise.reject(new Error('nobody waits'))"],
      complaint: ["Error: nobody waits\n  in line 1 of this cell: Promise.reject(new Error('nobody waits'))"],
    },
    {
      what: "console.error(error)",
      cells: ["console.error(new Error('shown by me'));"],
      status: "ok",
      complaint: ["Error: shown by me\n", "line 1 of this cell: console.error(new Error('shown by me'));"],
    },
    {
      what: "console.log(error)",
      cells: ["console.log(new RangeError('printed'));"],
      seen: ["RangeError: printed\n", "line 1 of this cell: console.log("],
    },
    {
      what: "an error that was caught and is the last value",
      cells: ["let caught: unknown;\ntry { JSON.parse('{'); } catch (error) { caught = error; }\ncaught"],
      seen: ["SyntaxError: Expected property name"],
    },
    {
      what: "an error within an object, and the stack of one",
      cells: [
        "const held = new Error('held');\nconsole.log({ held });\nconsole.log(String(held), held.message, typeof held.stack);",
      ],
      seen: ["held", "Error: held held string\n"],
    },
    {
      what: "error.stack names no file of this machine",
      cells: ["const traced = () => new Error('traced').stack;\nconsole.log(traced());"],
      seen: ["Error: traced"],
    },
    {
      what: "with a cause",
      cells: ["throw new Error('outer', { cause: new TypeError('inner') });"],
      complaint:
        "Error: outer ← inner\n  in line 1 of this cell: throw new Error('outer', { cause: new TypeError('inner') });",
    },
    {
      what: "of several promises",
      cells: [
        "await Promise.any([Promise.reject(new Error('first')), Promise.reject(new Error('second'))]);",
      ],
      complaint: ["AggregateError: All promises were rejected"],
    },
    { what: "a text that is thrown", cells: ["throw 'just text';"], complaint: "just text" },
    { what: "an object that is thrown", cells: ["throw { reason: 7 };"], complaint: "{ reason: 7 }" },
    { what: "nothing that is thrown", cells: ["throw undefined;"], complaint: "undefined" },
    {
      what: "an error without words",
      cells: ["throw new RangeError();"],
      complaint: "RangeError: no message\n  in line 1 of this cell: throw new RangeError();",
    },
    {
      what: "a class of one's own",
      cells: [
        "class ShelfError extends Error { constructor(readonly books: number) { super(`${books} books`); } }",
        "throw new ShelfError(3);",
      ],
      complaint: "ShelfError: 3 books\n  in line 1 of this cell: throw new ShelfError(3);",
    },
    {
      what: "a class of one's own with a name of its own",
      cells: ["class Full extends Error { override name = 'FullError'; }\nthrow new Full('no room');"],
      complaint: "FullError: no room\n  in line 2 of this cell: throw new Full('no room');",
    },
    {
      what: "a call of what is no function, by the name that the reader gave it",
      cells: ["let notCallable: any = 5;\nlet holder: any = {};", "notCallable();"],
      complaint: "TypeError: notCallable is not a function\n  in line 1 of this cell: notCallable();",
    },
    {
      what: "… also where the reader prints its words: nothing that cannot be seen stands in them",
      cells: ["try { notCallable(); } catch (error) { console.log(error.message); }"],
      seen: "notCallable is not a function\n",
    },
    {
      what: "a method that is missing, by its name",
      cells: ["holder.open();"],
      complaint: "TypeError: holder.open is not a function\n  in line 1 of this cell: holder.open();",
    },
    {
      what: "what cannot be iterated or made, by its name",
      cells: ["for (const part of notCallable) console.log(part);"],
      complaint:
        "TypeError: notCallable is not iterable\n  in line 1 of this cell: for (const part of notCallable) console.log(part);",
    },
    {
      what: "what cannot be made, by its name",
      cells: ["new notCallable();"],
      complaint: "TypeError: notCallable is not a constructor\n  in line 1 of this cell: new notCallable();",
    },
    {
      what: "a variable that is used before its line runs",
      cells: ["const useSoon = () => soon;\nuseSoon();\nconst soon = 1;"],
      complaint: ["ReferenceError: ", "soon"],
    },
    {
      what: "recursion without an end",
      cells: ["const endless = (): number => endless() + 1;", "endless();"],
      complaint: [
        "RangeError: Maximum call stack size exceeded\n  in line 1 of an earlier cell: const endless",
      ],
    },
    {
      what: "a list of an impossible length",
      cells: ["const room = -1;\nnew Array(room);"],
      complaint: "RangeError: Invalid array length\n  in line 2 of this cell: new Array(room);",
    },
    {
      what: "JSON of the reader's own, which tells of no endpoint",
      cells: ["const read = (text: string) => JSON.parse(text);\nread('{oops');"],
      complaint: ["SyntaxError: ", "\n  in line 1 of this cell: "],
      never: "OPENAI_BASE_URL",
    },
    {
      what: "an address of the reader's own, which tells of no endpoint",
      cells: ["new URL('nope');"],
      complaint: "TypeError: Invalid URL\n  in line 1 of this cell: new URL('nope');",
    },
    {
      what: "a base URL of a package, which tells of the endpoint",
      cells: [
        "import OpenAI from 'openai';\nawait new OpenAI({ apiKey: 'EMPTY', baseURL: 'nope' }).models.list();",
      ],
      complaint: ["OPENAI_BASE_URL"],
    },
    {
      what: "a file that is not there",
      cells: ["import { readFileSync } from 'node:fs';\nreadFileSync('gone.txt');"],
      complaint: [
        "ENOENT: no such file or directory, open 'gone.txt'",
        "in line 2 of this cell: readFileSync('gone.txt');",
      ],
    },
    {
      what: "a function that was declared again: the line of the newer one",
      cells: [
        "function risky() { return 1; }",
        "\n\nfunction risky() { throw new Error('newer'); }",
        "risky();",
      ],
      complaint:
        "Error: newer\n  in line 3 of an earlier cell: function risky() { throw new Error('newer'); }\n  called in line 1 of this cell: risky();",
    },
    {
      what: "an error with line ends as on Windows, and after emoji",
      cells: ["const flags = '🇳🇴🚀';\r\nconst rocket = '🚀'; throw new Error('🚀 down');\r\n"],
      complaint: "Error: 🚀 down\n  in line 2 of this cell: const rocket = '🚀'; throw new Error('🚀 down');",
    },
    {
      what: "types of a cell that fails",
      cells: ["type Shelf = { books: number };\nconst filled: Shelf = JSON.parse('{');"],
      complaint: ["SyntaxError: "],
    },
    {
      what: "… are known afterwards",
      cells: ["const empty: Shelf = { books: 0 };\nempty.books"],
      seen: "0\n",
    },
    { what: "the next cell runs as if nothing had happened", cells: ["console.log('on');"], seen: "on\n" },
  ],
};
