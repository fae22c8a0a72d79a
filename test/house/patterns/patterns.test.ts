import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compilePattern, parsePattern } from "./compile-pattern.ts";
import { countSteps } from "./count-steps.ts";
import { listPatterns } from "./list-patterns.ts";
import { makeAttacks, writeAttack } from "./make-attacks.ts";
import { measureGrowth, mostGrowth } from "./measure-growth.ts";

/** Says with which text a pattern needs more than linear work; `null` where none was found. */
function findSlowText(source: string, flags: string): string | null {
  const program = compilePattern(parsePattern(source, flags), flags);
  for (const attack of makeAttacks(source, flags)) {
    const growth = measureGrowth((length, most) => countSteps(program, writeAttack(attack, length), most));
    if (growth > mostGrowth)
      return `${JSON.stringify(attack)}: twice the length, ${growth.toFixed(1)} times the steps`;
  }
  return null;
}

describe("every regular expression of the project", () => {
  test("takes at most linear time on any text", () => {
    const slow = listPatterns().flatMap(({ place, source, flags }) => {
      const found = findSlowText(source, flags);
      return found === null ? [] : [`${place}: /${source}/${flags} on ${found}`];
    });
    assert.deepEqual(slow, []);
  });
});

test("the count of steps tells linear patterns from slow ones", () => {
  const slow = ["a*b", "(?:a|a)*b", "<td>.*?</td>", "\\s+$", "(\\w)x*\\1y*!", "\\w(?<=^.*b)"];
  assert.deepEqual(
    slow.filter((source) => findSlowText(source, "g") === null),
    [],
  );
  const quick = ["(?<!a)a*b", "<td>[^<]*</td>", "x{0,200}y", "^a*b", "(?=a{1,9})b"];
  assert.deepEqual(
    quick.filter((source) => findSlowText(source, "g") !== null),
    [],
  );
});
