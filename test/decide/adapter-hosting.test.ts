import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { adapterSlowdown, compareAdapterHosting } from "../../lib/src/decide/index.ts";
import { loadPriceBook, type Price } from "../../lib/src/facts/index.ts";

const model = "meta-llama/Llama-3.1-8B-Instruct";
const date = "2026-11-28";
const real = loadPriceBook();
const withoutOffers = real.prices.filter(({ kind }) => kind !== "gpu_hour_dedicated_endpoint");

/** The real price book, with these dedicated endpoints in place of its own. */
function bookWith(...offers: Partial<Price>[]) {
  const [template] = real.prices.filter(({ kind }) => kind === "gpu_hour_dedicated_endpoint");
  assert.ok(template !== undefined);
  const rows = offers.map((offer) => ({
    ...template,
    gpu: "NVIDIA H100 80GB HBM3",
    observed: "2026-11-01",
    ...offer,
  }));
  return { ...real, prices: [...withoutOffers, ...rows] };
}

const compare = (book: ReturnType<typeof bookWith>, loadPerAdapter = 0.05) =>
  compareAdapterHosting({ model, adapters: [1, 2, 5, 10], date, book, loadPerAdapter });

/** What a pod with that card costs a month, by the same function. */
function podUsd(): number {
  const pod = compare(bookWith({ provider: "together", value: 4 })).ways.find(
    ({ provider, machine }) => provider === null && machine === "1 × H100 SXM",
  );
  return pod?.usdPerMonth[0] ?? assert.fail("no pod");
}

describe("adapters on one pod against dedicated endpoints", () => {
  test("cost so many endpoints where each has its own, and one where they share it", () => {
    const { ways } = compare(bookWith({ provider: "together", value: 4 }));
    const [each, shared] = ways.filter(({ provider }) => provider === "together");
    assert.deepEqual(each?.usdPerMonth, [2_920, 5_840, 14_600, 29_200]);
    assert.deepEqual(shared?.usdPerMonth, [2_920, 2_920, 2_920, 2_920]);
    assert.deepEqual([each?.isShared, shared?.isShared, each?.machine], [false, true, "1 × H100 SXM"]);
    const pods = ways.filter(({ provider }) => provider === null);
    assert.ok(pods.length > 1, "the cheapest, and one with the same card");
    for (const { usdPerMonth } of pods)
      assert.deepEqual(
        usdPerMonth,
        usdPerMonth.map(() => usdPerMonth[0]),
      );
  });

  test("say from how many adapters on pods with the same card cost less, or that they never do", () => {
    const pod = podUsd() / 730;
    const payFrom = (value: number) =>
      compare(bookWith({ provider: "together", value })).ways.flatMap(({ provider, podsPayFrom }) =>
        provider === null ? [] : [podsPayFrom],
      );
    assert.deepEqual(payFrom(pod * 1.01), [1, 1]);
    assert.deepEqual(payFrom(pod * 0.6), [2, null]);
    assert.deepEqual(payFrom(pod * 0.3), [4, null]);
    assert.deepEqual(payFrom(pod / 1_000), [null, null]);
  });

  test("take more machines as they fill one, which adapters slow down, or as an endpoint takes no more", () => {
    const together = { provider: "together", value: 4 };
    const busy = compare(bookWith(together), 1 - adapterSlowdown.share).ways;
    for (const { usdPerMonth } of busy) {
      const [one = 0] = usdPerMonth;
      assert.deepEqual(usdPerMonth, [one, 2 * (one ?? 0), 5 * (one ?? 0), 10 * (one ?? 0)]);
    }
    const many = compareAdapterHosting({
      ...{ model, adapters: [16, 17], date, book: bookWith(together), loadPerAdapter: 0.001 },
    });
    assert.deepEqual(
      many.ways.find(({ provider, isShared }) => provider !== null && isShared)?.usdPerMonth,
      [2_920, 5_840],
    );
  });

  test("leave sharing out where a provider does not say that it can be, and take its cheapest card", () => {
    const { ways } = compare(
      bookWith(
        { provider: "nebius", value: 9, gpu: "NVIDIA B200" },
        { provider: "nebius", value: 5, gpu: "NVIDIA H200" },
      ),
    );
    assert.deepEqual(
      ways.flatMap(({ provider, machine, isShared }) =>
        provider === null ? [] : [[provider, machine, isShared]],
      ),
      [["nebius", "1 × H200 SXM", false]],
    );
  });

  test("name each price's source, what is assumed, and the published figure for the speed", () => {
    const { ways, assumptions } = compareAdapterHosting({ model, adapters: [1], date });
    for (const { sources, observed } of ways) assert.ok(sources.length > 0 && observed <= date);
    assert.ok(ways.some(({ provider }) => provider !== null));
    assert.match(
      assumptions.join(" "),
      /10 % of one machine busy.* is 34 % slower.*vllm-project\/vllm\/pull\/11267/,
    );
  });

  test("of a model that no machine holds cost nothing, and numbers without sense are refused", () => {
    assert.deepEqual(
      compareAdapterHosting({
        model: "deepseek-ai/DeepSeek-V3.2",
        adapters: [1],
        date,
        book: { ...real, prices: [] },
      }).ways,
      [],
    );
    const { ways, assumptions } = compareAdapterHosting({
      model: "moonshotai/Kimi-K2.5",
      adapters: [1],
      date,
    });
    assert.deepEqual(ways, []);
    assert.match(assumptions[0] ?? "", /vLLM serves no adapters beside/);
    const refused = [
      { adapters: [0] },
      { adapters: [65] },
      { adapters: [1], rank: 0 },
      { adapters: [1], loadPerAdapter: 2 },
    ];
    for (const request of refused) {
      assert.throws(() => compareAdapterHosting({ model, date, ...request }), { name: "InputError" });
    }
  });
});
