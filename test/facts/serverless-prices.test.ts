import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { inProject } from "../../bin/set-up/project.mjs";
import { loadServerlessPrices } from "../../lib/src/facts/index.ts";
import { makeFolder } from "../helpers/environment.ts";

const data = (file: string) => inProject("lib", "data", file);
const head = readFileSync(data("prices.csv"), "utf8").split("\n")[0];

/** The pools with a price book of one's own: card, product, USD per second, day and status of each row. */
function loadRows(
  context: TestContext,
  rows: readonly (readonly [string, string, number, string, string])[],
) {
  const folder = makeFolder(context);
  copyFileSync(data("gpus.csv"), join(folder, "gpus.csv"));
  const lines = rows.map(([gpu, product, value, observed, status]) =>
    [
      "runpod",
      "",
      gpu,
      `"${product}"`,
      "gpu_second_serverless_flex",
      value,
      "usd_per_second",
      "",
      "",
      observed,
    ]
      .concat([status, "https://example.com/", ""])
      .join(","),
  );
  writeFileSync(join(folder, "prices.csv"), [head, ...lines].join("\n"));
  const prices = loadServerlessPrices({ folder });
  return (pool: string) => prices.find((price) => price.pool === pool);
}

describe("the published prices of serverless workers", () => {
  test("are found for a pool by the cards that the price list names, the newest current one", (t) => {
    const priceOf = loadRows(t, [
      ["NVIDIA A40", "A6000, A40 48GB", 0.00034, "2026-08-20", "current"],
      ["NVIDIA RTX A6000", "A6000, A40 48GB", 0.0004, "2026-11-27", "current"],
      ["NVIDIA A40", "A6000, A40 48GB", 0.0009, "2026-11-28", "retired"],
      // Its row stands under another card, and names this pool's in short.
      ["NVIDIA RTX A4000", "A4000, A4500, RTX 4000 16GB", 0.00016, "2026-08-20", "current"],
      ["NVIDIA GeForce RTX 4090", "RTX 4090 PRO 24GB", 0.00031, "2026-08-20", "current"],
    ]);
    const ampere = priceOf("AMPERE_48");
    assert.deepEqual(ampere?.gpuIds, ["NVIDIA A40", "NVIDIA RTX A6000"]);
    assert.equal(ampere?.usdPerGpuSecond, 0.0004);
    assert.equal(ampere?.observed, "2026-11-27");
    assert.deepEqual(ampere?.sources, ["https://example.com/"]);
    assert.equal(priceOf("AMPERE_16")?.usdPerGpuSecond, 0.00016);
    assert.equal(priceOf("ADA_24")?.usdPerGpuSecond, 0.00031);
    // Nobody published one.
    assert.deepEqual([priceOf("HOPPER_141")?.usdPerGpuSecond, priceOf("HOPPER_141")?.observed], [null, null]);
  });
});
