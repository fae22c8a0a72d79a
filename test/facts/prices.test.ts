import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import pl from "nodejs-polars";
import {
  findPrice,
  loadGpuPrices,
  loadGpus,
  loadModels,
  loadPriceBook,
  loadStoragePrices,
  offerFrame,
  type Price,
  priceAgeDays,
  priceFrame,
  pricesOn,
  tokenOffers,
} from "../../lib/src/facts/index.ts";
import { makeFolder } from "../helpers/environment.ts";

const llama31 = "meta-llama/Llama-3.1-70B-Instruct";
const head = readFileSync(new URL("../../lib/data/prices.csv", import.meta.url), "utf8").split("\n")[0] ?? "";
const row =
  "somebody,meta-llama/Llama-3.1-8B-Instruct,,llama-8b,input_tokens,0.22,usd_per_million_tokens,2026-01-01,,2026-02-03,current,https://example.com/prices,";

/** Loads a book of rows of one's own, and what it complains of. */
function loadRows(
  context: TestContext,
  rows: readonly string[],
): { prices: readonly Price[]; problems: string[] } {
  const folder = makeFolder(context);
  writeFileSync(join(folder, "prices.csv"), [head, ...rows].join("\n"));
  const told: string[] = [];
  const { prices, problems } = loadPriceBook({ folder, onProblem: (problem) => told.push(problem) });
  assert.deepEqual(problems, told);
  return { prices, problems: told };
}

/** A price of a book, changed as told. */
function makePrice(changes: Partial<Price>): Price {
  return {
    provider: "somebody",
    model: llama31,
    gpu: null,
    product: "llama",
    kind: "input_tokens",
    value: 1,
    unit: "usd_per_million_tokens",
    from: null,
    to: null,
    observed: "2026-01-01",
    status: "current",
    sources: ["https://example.com/"],
    note: "",
    ...changes,
  };
}

