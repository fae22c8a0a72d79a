import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Kernel, runCells, startKernel, streamText } from "./run-cells.ts";

describe("the TypeScript kernel", () => {
  let kernel: Kernel;
  before(() => {
    kernel = startKernel();
  });
  after(() => kernel.close());

  test("delivers all of 20,000 writes of one cell, in order", async () => {
    const events = await kernel.run([
      { code: "for (let line = 0; line < 20_000; line++) process.stdout.write(line + '\\n');" },
    ]);
    const written = Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join("");
    assert.equal(streamText(events, { cell: 0 }), written);
  });

  // A kernel that loses one send in 512 loses lines of two of these.
  test("delivers both lines of each of 300 cells", async () => {
    const cells = Array.from({ length: 300 }, (_, cell) => ({
      code: `console.log("first ${cell}");\nconsole.log("second ${cell}");`,
    }));
    const events = await kernel.run(cells);
    const texts = cells.map((_, cell) => streamText(events, { cell }));
    assert.deepEqual(
      texts,
      cells.map((_, cell) => `first ${cell}\nsecond ${cell}\n`),
    );
    const statuses = events.flatMap((event) => (event.type === "end" ? [event.status] : []));
    assert.deepEqual(new Set(statuses), new Set(["ok"]));
  });

  test("finds variables of earlier cells also where a property only names them", async () => {
    const events = await kernel.run([
      { code: 'const model = "small";\nlet messages = ["hello"];' },
      { code: "const request = { model, messages, n: 1 };" },
      {
        code: "let n = 0;\n({ n } = request);\nconsole.log(JSON.stringify({ request, n }), [1].map((model) => ({ model })));",
      },
    ]);
    assert.equal(
      streamText(events, { cell: 2 }),
      '{"request":{"model":"small","messages":["hello"],"n":1},"n":1} [ { model: 1 } ]\n',
    );
  });

  test("runs every cell where errors are asked to stop nothing", async () => {
    const cells = ["let tries = 0;", "tries += 1; throw new Error('no');", "tries += 1; nowhere;", "tries"];
    const events = await kernel.run(cells.map((code) => ({ code, stopOnError: false })));
    assert.deepEqual(
      events.flatMap((event) => (event.type === "end" ? [event.status] : [])),
      ["ok", "error", "error", "ok"],
    );
    assert.equal(streamText(events, { cell: 3 }), "1\n");
  });

  test("takes exported declarations, as they stand in a program, and finds them in later cells", async () => {
    const events = await kernel.run([
      { code: "export const one = 1, two = 2;\nexport async function three() { return { one, two }; }" },
      {
        code: "export interface Book { title: string }\nexport type Books = Book[];\nexport enum Size { Small }",
      },
      { code: "export class Shelf { books: Books = []; }\nexport const { four } = { four: 4 };" },
      { code: "export { four as five };\nconsole.log(await three(), new Shelf(), Size.Small, four);" },
    ]);
    assert.equal(streamText(events, { cell: 3 }), "{ one: 1, two: 2 } Shelf { books: [] } 0 4\n");
  });

  test("runs cells of every other form as well", async () => {
    const cells = [
      ["// Only a comment.", ""],
      ["", ""],
      [
        `const text = \`{ text } \${JSON.stringify({ text: \`\${1}\` })}\`;\nconsole.log(text);`,
        '{ text } {"text":"1"}\n',
      ],
      [
        "let first = 0, second = 0;\n({ first, second = 5 } = { first: 1 });\nconsole.log({ first, second });",
        "{ first: 1, second: 5 }\n",
      ],
      ["console.log({ first /* one */, // two\n  second });", "{ first: 1, second: 5 }\n"],
      [
        "declare const ghost: number;\nfor await (const item of [{ first }]) console.log(item);",
        "{ first: 1 }\n",
      ],
      [
        "const keep = (value: any, _context: any) => value;\nclass Wearing { @keep show() { return { first }; } }\nconsole.log(new Wearing().show());",
        "{ first: 1 }\n",
      ],
      [`const long = [\n${"  { first },\n".repeat(3_000)}];\nconsole.log(long.length);`, "3000\n"],
    ] as const;
    const events = await kernel.run(cells.map(([code]) => ({ code })));
    assert.deepEqual(
      cells.map((_, cell) => streamText(events, { cell })),
      cells.map(([, output]) => output),
    );
  });

  for (const [how, rest] of [
    ["while a cell waits", "await new Promise(() => {});"],
    ["while a cell never lets go", "setTimeout(() => { while (true); }, 200); await new Promise(() => {});"],
  ]) {
    test(`ends when the Jupyter that started it is killed ${how}`, async () => {
      let kernelPid = 0;
      await runCells({ cells: [{ code: `console.log("working");\n${rest}` }] }, (event, jupyterPid) => {
        if (event.type === "kernel") kernelPid = event.pid;
        const isAtWork = event.type === "message" && event.messageType === "stream";
        if (isAtWork) setTimeout(() => process.kill(jupyterPid, "SIGKILL"), 1_000);
      });
      assert.ok(kernelPid > 0);
      assert.ok(await hasEnded(kernelPid), `the kernel (process ${kernelPid}) is still there`);
    });
  }
});

async function hasEnded(pid: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 300_000; waitedMs += 100) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await delay(100);
  }
  process.kill(pid, "SIGKILL");
  return false;
}
