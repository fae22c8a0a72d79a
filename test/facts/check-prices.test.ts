import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkPrices, loadModels, type Price } from "../../lib/src/facts/index.ts";

const models = loadModels();
const [small, large] = ["meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-70B-Instruct"];

function price(changes: Partial<Price>): Price {
  const observed = "2026-08-21";
  const sources = ["https://example.com/"];
  const offer = { provider: "somebody", model: large, gpu: null, product: changes.model ?? large };
  const amount = { kind: "input_tokens", value: 1, unit: "usd_per_million_tokens" } as const;
  return {
    ...offer,
    ...amount,
    from: null,
    to: null,
    observed,
    status: "current",
    sources,
    note: "",
    ...changes,
  };
}

const rules = (prices: readonly Price[]) => checkPrices(prices, models).map(({ rule }) => rule);

describe("a price list with a known mistake", () => {
  test("has an output that is cheaper than the input: swapped columns", () => {
    // As LiteLLM had it for Llama 4 Maverick at Azure.
    const warnings = checkPrices([price({ value: 1.41 }), price({ kind: "output_tokens", value: 0.35 })]);
    assert.deepEqual(
      warnings.map(({ rule }) => rule),
      ["output-cheaper"],
    );
    assert.match(warnings[0]?.problem ?? "", /output \(0\.35\) is cheaper than input \(1\.41\)/);
  });

  test("has a larger model that is cheaper than a smaller one of the same provider", () => {
    const list = [price({ model: small, value: 0.22 }), price({ value: 0.09 })];
    assert.deepEqual(rules(list), ["larger-cheaper"]);
    // The sizes are those of the library's table where none are given.
    assert.deepEqual(
      checkPrices(list).map(({ rule }) => rule),
      ["larger-cheaper"],
    );
    assert.deepEqual(
      rules([price({ model: small, value: 0.22, provider: "other" }), price({ value: 0.09 })]),
      [],
    );
  });

  test("has one price for models of very different size: a copied row", () => {
    assert.deepEqual(rules([price({ model: small, value: 0.12 }), price({ value: 0.12 })]), ["copied-row"]);
  });

  test("has a price more than five times from the middle of all providers, either way", () => {
    const others = [0.72, 0.88, 0.9].map((value, place) => price({ value, provider: `p${place}` }));
    assert.deepEqual(rules([...others, price({ value: 0.09 })]), ["far-from-median"]);
    assert.deepEqual(rules([...others, price({ value: 9 })]), ["far-from-median"]);
    assert.deepEqual(rules([...others, price({ value: 3.5 })]), []);
  });

  test("has a middle of hosts alone: a router resells one of their prices", () => {
    const hosts = [0.1, 0.1, 0.6].map((value, place) => price({ value, provider: `p${place}` }));
    assert.deepEqual(rules(hosts), ["far-from-median"]);
    const router = { provider: "openrouter", value: 0.6 };
    assert.deepEqual(rules([...hosts, price(router), price({ ...router, product: "again" })]), [
      "far-from-median",
      "far-from-median",
      "far-from-median",
    ]);
    assert.deepEqual(rules([...hosts.slice(1), price(router)]), []);
  });

  test("has two sources that say different things about the same", () => {
    const warnings = checkPrices([price({ value: 0.72 }), price({ value: 0.99, observed: "2026-07-24" })]);
    assert.deepEqual(
      warnings.map(({ rule }) => rule),
      ["sources-disagree"],
    );
    assert.match(warnings[0]?.problem ?? "", /0\.72 \(2026-08-21\), 0\.99 \(2026-07-24\)/);
    assert.deepEqual(rules([price({ value: 0.72 }), price({ value: 0.74 })]), []);
  });
});

test("a sound price list raises nothing", () => {
  const list = [
    price({ model: small, value: 0.22 }),
    price({ model: small, kind: "output_tokens", value: 0.22 }),
    price({ value: 0.72 }),
    price({ kind: "output_tokens", value: 0.72 }),
  ];
  assert.deepEqual(checkPrices(list, models), []);
});
