import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writePrompt } from "../../lib/src/measure/prepare-requests.ts";

describe("the prompts of a load", () => {
  test("have as many words as asked for, and repeat for the same seed", () => {
    const key = { seed: 1, phase: "4 streams, repeat 1", index: 0 };
    assert.equal(writePrompt(key, 40).split(" ").length, 40);
    assert.equal(writePrompt(key, 40), writePrompt(key, 40));
  });

  test("differ from their first words on, across requests, levels, phases and seeds", () => {
    const heads = new Set<string>();
    for (const seed of [1, 2]) {
      for (const phase of ["4 streams, repeat 1", "4 streams, warm-up", "8 streams, repeat 1"]) {
        for (let index = 0; index < 500; index++) {
          heads.add(writePrompt({ seed, phase, index }, 200).split(" ").slice(0, 12).join(" "));
        }
      }
    }
    assert.equal(heads.size, 3_000);
  });
});
