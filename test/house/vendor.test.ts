import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { projectRoot } from "./list-imports.ts";

const written = [
  "*.md",
  ".env.example",
  "{bin,docs,lib,notebooks,rehearsal,test,tools}/**/*.{csv,html,ipynb,json,md,mjs,py,svg,ts}",
];
const madeFolders = new Set(["node_modules", "dist", ".venv"]);
const files = globSync(written, { cwd: projectRoot, exclude: (name) => madeFolders.has(name) });
const texts = files.map((file) => ({ file, text: readFileSync(join(projectRoot, file), "utf8") }));

/** The spelling until June 2025, which names in code keep. A word may follow the \n of a string. */
const oldSpelling = /(?:(?<!\w)|(?<=\\[nt]))Run[ -]?Pods?(?!\w)/;

/** Pages of the console as the vendor's documentation has them (runpod/docs ddc61b5). */
const consolePages = new Set(["", "/pods", "/user/billing", "/user/credentials", "/user/storage"]);
const consoleAddress = /console\.runpod\.io((?:\/[\w-]+)*)/g;

describe("the vendor", () => {
  for (const [sentence, isOld] of [
    [`a GPU of ${"Run"}Pod's`, true],
    [`target rehearsal\\n${"Run"}Pod key`, true],
    [`two ${"Run"} Pods`, true],
    ["a GPU of Runpod's", false],
    [`new ${"Run"}PodError() of open${"Run"}Pod()`, false],
    ["RUNPOD_API_KEY", false],
  ] as const) {
    test(`${isOld ? "is" : "is not"} misspelt in: ${sentence}`, () => {
      assert.equal(oldSpelling.test(sentence), isOld);
    });
  }

  test("is Runpod in all that people read, as it asks to be spelt", () => {
    const misspelt = texts.flatMap(({ file, text }) =>
      text.split("\n").flatMap((line, index) => (oldSpelling.test(line) ? [`${file}:${index + 1}`] : [])),
    );
    assert.deepEqual(misspelt, []);
  });

  test("is sent to by pages of its console that are there", () => {
    const gone = texts.flatMap(({ file, text }) =>
      [...text.matchAll(consoleAddress)].flatMap(([address, page = ""]) =>
        consolePages.has(page) ? [] : [`${file}: ${address}`],
      ),
    );
    assert.deepEqual(gone, []);
  });
});
