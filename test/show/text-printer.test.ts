import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTextPrinter } from "../../lib/src/show/index.ts";

function recordWrites(t: { mock: { timers: { enable(options: { apis: ["setTimeout"] }): void } } }) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const writes: string[] = [];
  return { writes, printer: createTextPrinter({ write: (text) => writes.push(text), batchMs: 50 }) };
}

describe("a text printer", () => {
  test("writes the first text at once and later text in batches", (t) => {
    const { writes, printer } = recordWrites(t);
    printer.print("");
    assert.deepEqual(writes, []);
    printer.print("Hello");
    assert.deepEqual(writes, ["Hello"]);
    printer.print(", ");
    t.mock.timers.tick(49);
    printer.print("how ");
    assert.deepEqual(writes, ["Hello"]);
    t.mock.timers.tick(1);
    assert.deepEqual(writes, ["Hello", ", how "]);
    printer.print("are you?");
    t.mock.timers.tick(50);
    assert.deepEqual(writes, ["Hello", ", how ", "are you?"]);
  });

  test("writes what is waiting when it is flushed, and nothing afterwards", (t) => {
    const { writes, printer } = recordWrites(t);
    printer.print("a");
    printer.print("b");
    printer.flush();
    assert.deepEqual(writes, ["a", "b"]);
    printer.flush();
    t.mock.timers.tick(1000);
    assert.deepEqual(writes, ["a", "b"]);
  });

  test("keeps every character of 3,000 pieces, in order and in few writes", (t) => {
    const { writes, printer } = recordWrites(t);
    const pieces = Array.from({ length: 3000 }, (_, index) => `${index} `);
    for (const piece of pieces) {
      printer.print(piece);
      t.mock.timers.tick(5);
    }
    printer.flush();
    assert.equal(writes.join(""), pieces.join(""));
    assert.ok(writes.length <= 301, `${writes.length} writes`);
  });

  test("removes escape sequences, also in two pieces with a pause or a flush between them", (t) => {
    const { writes, printer } = recordWrites(t);
    printer.print("plain \x1b[3");
    t.mock.timers.tick(100);
    printer.print("1mred\x1b");
    printer.flush();
    printer.print("]0;title\x1b");
    t.mock.timers.tick(100);
    printer.print("\\ end");
    printer.flush();
    assert.equal(writes.join(""), "plain red end");
  });

  test("does not tear a character apart that comes in two halves", (t) => {
    const { writes, printer } = recordWrites(t);
    printer.print("a\ud83d");
    printer.print("\ude42b");
    printer.flush();
    assert.deepEqual(writes, ["a", "🙂b"]);
  });

  test("does not hold back a long answer that begins like a window title and never ends it", (t) => {
    const { writes, printer } = recordWrites(t);
    printer.print(`\x1b]${"x".repeat(300)}`);
    assert.deepEqual(writes, ["x".repeat(300)]);
  });

  test("writes to the standard output of the moment when it was made", (t) => {
    const own = process.stdout.write;
    const writes: string[] = [];
    try {
      process.stdout.write = (text: string | Uint8Array) => writes.push(`first cell: ${text}`) > 0;
      const printer = createTextPrinter();
      process.stdout.write = (text: string | Uint8Array) => writes.push(`second cell: ${text}`) > 0;
      printer.print("late");
    } finally {
      process.stdout.write = own;
    }
    t.assert.deepEqual(writes, ["first cell: late"]);
  });
});