describe("the price book of the library", () => {
  const book = loadPriceBook({ onProblem: () => {} });

  test("loads whole, and every row has a source and a day", () => {
    assert.deepEqual(book.problems, []);
    assert.ok(book.prices.length > 500);
    for (const { sources, observed, product } of book.prices) {
      assert.ok(sources.length > 0, product);
      for (const source of sources) assert.equal(new URL(source).protocol, "https:");
      assert.match(observed, /^20\d\d-\d\d-\d\d$/);
    }
    const days = book.prices.map(({ observed }) => observed);
    assert.equal(book.newestObservation, days.toSorted().at(-1));
  });

  test("has no figure twice", () => {
    const keys = book.prices.map((price) =>
      [price.provider, price.model, price.gpu, price.product, price.kind, price.value, price.observed].join(
        "|",
      ),
    );
    assert.deepEqual(
      keys.filter((key, place) => keys.indexOf(key) !== place),
      [],
    );
  });

  test("names GPUs as the table of GPUs does, and Llama 3 as the table of models does", () => {
    const gpus = loadGpus().map(({ id }) => id);
    const models = loadModels().map(({ id }) => id);
    for (const { gpu, model } of book.prices) {
      if (gpu !== null) assert.ok(gpus.includes(gpu), gpu);
      if (model?.startsWith("meta-llama/Llama-3") === true) assert.ok(models.includes(model), model);
    }
  });

  test("has Azure's price of 2024 as history: valid then, gone now", () => {
    const offer = (date: string) => {
      const offers = tokenOffers(book, { model: llama31, date });
      return offers.find((one) => one.provider === "azure" && one.inputUsdPerMillion === 2.68);
    };
    const then = offer("2024-09-15");
    assert.equal(then?.outputUsdPerMillion, 3.54);
    assert.equal(then.status, "retired");
    assert.equal(then.from, "2024-07-23");
    assert.equal(offer("2024-07-22"), undefined);
    assert.equal(offer("2026-11-23"), undefined);
  });

  test("gives an offer the day and the status of the weaker of its two prices", () => {
    const offerOf = (input: Partial<Price>, output: Partial<Price>) => {
      const kinds = [
        { kind: "input_tokens", ...input } as const,
        { kind: "output_tokens", ...output } as const,
      ];
      return tokenOffers(
        { prices: kinds.map(makePrice), problems: [], newestObservation: null },
        { model: llama31, date: "2026-11-27" },
      )[0];
    };
    const [old, young] = [{ observed: "2026-03-01" }, { observed: "2026-11-20" }];
    assert.equal(offerOf(old, young)?.observed, "2026-03-01");
    assert.equal(offerOf(young, old)?.observed, "2026-03-01");
    for (const status of ["unknown", "deprecated"] as const) {
      assert.equal(offerOf({ status }, {})?.status, status);
      assert.equal(offerOf({}, { status })?.status, status);
    }
  });

  test("knows of the hosts of Llama 3.1 70B which are contradicted, which are routers, and which have gone", () => {
    const offers = tokenOffers(book, { model: llama31, date: "2026-11-23" });
    const of = (provider: string) => offers.filter((offer) => offer.provider === provider);
    assert.ok(of("aws-bedrock").some(({ status, isRouter }) => status === "current" && !isRouter));
    assert.ok(of("together").every(({ status }) => status === "unknown"));
    assert.ok(of("openrouter").every(({ isRouter }) => isRouter));
    assert.deepEqual(of("groq"), []);
  });

  test("has an A40 at 0.39 in 2024, and at 0.49 in October 2026", () => {
    const a40 = (date: string) =>
      pricesOn(book.prices, date).find(({ gpu, kind }) => gpu === "NVIDIA A40" && kind === "gpu_hour_secure");
    assert.equal(a40("2024-09-15")?.value, 0.39);
    assert.equal(a40("2026-10-04")?.value, 0.49);
  });

  test("has a price by the second for each card that Runpod's list names, the same within a pool", () => {
    const flex = (gpu: string) =>
      findPrice(book, { gpu, kind: "gpu_second_serverless_flex", date: "2026-08-20" }).value;
    const pools = [
      [0.00034, "NVIDIA A40", "NVIDIA RTX A6000"],
      [0.00019, "NVIDIA L4", "NVIDIA RTX A5000", "NVIDIA GeForce RTX 3090"],
      [0.00053, "NVIDIA L40S", "NVIDIA L40", "NVIDIA RTX 6000 Ada Generation"],
      [0.00016, "NVIDIA RTX A4000", "NVIDIA RTX A4500"],
    ] as const;
    for (const [value, ...gpus] of pools) for (const gpu of gpus) assert.equal(flex(gpu), value, gpu);
  });

  test("has what the large clouds ask for an H100 and an A100, two sizes apart", () => {
    const hours = pricesOn(book.prices, "2026-11-09").filter(
      ({ provider, kind }) => ["aws", "azure"].includes(provider) && kind === "gpu_hour_on_demand",
    );
    assert.deepEqual(
      hours.map(({ provider, gpu, value }) => [provider, gpu, value]),
      [
        ["azure", "NVIDIA A100 80GB PCIe", 3.67],
        ["azure", "NVIDIA A100 80GB PCIe", 4.78],
        ["aws", "NVIDIA H100 80GB HBM3", 6.88],
        ["azure", "NVIDIA H100 80GB HBM3", 12.29],
      ],
    );
  });

  test("has newer models too, at several hosts", () => {
    const offers = tokenOffers(book, { model: "google/gemma-4-31B-it", date: "2026-11-23" });
    assert.ok(offers.length > 2);
    for (const { inputUsdPerMillion, outputUsdPerMillion } of offers)
      assert.ok(inputUsdPerMillion < outputUsdPerMillion);
  });

  test("knows by the hour what a fine-tuned Llama costs at Bedrock, and that this is stale", () => {
    assert.deepEqual(
      book.prices
        .filter(({ kind, observed }) => kind === "fine_tuned_hosting_hour" && observed === "2025-03-22")
        .map(({ model, value, observed, status }) => [model, value, observed, status]),
      [
        // 8 and 2 units of 0.0785 USD a minute.
        [llama31, 37.68, "2025-03-22", "unknown"],
        ["meta-llama/Llama-3.1-8B-Instruct", 9.42, "2025-03-22", "unknown"],
      ],
    );
  });

  test("gives planning the newest current price of each card and cloud, as the comparison of costs has it", () => {
    const planned = loadGpuPrices();
    assert.ok(planned.length > 30);
    for (const { gpuId, cloud, usdPerHour, observed } of planned) {
      const kind = cloud === "SECURE" ? "gpu_hour_secure" : "gpu_hour_community";
      const compared = findPrice(book, { provider: "runpod", gpu: gpuId, kind, date: "2099-01-01" });
      assert.deepEqual([compared.value, compared.observed], [usdPerHour, observed], `${gpuId} ${cloud}`);
    }
    const keys = planned.map(({ gpuId, cloud }) => `${gpuId} ${cloud}`);
    assert.equal(new Set(keys).size, keys.length);
  });

  test("gives planning Runpod's prices of storage", () => {
    const storage = loadStoragePrices();
    const inBook = (product: string, kind: Price["kind"]) =>
      findPrice(book, { provider: "runpod", product, kind, date: "2099-01-01" }).value;
    const running = "storage_gb_month_running";
    assert.deepEqual(
      [
        storage.containerDiskUsdPerGbMonth,
        storage.networkVolumeUsdPerGbMonth,
        storage.networkVolumeBeyondUsdPerGbMonth,
        storage.stoppedVolumeDiskUsdPerGbMonth,
      ],
      [
        inBook("container disk", running),
        inBook("network volume, first 1 TB", running),
        inBook("network volume, above 1 TB", running),
        inBook("volume disk", "storage_gb_month_stopped"),
      ],
    );
  });

  test("can be asked as a data frame", async () => {
    const frame = await priceFrame(book.prices);
    assert.equal(frame.height, book.prices.length);
    assert.deepEqual(frame.columns.slice(0, 6), ["provider", "model", "gpu", "product", "kind", "value"]);
    const [a40] = frame
      .filter(
        pl
          .col("gpu")
          .eq(pl.lit("NVIDIA A40"))
          .and(pl.col("kind").eq(pl.lit("gpu_hour_secure"))),
      )
      .sort("observed")
      .toRecords();
    assert.equal(a40?.["provider"], "runpod");
    assert.equal(a40["model"], null);
    assert.match(String(a40["source"]), /^https:/);
    assert.equal((await priceFrame([])).height, 0);
  });

  test("gives the offers for a model as a data frame, with their age on that day", async () => {
    const asked = { model: "meta-llama/Llama-3.1-70B-Instruct", date: "2026-11-23" };
    const frame = await offerFrame(book, asked);
    const offers = tokenOffers(book, asked);
    assert.deepEqual(
      frame.select("provider", "product", "inputUsdPerMillion", "date", "ageDays").toRecords(),
      offers.map((offer) => ({
        provider: offer.provider,
        product: offer.product,
        inputUsdPerMillion: offer.inputUsdPerMillion,
        date: asked.date,
        ageDays: priceAgeDays(offer, asked.date),
      })),
    );
    assert.ok(offers.length > 1);
  });
});

