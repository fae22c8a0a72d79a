import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fingerprint, isStamped, markBegun, wasBrokenOff, writeStamp } from "../../bin/set-up/stamps.mjs";
import { makeFolder } from "../helpers/environment.ts";

describe("a stamp", () => {
  test("vouches for a step with the same inputs and no others", (context) => {
    const stamp = join(makeFolder(context), "not/yet/there");
    assert.equal(isStamped(stamp, "one"), false);
    writeStamp(stamp, "one");
    assert.equal(isStamped(stamp, "one"), true);
    assert.equal(isStamped(stamp, "other"), false);
  });

  test("tells a step that was broken off from one that was never begun or was finished", (context) => {
    const folder = makeFolder(context);
    const stamp = join(folder, "stamp");
    assert.equal(wasBrokenOff(stamp), false);
    markBegun(stamp);
    assert.deepEqual([wasBrokenOff(stamp), isStamped(stamp, "")], [true, false]);
    writeStamp(stamp, "done");
    assert.deepEqual([wasBrokenOff(stamp), isStamped(stamp, "done")], [false, true]);
    assert.deepEqual(readdirSync(folder), ["stamp"]);
  });
});

describe("a fingerprint", () => {
  test("changes with each text, each file's place and each file's content, also where a file goes", (context) => {
    const folder = makeFolder(context);
    const [one, other] = [join(folder, "one"), join(folder, "other")];
    writeFileSync(one, "content");
    writeFileSync(other, "content");
    const before = fingerprint({ texts: ["a", "b"], files: [one] });
    assert.match(before, /^[0-9a-f]{64}$/);
    assert.equal(fingerprint({ texts: ["a", "b"], files: [one] }), before);
    const others = [
      fingerprint({ texts: ["ab"], files: [one] }),
      fingerprint({ texts: ["b", "a"], files: [one] }),
      fingerprint({ texts: ["a", "b"], files: [other] }),
    ];
    writeFileSync(one, "contents");
    others.push(fingerprint({ texts: ["a", "b"], files: [one] }));
    rmSync(one);
    others.push(fingerprint({ texts: ["a", "b"], files: [one] }));
    assert.equal(new Set([before, ...others]).size, 6);
  });
});
