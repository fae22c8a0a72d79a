import type { Theme } from "./row.ts";

/** How a cell may be written down: line ends, comments, semicolons, and where its last value stands. */
export const textForms: Theme = {
  rows: [
    { what: "nothing", cells: [""] },
    { what: "blank lines", cells: ["\n\n   \n"] },
    { what: "comments only", cells: ["// One.\n/* Two. */"] },
    { what: "a value with a comment behind it", cells: ["1 + 1 // two\n/* the end */"], seen: "2\n" },
    { what: "a value with a semicolon and blank lines behind it", cells: ["'end';\n\n"], seen: "end\n" },
    { what: "only the last value is shown", cells: ["1;\n2;\n3"], seen: "3\n" },
    { what: "a last statement that is no value shows nothing", cells: ["5;\nconst quiet = 6;"] },
    { what: "a condition shows nothing", cells: ["if (true) { 5; }"] },
    { what: "an object in parentheses", cells: ["({ a: 1 })"], seen: "{ a: 1 }\n" },
    {
      what: "a cell that begins with braces is a block",
      cells: ["{ console.log('block'); }"],
      seen: "block\n",
    },
    {
      what: "no semicolons at all",
      cells: ["const a = 1\nlet b = a + 1\nconst add = (x: number) => x + b\nadd(3)"],
      seen: "5\n",
    },
    {
      what: "a parenthesis at the start of a line continues the line before, as JavaScript reads it",
      cells: ["const start = 1\n(() => console.log('never'))()"],
      complaint: ["1:15 - This expression is not callable."],
    },
    {
      what: "a bracket at the start of a line continues the line before",
      cells: ["const table = { row: [1, 2] }\nconst row = table\n['row'].map((k) => k * 2)\nrow"],
      seen: "[ 2, 4 ]\n",
    },
    {
      what: "a semicolon in front keeps them apart",
      cells: ["const open = 1\n;[1, 2].map((k) => k * 2)"],
      seen: "[ 2, 4 ]\n",
    },
    {
      what: "return alone on its line returns nothing",
      cells: ["function empty() {\n  return\n  5\n}\nconsole.log(empty())"],
      seen: "undefined\n",
    },
    {
      what: "a call over several lines",
      cells: ["[1, 2, 3]\n  .map((k) => k * 2)\n  .filter((k) => k > 2)"],
      seen: "[ 4, 6 ]\n",
    },
    {
      what: "lines that end as on Windows",
      cells: [
        "const lines = `a\r\nb`;\r\n// A comment.\r\nconsole.log(lines.length);\r\nlines.split('\\n').length\r\n",
      ],
      seen: "3\n2\n",
    },
    { what: "a byte order mark in front", cells: ["\uFEFFconst marked = 1;\nmarked"], seen: "1\n" },
    {
      what: "a hashbang in front",
      cells: ["#!/usr/bin/env node\nconsole.log('started');"],
      seen: "started\n",
    },
    { what: "'use strict' in front", cells: ["'use strict';\nconst strict = true;\nstrict"], seen: "true\n" },
    { what: "a text alone is a value", cells: ["'use strict'"], seen: "use strict\n" },
    {
      what: "unusual spaces and line separators",
      cells: ["const\u00A0spaced\u3000=\u20281;\u2029spaced"],
      seen: "1\n",
    },
    {
      what: "a directive for another tool",
      cells: [
        "/// <reference types=\"node\" />\n// @ts-check\n// biome-ignore lint: none\nconsole.log('read');",
      ],
      seen: "read\n",
    },
    {
      what: "a line that looks like a source map's or a name's",
      cells: ["console.log('kept');\n//# sourceMappingURL=nowhere.map\n//# sourceURL=other.js"],
      seen: "kept\n",
    },
    {
      what: "a very long line",
      cells: [`const long = [${"1, ".repeat(20_000)}2];\nlong.length`],
      seen: "20001\n",
    },
    {
      what: "many statements",
      cells: [Array.from({ length: 2_000 }, (_, k) => `const v${k} = ${k};`).join("\n"), "v0 + v1999"],
      seen: "1999\n",
    },
    {
      what: "text with emoji, quotes and backslashes",
      cells: ["'🚀 \"quoted\" \\\\ `tick` ${not}'"],
      seen: '🚀 "quoted" \\ `tick` ${not}\n',
    },
    {
      what: "HTML-like and template-like text",
      cells: ["`<b>${'bold'}</b> {{ name }} %d`"],
      seen: "<b>bold</b> {{ name }} %d\n",
    },
  ],
};