describe("a row of the price book", () => {
  test("loads where all is well", (t) => {
    const { prices, problems } = loadRows(t, [row]);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      prices.map(({ value, from, to, gpu }) => ({ value, from, to, gpu })),
      [{ value: 0.22, from: "2026-01-01", to: null, gpu: null }],
    );
  });

  const mistakes: [name: string, change: (row: string) => string, problem: RegExp][] = [
    [
      "is too dear by 100,000 times",
      (r) => r.replace("0.22", "22000"),
      /value: is 22000, outside 0\.001 to 200: an error of units/,
    ],
    ["is in USD per token", (r) => r.replace("0.22", "0.00000022"), /value: is 2\.2e-7, outside/],
    [
      "is nothing",
      (r) => r.replace("0.22", "0"),
      /value: is 0, which means unknown or a free tier, not free/,
    ],
    ["is negative", (r) => r.replace("0.22", "-1"), /value: must be above 0/],
    ["is a word", (r) => r.replace("0.22", "cheap"), /value: is not a number/],
    [
      "mixes units",
      (r) => r.replace("usd_per_million_tokens", "usd_per_hour"),
      /unit: is usd_per_hour, but input_tokens is in usd_per_million_tokens/,
    ],
    ["has no source", (r) => r.replace("https://example.com/prices", ""), /sources: is missing/],
    [
      "has a source without https",
      (r) => r.replace("https:", "http:"),
      /sources\.0: is not a list of https addresses/,
    ],
    ["has no day", (r) => r.replace("2026-02-03", "last summer"), /observed: is not a day such as/],
    [
      "ends before it begins",
      (r) => r.replace("2026-01-01,,", "2026-01-01,2025-01-01,"),
      /to: lies before from/,
    ],
    ["is of no known kind", (r) => r.replace("input_tokens", "goodwill"), /kind: is no kind of price/],
    ["names no model", (r) => r.replace("meta-llama/Llama-3.1-8B-Instruct", ""), /model: is missing/],
    ["lacks columns", () => "somebody,some/model", /product: is missing/],
  ];
  for (const [name, change, problem] of mistakes) {
    test(`that ${name} is named with its line, and the rest loads`, (t) => {
      const { prices, problems } = loadRows(t, [row, change(row), row.replace("llama-8b", "other")]);
      assert.equal(prices.length, 2);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", /^prices\.csv, line 3: .* The row is left out\.$/);
      assert.match(problems[0] ?? "", problem);
    });
  }

  test("for a GPU at hundreds of dollars an hour, or by the second, is an error of units", (t) => {
    const gpu =
      "runpod,,NVIDIA A40,A40,gpu_hour_secure,440,usd_per_hour,,,2026-02-03,current,https://example.com/,";
    const second = gpu.replace(
      "gpu_hour_secure,440,usd_per_hour",
      "gpu_second_serverless_flex,1.22,usd_per_second",
    );
    const { prices, problems } = loadRows(t, [gpu, second, gpu.replace("440", "0.44")]);
    assert.equal(prices.length, 1);
    assert.match(problems.join(" "), /440 USD for one card and hour.* 4392 USD for one card and hour/);
  });
});

