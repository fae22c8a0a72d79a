import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chartBundle, show, type TableOptions, tableBundle } from "../../lib/src/show/index.ts";
import { printed } from "./shown.ts";

const prices = [
  { gpu: "A40", usd: 0.44, evenly: 139.3, observed: "2026-08-19", source: "https://example.com/a" },
  { gpu: "H100", usd: 3.99, evenly: 356.4, observed: "2026-11-09", source: "https://example.com/h" },
];
const run = { kind: "published", rate: 660, date: "2024-04-24", source: "https://example.com/run" };

function lines(rows: readonly object[], options: TableOptions): string[] {
  return String(tableBundle(rows, options).data["text/plain"])
    .split("\n")
    .slice(2 + rows.length);
}

describe("a table says below it what its figures are", () => {
  test("with the day and the source of what they come from", () => {
    const figures = { kind: "published", from: prices.slice(0, 1) } as const;
    assert.deepEqual(lines(prices, { columns: ["gpu", "usd"], figures }), [
      "published: https://example.com/a (2026-08-19)",
    ]);
    const html = String(tableBundle(prices, { columns: ["gpu", "usd"], figures }).data["text/html"]);
    assert.match(
      html,
      /<p class="note origin"><b>published<\/b>: <cite><a href="https:\/\/example.com\/a">example.com\/a<\/a><\/cite> \(<time>2026-08-19<\/time>\)<\/p>$/,
    );
  });

  test("column by column where they differ, by the heads that stand above them", () => {
    const columns = ["gpu", { key: "usd", unit: "USD/h" }, "evenly", "observed", "source"];
    const figures = [
      { kind: "published", columns: ["usd"] },
      { kind: "computed", columns: ["evenly"], from: prices },
    ] as const;
    assert.deepEqual(lines(prices, { columns, figures }), [
      "published, usd (USD/h): day and source in each row",
      "computed, evenly from https://example.com/a (2026-08-19); https://example.com/h (2026-11-09)",
    ]);
    const html = String(tableBundle(prices, { columns, figures }).data["text/html"]);
    assert.deepEqual(
      [...html.matchAll(/data-says="(\w+)"/g)].map(([, part]) => part),
      ["date"],
    );
    assert.match(html, /<td style="text-align:left">2026-08-19<sup>1<\/sup><\/td>/);
    assert.match(
      html,
      /<p class="note sources">Sources: <span>1: <cite><a href="https:\/\/example.com\/a">example.com\/a<\/a><\/cite><\/span>; <span>2: /,
    );
    assert.match(html, /<b>published<\/b>, <i>usd \(USD\/h\)<\/i>: day and source in each row/);
  });

  test("by itself where each row has a kind, a day and a source, each source once", () => {
    const computed = { kind: "computed", rate: 20, date: "2026-11-23", source: "696 GB/s a card" };
    assert.deepEqual(lines([run, run, computed], { columns: ["kind", "rate"] }), [
      "published: https://example.com/run (2024-04-24)",
      "computed from 696 GB/s a card (2026-11-23)",
    ]);
    assert.deepEqual(lines([run], { columns: ["kind", "rate", "date", "source"] }), []);
  });

  test("and nothing of rows that have another kind of kind, or no day", () => {
    assert.deepEqual(lines([{ ...run, kind: "gpu_hour_secure" }], {}), []);
    assert.deepEqual(lines([{ kind: "published", rate: 660 }], {}), []);
    assert.deepEqual(lines([run, { ...run, date: null }], { columns: ["rate"] }), []);
  });

  test("with the addresses behind a source in words, those of a price one by one, and the day of publication first", () => {
    const from = [
      { source: "two runs", sources: ["https://example.com/1", "https://example.com/2"], date: "2024-05" },
      {
        sources: ["https://example.com/3", "https://example.com/4"],
        published: "2025",
        observed: "2026-11-23",
      },
      { server: "vLLM 0.33.0", startedAt: "2026-11-27T10:00:00Z" },
    ];
    assert.deepEqual(lines([{ rate: 1 }], { figures: { kind: "computed", from } }), [
      "computed from two runs https://example.com/1 https://example.com/2 (2024-05); " +
        "https://example.com/3 (2025); https://example.com/4 (2025); vLLM 0.33.0 (2026-11-27)",
    ]);
  });

  test("with every text escaped", () => {
    const figures = { kind: "assumed", from: { source: "<b>me</b>" } } as const;
    const html = String(tableBundle([run], { columns: ["rate"], figures }).data["text/html"]);
    assert.match(html, /<b>assumed<\/b>: <cite>&lt;b&gt;me&lt;\/b&gt;<\/cite><\/p>$/);
  });

  test("on one line of bounded length, whatever the texts and however many the sources", () => {
    const line = (from: object | readonly object[]) => {
      return lines([{ rate: 1 }], { figures: { kind: "published", from } }).join("\n");
    };
    assert.equal(line({ source: "a\u001b[31mb\nc\u202ed", date: "2026\n" }), "published: ab cd (2026 )");
    assert.equal(line({ source: "s".repeat(100_000) }).length, "published: ".length + 501);
    const many = Array.from({ length: 2_000 }, (_, index) => ({
      source: `run ${index}`,
      date: "2026-11-27",
    }));
    assert.match(line(many), /run 49 \(2026-11-27\); and 1,950 more$/);
  });

  test("also from rows of a frame of the reader's own: with days as dates, with numbers, and without values", () => {
    const of = (row: Record<string, never>) => {
      return lines([{ rate: 1 }], { figures: { kind: "assumed", from: row } })[0];
    };
    const row = (values: object) => values as Record<string, never>;
    assert.equal(of(row({ source: 7, date: new Date("2026-11-27T12:00:00Z") })), "assumed: 7 (2026-11-27)");
    assert.equal(of(row({ source: "me", date: null, sources: null })), "assumed: me");
  });

  test("and refuses a kind that no reader of the legend knows", () => {
    const kind = "<b>guessed" as "assumed";
    assert.throws(
      () => tableBundle([run], { figures: { kind } }),
      /figures: kind is <b>guessed\. Say measured,/,
    );
  });
});

