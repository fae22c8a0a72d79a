import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Kernel, type KernelEvent, startKernel, streamText } from "./run-cells.ts";

const importShow = `import { chart, createProgress, show, table } from "workbook";
import { createTextPrinter } from "workbook/show";
import { displayBundle } from "workbook/kernel";`;

/** What a cell displayed: message type, data by media type, and the name of the display. */
function displays(events: readonly KernelEvent[], cell: number) {
  return events.flatMap((event) => {
    if (event.type !== "message" || event.cell !== cell || !event.messageType.endsWith("display_data"))
      return [];
    const { data, metadata, transient } = event.content as Record<string, Record<string, unknown>>;
    return [{ messageType: event.messageType, data, metadata, displayId: transient?.["display_id"] }];
  });
}

function statuses(events: readonly KernelEvent[]): string[] {
  return events.flatMap((event) => (event.type === "end" ? [event.status] : []));
}

describe("in Jupyter", () => {
  let kernel: Kernel;
  before(() => {
    kernel = startKernel();
  });
  after(() => kernel.close());

  test("charts, tables and progress arrive as one output each, and text in order", async () => {
    const cells = [
      importShow,
      `await chart(
         { data: { values: [{ gpu: "A40", usd: 0.39 }] }, mark: "bar", encoding: { x: { field: "usd", type: "quantitative" } } },
         { description: "One bar." },
       );`,
      `import pl from "nodejs-polars";
       table(pl.DataFrame({ gpu: ["A40", null] }), { columns: [{ key: "gpu", head: "GPU" }] });
       show([{ gpu: "A40" }]);
       table(null);`,
      `displayBundle({ data: { "text/plain": "loading" } }, { displayId: "state" });`,
      `displayBundle({ data: { "text/plain": "ready" } }, { displayId: "state", update: true });`,
      `const progress = createProgress({ label: "Requests", total: 2 });
       progress.update(0);
       progress.update(1);
       progress.done("2 requests");`,
      `const printer = createTextPrinter();
       for (let index = 0; index < 3000; index++) {
         printer.print(index + " ");
         if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
       }
       printer.flush();`,
      `await chart({ mark: "bar", encoding: { z: {} } }, { description: "A mistake." });`,
    ];
    const events = await kernel.run(cells.map((code) => ({ code })));
    assert.deepEqual(statuses(events), [...Array.from({ length: 7 }, () => "ok"), "error"]);

    const [bar] = displays(events, 1);
    assert.equal(displays(events, 1).length, 1);
    assert.deepEqual(Object.keys(bar?.data ?? {}), [
      "application/vnd.vegalite.v5+json",
      "image/svg+xml",
      "text/plain",
    ]);
    assert.equal(bar?.data?.["text/plain"], "One bar.");
    assert.deepEqual(Object.keys(bar?.metadata ?? {}), ["application/vnd.vegalite.v5+json"]);

    assert.deepEqual(
      displays(events, 2).map(({ data }) => data?.["text/plain"]),
      ["GPU\n───\nA40\n–", "gpu\n───\nA40", "no rows"],
    );

    const states = [...displays(events, 3), ...displays(events, 4)];
    assert.deepEqual(
      states.map(({ messageType, data, displayId }) => [messageType, data?.["text/plain"], displayId]),
      [
        ["display_data", "loading", "state"],
        ["update_display_data", "ready", "state"],
      ],
    );

    const lines = displays(events, 5);
    assert.deepEqual(
      [lines[0]?.data?.["text/plain"], lines.at(-1)?.data?.["text/plain"]],
      ["Requests: 0 of 2 (0 %)", "2 requests"],
    );
    assert.equal(new Set(lines.map(({ displayId }) => displayId)).size, 1);

    assert.equal(
      streamText(events, { cell: 6 }),
      Array.from({ length: 3000 }, (_, index) => `${index} `).join(""),
    );
    assert.match(
      streamText(events, { cell: 7, name: "stderr" }),
      /^InputError: chart: .*z-encoding is dropped/,
    );
    assert.deepEqual(
      events.filter(({ type }) => type === "late"),
      [],
    );
  });

  test("a polars frame as a cell's last value arrives as a table of at most 20 rows", async () => {
    const cells = [
      `import pl from "nodejs-polars";
       const levels = pl.DataFrame({ streams: Array.from({ length: 1234 }, (_, index) => index + 1) });`,
      `levels`,
      `levels.filter(pl.col("streams").lt(3)).withColumns(pl.col("streams").mul(2).alias("columns"))`,
      `await Promise.resolve(levels.head(1))`,
    ];
    const events = await kernel.run(cells.map((code) => ({ code })));
    const [shown, ...others] = displays(events, 1);
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(shown?.data ?? {}), ["text/html", "text/plain"]);
    assert.equal(String(shown?.data?.["text/html"]).match(/<tr><td/g)?.length, 20);
    assert.match(
      String(shown?.data?.["text/plain"]),
      /^streams\n─+\n {6}1\n[\s\d]*\n {5}20\nshowing 20 of 1,234 rows$/,
    );
    assert.equal(streamText(events, { cell: 1 }), "");
    assert.deepEqual(
      displays(events, 2).map(({ data }) => data?.["text/plain"]),
      ["streams  columns\n───────  ───────\n      1        2\n      2        4"],
    );
    assert.equal(displays(events, 3).length, 1);
    assert.deepEqual(statuses(events), ["ok", "ok", "ok", "ok"]);
  });

  test("objects as a cell's last value arrive as tables, a chart as the chart, all else as text", async () => {
    const cells = [
      `import { breakEven } from "workbook";`,
      `[{ gpu: "A40", usd: 1 / 3 }]`,
      `breakEven({ gpuUsdPerHour: 1.56, inputUsdPerMillion: 2.68, outputUsdPerMillion: 3.54, inputTokensPerOutputToken: 1 })`,
      `const spec = { title: "One bar.", data: { values: [{ usd: 0.39 }] }, mark: "bar", encoding: { x: { field: "usd", type: "quantitative" } } };
       spec`,
      `({ ok: 1, share: 0.032266666666666666 })`,
      `"a text"`,
      `Promise.resolve(5)`,
      `undefined`,
      `null`,
      `({ get broken() { throw new Error("no"); }, more: "x".repeat(200) })`,
    ];
    const events = await kernel.run(cells.map((code) => ({ code })));
    const texts = cells.map((_, cell) => ({
      displays: displays(events, cell).map(({ data }) => data?.["text/plain"]),
      text: streamText(events, { cell }),
    }));
    assert.deepEqual(texts[1], { displays: ["gpu     usd\n───  ──────\nA40  0.3333"], text: "" });
    assert.match(String(texts[2]?.displays[0]), /^name +value\n[─ ]+\ninputTokensPerHour +250804\n/);
    assert.deepEqual(texts[3], { displays: ["One bar."], text: "" });
    assert.deepEqual(
      texts.slice(4, 9).map(({ text }) => text),
      ["{ ok: 1, share: 0.0323 }\n", "a text\n", "Promise { 5 }\n", "", "null\n"],
    );
    assert.match(String(texts[9]?.displays[0]), /\nbroken +\[Getter\]\nmore +x{200}$/);
    assert.deepEqual(new Set(statuses(events)), new Set(["ok"]));
  });

  test("a table of 200 rows arrives whole, as HTML and as text", async () => {
    const table = `table(
      Array.from({ length: 200 }, (_, row) => ({ row, name: "name " + row, usd: row / 100 })),
      { limit: 200, caption: "All of them" },
    );`;
    const events = await kernel.run([{ code: importShow }, { code: table }]);
    const [shown, ...others] = displays(events, 1);
    assert.deepEqual(others, []);
    const html = String(shown?.data?.["text/html"]);
    const names = [...html.matchAll(/<td[^>]*>(name \d+)<\/td>/g)].map(([, name]) => name);
    assert.deepEqual(
      names,
      Array.from({ length: 200 }, (_, row) => `name ${row}`),
    );
    assert.doesNotMatch(html, /showing/);
    assert.equal(String(shown?.data?.["text/plain"]).split("\n").length, 200 + 4);
  });
});
