import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pl from "nodejs-polars";
import { InputError } from "../../lib/src/errors.ts";
import { show } from "../../lib/src/show/index.ts";

function printed(value: unknown): string {
  const own = process.stdout.write;
  let output = "";
  try {
    process.stdout.write = (text: string | Uint8Array) => {
      output += String(text);
      return true;
    };
    show(value);
  } finally {
    process.stdout.write = own;
  }
  return output;
}

describe("outside Jupyter, show prints", () => {
  test("a bundle's plain text", () => {
    assert.equal(printed({ data: { "text/html": "<b>five</b>", "text/plain": "five" } }), "five\n");
  });

  test("a polars frame and a list of objects as a table", () => {
    const expected = "gpu   usd\n───  ────\nA40  0.39\n";
    assert.equal(printed(pl.DataFrame({ gpu: ["A40"], usd: [0.39] })), expected);
    assert.equal(printed([{ gpu: "A40", usd: 0.39 }]), expected);
  });

  test("what an object says of itself", () => {
    assert.equal(printed({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "a pod" }) }), "a pod\n");
  });

  test("a text without what could steer a terminal", () => {
    assert.equal(printed("line one\nline \x1b[31mtwo\x1b[0m"), "line one\nline two\n");
  });

  test("anything else as Node does", () => {
    assert.equal(printed({ pods: 2, data: { a: 1 } }), "{ pods: 2, data: { a: 1 } }\n");
    assert.equal(printed([1, 2]), "[ 1, 2 ]\n");
    assert.equal(printed([]), "[]\n");
    assert.equal(printed(null), "null\n");
  });
});

test("show refuses an object whose display method gives a promise, and says what to do", () => {
  const value = { [Symbol.for("Jupyter.display")]: async () => ({ "text/plain": "later" }) };
  assert.throws(
    () => show(value),
    (error) => error instanceof InputError && /await it first/.test(error.message),
  );
});
