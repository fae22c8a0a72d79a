import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const listed = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  dependencies: listed,
  devDependencies: listed,
  optionalDependencies: listed,
  peerDependencies: listed,
});

/** The part of the page that is headed by a file's name. */
function namedIn(file: string): string[] {
  const parts = read("docs/dependencies.md").split(/^## /m);
  const [part = ""] = parts.filter((one) => one.split("\n", 1)[0]?.includes(`\`${file}\``));
  return [...part.matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name = ""]) => name).toSorted();
}

describe("the page of dependencies names each with its reason, and no other:", () => {
  const files = globSync("{package.json,*/package.json}", { cwd: root, exclude: ["node_modules/**"] });

  test("there is a part for each package.json", () => {
    assert.deepEqual(files.toSorted(), ["lib/package.json", "package.json", "rehearsal/package.json"]);
    assert.deepEqual(manifest.parse(JSON.parse(read("rehearsal/left-out/package.json"))), manifest.parse({}));
  });

  for (const file of files) {
    test(file, () => {
      const found = Object.values(manifest.parse(JSON.parse(read(file)))).flatMap(Object.keys);
      assert.deepEqual(namedIn(file), found.toSorted());
    });
  }

  test("jupyter/requirements*.in", () => {
    const lines = globSync("jupyter/requirements*.in", { cwd: root }).flatMap((file) =>
      read(file).split("\n"),
    );
    const found = lines.flatMap((line) => /^[\w-]+(?===)/.exec(line) ?? []);
    assert.deepEqual(namedIn("jupyter/requirements*.in"), found.toSorted());
  });
});
