import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { showWaiting } from "../../lib/src/show/index.ts";

/** A terminal, or a file, that keeps what was written to it. */
function createOutput(isTTY: boolean): { isTTY: boolean; write(text: string): void; text(): string } {
  const writes: string[] = [];
  return { isTTY, write: (text) => void writes.push(text), text: () => writes.join("") };
}

describe("waiting for a task whose length nobody knows", () => {
  test("shows nothing for a short one, and gives its result", async () => {
    const output = createOutput(true);
    assert.equal(await showWaiting("Asking", async () => 42, { output, display: null }), 42);
    assert.equal(output.text(), "");
  });

  test("shows the seconds waited for a long one, and at last how many they were", async () => {
    const output = createOutput(true);
    let clockMs = 0;
    const now = () => clockMs;
    const task = async () => {
      clockMs = 3_000;
      while (!output.text().includes("waited: 3")) await delay(1);
      clockMs = 4_000;
    };
    await showWaiting("Asking", task, { output, display: null, now, patienceMs: 1 });
    assert.match(output.text(), /^\rAsking, seconds waited: 3(.*\r)+Asking: it took 4 s\. *\n$/s);
  });

  test("ends its line where the task fails, and passes the failure on", async () => {
    const output = createOutput(true);
    const task = async () => {
      while (output.text() === "") await delay(1);
      throw new Error("no answer");
    };
    await assert.rejects(showWaiting("Asking", task, { output, display: null, patienceMs: 1 }), /no answer/);
    assert.match(output.text(), /Asking: it took 0 s\. *\n$/);
  });

  test("shows nothing in a file, where no line can be rewritten", async () => {
    const output = createOutput(false);
    await showWaiting("Asking", () => delay(20), { output, display: null, patienceMs: 1 });
    assert.equal(output.text(), "");
  });
});
