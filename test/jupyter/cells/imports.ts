import { importedFiles } from "./imported-files.ts";
import type { Theme } from "./row.ts";

/** Built-in modules, packages, and files beside the notebook. */
export const imports: Theme = {
  files: importedFiles,
  rows: [
    { what: "a file with its ending", cells: ["import { near } from './near.ts';\nnear"], seen: "6\n" },
    { what: "a file without its ending", cells: ["import { near } from './near';\nnear"], seen: "6\n" },
    {
      what: "a file by the ending that it would have as JavaScript",
      cells: ["import { near } from './near.js';\nnear"],
      seen: "6\n",
    },
    {
      what: "a file outside of the notebook's folder, which imports another one",
      cells: ["import { far } from '../far';\nfar"],
      seen: "7\n",
    },
    { what: "a folder's index", cells: ["import { part } from './parts';\npart"], seen: "index\n" },
    {
      what: "a file whose name has blanks and accents",
      cells: ["import { odd } from './my files/späť 1.ts';\nodd"],
      seen: "odd name\n",
    },
    {
      what: "default and names at once, renamed",
      cells: [
        "import double, { near as six } from './near.ts';\nimport * as everything from './near.ts';",
        "console.log(double(six), everything.near, Object.keys(everything).length);",
      ],
      seen: "12 6 4\n",
    },
    {
      what: "a name that is first used in a later cell, by a function",
      cells: [
        "import { increase } from './near.ts';",
        "const twice = () => { increase(); increase(); };",
        "import { count } from './near.ts';\ncount",
        "twice();\ncount",
      ],
      seen: "2\n",
    },
    {
      what: "a type without the word type, for a later cell",
      cells: ["import { Book, near } from './near.ts';", "const howl: Book = { title: 'Howl' };\nhowl.title"],
      seen: "Howl\n",
    },
    {
      what: "types alone",
      cells: [
        "import { Books } from './near.ts';\nimport type { Book } from './near.ts';\nimport { type ClientOptions } from 'openai';\nimport type { ChatCompletion } from 'openai/resources';",
        "const books: Books = [] as Book[]; const options: ClientOptions = { apiKey: 'EMPTY' };\nconsole.log(books, options);",
      ],
      seen: "[] { apiKey: 'EMPTY' }\n",
    },
    {
      what: "a file's enums, parameter properties, namespaces, awaits and re-exports",
      cells: [
        "import { Size, Point, deep, waited, here, near } from './whole.ts';\nconsole.log(Size.Small, new Point(4).x, deep, waited, here, near);",
      ],
      seen: "S 4 3 waited string 6\n",
    },
    {
      what: "a file for its effect only, which happens once",
      cells: ["import './loud.ts';"],
      seen: "loud\n",
    },
    {
      what: "JSON, with and without its type named",
      cells: [
        "import data from './data.json';\nimport same from './data.json' with { type: 'json' };\nconsole.log(data.name, same.sizes);",
      ],
      seen: "shelf [ 1, 2 ]\n",
    },
    {
      what: "names of JSON",
      cells: ["import { name, sizes } from './data.json';\nconsole.log(name, sizes.length);"],
      seen: "shelf 2\n",
    },
    {
      what: "JavaScript: .js, .mjs and .cjs",
      cells: [
        "import { plain } from './plain.js';\nimport { fromMjs } from './module.mjs';\nimport old, { twice } from './old.cjs';\nconsole.log(plain, fromMjs, old.old, twice(2));",
      ],
      seen: "js mjs cjs 4\n",
    },
    { what: "files that import each other", cells: ["import { a } from './ring-a.ts';\na()"], seen: "ab.\n" },
    {
      what: "an import at run time",
      cells: [
        "const file = './near.ts';\nconst { near: got } = await import(file);\nconsole.log(got, (await import('./near.ts')).default(4), (await import('node:path')).posix.sep);",
      ],
      seen: "6 8 /\n",
    },
    {
      what: "an import in a function of an earlier cell",
      cells: [
        "const loadPath = async () => (await import('node:path')).posix.join('a', 'b');",
        "await loadPath()",
      ],
      seen: "a/b\n",
    },
    {
      what: "a file that imports a file, JSON and a package",
      cells: ["import { used } from './uses.ts';\nused"],
      seen: "shelf 1 function\n",
    },
    {
      what: "an edited file: its import cell, run again, gives the new code",
      cells: [
        "import { version } from './edited.ts';",
        "import { writeFileSync } from 'node:fs';\nwriteFileSync('edited.ts', 'export const version: number = 2;\\nexport const added = true;\\n');",
        "import { version, added } from './edited.ts';\nconsole.log(version, added);",
      ],
      seen: "2 true\n",
    },
    {
      what: "… also behind a file that imports it",
      cells: ["import { used } from './uses.ts';\nused"],
      seen: "shelf 2 function\n",
    },
    {
      what: "edited JSON",
      cells: [
        'writeFileSync(\'data.json\', \'{ "name": "new", "sizes": [] }\');',
        "import data from './data.json';\ndata.name",
      ],
      seen: "new\n",
    },
    {
      what: "a file that was written by a cell",
      cells: [
        "writeFileSync('made.ts', 'export const made = \"just now\";');",
        "import { made } from './made.ts';\nmade",
      ],
      seen: "just now\n",
    },
    {
      what: "built-in modules, with and without node:, by default, names and as a whole",
      cells: [
        "import fs from 'fs';\nimport { join } from 'node:path';\nimport * as os from 'node:os';\nconsole.log(typeof fs.readFileSync, join('a', 'b'), typeof os.cpus);",
      ],
      seen: "function a/b function\n",
    },
    {
      what: "the place of the notebook",
      cells: [
        "import { readFileSync } from 'node:fs';\nconsole.log(readFileSync(new URL('note.txt', import.meta.url), 'utf8').trim(), readFileSync(`${import.meta.dirname}/note.txt`, 'utf8').length);",
      ],
      seen: "a note 7\n",
    },
    {
      what: "openai: default and names",
      cells: [
        "import OpenAI, { APIError } from 'openai';\nimport { toFile } from 'openai/uploads';\nconsole.log(new OpenAI({ apiKey: 'EMPTY' }) instanceof OpenAI, APIError.name, typeof toFile);",
      ],
      seen: "true APIError function\n",
    },
    {
      what: "nodejs-polars: default and names",
      cells: [
        "import pl, { DataFrame } from 'nodejs-polars';\nconst frame = pl.DataFrame({ a: [1, 2] });\nconsole.log(frame.height, typeof DataFrame);",
      ],
      seen: "2 function\n",
    },
    {
      what: "vega, which waits for something while it loads",
      cells: ["import * as vega from 'vega';\nconsole.log(typeof vega.View);"],
      seen: "function\n",
    },
    {
      what: "workbook and its rooms",
      cells: [
        "import { show } from 'workbook';\nimport { tableBundle } from 'workbook/show';\nconsole.log(typeof show, typeof tableBundle);",
      ],
      seen: "function function\n",
    },
    {
      what: "require",
      cells: ["const { sep } = require('node:path');\nconsole.log(sep, require('./old.cjs').old);"],
      seen: "/ cjs\n",
    },
    {
      what: "re-exports, as they stand in a program",
      cells: [
        "export { near } from './near.ts';\nexport * from './near.ts';\nconst own = 1;\nexport { own as renamed };\nown",
      ],
      seen: "1\n",
    },
    {
      what: "a file that is missing: what was looked for, and nothing to install",
      cells: ["import { gone } from './zz-gone';\ngone"],
      complaint: ["1:22 - Cannot find module './zz-gone'", "./zz-gone"],
      never: "npm",
    },
    {
      what: "a file outside that is missing",
      cells: ["import '../zz-gone.ts';"],
      complaint: ["../zz-gone.ts"],
      never: "npm",
    },
    {
      what: "a file that is missing at run time",
      cells: ["const nowhere = './zz-gone.ts';\nawait import(nowhere);"],
      complaint: ["zz-gone.ts"],
      never: "npm",
    },
    {
      what: "a package whose name is misspelt: which one may be meant comes first",
      cells: ["import { printChat } from 'workbok';"],
      complaint: ["1:27 - ", "\nDid you mean workbook? "],
    },
    {
      what: "a file without ./ in front",
      cells: ["import gone from 'zz-gone.ts';"],
      complaint: ["1:18 - ", "`./zz-gone.ts`"],
      never: "npm install",
    },
    {
      what: "a package that is not installed",
      cells: ["import gone from 'zz-not-installed';"],
      complaint: [
        "1:18 - Cannot find module 'zz-not-installed'",
        "npm install --save-exact zz-not-installed",
      ],
    },
    {
      what: "a package that is not installed, at run time",
      cells: ["const missing = 'zz-not-installed';\nawait import(missing);"],
      complaint: ["zz-not-installed", "npm install --save-exact zz-not-installed"],
    },
    {
      what: "a name that a file does not export",
      cells: ["import { nearly } from './near.ts';"],
      complaint: ["1:10 - ", "nearly"],
    },
    {
      what: "a file that cannot be read as TypeScript: which, and where",
      cells: ["import { two } from './unreadable.ts';\ntwo"],
      complaint: ["unreadable.ts:2:20 - Expression expected."],
    },
    {
      what: "a mistake in a file, also behind another file: which, and where",
      cells: ["import { three } from './uses-mistaken.ts';\nthree.toFixed('x')"],
      complaint: "mistaken.ts:1:14 - Type 'string' is not assignable to type 'number'.",
    },
    {
      what: "a module without a default export, by a name for all of it",
      cells: ["import wholeWorkbook from 'workbook';\ntypeof wholeWorkbook.openEndpoint"],
      seen: "function\n",
    },
    {
      what: "a failed import leaves the others of earlier cells",
      cells: ["console.log(near, join('c', 'd'));"],
      seen: "6 c/d\n",
    },
  ],
};