test("a shown object says what it is, or is told", async () => {
  const bill = { id: "a1", usd: 0.0124 };
  const from = { source: "the stand-in of Runpod on this machine", date: "2026-11-27" };
  assert.match(
    await printed(() => show(bill, { figures: { kind: "simulated", from } })),
    /\nsimulated: the stand-in of Runpod on this machine \(2026-11-27\)\n$/,
  );
  assert.match(
    await printed(() => show([bill], { figures: { kind: "simulated", from } })),
    /\nsimulated: the/,
  );
  const long = {
    ...run,
    note: "a note of more than one line, for an object that is short is shown on one line",
  };
  assert.match(await printed(() => show(long)), /\npublished: https:\/\/example.com\/run \(2024-04-24\)\n$/);
});

describe("a chart carries for its report what its figures are", () => {
  const spec = {
    data: { values: [{ x: 1 }] },
    mark: "bar",
    encoding: { x: { field: "x" } },
    description: "One.",
  };
  const metaOf = async (...chart: Parameters<typeof chartBundle>) => {
    const { data } = await chartBundle(...chart);
    return JSON.stringify(data["application/vnd.vegalite.v5+json"]).match(/"usermeta":(\{[^}]*\})/)?.[1];
  };

  test("as it is told, or as its specification says", async () => {
    const html =
      '<p class=\\"note origin\\"><b>published</b>: <cite><a href=\\"https://example.com/run\\">example.com/run</a></cite> (<time>2024-04-24</time>)</p>';
    const figures = { kind: "published", from: run } as const;
    assert.equal(await metaOf(spec, { figures }), `{"origins":"${html}"}`);
    assert.equal(await metaOf({ ...spec, usermeta: { figures } }), `{"origins":"${html}"}`);
    assert.equal(await metaOf(spec), undefined);
  });
});
