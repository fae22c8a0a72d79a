import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pl from "nodejs-polars";
import { InputError } from "../../lib/src/errors.ts";
import { type TableData, type TableOptions, tableBundle } from "../../lib/src/show/index.ts";

function html(data: TableData, options?: TableOptions): unknown {
  return tableBundle(data, options).data["text/html"];
}

function text(data: TableData, options?: TableOptions): unknown {
  return tableBundle(data, options).data["text/plain"];
}

const prices = [
  { gpu: "A40", usd: 0.39, memoryGb: 48, available: true },
  { gpu: "H100 <SXM>", usd: 12.5, memoryGb: null, available: false },
];

describe("a table", () => {
  test("has a caption, heads with units, and numbers on the right", () => {
    const options = {
      caption: "Prices & memory",
      columns: [
        { key: "gpu", head: "GPU" },
        { key: "usd", head: "Price", unit: "USD/h", digits: 2 },
        "memoryGb",
      ],
      note: "As of 2026-11-23.",
    };
    assert.equal(
      html(prices, options),
      `<div class="table-scroll" tabindex="0" role="group" aria-label="Prices &amp; memory" style="overflow-x:auto">
<table style="font-variant-numeric:tabular-nums">
<caption style="caption-side:top;text-align:left">Prices &amp; memory</caption>
<thead><tr><th scope="col" style="text-align:left">GPU</th><th scope="col" style="text-align:right">Price (USD/h)</th><th scope="col" style="text-align:right">memoryGb</th></tr></thead>
<tbody>
<tr><td style="text-align:left">A40</td><td style="text-align:right">0.39</td><td style="text-align:right">48</td></tr>
<tr><td style="text-align:left">H100 &lt;SXM&gt;</td><td style="text-align:right">12.50</td><td style="text-align:right"><span role="img" aria-label="no value">–</span></td></tr>
</tbody>
</table>
</div>
<p class="note">As of 2026-11-23.</p>`,
    );
    assert.equal(
      text(prices, options),
      `Prices & memory

GPU         Price (USD/h)  memoryGb
──────────  ─────────────  ────────
A40                  0.39        48
H100 <SXM>          12.50         –
As of 2026-11-23.`,
    );
  });

  test("shows a polars frame like rows, without its own display", () => {
    const frame = pl.DataFrame({ gpu: ["A40", null], usd: [0.39, 12.5] });
    const rows = [
      { gpu: "A40", usd: 0.39 },
      { gpu: null, usd: 12.5 },
    ];
    assert.deepEqual(tableBundle(frame), tableBundle(rows));
    assert.deepEqual(Object.keys(tableBundle(frame).data), ["text/html", "text/plain"]);
  });

  test("shows a polars frame whose columns are named like the frame's own properties", () => {
    assert.equal(
      text(pl.DataFrame({ columns: [1], height: [2] })),
      "columns  height\n───────  ──────\n      1       2",
    );
  });

  test("shows 20 rows of a frame where no limit is given, and says of how many", () => {
    const frame = pl.DataFrame({ index: Array.from({ length: 1234 }, (_, index) => index) });
    assert.match(String(text(frame)), /\n {3}19\nshowing 20 of 1,234 rows$/);
    assert.match(String(html(frame)), /<p class="note">showing 20 of 1,234 rows<\/p>$/);
    const hidden = frame.withColumns(pl.col("index").alias("height"), pl.col("index").alias("head"));
    assert.match(String(text(hidden)), /\nshowing 20 of 1,234 rows$/);
    assert.match(String(text(frame, { limit: Number.POSITIVE_INFINITY })), /\n1,233$/);
  });

  test("keeps the heads of a frame without rows", () => {
    assert.equal(text(pl.DataFrame({ a: [1] }).head(0)), "a\n─\nno rows");
  });

  test("says that there are no rows where the data is null or empty", () => {
    assert.equal(text(null, { caption: "Runs" }), "Runs\n\nno rows");
    assert.equal(html(null, { caption: "Runs" }), '<p>Runs</p>\n<p class="note">no rows</p>');
    assert.equal(text([], { columns: ["model"] }), "model\n─────\nno rows");
  });

  test("says how many rows it leaves out", () => {
    const rows = Array.from({ length: 2000 }, (_, index) => ({ index }));
    assert.equal(text(rows, { limit: 2 }), "index\n─────\n    0\n    1\nshowing 2 of 2,000 rows");
    assert.match(String(text(rows)), /\n {3}49\nshowing 50 of 2,000 rows$/);
    assert.match(String(text(rows, { limit: Number.POSITIVE_INFINITY })), /\n1,999$/);
  });

  test("takes columns from all rows, in the order in which they first occur", () => {
    assert.equal(text([{ a: "x" }, { b: "y", a: "z" }]), "a  b\n─  ─\nx  –\nz  y");
  });

  test("gives all numbers of a column the same decimals, enough for four significant digits", () => {
    assert.equal(text([{ usd: 1234.5 }, { usd: 0.25 }]), "     usd\n────────\n1,234.50\n    0.25");
    assert.equal(text([{ usd: 0.00268 }]), "    usd\n───────\n0.00268");
    assert.equal(text([{ usd: 250804 }]), "    usd\n───────\n250,804");
    assert.equal(text([{ usd: 1 / 3 }]), "   usd\n──────\n0.3333");
  });

  test("does not round a small number to nothing", () => {
    assert.equal(text([{ usd: 2.5e-9 }, { usd: 0 }]), "     usd\n────────\n2.500e-9\n       0");
  });

  test("names what is not a finite number, and shows dates, switches, large integers and objects readably", () => {
    const values = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      12_345_678_901_234_567_890n,
      true,
      false,
      new Date("2026-11-23T00:00:00Z"),
      new Date("2026-11-23T19:52:07Z"),
      new Date("never"),
      ["a", 1],
      undefined,
    ];
    assert.deepEqual(
      String(text(values.map((value) => ({ value }))))
        .split("\n")
        .slice(2),
      [
        "not a number",
        "infinite",
        "minus infinite",
        "12,345,678,901,234,567,890",
        "yes",
        "no",
        "2026-11-23",
        "2026-11-23 19:52:07 UTC",
        "invalid date",
        "[ 'a', 1 ]",
        "–",
      ],
    );
  });

  test("lets a column make its own texts, which are escaped like any other", () => {
    const columns = [{ key: "usd", format: (value: unknown) => (value === 12.5 ? null : `<b>${value}</b>`) }];
    assert.match(String(html(prices, { columns })), /<td [^>]*>&lt;b&gt;0\.39&lt;\/b&gt;<\/td>/);
    assert.match(String(text(prices, { columns })), /\n {10}–$/);
  });

  test("lets nothing of the data steer a terminal or break a line of the text", () => {
    assert.equal(text([{ "na\x1b[31mme": "a\x1b[2Jb\nc\td" }]), "name\n──────\nab c d");
    assert.doesNotMatch(
      String(html([{ name: "a\x1b[2Jb\x07" }], { caption: "\x1b]0;x\x07" })),
      /[\x00-\x09\x0b-\x1f]/,
    );
  });

  test("refuses a column that the data does not have, and names those that it has", () => {
    assert.throws(() => tableBundle(prices, { columns: ["price"] }), {
      name: "InputError",
      message: 'table: there is no column "price". The data has gpu, usd, memoryGb, available.',
    });
  });

  test("refuses rows that are no objects, and a limit that is no count", () => {
    const rows = [{ a: 1 }, [2]] as unknown as TableData;
    assert.throws(() => tableBundle(rows), /row 1 is not an object/);
    assert.throws(() => tableBundle(prices, { limit: -1 }), InputError);
    assert.throws(() => tableBundle(prices, { limit: 2.5 }), InputError);
  });
});
