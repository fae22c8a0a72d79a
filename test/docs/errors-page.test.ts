import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { loadKnownErrors } from "../../lib/src/facts/index.ts";
import { errorsPage } from "../../tools/errors-page.ts";

const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
const errors = loadKnownErrors();

describe("the page of errors", () => {
  test("is what `npm run docs` makes of the table today", () => {
    assert.equal(page, errorsPage(errors));
  });

  test("has a heading for each error, and contents that lead to its parts", () => {
    const headings = page.split("\n").flatMap((line) => /^### (\S+)$/.exec(line)?.[1] ?? []);
    assert.deepEqual(headings.toSorted(), errors.map(({ id }) => id).toSorted());
    const anchors = new Set(
      page.split("\n").flatMap((line) => /^##+ (.+)$/.exec(line)?.[1]?.toLowerCase() ?? []),
    );
    const slugs = new Set([...anchors].map((title) => title.replace(/[^\w\s-]/g, "").replace(/\s/g, "-")));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = ""]) => anchor);
    assert.equal(links.length, 9);
    for (const link of links) assert.ok(slugs.has(link), link);
  });

  test("shows what is typed as code, and leaves no gap unmarked", () => {
    const [first] = errors.filter(({ id }) => id === "kv-cache-estimated");
    assert.ok(first);
    assert.match(
      errorsPage([first]),
      /\*\*What to do\.\*\* Plan with `maxModelTokens: ‹tokens›` or less \(`--max-model-len`\), or with more memory \(`gpuCount`, `gpus`\)/,
    );
    const withoutCode = page.replace(/```text\n[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
    assert.doesNotMatch(withoutCode.replace(/<\/?sub>|<!--.*-->/g, ""), /[<>{}]/);
  });
});
