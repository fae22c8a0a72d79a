import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shown, shownLines } from "./shown.ts";

describe("the value of a last expression that is no table prints as console.log prints it:", () => {
  class Pod {
    id = "a1";
  }
  const circular: Record<string, unknown> = { name: "x" };
  circular["self"] = circular;
  for (const [value, text] of [
    ["a text", "a text"],
    ["two\nlines \u001b[31mred\u001b[0m", "two\nlines \u001b[31mred\u001b[0m"],
    ["", ""],
    [5, "5"],
    [-0, "-0"],
    [1 / 3, "0.3333333333333333"],
    [10n, "10n"],
    [true, "true"],
    [null, "null"],
    [Symbol("a"), "Symbol(a)"],
    [{ ok: 1 }, "{ ok: 1 }"],
    [{}, "{}"],
    [[], "[]"],
    [[{}], "[ {} ]"],
    [[1, 2, 3], "[ 1, 2, 3 ]"],
    [[1 / 3], "[ 0.333 ]"],
    [[[1 / 3], [2]], "[ [ 0.333 ], [ 2 ] ]"],
    [{ data: { "meta-llama/Llama-3.1-8B": 1 } }, "{ data: { 'meta-llama/Llama-3.1-8B': 1 } }"],
    [["a", undefined], "[ 'a', undefined ]"],
    [new Float64Array([1 / 3]), "Float64Array(1) [ 0.333 ]"],
    [Buffer.from("ab"), "<Buffer 61 62>"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [/a+/g, "/a+/g"],
    [new Map([["a", 1]]), "Map(1) { 'a' => 1 }"],
    [new Set(["a"]), "Set(1) { 'a' }"],
    [function add() {}, "[Function: add]"],
    [Pod, "[class Pod]"],
    [new Pod(), "Pod { id: 'a1' }"],
    [circular, "<ref *1> { name: 'x', self: [Circular *1] }"],
    [Object.assign(Object.create(null), { ok: 1 }), "[Object: null prototype] { ok: 1 }"],
  ] as const) {
    test(text, async () => assert.equal(await shown(value), `${text}\n`));
  }

  test("and undefined shows nothing", async () => assert.equal(await shown(undefined), ""));

  test("an object that says itself how it prints", async () => {
    const answer = { text: "long", [Symbol.for("nodejs.util.inspect.custom")]: () => "[12 tokens]" };
    assert.equal(await shown(answer), "[12 tokens]\n");
  });
});

describe("whatever it is, it shows something bounded:", () => {
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  const hostile = {
    get [Symbol.toStringTag](): string {
      throw new Error("no");
    },
    get data() {
      throw new Error("no");
    },
  };
  let deep: unknown = "bottom";
  for (let level = 0; level < 100_000; level++)
    deep = level % 2 === 0 ? [deep] : { deep, more: "x".repeat(20) };
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`name${index}`, index]));
  for (const [what, value] of Object.entries({
    "a proxy whose traps throw": throwing,
    "an object whose getters throw": hostile,
    "rows whose getters throw": [
      {
        get usd() {
          throw new Error("no");
        },
      },
    ],
    "an object that throws when it is printed": {
      [Symbol.for("nodejs.util.inspect.custom")]: () => {
        throw new Error("no");
      },
    },
    "a revoked proxy": (() => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    })(),
    "an object that displays itself as a promise": { [Symbol.for("Jupyter.display")]: async () => ({}) },
    "a bundle that is no text": { data: { "text/plain": Symbol("a") } },
    "a very deep value": deep,
    "an object with 100,000 names": wide,
    "an object inside with 100,000 names": { wide, wider: { wide } },
    "a list of 100,000 objects": Array.from({ length: 100_000 }, (_, index) => ({ index })),
    "an object with 100,000 lists of objects": Object.fromEntries(
      Object.keys(wide).map((name) => [name, [wide, wide]]),
    ),
    "rows with 100,000 columns": [wide, wide],
    "a text of 10 million characters": "x".repeat(10_000_000),
    "rows of long texts": [{ text: "x".repeat(1_000_000) }],
    "a list with holes": Object.assign([{ a: 1 }], { 2: { a: 2 } }),
  })) {
    test(what, async () => {
      const text = await shown(value);
      assert.ok(text.length > 2 && text.length < 110_000, `${text.length} characters`);
    });
  }

  test("a longer text says how much was left out", async () => {
    assert.equal(await shown("x".repeat(100_001)), `${"x".repeat(100_000)}\n… 1 more characters\n`);
  });

  test("what an object says of its figures holds for the parts inside it that say nothing", async () => {
    const server = "vLLM 0.32.0, 4 streams, on a machine with a long name";
    const said = { kind: "measured", date: "2026-11-28", source: server };
    const part = { cachedInputShare: 0.6, source: server, streams: 4, keptShare: 1 };
    const lines = await shownLines({ ...said, warm: part, other: { ...part, ...said, kind: "computed" } });
    assert.deepEqual(
      lines.filter((line) => line.includes(`${server} (2026-11-28)`)),
      [
        `measured: ${server} (2026-11-28)`,
        `measured: ${server} (2026-11-28)`,
        `computed from ${server} (2026-11-28)`,
      ],
    );
  });

  test("a longer object and a wider list say how much they have", async () => {
    assert.match(await shown(wide), /\nname49 +49\nshowing 50 of 100,000 rows\n$/);
    assert.match(await shown([wide]), /\nshowing 24 of 100,000 columns\n$/);
  });
});

describe("the specification of a chart is shown as the chart,", () => {
  const bars = {
    data: { values: [{ gpu: "A40", usd: 0.39 }] },
    encoding: { x: { field: "usd", type: "quantitative" } },
  };
  test("which is its description in a terminal, or its title", async () => {
    assert.equal(await shown({ ...bars, mark: "bar", description: "One bar." }), "One bar.\n");
    assert.equal(
      await shown({
        title: "Prices",
        layer: [
          { ...bars, mark: "bar" },
          { ...bars, mark: "rule" },
        ],
      }),
      "Prices\n",
    );
  });
  test("or, where it cannot be drawn, as the object that it is, with the reason", async () => {
    const [reason = "", , head = ""] = await shownLines({
      ...bars,
      mark: "no mark at all",
      encoding: { z: {} },
      description: "A mistake.",
    });
    assert.match(reason, /^chart: vega-lite cannot draw this specification: /);
    assert.match(head, /./);
  });
});
