import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { housePicture, purposes } from "../../tools/house-picture.ts";
import { floors } from "../house/floors.ts";
import { listSources } from "../house/list-imports.ts";

describe("the picture of the house", () => {
  test("is what `npm run docs` draws of the floors today", () => {
    const picture = readFileSync(new URL("../../docs/house.svg", import.meta.url), "utf8");
    assert.equal(picture, housePicture());
  });

  test("has every folder of lib/src, and nothing that is on no floor", () => {
    const folders = new Set(listSources().flatMap((file) => /^lib\/src\/([^/]+)\//.exec(file)?.[1] ?? []));
    assert.deepEqual(
      [...folders].filter((folder) => !(folder in purposes)),
      [],
    );
    assert.deepEqual(
      Object.keys(purposes).filter((room) => !floors.flat().includes(room)),
      [],
    );
  });
});
