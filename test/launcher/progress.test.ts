import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createProgress, formatDuration } from "../../bin/set-up/progress.mjs";

function makeOutput(properties: { isTTY: boolean }) {
  const output = Object.assign(new PassThrough({ encoding: "utf8" }), properties, { columns: 40 });
  return { output: output as unknown as NodeJS.WriteStream, read: (): string => String(output.read() ?? "") };
}

describe("progress", () => {
  test("writes one line for each finished work, with what came of it and its time", async () => {
    const { output, read } = makeOutput({ isTTY: false });
    const progress = createProgress({ output });
    progress.say("Setting up:");
    const result = await progress.during(
      "one",
      async () => 42,
      (value) => ({ text: `${value} cells` }),
    );
    await progress.during(
      "two",
      async () => null,
      () => ({ text: "wrong", hasFailed: true }),
    );
    await assert.rejects(
      progress.during("three", () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(result, 42);
    assert.equal(
      read().replaceAll(/\(\d\.\d s\)/g, "(time)"),
      "Setting up:\n  ✓ one: 42 cells (time)\n  ✗ two: wrong (time)\n  ✗ three: failed (time)\n",
    );
  });

  test("on a terminal shows what is under way in one line that is never wider than it", async () => {
    const { output, read } = makeOutput({ isTTY: true });
    const progress = createProgress({ output });
    await progress.during("a notebook with quite a long name", async (tell) => {
      tell("cell 3 of 9");
      await delay(600);
    });
    const erase = "\r\x1b[2K";
    const [, ...states] = read().split(erase);
    assert.ok(states.length > 1);
    for (const state of states.slice(0, -1)) {
      assert.ok(state.startsWith("  … a notebook with quite a long name"), state);
      assert.ok(state.length < 40);
    }
    assert.match(states.at(-1) ?? "", /^ {2}✓ a notebook with quite a long name \(\d\.\d s\)\n$/);
  });

  test("with the tools' own output beside it, leaves the live line out", async () => {
    const { output, read } = makeOutput({ isTTY: true });
    await createProgress({ output, isVerbose: true }).during("work", () => delay(300));
    assert.match(read(), /^ {2}✓ work \(\d\.\d s\)\n$/);
  });
});

test("durations read well", () => {
  const durations = { 40: "0.0 s", 400: "0.4 s", 9900: "9.9 s", 38000: "38 s", 125000: "2 min 5 s" };
  for (const [ms, text] of Object.entries(durations)) assert.equal(formatDuration(Number(ms)), text);
  assert.equal(formatDuration(9_990), "10 s");
  assert.equal(formatDuration(59_800), "1 min 0 s");
});
