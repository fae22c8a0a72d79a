import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { readQuestions } from "../../lib/src/questions/question.ts";

const good = { question: "Capital of France?", check: "exact", expected: "Paris" } as const;

describe("a file of questions", () => {
  test("is a JSON list; what may be left out has a default", (t) => {
    const file = writeFile(t, JSON.stringify([good, { question: "1 + 1?", check: "number", expected: 2 }]));
    assert.deepEqual(readQuestions(file), [
      { ...good, caseSensitive: false },
      { question: "1 + 1?", check: "number", expected: 2, tolerance: 0 },
    ]);
  });

  const wrong: readonly [name: string, text: string, problem: RegExp][] = [
    ["is no JSON", "[{", /questions\.json is not a JSON list\./],
    ["is no list", "{}", /questions\.json is not a JSON list\./],
    ["has no question", "[]", /has 0 questions; it takes 1 to 1,000/],
    [
      "has an unknown check",
      entries({ ...good, check: "fuzzy" }),
      /entry 2: check takes "exact", "number" or "pattern"/,
    ],
    ["has no check", entries({ question: "?", expected: "x" }), /entry 2: check takes/],
    [
      "has a number in quotes",
      entries({ ...good, check: "number" }),
      /entry 2: expected takes a number, without/,
    ],
    ["has an empty answer", entries({ ...good, expected: " " }), /entry 2: expected is empty/],
    [
      "has a broken pattern",
      entries({ ...good, check: "pattern", expected: "(" }),
      /entry 2: expected is no regular/,
    ],
    ["has a field with a typing error", entries({ ...good, tolerence: 1 }), /entry 2: .*"tolerence"/],
    ["has an entry that is none", entries(null), /entry 2: /],
  ];
  for (const [name, text, problem] of wrong) {
    test(`is refused by its entry where it ${name}`, (t) => {
      const file = writeFile(t, text);
      assert.throws(() => readQuestions(file), { name: "InputError", message: problem });
    });
  }

  test("is named where it is missing", () => {
    assert.throws(() => readQuestions("nowhere.json"), {
      message: /^askQuestions: the file nowhere\.json could not be read/,
    });
  });
});

function entries(second: unknown): string {
  return JSON.stringify([good, second]);
}

function writeFile(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "questions-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "questions.json");
  writeFileSync(file, text);
  return file;
}
