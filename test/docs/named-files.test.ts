import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const notebook = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: z.array(z.string()) })),
});
/** Of a notebook its prose. */
const readProse = (file: string) =>
  file.endsWith(".md")
    ? read(file)
    : notebook
        .parse(JSON.parse(read(file)))
        .cells.flatMap(({ cell_type, source }) => (cell_type === "markdown" ? [...source, "\n"] : []))
        .join("");
const written = new Set(["docs/errors.md", "docs/sample-report.md"]);
const pages = [
  ...globSync("*.md", { cwd: root }),
  ...globSync("docs/*.md", { cwd: root }),
  ...globSync("lib/data/**/*.md", { cwd: root }),
];
const notebooks = globSync("notebooks/*.ipynb", { cwd: root });
const folders = "bin|docs|jupyter|lib|notebooks|rehearsal|test|tools";
const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, "");

describe("in every page and notebook", () => {
  for (const page of [...pages, ...notebooks]) {
    test(`${page}: links lead to files that are there, and to headings that they have`, () => {
      const links = [
        ...withoutBlocks(readProse(page)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g),
      ];
      const lost = links.filter(([, path = "", anchor]) => {
        const file = path === "" ? page : normalize(join(dirname(page), path));
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && file.endsWith(".md") && !anchorsOf(file).includes(anchor);
      });
      assert.deepEqual(
        lost.map(([link]) => link),
        [],
      );
    });

    test(`${page}: files that are named are there`, { skip: written.has(page) }, () => {
      const named = [
        ...withoutBlocks(readProse(page)).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]+)\``, "g")),
      ];
      const lost = named.flatMap(([, file = ""]) => (existsSync(join(root, file)) ? [] : [file]));
      assert.deepEqual(lost, []);
    });
  }
});

test("how it is built goes five ways, each through files of its own", () => {
  const walks = read("docs/how-it-is-built.md")
    .split(/^## (?=\d\. )/m)
    .slice(1);
  assert.equal(walks.length, 5);
  for (const walk of walks) {
    const files = new Set(
      [...walk.matchAll(/`([\w./-]+\.(?:ts|mjs|py|ipynb|csv|j2))`/g)].map(([, file]) => file),
    );
    assert.ok(files.size >= 8, walk.slice(0, 60));
  }
});

/** As GitHub makes anchors of headings, and those that a page sets itself. */
function anchorsOf(file: string): string[] {
  const text = read(file);
  const headings = text.split("\n").flatMap((line) => /^#+ (.+)$/.exec(line)?.[1] ?? []);
  const own = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = ""]) => name);
  return [
    ...headings.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\d\s_-]/gu, "")
        .replace(/\s/g, "-"),
    ),
    ...own,
  ];
}
