import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { exportGlossary } from "../../bin/commands/report/glossary.ts";
import { inProject } from "../../bin/set-up/project.mjs";

const glossary = readFileSync(inProject("docs/glossary.md"), "utf8");

/** The anchors of its entries, as forges make them. */
const anchors = [...glossary.matchAll(/^### (.+)$/gm)].map(([, title = ""]) =>
  title.toLowerCase().replaceAll(" ", "-"),
);

describe("the glossary", () => {
  test("has an entry for every link of a notebook or a document to one", () => {
    const files = globSync(["notebooks/*.ipynb", "docs/*.md", "README.md"], { cwd: inProject() });
    const links = files.flatMap((file) =>
      [
        ...readFileSync(inProject(file), "utf8").matchAll(/glossary\.md#([\w-]*)|(?<=\]\()#([\w-]+)/g),
      ].flatMap(([, there, here]) => {
        const anchor = there ?? (file === "docs/glossary.md" ? here : undefined);
        return anchor === undefined ? [] : { file, anchor };
      }),
    );
    assert.ok(links.length > 20, String(links.length));
    assert.deepEqual(
      links.filter(({ anchor }) => !anchors.includes(anchor)),
      [],
    );
  });

  test("defines each word once", () => {
    assert.deepEqual(anchors, [...new Set(anchors)]);
  });

  test("is a page of a run, whose headings are the targets of links and without links to what does not travel with it", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "workbook-glossary-test-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    await exportGlossary(folder);
    const page = readFileSync(join(folder, "glossary.html"), "utf8");
    const ids = [...page.matchAll(/<h3 id="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids, anchors);
    assert.doesNotMatch(page, /href="[^"]*\.(?:md|ipynb)/);
  });
});
