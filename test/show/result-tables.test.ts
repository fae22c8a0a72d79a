import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pl from "nodejs-polars";
import { resultTable } from "../../lib/src/show/result-table.ts";
import { shown, shownLines } from "./shown.ts";

describe("tables are", () => {
  const rows = [
    { gpu: "A40", year: 2024, usd: 0.39 },
    { gpu: "L4", year: 2025, usd: 1 / 3 },
  ];
  const table = ["gpu  year     usd", "───  ────  ──────", "A40  2024  0.3900", "L4   2025  0.3333"];

  test("lists of plain objects, their whole numbers without commas", async () => {
    assert.deepEqual(await shownLines(rows), table);
  });

  test("frames, series and sets of plain objects", async () => {
    assert.deepEqual(await shownLines(pl.DataFrame(rows)), table);
    assert.deepEqual(await shownLines(pl.DataFrame(rows).getColumn("gpu")), ["gpu", "───", "A40", "L4"]);
    assert.deepEqual(await shownLines(new Set(rows)), table);
  });

  test("maps of plain objects, by their keys", async () => {
    assert.deepEqual(await shownLines(new Map([["first", { usd: 1 }]])), [
      "key    usd",
      "─────  ───",
      "first    1",
    ]);
  });

  test("objects that differ in their names, or hold others, on one line each", async () => {
    assert.deepEqual(await shownLines([{ a: 1, list: ["x"] }, { b: { c: 1 / 3, isNew: true } }, {}]), [
      "a  list  b",
      "─  ────  ───────────────────",
      "1  x     –",
      "–  –     c 0.333, isNew true",
      "–  –     –",
    ]);
  });

  test("in a terminal below each other, where they are wider than it", async () => {
    const wide = { model: "meta-llama/Llama-3.1-8B-Instruct", usd: 1, note: "A sentence.\n".repeat(20) };
    assert.deepEqual(await shownLines([wide, { model: "gemma" }]), [
      "model  meta-llama/Llama-3.1-8B-Instruct",
      "usd    1",
      `note   ${"A sentence. ".repeat(20).trim()}`,
      "",
      "model  gemma",
      "usd    –",
      "note   –",
    ]);
  });

  test("no lazy frame, which would have to be computed", async () => {
    assert.match(await shown(pl.DataFrame(rows).lazy()), /^A lazy frame, .*await its collect\(\).*\n$/);
  });
});

test("a column of long texts stays wide in a page that is narrower than its table", () => {
  const { data } = resultTable([{ gpu: "A40", note: "x".repeat(41) }]);
  assert.match(
    String(data["text/html"]),
    /<th scope="col" style="text-align:left">gpu<\/th><th scope="col" style="text-align:left;min-width:var\(--long-column,16em\)">note<\/th>/,
  );
});

describe("an object of more than a line is shown as", () => {
  test("its names and values without a call of its getters", async () => {
    const object = {
      text: "x".repeat(100),
      get now(): number {
        throw new Error("called");
      },
    };
    assert.deepEqual((await shownLines(object)).slice(2), [`text  ${"x".repeat(100)}`, "now   [Getter]"]);
  });

  test("its names and values", async () => {
    const plan = {
      model: "meta-llama/Llama-3.1-8B-Instruct",
      image: "vllm/vllm-openai:v0.33.0",
      usdPerHour: 0.4454794520547945,
      isGated: true,
      volume: null,
      ports: ["8000/http"],
    };
    assert.deepEqual(await shownLines(plan), [
      "name        value",
      "──────────  ────────────────────────────────",
      "model       meta-llama/Llama-3.1-8B-Instruct",
      "image       vllm/vllm-openai:v0.33.0",
      "usdPerHour  0.445",
      "isGated     true",
      "volume      null",
      "ports       8000/http",
    ]);
  });

  test("and each larger part in a table below: lists of objects or texts, objects with the same names, others", async () => {
    const text = "A sentence that is far too long for one cell of a table, with more to come. "
      .repeat(3)
      .trim();
    const range = { lowest: 1, typical: 2, highest: 3 };
    assert.deepEqual(
      await shownLines({
        kind: "measured",
        levels: [1, 2].map((streams) => ({
          streams,
          verdict: "valid",
          reason: `${streams} streams are enough`,
        })),
        warnings: [text, text],
        ranges: { gpuUsdPerHour: range, inputUsdPerMillion: range, cached: null },
        payload: {
          name: "workbook-llama",
          env: { HOST: "0.0.0.0", PATH_OF_A_HEALTH_CHECK: "/health", PORT_OF_A_HEALTH_CHECK: "8000" },
        },
      }),
      [
        "name  value",
        "────  ────────",
        "kind  measured",
        "",
        "levels",
        "",
        "streams  verdict  reason",
        "───────  ───────  ────────────────────",
        "      1  valid    1 streams are enough",
        "      2  valid    2 streams are enough",
        "",
        "warnings",
        "─".repeat(120),
        text,
        text,
        "",
        "ranges",
        "",
        "name                lowest  typical  highest",
        "──────────────────  ──────  ───────  ───────",
        "gpuUsdPerHour            1        2        3",
        "inputUsdPerMillion       1        2        3",
        "cached                   –        –        –",
        "",
        "payload",
        "",
        "name  value",
        "────  ──────────────",
        "name  workbook-llama",
        "",
        "payload.env",
        "",
        "name                    value",
        "──────────────────────  ───────",
        "HOST                    0.0.0.0",
        "PATH_OF_A_HEALTH_CHECK  /health",
        "PORT_OF_A_HEALTH_CHECK  8000",
      ],
    );
  });
});
