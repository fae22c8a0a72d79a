import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pl from "nodejs-polars";
import { InputError } from "../../lib/src/errors.ts";
import { show } from "../../lib/src/show/index.ts";
import { printed } from "./shown.ts";

const shownBy = (value: unknown) => printed(() => show(value));

describe("outside Jupyter, show prints", () => {
  test("a bundle's plain text", async () => {
    assert.equal(await shownBy({ data: { "text/html": "<b>five</b>", "text/plain": "five" } }), "five\n");
  });

  test("a polars frame and a list of objects as a table", async () => {
    const expected = "gpu   usd\n───  ────\nA40  0.39\n";
    assert.equal(await shownBy(pl.DataFrame({ gpu: ["A40"], usd: [0.39] })), expected);
    assert.equal(await shownBy([{ gpu: "A40", usd: 0.39 }]), expected);
  });

  test("what an object says of itself", async () => {
    assert.equal(
      await shownBy({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "a pod" }) }),
      "a pod\n",
    );
  });

  test("a text without what could steer a terminal", async () => {
    assert.equal(await shownBy("line one\nline \x1b[31mtwo\x1b[0m"), "line one\nline two\n");
  });

  test("anything else as Node does", async () => {
    assert.equal(await shownBy({ pods: 2, data: { a: 1 } }), "{ pods: 2, data: { a: 1 } }\n");
    assert.equal(await shownBy([1, 2]), "[ 1, 2 ]\n");
    assert.equal(await shownBy([]), "[]\n");
    assert.equal(await shownBy(null), "null\n");
  });
});

test("show refuses an object whose display method gives a promise, and says what to do", () => {
  const value = { [Symbol.for("Jupyter.display")]: async () => ({ "text/plain": "later" }) };
  assert.throws(
    () => show(value),
    (error) => error instanceof InputError && /await it first/.test(error.message),
  );
});