describe("prices on a day", () => {
  test("hold from their first day to their last one, both included", () => {
    const price = makePrice({ from: "2026-02-01", to: "2026-02-28", status: "retired" });
    const held = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"].map(
      (date) => pricesOn([price], date).length,
    );
    assert.deepEqual(held, [0, 1, 1, 0]);
  });

  test("without a first day hold from when they were seen", () => {
    const price = makePrice({ observed: "2026-02-01" });
    assert.equal(pricesOn([price], "2026-01-31").length, 0);
    assert.equal(pricesOn([price], "2027-01-01").length, 1);
  });

  test("that were replaced hold until the day before the next one, however long nobody read them", () => {
    const replaced = makePrice({ value: 1, observed: "2026-01-01", status: "retired" });
    const next = makePrice({ value: 2, observed: "2026-05-01" });
    const values = (date: string) => pricesOn([next, replaced], date).map(({ value }) => value);
    assert.deepEqual(
      ["2025-12-31", "2026-01-01", "2026-04-30", "2026-05-01"].map((date) => values(date)),
      [[], [1], [1], [2]],
    );
    const dated = makePrice({ value: 2, from: "2026-03-01", observed: "2026-05-01" });
    assert.deepEqual(
      ["2026-02-28", "2026-03-01"].map((date) => pricesOn([replaced, dated], date)[0]?.value),
      [1, 2],
    );
    const elsewhere = { ...next, provider: "another" };
    assert.deepEqual(pricesOn([replaced, elsewhere], "2026-04-30"), []);
  });

  test("of GPUs have no holes of months between two readings, in the library's book", () => {
    const { prices } = loadPriceBook();
    const first = (date: string, gpu: string) =>
      pricesOn(prices, date).find((price) => price.gpu === gpu && price.kind === "gpu_hour_secure")?.value;
    const a40 = ["2024-11-10", "2025-05-15", "2026-08-18", "2026-10-03"];
    assert.deepEqual(
      a40.map((date) => first(date, "NVIDIA A40")),
      [0.39, 0.44, 0.4, 0.44],
    );
    const h100 = ["2025-12-15", "2026-08-20", "2026-10-18", "2026-11-08"];
    assert.deepEqual(
      h100.map((date) => first(date, "NVIDIA H100 80GB HBM3")),
      [2.99, 3.29, 3.49, 3.99],
    );
  });

  test("that ended on a day that nobody knows hold no longer than they were seen", () => {
    const price = makePrice({ from: "2025-01-01", observed: "2025-06-01", status: "retired" });
    assert.equal(pricesOn([price], "2025-05-31").length, 1);
    assert.equal(pricesOn([price], "2025-06-02").length, 0);
  });

  test("are the youngest of a product, and one that nothing contradicts before one in doubt", () => {
    const old = makePrice({ value: 1, observed: "2026-01-01" });
    const young = makePrice({ value: 2, observed: "2026-03-01" });
    const doubtful = makePrice({ value: 3, observed: "2026-05-01", status: "unknown" });
    const values = (date: string) => pricesOn([doubtful, old, young], date).map(({ value }) => value);
    assert.deepEqual(values("2026-02-01"), [1]);
    assert.deepEqual(values("2026-06-01"), [2]);
  });

  test("are refused for what is no day", () => {
    for (const date of ["today", "2026-02-30", "23.11.2026", ""]) {
      assert.throws(() => pricesOn([], date), {
        name: "InputError",
        message: /date is .* not a calendar day/,
      });
    }
  });
});

