import assert from "node:assert/strict";
import { test } from "node:test";
import { stripControlCharacters } from "../../lib/src/words/index.ts";

const cases: [string, string, string][] = [
  ["keeps line feeds, tabs and letters of every script", "a\tb\nc – ü 語 🙂", "a\tb\nc – ü 語 🙂"],
  ["removes colours", "\x1b[31mred\x1b[0m and \x1b[1;38;5;12mblue\x1b[m", "red and blue"],
  ["removes cursor movements and erasing", "a\x1b[2J\x1b[Hb\x1b[?25lc", "abc"],
  ["removes a window title", "a\x1b]0;title\x07b", "ab"],
  [
    "removes a link's address and keeps its text",
    "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "link",
  ],
  ["removes device control strings", "a\x1bPq#0;2;0;0;0\x1b\\b", "ab"],
  ["removes the 8-bit forms", "a\x9b31mb\x9d0;title\x9cc\x85d", "abcd"],
  ["removes two-character escapes", "a\x1bcb\x1b(Bc\x1b7d", "abcd"],
  ["removes backspace, bell, carriage return, null and delete", "a\x08b\x07c\rd\x00e\x7ff", "abcdef"],
  ["drops a sequence that the text ends in", "a\x1b[3", "a"],
  ["keeps the text after a title that never ends", "a\x1b]0;all the rest", "a0;all the rest"],
];

for (const [title, text, expected] of cases) {
  test(title, () => assert.equal(stripControlCharacters(text), expected));
}
