import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { findClosedPort } from "../helpers/local-server.ts";
import { type Kernel, type KernelEvent, startKernel, streamText } from "./run-cells.ts";

/** What is run, in one kernel, and what a reader then sees. `PORT` is one at which nothing listens. */
const cells: readonly { what: string; code: string; status?: "ok"; seen: string }[] = [
  {
    what: "an import, which fails nobody",
    code: 'import OpenAI from "openai";\nimport { openEndpoint } from "workbook";\nimport { z } from "zod";',
    status: "ok",
    seen: "",
  },
  {
    what: "an error of the workbook: one paragraph",
    code: 'await openEndpoint({ baseUrl: "http://127.0.0.1:PORT" });',
    seen: "EndpointError: Nothing listens at 127.0.0.1:PORT (ECONNREFUSED, asked for http://127.0.0.1:PORT/v1/models). Start the server, or correct host and port.",
  },
  {
    what: "an error of the openai package: what, why, remedy and where",
    code: 'const client = new OpenAI({ baseURL: "http://127.0.0.1:PORT/v1", apiKey: "EMPTY", maxRetries: 0 });\nawait client.models.list();',
    seen:
      "APIConnectionError: Connection error. ← fetch failed ← connect ECONNREFUSED 127.0.0.1:PORT\n" +
      "Nothing listens at this address. Start the server, or correct host and port of the base URL.\n" +
      "  in line 2 of this cell: await client.models.list();",
  },
  {
    what: "a mistake of the reader's own: where it is",
    code: 'interface Book { title: string }\n\n// A comment.\nconst book: Book = JSON.parse("null");\nconsole.log(book.title);',
    seen:
      "TypeError: Cannot read properties of null (reading 'title')\n" +
      "  in line 5 of this cell: console.log(book.title);",
  },
  {
    what: "the same after an await",
    code: 'await null;\nconst other: { title: string } = JSON.parse("null");\nconst title: string = other.title;',
    seen:
      "TypeError: Cannot read properties of null (reading 'title')\n" +
      "  in line 3 of this cell: const title: string = other.title;",
  },
  {
    what: "functions, which fail nobody",
    code: "function inner(value: any) { return value.y.z; }\nfunction outer(value: any) { return inner(value); }",
    status: "ok",
    seen: "",
  },
  {
    what: "a mistake in a function of an earlier cell: the way to it",
    code: "const value = {};\nouter(value);",
    seen:
      "TypeError: Cannot read properties of undefined (reading 'z')\n" +
      "  in line 1 of an earlier cell: function inner(value: any) { return value.y.z; }\n" +
      "  called in line 2 of an earlier cell: function outer(value: any) { return inner(value); }\n" +
      "  called in line 2 of this cell: outer(value);",
  },
  {
    what: "an error of a schema: the fields, in words",
    code: "z.object({ title: z.string() }).parse({});",
    seen:
      "ZodError: title: Invalid input: expected string, received undefined\n" +
      "The answer does not have the form of an OpenAI-compatible API. Check the base URL (OPENAI_BASE_URL): it must lead to the API itself, not to a web page or another service. Where the schema is one of your own, the error names each field that does not fit it.\n" +
      "  in line 1 of this cell: z.object({ title: z.string() }).parse({});",
  },
  {
    what: "a call for which nobody waits: that an await is missing",
    code: 'void Promise.reject(new TypeError("late"));\nawait new Promise((resolve) => setTimeout(resolve, 100));',
    status: "ok",
    seen:
      "A call failed for which no cell waits: put await in front of it.\n" +
      "TypeError: late\n" +
      '  in line 1 of this cell: void Promise.reject(new TypeError("late"));',
  },
  {
    what: "an error in a timer: that it came from there",
    code: 'setTimeout(() => { throw new Error("timer"); }, 10);\nawait new Promise((resolve) => setTimeout(resolve, 100));',
    status: "ok",
    seen:
      "An error outside of any cell's own course, in a timer or an event.\n" +
      "Error: timer\n" +
      '  in line 1 of this cell: setTimeout(() => { throw new Error("timer"); }, 10);',
  },
  { what: "whatever else is thrown", code: 'throw "just text";', seen: "just text" },
  {
    what: "a complaint of the compiler, as it is",
    code: 'const count: number = "x";',
    seen: "1:7 - Type 'string' is not assignable to type 'number'.",
  },
  {
    what: "a complaint of the compiler where the reader wrote it, behind objects that name things in short",
    code: "const shelf = 1;\nconsole.log({ shelf,\n  book: { shelf, boook } }, { shelf }, [lamp]);",
    seen:
      "3:18 - Cannot find name 'boook'. Did you mean 'book'?\n" +
      "No cell has defined boook since the kernel started; book is known. Write book if that is meant; else run the cells above it that define boook: Run → Run All Above Selected Cell.\n" +
      "3:41 - Cannot find name 'lamp'.\n" +
      "The cell uses a name that no cell has defined since the kernel started, or that is misspelt. Run the cells above it that define lamp: Run → Run All Above Selected Cell.",
  },
  {
    what: "an error that names a cell which never was",
    code: 'throw new Error("workbook-cell-9999:1:1");',
    seen:
      "Error: workbook-cell-9999:1:1\n" +
      '  in line 1 of this cell: throw new Error("workbook-cell-9999:1:1");',
  },
  {
    what: "a name that no cell has defined: which cells to run",
    code: "console.log(endpoint);",
    seen:
      "1:13 - Cannot find name 'endpoint'.\n" +
      "The cell uses a name that no cell has defined since the kernel started, or that is misspelt. Run the cells above it that define endpoint: Run → Run All Above Selected Cell.",
  },
];

describe("an error in a cell shows", () => {
  let port = 0;
  let kernel: Kernel;
  let events: KernelEvent[] = [];
  const withPort = (text: string) => text.replaceAll("PORT", String(port));

  before(async () => {
    port = await findClosedPort();
    kernel = startKernel();
    events = await kernel.run(cells.map(({ code }) => ({ code: withPort(code) })));
  });
  after(() => kernel.close());

  for (const [cell, { what, status = "error", seen }] of cells.entries()) {
    test(what, () => {
      assert.equal(streamText(events, { cell, name: "stderr" }).trimEnd(), withPort(seen));
      const ends = events.flatMap((event) => (event.type === "end" && event.cell === cell ? [event] : []));
      assert.deepEqual(
        ends.map((end) => end.status),
        [status],
      );
    });
  }

  test("the stop button: that the code does not go on", async () => {
    const stopped = await kernel.run([
      {
        code: 'console.log("waiting");\nawait new Promise((resolve) => setTimeout(resolve, 60_000));',
        interruptAfterMs: 100,
      },
      { code: 'console.log("on");' },
    ]);
    assert.match(
      streamText(stopped, { cell: 0, name: "stderr" }),
      /^Error: Interrupted asynchronously\nYou stopped the cell\. .*AbortSignal\. Kernel → Restart ends everything\.\n$/,
    );
    assert.equal(streamText(stopped, { cell: 1 }), "on\n");
  });
});
