import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DecideInput, decide, decisionFrame, leverFrame, type Way } from "../../lib/src/decide/index.ts";
import { InputError } from "../../lib/src/errors.ts";
import type { ModelShape } from "../../lib/src/facts/index.ts";
import { findModelShape } from "../../lib/src/serving/index.ts";
import { makeBook, makeLoad, smallBook } from "./made-up.ts";

const model = "Qwen/Qwen3-32B";
const target = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 };
const small: DecideInput = {
  models: model,
  load: makeLoad({ requestsPerSecond: 0.1 }),
  book: smallBook,
  gpus: ["H100 SXM"],
  latencyTarget: target,
  date: "2026-01-02",
};

function bands({ usdPerMonth, usdPerMillionTokens, machines, p95 }: Way) {
  return [usdPerMonth, usdPerMillionTokens, machines, p95.timeToFirstTokenMs, p95.timePerOutputTokenMs];
}

/** What a reader has measured of one machine. */
const capacity = {
  prefillTokensPerSecond: 20_000,
  decodeTokensPerSecond: 900,
  atLatency: null,
  kind: "measured" as const,
  source: "vLLM, 64 streams",
  date: "2026-01-05",
  model: "Qwen/Qwen3-32B-FP8",
  gpu: "NVIDIA H100 80GB HBM3",
  gpuCount: 1,
  streams: 64,
};

describe("decide", () => {
  test("takes the API where it is cheaper than any machine, and says so in a sentence", () => {
    // 262,800 requests a month of 1,000 + 250 tokens: $262.80 and $131.40 at alpha, twice that at beta.
    const { answer, runnerUp, cheapestApi, sentence } = decide(small);
    assert.equal(answer?.provider, "alpha");
    assert.equal(answer.usdPerMonth.typical.toFixed(2), "394.20");
    assert.equal(runnerUp?.provider, "beta");
    assert.equal(cheapestApi, answer);
    assert.match(
      sentence,
      /^For your 262,800 requests a month, take the API: Qwen3-32B at alpha costs \$394 a month \(price seen 2026-01-01\)\. The other API costs \$788 \(price seen 2026-01-01\)\. A machine of your own that gives first words .* costs at least \$[\d,]+ \(price seen 2026-01-01\)\. A machine is cheaper from /,
    );
    assert.match(sentence, /If your data may not go to a provider, rent a machine all the same\.$/);
  });

  test("takes a machine where the API is dearer, with what would settle what it rests on", () => {
    const dear = makeBook([
      { provider: "alpha", kind: "input_tokens", value: 100 },
      { provider: "alpha", kind: "output_tokens", value: 100 },
      { provider: "runpod", kind: "gpu_hour_secure", value: 3 },
    ]);
    const { answer, turns, sentence } = decide({ ...small, book: dear });
    assert.equal(answer?.serves, "machine");
    assert.equal(answer.gpu, "NVIDIA H100 80GB HBM3");
    assert.equal(turns.requestsPerMonth?.to, "api");
    assert.match(sentence, /The API is cheaper if your load falls below/);
    assert.match(sentence, /Your own measurement on it settles that, for about \$3\.\d\d an hour\./);
  });

  test("has low ≤ typical ≤ high in every band, and no answer that another way beats", () => {
    for (const requestsPerSecond of [0.001, 0.1, 3, 50]) {
      const { ways, answer } = decide({ ...small, load: makeLoad({ requestsPerSecond }) });
      for (const band of ways.flatMap(bands)) {
        if (band === null) continue;
        assert.ok(
          0 <= band.low && band.low <= band.typical && band.typical <= band.high && band.high < Infinity,
        );
      }
      const keeping = ways.filter(
        ({ keepsTarget, waitsHours }) => keepsTarget === "yes" && waitsHours === null,
      );
      const least = Math.min(...keeping.map(({ usdPerMonth }) => usdPerMonth.typical));
      assert.equal(answer?.usdPerMonth.typical, least);
    }
  });

  test("never makes a token dearer or cheaper at an API as the load grows", () => {
    const perMillion = [0.01, 1, 100].map((requestsPerSecond) => {
      const { cheapestApi } = decide({ ...small, load: makeLoad({ requestsPerSecond }) });
      return cheapestApi?.usdPerMillionTokens.typical.toFixed(9);
    });
    // (1,000 × $1 + 250 × $2) ÷ 1,250.
    assert.deepEqual([...new Set(perMillion)], ["1.200000000"]);
  });

  test("counts a batch as an answer only where answers may wait so long", () => {
    assert.equal(decide(small).answer?.waitsHours, null);
    const { answer } = decide({ ...small, deadlineHours: 24 });
    assert.equal(answer?.waitsHours, 24);
    assert.ok((answer?.usdPerMonth.typical ?? 1_000) <= 197.1, "beta's batch costs half of alpha");
  });

  test("takes an own measurement before the forecast, and says where one fits no machine", () => {
    const { ways, leftOut } = decide({ ...small, measured: [capacity, { ...capacity, gpuCount: 3 }] });
    const own = ways.filter(({ evidence }) => evidence === "measured");
    assert.ok(own.length > 0);
    // What was measured holds to a tenth, so that measuring settles what a forecast leaves open.
    const [rate] = own.map(({ p95 }) => p95.timePerOutputTokenMs);
    assert.ok(
      rate != null && rate.high <= rate.typical * 1.1 + 1e-9 && rate.low >= rate.typical * 0.9 - 1e-9,
    );
    for (const { checkpoint, gpuCount, basis } of own) {
      assert.deepEqual([checkpoint, gpuCount], ["Qwen/Qwen3-32B-FP8", 1]);
      assert.match(basis, /vLLM, 64 streams, 2026-01-05/);
    }
    assert.deepEqual(
      leftOut.filter(({ what }) => what.startsWith("your measurement")).map(({ why }) => why),
      [
        "It is a measurement of Qwen/Qwen3-32B-FP8 on 3 × NVIDIA H100 80GB HBM3, and none of the machines here is that.",
      ],
    );
  });

  test("counts a measured prefix cache on the machine, and the cached price at the API", () => {
    const warm = {
      cachedInputShare: 0.9,
      prefillTokensPerSecond: 50_000,
      keptShare: 0.5,
      savedShare: 1,
      streams: 4,
      source: "vLLM, 4 streams",
      date: "2026-01-05",
    };
    const load = { ...small.load, cachedInputShare: 0.6 };
    const { ways } = decide({ ...small, load, measured: [{ ...capacity, warm }] });
    const measured = ways.filter(({ evidence }) => evidence === "measured");
    assert.ok(measured.length > 0);
    for (const way of measured) {
      assert.deepEqual([way.cachedInputShare, way.prefixCache], [0.3, warm]);
      assert.match(
        way.basis,
        /held 50 % .* 60 % of the input repeats, and the machine need not read 30 %\.$/,
      );
    }
    const others = ways.filter(({ evidence }) => evidence !== "measured");
    assert.ok(others.every((way) => way.cachedInputShare === 0.6 && way.prefixCache === null));
  });

  test("gives the ways and the levers as frames", async () => {
    const decision = decide(small);
    const frame = await decisionFrame(decision);
    assert.equal(frame.height, decision.ways.length);
    assert.equal(frame.getColumn("usdPerMonth").get(0), decision.ways[0]?.usdPerMonth.typical);
    const levers = await leverFrame(decision);
    assert.equal(levers.height, decision.levers.length);
    // Half of the input cached: $131.40 + $65.70 + $131.40 at alpha.
    const shared = decision.levers.find(({ lever, side }) => lever === "shared prefixes" && side === "api");
    assert.equal(shared?.savesUsdPerMonth.toFixed(2), "65.70");
  });
});

