import type { Row } from "./row.ts";

/** Files that a cell imports change, appear, or cannot be read. */
export const changingFiles: readonly Row[] = [
  {
    what: "a file that appears once the next cell has failed",
    cells: [
      "import { writeFileSync as writeSoon } from 'node:fs';\nconst complain = console.error;\nvoid (console.error = (text) => { complain(text); console.error = complain; writeSoon('soon.ts', 'export const soon = 1;'); });",
    ],
  },
  {
    what: "a file that is not there yet",
    cells: ["import { soon } from './soon.ts';\nsoon"],
    complaint: ["1:22 - Cannot find module './soon.ts'"],
  },
  {
    what: "… is found by the same cell once it is there",
    cells: ["import { soon } from './soon.ts';\nsoon"],
    seen: "1\n",
  },
  {
    what: "a file that is no JSON: which",
    cells: ["import broken from './broken.json';\nbroken"],
    complaint: ["SyntaxError: broken.json is no JSON ← "],
  },
  {
    what: "… also where its type is named",
    cells: ["await import('./broken.json', { with: { type: 'json' } });"],
    complaint: ["SyntaxError: broken.json is no JSON ← "],
  },
  {
    what: "a file in the older form of modules, once it was changed",
    cells: [
      "import late from './late.cjs';\nconst firstLate = late.value;",
      "import { utimesSync, writeFileSync } from 'node:fs';\nwriteFileSync('late.cjs', 'exports.value = 2;');\nutimesSync('late.cjs', 1e9, 1e9);",
      "import late from './late.cjs';\n[firstLate, late.value]",
    ],
    seen: "[ 1, 2 ]\n",
  },
];
