import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

test("the README begins with the picture of a decision, which its words repeat, and says of which day it is", () => {
  const [, alt = "", file = "", day = ""] =
    /!\[([^\]]*)\]\((docs\/[^)]*)\)\n\n\*(\d+ \w+ 20\d\d): /.exec(read("README.md")) ?? [];
  assert.notEqual(day, "");
  assert.ok(read(file).includes(`<title>${alt}</title>`), "run tools/pictures.ts, and copy what it prints");
});