describe("the one price that is asked for", () => {
  const book = (...prices: Price[]) => ({ prices, problems: [], newestObservation: null });

  test("is the cheapest that nothing contradicts", () => {
    const doubtful = makePrice({ provider: "a", value: 1, status: "unknown" });
    const dear = makePrice({ provider: "b", value: 3 });
    const cheap = makePrice({ provider: "c", value: 2 });
    const wanted = { model: llama31, kind: "input_tokens", date: "2026-05-01" } as const;
    assert.equal(findPrice(book(doubtful, dear, cheap), wanted), cheap);
    assert.equal(findPrice(book(doubtful), wanted), doubtful);
  });

  test("is named with its day where the book lacks it, never nothing or NaN", () => {
    const wanted = { gpu: "NVIDIA A40", kind: "gpu_hour_secure" } as const;
    assert.throws(() => findPrice(loadPriceBook(), { ...wanted, date: "2023-01-01" }), {
      name: "InputError",
      message:
        /on 2023-01-01 the price book has no price with gpu NVIDIA A40, kind gpu_hour_secure\. The first one that it has is of 2024-09-01/,
    });
    assert.throws(() => findPrice(book(), { ...wanted, date: "2026-01-01" }), /Look for another spelling/);
  });
});

describe("the age of a price", () => {
  test("is counted in days since somebody saw it", () => {
    assert.equal(priceAgeDays({ observed: "2026-08-19" }, "2026-11-23"), 96);
    assert.equal(priceAgeDays({ observed: "2026-11-24" }, "2026-11-23"), 0);
  });
});

describe("the prices of Llama 3.1 70B", () => {
  test("are grouped as a frame into one for each provider, whatever products it has", async () => {
    const ofLlama = pricesOn(loadPriceBook().prices, "2026-11-23").filter(
      ({ model, kind }) => model === llama31 && kind === "output_tokens",
    );
    const frame = await priceFrame(ofLlama);
    const [spread] = frame
      .sort(["status", "value"])
      .groupBy("provider")
      .agg(pl.col("value").first())
      .select(pl.col("value").count().alias("count"), pl.col("value").max().alias("highest"))
      .toRecords();
    assert.equal(spread?.["count"], new Set(ofLlama.map(({ provider }) => provider)).size);
    assert.ok(Number(spread?.["highest"]) <= Math.max(...ofLlama.map(({ value }) => value)));
  });
});
