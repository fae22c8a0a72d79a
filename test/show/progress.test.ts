import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DisplayBundle, DisplayOptions } from "../../lib/src/kernel/index.ts";
import { createProgress } from "../../lib/src/show/index.ts";

function terminal(isTTY: boolean) {
  const writes: string[] = [];
  return { writes, isTTY, write: (text: string) => writes.push(text) };
}

describe("a progress line", () => {
  test("is one output in Jupyter, made once and then replaced", () => {
    const shown: { text: unknown; options: DisplayOptions }[] = [];
    let time = 0;
    const progress = createProgress({
      label: "Requests",
      total: 40,
      now: () => time,
      display: ({ data }: DisplayBundle, options) => shown.push({ text: data["text/plain"], options }),
    });
    progress.update(0);
    time = 4000;
    progress.update(10, "16 at once");
    progress.done("40 requests in 16 s");
    progress.update(41);
    assert.deepEqual(
      shown.map(({ text }) => text),
      [
        "Requests: 0 of 40 (0 %)",
        "Requests: 10 of 40 (25 %), about 12 s left, 16 at once",
        "40 requests in 16 s",
      ],
    );
    assert.deepEqual(
      shown.map(({ options }) => options.update),
      [false, true, true],
    );
    assert.equal(new Set(shown.map(({ options }) => options.displayId)).size, 1);
  });

  test("is rewritten in place in a terminal, and no tail of a longer line stays", () => {
    const output = terminal(true);
    let time = 0;
    const progress = createProgress({ label: "Load", now: () => time, output, display: null });
    progress.update(1000, "waiting");
    time = 1000;
    progress.update(2);
    progress.done("done");
    assert.deepEqual(output.writes, ["\rLoad: 1,000, waiting", "\rLoad: 2             ", "\rdone   \n"]);
  });

  test("is only its last line where neither is possible", () => {
    const output = terminal(false);
    const progress = createProgress({ label: "Load", total: 3, output, display: null });
    progress.update(1);
    progress.update(2);
    progress.done("Loaded 3 files");
    assert.deepEqual(output.writes, ["Loaded 3 files\n"]);
  });

  test("is rewritten at most five times a second, and then shows the newest state", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const output = terminal(true);
    let time = 0;
    const progress = createProgress({ label: "n", now: () => time, output, display: null });
    while (time < 1000) {
      progress.update(time);
      time += 10;
      t.mock.timers.tick(10);
    }
    assert.deepEqual(output.writes, ["\rn: 0", "\rn: 190", "\rn: 390", "\rn: 590", "\rn: 790", "\rn: 990"]);
  });

  const timesLeft: [number, string][] = [
    [1_000, "about 9 s left"],
    [60_000, "about 9 min left"],
    [3_600_000, "about 9.0 h left"],
  ];
  for (const [elapsedMs, expected] of timesLeft) {
    test(`says ${expected} when a tenth took ${elapsedMs} ms`, () => {
      const output = terminal(true);
      let time = 0;
      const progress = createProgress({ label: "n", total: 10, now: () => time, output, display: null });
      time = elapsedMs;
      progress.update(1);
      assert.deepEqual(output.writes, [`\rn: 1 of 10 (10 %), ${expected}`]);
    });
  }

  test("lets no label steer the terminal", () => {
    const output = terminal(true);
    createProgress({ label: "a\x1b[2Jb", output, display: null }).update(1, "\x07c");
    assert.deepEqual(output.writes, ["\rab: 1, c"]);
  });
});
