import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Kernel, type KernelEvent, startKernel, streamText } from "./run-cells.ts";

describe("what a cell prints", () => {
  let kernel: Kernel;
  before(() => {
    kernel = startKernel();
  });
  after(() => kernel.close());

  const run = (...cells: string[]) => kernel.run(cells.map((code) => ({ code })));

  test("arrives in few messages where a loop prints many lines, and is whole", async () => {
    const events = await run("for (let line = 0; line < 20_000; line++) console.log(line);");
    const lines = Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join("");
    assert.equal(streamText(events, { cell: 0 }), lines);
    const messages = outputs(events, 0);
    assert.ok(messages.length < 2_000, `${messages.length} messages`);
  });

  test("arrives in few messages also from a loop that lets go each time, and from both streams in turn", async () => {
    const events = await run(
      "for (let line = 0; line < 5_000; line++) {\n  console.log(line);\n  await new Promise((go) => setImmediate(go));\n}",
      "for (let line = 0; line < 5_000; line++) {\n  console.log(line);\n  console.error(line);\n}",
    );
    const lines = Array.from({ length: 5_000 }, (_, line) => `${line}\n`).join("");
    assert.equal(streamText(events, { cell: 0 }), lines);
    assert.equal(streamText(events, { cell: 1 }), lines);
    assert.equal(streamText(events, { cell: 1, name: "stderr" }), lines);
    for (const cell of [0, 1]) {
      const messages = outputs(events, cell);
      assert.ok(messages.length < 2_000, `${messages.length} messages of cell ${cell}`);
    }
  });

  test("keeps its order: standard output, standard error and what is displayed", async () => {
    const events = await run(
      `import { displayBundle } from "workbook/kernel";
for (let step = 0; step < 30; step++) {
  process.stdout.write("out " + step);
  process.stderr.write("error " + step);
  displayBundle({ data: { "text/plain": "shown " + step } });
}`,
    );
    assert.deepEqual(
      outputs(events, 0),
      Array.from({ length: 30 }, (_, step) => [`out ${step}`, `error ${step}`, `shown ${step}`]).flat(),
    );
  });

  test("shows before a loop comes to its end", async () => {
    const events: KernelEvent[] = [];
    const code =
      'console.log("one");\nconsole.log("two");\nfor (const end = Date.now() + 1_000; Date.now() < end; );\nconsole.log("three");';
    await kernel.run([{ code }], (event) => events.push(event));
    const times = events.flatMap((event) =>
      event.type === "message" && event.messageType === "stream"
        ? [{ text: event.content["text"], atMs: event.atMs }]
        : [],
    );
    assert.deepEqual(
      times.map(({ text }) => text),
      ["one\n", "two\n", "three\n"],
    );
    const [, two, three] = times;
    assert.ok(three !== undefined && two !== undefined && three.atMs - two.atMs > 500);
  });

  for (const [what, code, leftOut, end] of [
    [
      "half a million lines",
      'for (let line = 0; line < 500_000; line++) console.log(line + " " + "x".repeat(90));',
      /^\[Left out here: \d\d\.\d MB of text \(4\d\d,\d\d\d lines\)\. A cell shows about 1 MB of text, .*writeFileSync.*\]$/m,
      `499999 ${"x".repeat(90)}\n`,
    ],
    [
      "short lines, of which there are too many for a browser",
      'for (let line = 0; line < 100_000; line++) console.log("x");',
      /^\[Left out here: 0\.1 MB of text \(70,00\d lines\)\. A cell shows about 1 MB of text, and at most 25,000 lines; .*\]$/m,
      "x\n".repeat(5_000),
    ],
    [
      "one line of 50 MB",
      '{ process.stdout.write("x".repeat(50_000_000) + "END"); }',
      /\n\[Left out here: 49\.0 MB of text\. A cell shows .*\]\n/,
      "xEND",
    ],
    [
      "50 MB of bytes that are no text",
      "for (let part = 0; part < 50; part++) process.stdout.write(new Uint8Array(1_000_000).fill(part));",
      /\n\[Left out here: .* MB of text/,
      "1".repeat(50),
    ],
    [
      "lines after an await",
      'await null;\nfor (let part = 0; part < 500; part++) { console.log("x".repeat(99_999)); await null; }\nconsole.log("END");',
      /\n\[Left out here: 49\.\d MB of text \(49\d lines\)/,
      "]\nEND\n",
    ],
  ] as const) {
    test(`is bounded, says what is left out and ends with its last lines: ${what}`, async () => {
      const events = await run(code, 'console.log("next");');
      const text = streamText(events, { cell: 0 });
      assert.ok(text.length > 50_000 && text.length < 1_050_000, `${text.length} characters`);
      assert.match(text.slice(-20_000), leftOut);
      assert.equal(text.slice(-end.length), end);
      assert.equal(streamText(events, { cell: 1 }), "next\n");
      assert.deepEqual(statuses(events), ["ok", "ok"]);
    });
  }

  test("shows the error of a cell that has printed too much", async () => {
    const events = await run('console.log("x".repeat(3_000_000));\nthrow new Error("no disk");');
    assert.match(streamText(events, { cell: 0, name: "stderr" }), /^Error: no disk/);
    assert.deepEqual(statuses(events), ["error"]);
  });

  test("says how many of thousands of displays are left out, and sends of updates only the last that can be seen", async () => {
    const events = await run(
      `import { displayBundle } from "workbook/kernel";
for (let count = 0; count < 3_000; count++) displayBundle({ data: { "text/plain": "shown " + count } });`,
      `displayBundle({ data: { "text/plain": "begun" } }, { displayId: "state" });
for (let step = 0; step <= 20_000; step++)
  displayBundle({ data: { "text/plain": "step " + step } }, { displayId: "state", update: true });`,
    );
    const shown = outputs(events, 0);
    assert.equal(shown.length, 1_001);
    assert.match(shown.at(-1) ?? "", /^\[Left out here: 2,000 displays .*\]\n$/);
    const updates = outputs(events, 1);
    assert.equal(updates.at(-1), "step 20000");
    assert.ok(updates.length < 2_000, `$updates.lengthmessages`);
  });

  test("is right where bytes are cut within a character, on both streams at once", async () => {
    const events = await run(
      `const bytes = Buffer.from("Grüße, 日本 😀");
for (const byte of bytes) {
  process.stdout.write(new Uint8Array([byte]));
  process.stderr.write(new Uint8Array([byte]));
}`,
      "{ process.stdout.write(new Uint8Array([0x41, 0xf0, 0x9f])); }",
      '{ process.stdout.write("😀".slice(0, 1) + "|");\nprocess.stdout.write("4772c3bcc39f65", "hex");\nprocess.stdout.write(new DataView(new Uint8Array([0x21]).buffer) as any); }',
    );
    assert.equal(streamText(events, { cell: 0 }), "Grüße, 日本 😀");
    assert.equal(streamText(events, { cell: 0, name: "stderr" }), "Grüße, 日本 😀");
    assert.equal(streamText(events, { cell: 1 }), "A\ufffd");
    assert.equal(streamText(events, { cell: 2 }), "\ufffd|Grüße!");
  });

  test("goes through a write that calls back and refuses what is no text, as Node documents", async () => {
    const events = await run(
      `const heard: unknown[] = [];
const returned = [
  process.stdout.write("a", (error: unknown) => heard.push("a", error)),
  process.stdout.write("b", "utf8", (error: unknown) => heard.push("b", error)),
  process.stderr.write("", (error: unknown) => heard.push("c", error)),
];
const early = heard.length;
await new Promise((go) => setImmediate(go));
console.log(JSON.stringify({ early, heard, returned }));`,
      "const codes: unknown[] = [];\nfor (const write of [() => process.stdout.write(5 as any), () => process.stdout.write(null as any), () => process.stdout.write('', 'no' as any)]) { try { write(); } catch (error: any) { codes.push(error.code); } }\nconsole.log(codes.join());",
    );
    assert.equal(
      streamText(events, { cell: 0 }),
      'ab{"early":0,"heard":["a",null,"b",null,"c",null],"returned":[true,true,true]}\n',
    );
    assert.equal(
      streamText(events, { cell: 1 }),
      "ERR_INVALID_ARG_TYPE,ERR_STREAM_NULL_VALUES,ERR_UNKNOWN_ENCODING\n",
    );
  });

  test("is bounded also where a timer prints after the cell's end", async () => {
    const events = await run(
      'setTimeout(() => { for (let part = 0; part < 50; part++) console.log("x".repeat(999_999)); }, 50);\nconsole.log("now");',
    );
    const late = events
      .flatMap((event) => (event.type === "late" ? [String(event.content["text"])] : []))
      .join("");
    assert.ok(late.length < 1_001_000, `${late.length} characters`);
    assert.match(late.slice(-100), /x\n\[From here on the text of this cell is left out\.\]\n$/);
  });

  test("still goes to its cell when a timer prints after the cell's end", async () => {
    const events = await run('setTimeout(() => console.log("later"), 100);\nconsole.log("now");');
    assert.equal(streamText(events, { cell: 0 }), "now\n");
    assert.deepEqual(
      events.flatMap((event) => (event.type === "late" ? [[event.parentCell, event.content["text"]]] : [])),
      [[0, "later\n"]],
    );
  });
});

/** What each message of a cell showed. */
function outputs(events: readonly KernelEvent[], cell: number): string[] {
  return events.flatMap((event) => {
    if (event.type !== "message" || event.cell !== cell || event.messageType === "status") return [];
    const { text, data } = event.content as { text?: string; data?: Record<string, string> };
    return [text ?? data?.["text/plain"] ?? ""];
  });
}

function statuses(events: readonly KernelEvent[]): string[] {
  return events.flatMap((event) => (event.type === "end" ? [event.status] : []));
}
