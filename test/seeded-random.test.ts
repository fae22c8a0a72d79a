import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { seededRandom, seedOf } from "../lib/src/seeded-random.ts";

describe("seeded random numbers", () => {
  test("repeat themselves for the same seed, within 0 to 1", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [one, other] = [seededRandom(seed), seededRandom(seed)];
        for (let draw = 0; draw < 20; draw++) {
          const value = one();
          assert.equal(value, other());
          assert.ok(value >= 0 && value < 1);
        }
      }),
    );
  });

  test("are spread evenly: each tenth gets about a tenth of them", () => {
    const random = seededRandom(7);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) {
      const tenth = Math.floor(random() * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(count > 9_500 && count < 10_500, `${count} of 100,000`);
  });

  test("have a seed for any words, which differs with their order and their bounds", () => {
    assert.equal(seedOf("arrivals", 1), seedOf("arrivals", 1));
    assert.notEqual(seedOf("arrivals", 1), seedOf(1, "arrivals"));
    // The reference value of FNV-1a for "a".
    assert.equal(seedOf("a"), 0xe40c292c);
  });
});