describe("input that leaves something out", () => {
  test("gets a decision with fewer ways and why: a model that fits no card, cards without a price, no API", () => {
    const huge: ModelShape = {
      ...findModelShape(model, "test"),
      id: "own/huge",
      weightsGb: 5_000,
      precision: "bf16",
    };
    const one = decide({ ...small, models: [model, huge] });
    assert.ok(one.leftOut.some(({ what, why }) => what === "own/huge" && /fit no machine/.test(why)));
    assert.ok(one.leftOut.some(({ what, why }) => what === "own/huge" && /no provider's price/.test(why)));
    const half = [
      { provider: "gamma", kind: "input_tokens", value: 1 },
      { provider: "runpod", kind: "gpu_hour_secure", value: 3 },
    ] as const;
    assert.deepEqual(decide({ ...small, book: makeBook(half) }).leftOut[0], {
      what: "Qwen3-32B at gamma",
      why: "For 2026-01-02 the price book has no price of both input and output.",
    });
    const cards = decide({ ...small, gpus: ["H100 SXM", "A40"] });
    assert.ok(cards.leftOut.some(({ what }) => what === "A40"));
    const noApi = decide({
      ...small,
      book: makeBook([{ provider: "runpod", kind: "gpu_hour_secure", value: 3 }]),
    });
    assert.equal(noApi.answer?.serves, "machine");
    assert.match(noApi.sentence, /The price book knows no API that sells it on/);
    assert.deepEqual(noApi.turns.requestsPerMonth, null);
  });

  test("gets no way at all, and why, where no card holds the model and nobody sells it", () => {
    const huge: ModelShape = {
      ...findModelShape(model, "test"),
      ...{ id: "own/huge", weightsGb: 5_000, precision: "bf16" },
    };
    const { ways, answer, sentence } = decide({ ...small, models: huge });
    assert.deepEqual([ways.length, answer], [0, null]);
    assert.match(
      sentence,
      /the workbook knows no way to serve it. own\/huge: Its 5000 GB of weights fit no machine/,
    );
  });

  test("gets the ceiling of machines whose speed cannot be forecast, to be measured, and what that costs", () => {
    const model = "Qwen/Qwen3.5-9B";
    const { ways, worthMeasuring } = decide({ ...small, models: model });
    assert.ok(ways.length > 0);
    assert.deepEqual(
      [...new Set(ways.map(({ keepsTarget, evidence }) => `${keepsTarget} ${evidence}`))],
      ["measure null"],
    );
    assert.match(worthMeasuring?.text ?? "", /^one hour on 1 × H100 SXM: about \$3\.\d\d$/);
  });

  test("gets no answer where nothing meets the target, and what would settle it", () => {
    const book = makeBook([{ provider: "runpod", kind: "gpu_hour_secure", value: 3 }]);
    const never = decide({ ...small, book, latencyTarget: { ...target, timePerOutputTokenMs: 0.001 } });
    assert.equal(never.answer, null);
    assert.match(
      never.sentence,
      /^For your 262,800 requests a month nothing gives first words within 2 s, .*: ask for less speed/,
    );
  });

  test("gets no answer for requests that are longer than the model takes, from an API neither", () => {
    const { ways, sentence, leftOut } = decide({ ...small, load: { ...makeLoad(), inputTokens: 1e6 } });
    assert.equal(ways.length, 0);
    assert.match(sentence, /Your requests have 1,000,250 tokens on average; the model takes at most [\d,]+/);
    assert.ok(leftOut.some(({ what }) => what === model));
  });

  test("hears that some of its requests are longer than the model takes", () => {
    const long = { ...makeLoad({ requestsPerSecond: 0.1 }), inputTokens: 30_000, lengthSpread: 0.5 };
    const { answer, leftOut } = decide({
      ...small,
      load: long,
      latencyTarget: { ...target, timeToFirstTokenMs: null },
    });
    assert.equal(answer?.model, model);
    const [cut] = leftOut.filter(({ what }) => what === `the longest requests to ${model}`);
    assert.match(cut?.why ?? "", /up to 45,375 tokens; the model takes at most [\d,]+/);
  });

  test("hears which forms were asked for, where only some were", () => {
    const machines = decide({ ...small, forms: ["pod day and night"] });
    assert.match(machines.sentence, /You asked for no API\./);
    const apis = decide({ ...small, forms: ["by token"] });
    assert.match(apis.sentence, /You asked for no machine of your own\./);
    const batch = decide({ ...small, forms: ["batch by token"] });
    assert.match(batch.sentence, /nothing that you asked for answers at once: say with deadlineHours/);
  });

  test("gets no lever that saves nothing", () => {
    const { levers } = decide({ ...small, deadlineHours: 24 });
    assert.ok(levers.every(({ savesUsdPerMonth }) => savesUsdPerMonth > 0));
  });

  test("needs no more of a shape written by hand than the numbers of its config", () => {
    const written = {
      ...{ id: "own/large", layers: 80, attentionHeads: 64, kvHeads: 8, headDimension: 128 },
      ...{ hiddenSize: 8_192, intermediateSize: 28_672, vocabularySize: 128_256, precision: "bf16" },
      ...{ contextTokens: 32_768, weightsGb: 5_000, downloadGb: 5_000 },
    };
    const { ways } = decide({ ...small, models: written as unknown as ModelShape });
    assert.deepEqual(ways, []);
  });

  for (const [field, more] of [
    ["forms", { forms: ["pod"] }],
    ["precisions", { precisions: ["bf16"] }],
    ["gpus", { gpus: "A40" }],
    ["measured", { measured: null }],
    ["latencyTarget", { latencyTarget: null }],
    ["book", { book: null }],
    ["load", { load: null }],
    ["model", { models: [null] }],
    ["date", { date: "2026-13-45" }],
    ["mean", { load: { ...makeLoad(), requestsPerSecond: {} } }],
    ["hours.length", { load: { ...makeLoad(), hours: [1] } }],
  ] as const) {
    test(`is refused by its name: ${field}`, () => {
      assert.throws(
        () => decide({ ...small, ...more } as unknown as DecideInput),
        (error) => error instanceof InputError && error.field === field,
      );
    });
  }

  test("is refused with what to do: no load, an unknown model, no prices at all", () => {
    const refuses = (more: Partial<DecideInput>, words: RegExp) =>
      assert.throws(
        () => decide({ ...small, ...more }),
        (error) => error instanceof InputError && words.test(error.message),
      );
    refuses({ load: { ...makeLoad(), requestsPerMonth: 0 } }, /requestsPerMonth is 0.*Give requestsPerMonth/);
    refuses({ models: "nobody/nothing" }, /nobody\/nothing.*not in the workbook's table/);
    refuses({ models: [] }, /models is empty. Name one/);
    refuses(
      { book: makeBook([]) },
      /no provider's price of these models, and no price of a card.*Give another date or book/,
    );
    refuses({ gpus: ["Voodoo 2"] }, /Voodoo 2/);
    refuses({ forms: [] }, /forms is empty/);
    refuses({ date: "tomorrow" }, /date is "tomorrow"/);
  });
});
