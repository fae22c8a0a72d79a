import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listSources, projectRoot } from "./list-imports.ts";

const sources = listSources().map((file) => ({ file, text: readFileSync(join(projectRoot, file), "utf8") }));

describe("every source file", () => {
  test("has at most 250 lines", () => {
    const long = sources.filter(({ text }) => text.split("\n").length > 251);
    assert.deepEqual(
      long.map(({ file }) => file),
      [],
    );
  });

  test("is named in lower case, with hyphens between words", () => {
    const misnamed = sources.filter(({ file }) => !/\/[a-z0-9]+(-[a-z0-9]+)*\.(ts|mjs)$/.test(file));
    assert.deepEqual(
      misnamed.map(({ file }) => file),
      [],
    );
  });

  test("exports no default, for a name says what it is", () => {
    const nameless = sources.filter(({ text }) => /^export default /m.test(text));
    assert.deepEqual(
      nameless.map(({ file }) => file),
      [],
    );
  });

  test("decides by fields and never by the words of a sentence of our own", () => {
    const sentence =
      /\.(message|problemText|reason|remedy|phase|server|sentence|verdict)\??\.(includes|startsWith|endsWith|match|split)\(/;
    const deciding = sources.filter(({ text }) => sentence.test(text));
    assert.deepEqual(
      deciding.map(({ file }) => file),
      [],
    );
  });

  test("makes no file address of a path by hand, which breaks with %, #, ? or a line break in it", () => {
    const handmade = sources.filter(({ text }) => /file:\/\/\$\{|"file:\/\/" ?\+/.test(text));
    assert.deepEqual(
      handmade.map(({ file }) => file),
      [],
    );
  });

  test("silences no check", () => {
    const silenced = sources.filter(({ text }) =>
      /@ts-(ignore|expect-error|nocheck)|biome-ignore|\bas any\b/.test(text),
    );
    assert.deepEqual(
      silenced.map(({ file }) => file),
      [],
    );
  });
});
