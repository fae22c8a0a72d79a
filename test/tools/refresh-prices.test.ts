import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { PriceBook } from "../../lib/src/facts/index.ts";
import { comparePrices } from "../../tools/prices/compare-prices.ts";
import type { PriceSource } from "../../tools/prices/fetch-price-list.ts";
import {
  adaptLiteLlm,
  adaptModelsDev,
  adaptOpenRouter,
  adaptRunpod,
  type PriceAdapter,
} from "../../tools/prices/price-adapters.ts";
import { refreshPrices } from "../../tools/prices/refresh-prices.ts";
import { makeFolder } from "../helpers/environment.ts";
import { findClosedPort, sendJson, startLocalServer } from "../helpers/local-server.ts";

const model = "meta-llama/Llama-3.1-70B-Instruct";
const base = { model, gpu: null, from: null, to: null, status: "current", note: "" } as const;
const tokens = {
  unit: "usd_per_million_tokens",
  observed: "2026-11-13",
  sources: ["https://example.com/"],
} as const;
const book: PriceBook = {
  prices: [
    {
      ...base,
      ...tokens,
      provider: "openrouter",
      product: "meta-llama/llama-3.1-70b-instruct",
      kind: "input_tokens",
      value: 0.4,
    },
    {
      ...base,
      ...tokens,
      provider: "deepinfra",
      product: "Meta-Llama-3.1-70B-Instruct",
      kind: "output_tokens",
      value: 0.4,
    },
    {
      ...base,
      ...tokens,
      provider: "runpod",
      product: "A40 48GB",
      model: null,
      gpu: "NVIDIA A40",
      kind: "gpu_hour_secure",
      unit: "usd_per_hour",
      value: 0.44,
    },
  ],
  problems: [],
  newestObservation: "2026-11-13",
};
const openRouterList = {
  data: [
    { id: "meta-llama/llama-3.1-70b-instruct", pricing: { prompt: "0.0000005", completion: "0.0000005" } },
  ],
};

/** A source on this machine that answers with a document. */
async function serve(context: TestContext, document: unknown, etag?: string) {
  const server = await startLocalServer(context, (request, response) => {
    if (etag !== undefined) response.setHeader("etag", etag);
    if (etag !== undefined && request.headers["if-none-match"] === etag) response.writeHead(304).end();
    else sendJson(response, document);
  });
  const source: PriceSource = { name: "openrouter", url: `${server.url}/models`, adapt: adaptOpenRouter };
  return { server, source };
}

describe("a comparison with the book", () => {
  test("takes the product itself from a list that also has it by region, in any order", () => {
    const product = "meta.llama3-1-70b-instruct-v1:0";
    const price = {
      ...base,
      ...tokens,
      provider: "aws-bedrock",
      product,
      kind: "input_tokens",
      value: 0.72,
    } as const;
    const entry = (usdPerToken: number) => ({
      litellm_provider: "bedrock",
      input_cost_per_token: usdPerToken,
    });
    const list = { [`bedrock/us-gov-west-1/${product}`]: entry(2.65e-6), [product]: entry(7.2e-7) };
    const backwards = Object.fromEntries(Object.entries(list).toReversed());
    for (const document of [list, backwards]) {
      const { changes, compared } = comparePrices([price], { litellm: adaptLiteLlm(document).prices });
      assert.deepEqual([changes, compared], [[], 1]);
    }
  });
});

