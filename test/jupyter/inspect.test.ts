import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { questionAt } from "./questions.ts";
import { type Kernel, startKernel } from "./run-cells.ts";

const replySchema = z.object({
  status: z.literal("ok"),
  found: z.boolean(),
  data: z.object({ "text/plain": z.string().optional(), "text/markdown": z.string().optional() }),
  metadata: z.object({}),
});

const cells = [
  `import { measureThroughput, printChat, table } from "workbook";
import OpenAI from "openai";
import pl from "nodejs-polars";
import * as fs from "node:fs";
const client = new OpenAI({ apiKey: "EMPTY" });`,
  `/** How warm the answers are. */
let temperature = 0.7;
/**
 * Adds a book.
 *
 * @param title what stands on its {@link Book.title cover}
 * @param pages
 * @deprecated Use \`put\`.
 * @example add("Light", 12)
 */
function add(title: string, pages = 1) { return { title, pages }; }
interface Book {
  /** What stands on the cover. */
  title: string;
}
class Shelf {
  /** Looks one up. */
  find(title: string): Book | undefined { return undefined; }
}
const shelf = new Shelf();
const books: Book[] = [];
const makeHidden = () => { class Hidden { size = 1; } return new Hidden(); };
const hidden = makeHidden();
const wide = {} as Record<${Array.from({ length: 90 }, (_, index) => `"key${index}"`).join(" | ")}, string>;`,
];

describe("what stands at a place of a cell", () => {
  let kernel: Kernel;
  before(async () => {
    kernel = startKernel();
    const events = await kernel.run(cells.map((code) => ({ code })));
    assert.deepEqual(
      events.flatMap((event) => (event.type === "end" ? [event.status] : [])),
      ["ok", "ok"],
    );
  });
  after(() => kernel.close());

  async function inspect(marked: string, detail = 0) {
    const answers = await kernel.ask([{ ...questionAt("inspect", marked), detail }]);
    const [reply] = answers.map(({ content }) => replySchema.parse(content));
    assert.ok(reply !== undefined);
    assert.equal(reply.found, reply.data["text/plain"] !== undefined);
    return { plain: reply.data["text/plain"] ?? null, markdown: reply.data["text/markdown"] ?? null };
  }

  for (const [what, marked, ...parts] of [
    [
      "a function of the library",
      "print‸Chat",
      "function printChat(endpoint: Endpoint, request: ChatRequest",
      "Streams the answer to a chat request",
    ],
    [
      "a function whose arguments are still missing",
      "printChat(‸",
      "printChat(endpoint: Endpoint",
      "Streams the answer",
    ],
    [
      "a function at a later argument",
      "await printChat(client, ‸)",
      "printChat(endpoint: Endpoint",
      "Streams the answer",
    ],
    [
      "a function within the options of its call",
      "measureThroughput(client, {\n  streams: [1],\n  ‸\n})",
      "measureThroughput(endpoint",
    ],
    ["the innermost call", 'printChat(add("x", ‸', "add(title: string, pages?: number)", "Adds a book."],
    ["an option", "measureThroughput(client, { outputT‸okens: 3 })", "(property)", "outputTokens"],
    [
      "a method of openai",
      "client.chat.completions.crea‸te",
      "(method) Completions.create(",
      "Creates a model response",
    ],
    [
      "a call of openai",
      "client.chat.completions.create({ ‸",
      "(method) Completions.create(",
      "Creates a model response",
    ],
    [
      "a function of polars",
      "pl.readCSV‸",
      "function pl.readCSV(pathOrBody: string | Buffer",
      "@param pathOrBody",
    ],
    ["a function of Node", "fs.existsSy‸nc", "function existsSync(path"],
    ["an import", 'import { ta‸ble } from "workbook"', "function table(data", "Displays rows as a table"],
    ["a class's construction", "new Shelf(‸", "new Shelf(): Shelf"],
    ["a method of an own class", "shelf.find(‸", "(method) Shelf.find(title: string): Book", "Looks one up."],
    [
      "a field of an own type",
      "books[0].ti‸tle",
      "(property) Book.title: string",
      "What stands on the cover.",
    ],
    ["what stands in a text within a call", 'add("Li‸ght")', "add(title: string"],
    ["a call in a cell with a mistake", "const one = ;\n@@ add(‸", "add(title: string"],
  ] as const) {
    test(`it tells of ${what}`, async () => {
      const { plain } = await inspect(marked);
      let rest = plain ?? "";
      for (const part of parts) {
        assert.ok(rest.includes(part), `${JSON.stringify(part)} is not in ${JSON.stringify(plain)}`);
        rest = rest.slice(rest.indexOf(part) + part.length);
      }
      assert.doesNotMatch(plain ?? "", /__cell|\(alias\)/);
    });
  }

  for (const [what, marked, plain] of [
    ["a variable of an earlier cell", "temp‸erature", "let temperature: number\n\nHow warm the answers are."],
    ["a list of an own type", "books‸", "const books: Book[]"],
    ["what no name reaches", "hidden‸", "const hidden: Hidden"],
    ["an own type", "let one: Bo‸ok", "interface Book"],
    ["a variable of the same cell", "const here = { one: 1 };\nher‸e", "const here: {\n    one: number;\n}"],
  ] as const) {
    test(`it tells exactly of ${what}`, async () => {
      assert.equal((await inspect(marked)).plain, plain);
    });
  }

  test("all that its author says is there, what is out of use first", async () => {
    const { plain, markdown } = await inspect("add‸");
    assert.equal(
      plain,
      `function add(title: string, pages?: number): {
    title: string;
    pages: number;
}

Adds a book.

@deprecated Use \`put\`.
@param title what stands on its cover
@example add("Light", 12)`,
    );
    assert.equal(
      markdown,
      `\`\`\`typescript
function add(title: string, pages?: number): {
    title: string;
    pages: number;
}
\`\`\`

Adds a book.

**@deprecated** Use \`put\`.

**@param** \`title\` what stands on its cover

**@example** 
\`\`\`typescript
add("Light", 12)
\`\`\``,
    );
  });

  test("more detail shows more of a type", async () => {
    const brief = (await inspect("wide‸")).plain ?? "";
    const full = (await inspect("wide‸", 1)).plain ?? "";
    assert.ok(!brief.includes('"key80"'), brief);
    assert.ok(full.includes('"key80"'), full);
  });

  for (const [what, marked] of [
    ["an unknown name", "unknown‸"],
    ["an empty cell", "‸"],
    ["a number", "1 + ‸1"],
    ["a comment", "// printChat(‸"],
    ["a text", '"print‸Chat"'],
    ["what comes behind a call", 'add("x")‸'],
    ["the body of a function within a call", "books.map((book) => { ‸ })"],
    ["the middle of nowhere", "@@@ ‸ ###"],
  ] as const) {
    test(`it knows nothing of ${what}, and says so`, async () => {
      assert.deepEqual(await inspect(marked), { plain: null, markdown: null });
    });
  }

  test("it is answered while a cell waits", async () => {
    const cell = 'console.log("runs");\nawait new Promise((resolve) => setTimeout(resolve, 1_000));';
    const events = await kernel.run([{ code: cell, questions: [questionAt("inspect", "temp‸erature")] }]);
    const order = events.flatMap(({ type }) => (type === "answer" || type === "end" ? [type] : []));
    assert.deepEqual(order, ["answer", "end"]);
  });
});
