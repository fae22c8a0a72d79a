import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { questionAt } from "./questions.ts";
import { type Kernel, startKernel } from "./run-cells.ts";

const replySchema = z.object({
  status: z.literal("ok"),
  cursor_start: z.int(),
  cursor_end: z.int(),
  matches: z.array(z.string()),
  metadata: z.object({
    _jupyter_types_experimental: z.array(z.object({ text: z.string(), type: z.string() })),
  }),
});

const cells = [
  `import { measureThroughput, openEndpoint, printChat } from "workbook";
import OpenAI from "openai";
import pl from "nodejs-polars";
import * as fs from "node:fs";
const client = new OpenAI({ apiKey: "EMPTY" });`,
  `let temperature = 0.7;
const größe = 1, $price = 2, _under = 3;
class Shelf { #books: string[] = []; add(title: string) { this.#books.push(title); } }
interface Book { title: string; pages?: number }
const shelf = new Shelf();
const library: Book[] = [];
const side = "left" as "left" | "right";
function ask(question: string, options: { seed?: number; side?: "left" | "right" } = {}) { return { question, options }; }`,
];

describe("how a word could go on", () => {
  let folder = "";
  let kernel: Kernel;
  before(async () => {
    const workFolder = fileURLToPath(new URL("../../.workbook", import.meta.url));
    mkdirSync(workFolder, { recursive: true });
    folder = mkdtempSync(join(workFolder, "complete-"));
    mkdirSync(join(folder, "notebook/parts"), { recursive: true });
    for (const path of ["notebook/own-chart.ts", "notebook/data.json", "notebook/parts/one.ts", "shared.ts"])
      writeFileSync(join(folder, path), path.endsWith(".ts") ? "export const own = 1;" : "{}");
    kernel = startKernel({ folder: join(folder, "notebook") });
    const events = await kernel.run(cells.map((code) => ({ code })));
    assert.deepEqual(
      events.flatMap((event) => (event.type === "end" ? [event.status] : [])),
      ["ok", "ok"],
    );
  });
  after(async () => {
    await kernel.close();
    rmSync(folder, { recursive: true });
  });

  async function complete(marked: string) {
    const question = questionAt("complete", marked);
    const [reply] = (await kernel.ask([question])).map(({ content }) => replySchema.parse(content));
    assert.ok(reply !== undefined);
    const replaced = Array.from(question.code).slice(reply.cursor_start, reply.cursor_end).join("");
    return { replaced, matches: reply.matches, types: reply.metadata._jupyter_types_experimental };
  }

  for (const [what, marked, replaced, expected] of [
    ["functions of polars", "pl.readC‸", "readC", ["readCSV", "readCSVStream"]],
    ["methods of openai", "client.chat.completions.crea‸", "crea", ["create"]],
    ["a function that an earlier cell imported", "printC‸", "printC", ["printChat"]],
    ["members of a package's module", "fs.existsS‸", "existsS", ["existsSync"]],
    ["variables of earlier cells", "temp‸", "temp", ["temperature"]],
    ["letters of any language", "grö‸", "grö", ["größe"]],
    ["a dollar", "$p‸", "$p", ["$price"]],
    [
      "types of earlier cells",
      "let one: Boo‸k",
      "Book",
      ["Book", "Boolean", "BooleanConstructor", "boolean"],
    ],
    ["options within a call", "measureThroughput(endpoint, { stre‸ })", "stre", ["streams"]],
    ["options that are left", 'ask("x", { seed: 1, ‸ })', "", ["side"]],
    ["texts that a type lists", 'ask("x", { side: "‸" })', "", ["left", "right"]],
    ["the rest of such a text", 'side === "ri‸"', "ri", ["right"]],
    ["names that a module exports", 'import { printC‸ } from "workbook"', "printC", ["printChat"]],
    ["modules of Node", 'import fs from "node:fs‸"', "node:fs", ["node:fs", "node:fs/promises"]],
    ["packages", 'import pl from "nodejs-pol‸"', "nodejs-pol", ["nodejs-polars"]],
    ["packages in a call", 'await import("nodejs-pol‸")', "nodejs-pol", ["nodejs-polars"]],
    ["files beside the notebook", 'import { own } from "./‸"', "", ["data.json", "own-chart.ts", "parts"]],
    ["files in a folder", 'import { own } from "./parts/o‸"', "o", ["one.ts"]],
    ["files above the notebook", 'import { own } from "../sha‸"', "sha", ["shared.ts"]],
    ["members of what a loop brings", "for (const book of library) book.ti‸", "ti", ["title"]],
    ["members behind `?.`", "library[0]?.pa‸", "pa", ["pages"]],
    ["private members", "class A { #hidden = 1; get() { return this.#hi‸ } }", "#hi", ["#hidden"]],
    ["keywords", "async () => { awai‸ }", "awai", ["await"]],
    ["what was typed in capitals", "TEMP‸", "TEMP", ["temperature"]],
    ["all of a word in whose middle one is", "temp‸ture + 1", "tempture", ["temperature"]],
    ["nothing that stands right of an empty word", "shelf.‸add", "", ["add"]],
    ["what stands behind an emoji", 'const face = "😀"; temp‸', "temp", ["temperature"]],
    ["what stands behind line breaks of Windows", "1;\r\n2;\r\ntemp‸", "temp", ["temperature"]],
    ["a template's parts", `\`\${temp‸}\``, "temp", ["temperature"]],
    ["a template that is not closed", "`it is ${temp‸", "temp", ["temperature"]],
    ["blocks that are not closed", "if (true) { for (;;) { temp‸", "temp", ["temperature"]],
    ["a cell with a mistake", "const one = ;\n@@ temp‸", "temp", ["temperature"]],
    ["a cell that begins as a script", "#!/usr/bin/env node\ntemp‸", "temp", ["temperature"]],
    ["nothing in a comment", "// temp‸", "", []],
    ["nothing in a comment of several lines", "/** temp‸ */", "", []],
    ["nothing in a text", '"temp‸"', "", []],
    ["nothing in a regular expression", "/temp‸/", "", []],
    ["nothing where no name fits", "temperatures‸", "", []],
    ["nothing behind a name that nobody knows", "unknown.‸", "", []],
    ["nothing of the kernel's own", "__c‸", "", []],
    ["nothing of what compiled cells are given", "$b‸", "", []],
  ] as const) {
    test(`it completes ${what}`, async () => {
      const { replaced: range, matches } = await complete(marked);
      assert.deepEqual({ replaced: range, matches: matches.toSorted() }, { replaced, matches: expected });
    });
  }

  test("the reader's own names come before those of the language", async () => {
    const { matches } = await complete("‸");
    const own = ["Shelf", "ask", "client", "fs", "größe", "library", "pl", "shelf", "side", "temperature"];
    const imported = ["OpenAI", "measureThroughput", "openEndpoint", "printChat"];
    const first = matches.slice(0, own.length + imported.length);
    assert.deepEqual(first.toSorted(), [...imported, ...own].toSorted());
    assert.deepEqual(matches.slice(first.length, first.length + 2), ["_under", "$price"]);
    assert.ok(matches.includes("console"));
    assert.deepEqual(
      matches.filter((name) => /\u034f|__cell|\$bind|\$meta/.test(name)),
      [],
    );
  });

  test("texts that a type lists come first, also without quotes", async () => {
    const { matches } = await complete('ask("x", { side: ‸ })');
    assert.deepEqual(matches.slice(0, 2), ['"left"', '"right"']);
  });

  test("each candidate says what it is", async () => {
    const typesOf = async (marked: string) =>
      (await complete(marked)).types.map(({ text, type }) => `${text}: ${type}`);
    assert.deepEqual(await typesOf("shelf‸"), ["shelf: const", "Shelf: class"]);
    assert.deepEqual(await typesOf("printC‸"), ["printChat: function"]);
    assert.deepEqual(await typesOf("client.bas‸"), ["baseURL: property"]);
    assert.deepEqual(await typesOf("fs.existsS‸"), ["existsSync: function"]);
    assert.deepEqual(await typesOf("temper‸"), ["temperature: let"]);
    assert.deepEqual(await typesOf("typeo‸"), ["typeof: keyword"]);
  });

  test("a name that is declared again keeps its newest members", async () => {
    await kernel.run([
      { code: "const changed = { before: 1 };" },
      { code: "const changed = { behind: 2 };" },
    ]);
    assert.deepEqual((await complete("changed.‸")).matches, ["behind"]);
  });

  test("it is answered while a cell waits, and the kernel stays busy", async () => {
    const cell = 'console.log("runs");\nawait new Promise((resolve) => setTimeout(resolve, 1_000));';
    const events = await kernel.run([{ code: cell, questions: [questionAt("complete", "temp‸")] }]);
    const order = events.flatMap((event): unknown[] => {
      if (event.type === "answer") return [event.content["matches"]];
      if (event.type === "end") return [event.status];
      const state = "content" in event ? event.content["execution_state"] : undefined;
      return state === undefined ? [] : [`${event.type} ${state}`];
    });
    // Before the cell came what belongs to questions of other tests.
    assert.deepEqual(order.slice(order.indexOf("message busy")), [
      "message busy",
      ["temperature"],
      "late busy",
      "late idle",
      "message busy",
      "message idle",
      "ok",
    ]);
  });
});