describe("foreign price lists", () => {
  test("LiteLLM's, in USD per token", () => {
    const { prices: found, leftOut } = adaptLiteLlm({
      sample_spec: { litellm_provider: "one of these", input_cost_per_token: 0 },
      "deepinfra/meta-llama/Meta-Llama-3.1-70B-Instruct": {
        litellm_provider: "deepinfra",
        input_cost_per_token: 4e-7,
        output_cost_per_token: 7.2e-7,
        cache_read_input_token_cost: 2e-7,
        input_cost_per_token_batches: 3.2e-7,
      },
      broken: 7,
    });
    const product = "meta-llama/Meta-Llama-3.1-70B-Instruct";
    assert.deepEqual(found, [
      { provider: "deepinfra", product, kind: "input_tokens", value: 0.4 },
      { provider: "deepinfra", product, kind: "output_tokens", value: 0.72 },
      { provider: "deepinfra", product, kind: "cached_input_tokens", value: 0.2 },
      { provider: "deepinfra", product, kind: "batch_input_tokens", value: 0.32 },
    ]);
    assert.equal(
      leftOut,
      "1 of 3 entries were left out, the first of them broken (Invalid input: expected object, received number).",
    );
  });

  test("models.dev's, in USD per million", () => {
    const { prices: found } = adaptModelsDev({
      "amazon-bedrock": {
        models: { "meta.llama3-1-70b-instruct-v1:0": { cost: { input: 0.72, output: 0.72 } } },
      },
      unheard: { models: { some: { cost: { input: 1, output: 1 } } } },
    });
    const product = "meta.llama3-1-70b-instruct-v1:0";
    assert.deepEqual(found, [
      { provider: "aws-bedrock", product, kind: "input_tokens", value: 0.72 },
      { provider: "aws-bedrock", product, kind: "output_tokens", value: 0.72 },
    ]);
  });

  test("OpenRouter's, in USD per token as texts", () => {
    const found = adaptOpenRouter(openRouterList).prices.map(({ kind, value }) => [kind, value]);
    assert.deepEqual(found, [
      ["input_tokens", 0.5],
      ["output_tokens", 0.5],
    ]);
  });

  test("Runpod's catalogue, where 0 means not offered", () => {
    const { prices: found } = adaptRunpod({
      gpus: [{ id: "NVIDIA A40", price: { secure: 0.44, community: 0 } }],
    });
    assert.deepEqual(found, [
      { provider: "runpod", product: "NVIDIA A40", kind: "gpu_hour_secure", value: 0.44 },
    ]);
  });

  test("lose an odd entry, and say so, not the list", () => {
    const model = (id: unknown) => ({ id, pricing: { prompt: "0.0000005", completion: "0.0000005" } });
    const card = { id: "NVIDIA A40", price: { secure: 0.44, community: 0.3 } };
    const models = { some: { cost: { input: 1, output: 1 } } };
    const odd: [adapted: ReturnType<PriceAdapter>, prices: number, said: RegExp][] = [
      [adaptOpenRouter({ data: [model("a"), model(7), null, { id: "b" }] }), 2, /^3 of 4 .* entry 2 \(id: /],
      [adaptRunpod({ gpus: [{ id: "NVIDIA B300", price: null }, card] }), 2, /^1 of 2 .* entry 1 \(price: /],
      [
        adaptModelsDev({ groq: { models }, novita: { name: "Novita" }, "\u001b[31mx": 3 }),
        2,
        /^2 of 3 .* novita \(models: /,
      ],
      [
        adaptLiteLlm({ "groq/x": { litellm_provider: "groq", input_cost_per_token: 1e-7 }, y: {} }),
        1,
        /^1 of 2 .* y \(litellm_provider: /,
      ],
    ];
    const inside = { groq: { models: { ...models, other: { cost: "free" }, more: 5 } } };
    odd.push([adaptModelsDev(inside), 2, /^groq: 2 of 3 .* other \(cost: /]);
    for (const [{ prices, leftOut }, count, said] of odd) {
      assert.equal(prices.length, count);
      assert.match(leftOut ?? "", said);
    }
  });

  test("are refused in another form", () => {
    for (const adapt of [adaptLiteLlm, adaptModelsDev, adaptOpenRouter, adaptRunpod]) {
      for (const document of [null, "a page", [1], { data: 3, gpus: 4 }]) {
        if (
          adapt === adaptLiteLlm &&
          typeof document === "object" &&
          document !== null &&
          !Array.isArray(document)
        )
          continue;
        assert.throws(() => adapt(document), { name: "ZodError" });
      }
    }
  });
});

describe("refreshing the prices", () => {
  const today = "2026-11-23";

  test("shows what differs from the book, and asks for unchanged lists only once", async (t) => {
    const { server, source } = await serve(t, openRouterList, '"one"');
    const options = { online: true, book, today, sources: [source], cacheFolder: makeFolder(t) };
    const first = await refreshPrices(options);
    assert.deepEqual(first.changes, [
      {
        provider: "openrouter",
        product: "meta-llama/llama-3.1-70b-instruct",
        kind: "input_tokens",
        bookValue: 0.4,
        found: { openrouter: 0.5 },
      },
    ]);
    assert.equal(first.bookAgeDays, 10);
    assert.match(first.summary, /10 days old.*Compared 1 of its prices with openrouter: 1 differ/);
    const second = await refreshPrices(options);
    assert.deepEqual(
      [first, second].map(({ sources }) => sources[0]?.state),
      ["fresh", "unchanged"],
    );
    assert.deepEqual(second.changes, first.changes);
    assert.equal(server.requests.length, 2);
  });

  test("shows which lists disagree", async (t) => {
    const deepInfra = (output: number) => ({
      "deepinfra/Meta-Llama-3.1-70B-Instruct": {
        litellm_provider: "deepinfra",
        output_cost_per_token: output / 1e6,
      },
    });
    const one = await serve(t, deepInfra(0.4));
    const other = await serve(t, deepInfra(0.28));
    const sources = [
      { ...one.source, name: "one", adapt: adaptLiteLlm },
      { ...other.source, name: "other", adapt: adaptLiteLlm },
    ];
    const { disagreements, changes } = await refreshPrices({
      online: true,
      book,
      today,
      sources,
      cacheFolder: makeFolder(t),
    });
    assert.deepEqual(
      disagreements.map(({ found }) => found),
      [{ one: 0.4, other: 0.28 }],
    );
    // One of the two says what the book says.
    assert.deepEqual(changes, []);
  });

  test("leaves out values that cannot be prices, and says so", async (t) => {
    const list = {
      data: [{ id: "meta-llama/llama-3.1-70b-instruct", pricing: { prompt: "0.05", completion: "0" } }],
    };
    const { source } = await serve(t, list);
    const result = await refreshPrices({
      online: true,
      book,
      today,
      sources: [source],
      cacheFolder: makeFolder(t),
    });
    assert.deepEqual(result.changes, []);
    assert.match(result.problems.join(" "), /openrouter: .* input_tokens is 50000, outside 0\.001 to 200/);
  });

  test("compares the rest of a list with an odd entry, and says what it left out", async (t) => {
    const { source } = await serve(t, { data: [{ id: null }, ...openRouterList.data] });
    const cacheFolder = makeFolder(t);
    const result = await refreshPrices({ online: true, book, today, sources: [source], cacheFolder });
    assert.equal(result.changes.length, 1);
    assert.match(
      result.problems.join(" "),
      /^openrouter: 1 of 2 entries were left out, the first of them entry 1/,
    );
  });

  test("says how old the book is where nothing answers, and throws nothing", async (t) => {
    const url = `http://127.0.0.1:${await findClosedPort()}/models`;
    const source: PriceSource = { name: "openrouter", url, adapt: adaptOpenRouter };
    const result = await refreshPrices({
      online: true,
      book,
      today,
      sources: [source],
      cacheFolder: makeFolder(t),
    });
    assert.equal(result.sources[0]?.state, "failed");
    assert.equal(result.summary, "The price book is 10 days old. No price list could be read.");
    assert.match(result.sources[0].reason, /openrouter could not be asked: .*ECONNREFUSED/);
  });

  test("falls back to the copy of an earlier day where the answer is an error, a page, or in another form", async (t) => {
    const cacheFolder = makeFolder(t);
    const answers = [JSON.stringify(openRouterList), "<html>", '{"data":7}', JSON.stringify(openRouterList)];
    const server = await startLocalServer(t, (_, response) => {
      const answer = answers.shift() ?? "";
      response.writeHead(answers.length === 0 ? 503 : 200).end(answer);
    });
    const source: PriceSource = { name: "openrouter", url: server.url, adapt: adaptOpenRouter };
    const ask = () => refreshPrices({ online: true, book, today, sources: [source], cacheFolder });
    const results = [await ask(), await ask(), await ask(), await ask()];
    assert.deepEqual(
      results.map(({ sources, changes }) => [sources[0]?.state, changes.length]),
      [
        ["fresh", 1],
        ["cached", 1],
        ["cached", 1],
        ["cached", 1],
      ],
    );
    assert.match(
      results.map(({ sources }) => sources[0]?.reason).join(" "),
      /no JSON.*another form|no JSON.*form that it used to have.*status 503/,
    );
  });

  test("gives up on a list that never answers", async (t) => {
    const server = await startLocalServer(t, () => {});
    const source: PriceSource = { name: "openrouter", url: server.url, adapt: adaptOpenRouter };
    const result = await refreshPrices({
      online: true,
      book,
      today,
      timeoutMs: 50,
      sources: [source],
      cacheFolder: makeFolder(t),
    });
    assert.match(result.sources[0]?.reason ?? "", /no answer within 0\.05 s/);
  });

  test("asks nobody in a rehearsal", async (t) => {
    const { server, source } = await serve(t, openRouterList);
    const result = await refreshPrices({
      online: false,
      book,
      today,
      sources: [source],
      cacheFolder: makeFolder(t),
    });
    assert.equal(server.requests.length, 0);
    assert.match(result.summary, /Nobody was asked: a rehearsal sends nothing/);
  });

  test("sends a key only where it belongs, and keeps it nowhere", async (t) => {
    const elsewhere = await serve(t, { gpus: [] });
    const server = await startLocalServer(t, (_, response) => {
      response.writeHead(302, { location: elsewhere.source.url }).end();
    });
    const canary = "rpa_canary_not_a_key";
    const headers = { authorization: `Bearer ${canary}` };
    const cacheFolder = makeFolder(t);
    const redirected: PriceSource = { name: "runpod", url: server.url, headers, adapt: adaptRunpod };
    const right: PriceSource = { ...redirected, name: "right", url: elsewhere.source.url };
    const refused = await refreshPrices({ online: true, book, today, sources: [redirected], cacheFolder });
    assert.equal(elsewhere.server.requests.length, 0);
    const taken = await refreshPrices({ online: true, book, today, sources: [right], cacheFolder });
    assert.equal(elsewhere.server.requests[0]?.headers["authorization"], headers.authorization);
    assert.doesNotMatch(JSON.stringify([refused, taken]), /canary/);
    for (const file of readdirSync(cacheFolder)) {
      assert.doesNotMatch(readFileSync(join(cacheFolder, file), "utf8"), /canary/);
    }
  });
});
