import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Kernel, type KernelEvent, runCells, startKernel, streamText } from "./run-cells.ts";

describe("the interrupt button", () => {
  let kernel: Kernel;
  before(async () => {
    kernel = startKernel();
    await kernel.run([{ code: "let stops = 0;" }]);
  });
  after(() => kernel.close());

  /** Interrupts a cell, and runs one that needs timers, immediates and promises to work. */
  async function interrupt(code: string): Promise<KernelEvent[]> {
    const events = await kernel.run([
      { code: `console.log("begun");\n${code}`, interruptAfterMs: 200 },
      {
        code: `await new Promise((go) => setTimeout(go, 1));
await new Promise((go) => setImmediate(go));
await new Promise<void>((go) => process.nextTick(go));
console.log(typeof ++stops);`,
      },
    ]);
    assert.equal(streamText(events, { cell: 0 }), "begun\n");
    assert.deepEqual(statuses(events), ["error", "ok"]);
    assert.equal(streamText(events, { cell: 1 }), "number\n");
    return events;
  }

  for (const [where, code] of [
    ["after an await", "await null;\nwhile (true);"],
    [
      "after waiting",
      "await new Promise((go) => setTimeout(go, 10));\nfor (;;) { try { while (true); } catch {} }",
    ],
    ["in a timer", "setTimeout(() => { while (true); }, 10);\nawait new Promise(() => {});"],
    ["in an immediate", "setImmediate(() => { while (true); });\nawait new Promise(() => {});"],
    ["in what follows a promise", "await Promise.resolve().then(() => { while (true); });"],
    ["of promises", "const again = (): Promise<unknown> => Promise.resolve().then(again);\nawait again();"],
    [
      "of calls that call themselves",
      "const count = (depth: number): number => depth === 0 ? 1 : count(depth - 1) + count(depth - 1);\nawait null;\ncount(90);",
    ],
  ] as const) {
    test(`ends an endless loop ${where}, and the kernel goes on with its variables`, async () => {
      const events = await interrupt(code);
      assert.match(
        streamText(events, { cell: 0, name: "stderr" }),
        /^Error: Interrupted asynchronously\nYou stopped the cell\./,
      );
    });
  }

  for (const [what, code, read, seen] of [
    [
      "a loop that waits",
      "let turns = 0;\nwhile (true) { turns++; await new Promise((go) => setTimeout(go, 5)); }",
      "const before = turns; await new Promise((go) => setTimeout(go, 100)); console.log(turns === before)",
      "true\n",
    ],
    [
      "a loop over what comes, whose source hears of it",
      "let hasClosed = false;\nasync function* tick() { try { for (;;) { await new Promise((go) => setTimeout(go, 5)); yield 1; } } finally { hasClosed = true; } }\nfor await (const one of tick()) one;",
      "await new Promise((go) => setTimeout(go, 100)); console.log(hasClosed)",
      "true\n",
    ],
    [
      "a cell but for what it does in the end",
      "let cleaned = 'not';\ntry { await new Promise((go) => setTimeout(go, 400)); } finally { cleaned = 'begun'; await new Promise((go) => setTimeout(go, 5)); cleaned = 'whole'; }",
      "await new Promise((go) => setTimeout(go, 600)); console.log(cleaned)",
      "whole\n",
    ],
  ] as const) {
    test(`stops ${what}`, async () => {
      const events = await kernel.run([
        { code: `console.log("begun");\n${code}`, interruptAfterMs: 200 },
        { code: read },
      ]);
      assert.deepEqual(statuses(events), ["error", "ok"]);
      assert.equal(streamText(events, { cell: 1 }), seen);
    });
  }

  for (const [what, code] of [
    ["an endless loop before any await", "while (true);"],
    ["a cell that merely waits", "await new Promise((go) => setTimeout(go, 600_000));"],
  ] as const) {
    test(`still ends ${what}`, async () => {
      const events = await interrupt(code);
      assert.match(
        streamText(events, { cell: 0, name: "stderr" }),
        /^Error: .*interrupted.*\nYou stopped the cell/i,
      );
    });
  }

  test("keeps what a cell had set before its loop", async () => {
    const events = await kernel.run([
      { code: "console.log('begun');\nconst reached = 'here';\nwhile (true);", interruptAfterMs: 200 },
      { code: "console.log(reached);" },
    ]);
    assert.deepEqual(statuses(events), ["error", "ok"]);
    assert.equal(streamText(events, { cell: 1 }), "here\n");
  });

  test("ends a loop that prints, with what it had printed", async () => {
    const events = await kernel.run([
      { code: "await null;\nfor (;;) console.log('again');", interruptAfterMs: 500 },
      { code: "console.log('next');" },
    ]);
    assert.deepEqual(statuses(events), ["error", "ok"]);
    assert.match(streamText(events, { cell: 0 }), /^again\nagain\n/);
    assert.match(streamText(events, { cell: 0, name: "stderr" }), /^Error: Interrupted/);
  });

  test("may be pressed again and again", async () => {
    const press = `const presses = "trap '' INT; for press in 1 2 3 4 5 6; do sleep 0.1; kill -INT 0; done";
require("node:child_process").spawn("sh", ["-c", presses], { stdio: "ignore" });
await null;
while (true);`;
    const events = await kernel.run([{ code: press }, { code: "console.log('next');" }]);
    assert.deepEqual(statuses(events), ["error", "ok"]);
    assert.equal(streamText(events, { cell: 1 }), "next\n");
  });

  test("that comes while a cell is compiled ends the cell, not the compiler", async () => {
    // On a busy machine the first press comes before the cell.
    const press = `require("node:child_process").spawn("sh", ["-c", "trap '' INT; sleep 0.2; kill -INT 0; sleep 4; kill -INT 0"], { stdio: "ignore" });`;
    const long = `const long = [\n${"  { one: 1, two: [2] },\n".repeat(8_000)}];\nwhile (true);`;
    const events = await kernel.run([{ code: press }, { code: long }, { code: "console.log(stops > 0);" }]);
    assert.deepEqual(statuses(events).slice(1), ["error", "ok"]);
    assert.equal(streamText(events, { cell: 2 }), "true\n");
  });
});

test("nothing of a kernel is left when it ends, or is killed", async () => {
  for (const end of [() => {}, (pid: number) => process.kill(pid, "SIGKILL")]) {
    let kernelPid = 0;
    await runCells({ cells: [{ code: 'console.log("here");' }] }, (event) => {
      if (event.type === "kernel") kernelPid = event.pid;
      if (event.type === "end") end(kernelPid);
    });
    assert.ok(kernelPid > 0);
    let left = processesOfGroup(kernelPid);
    for (let waitedMs = 0; left.length > 0 && waitedMs < 60_000; waitedMs += 50) {
      await delay(50);
      left = processesOfGroup(kernelPid);
    }
    assert.deepEqual(left, []);
  }
});

function processesOfGroup(group: number): string[] {
  const lines = execFileSync("ps", ["-A", "-o", "pgid=,stat=,args="], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => Number.parseInt(line, 10) === group && !/^\s*\d+\s+Z/.test(line));
}

function statuses(events: readonly KernelEvent[]): string[] {
  return events.flatMap((event) => (event.type === "end" ? [event.status] : []));
}
