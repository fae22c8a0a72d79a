import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type AssessmentInput, assessBreakEven, breakEven } from "../../lib/src/cost/index.ts";
import { chatTarget, makeCapacity } from "./capacities.ts";

// Four A40s at $1.56 an hour against an API at $2.68 in and $3.54 out per million tokens.
const walkthrough = {
  gpuUsdPerHour: 1.56,
  inputUsdPerMillion: 2.68,
  outputUsdPerMillion: 3.54,
  inputTokensPerOutputToken: 1,
};
const measured = { ...walkthrough, capacity: makeCapacity(), latencyTarget: chatTarget };

function assertClose(actual: number | null | undefined, expected: number, share = 1e-9): void {
  assert.ok(typeof actual === "number", `${actual} is no number`);
  assert.ok(Math.abs(actual - expected) <= Math.abs(expected) * share, `${actual} is not ${expected}`);
}

describe("the published figures", () => {
  test("are those of the walkthrough: 250,804 each way, 139.3 tokens/s, 69.7 of them output", () => {
    const { inputTokensPerHour, outputTokensPerHour, totalTokensPerHour, ...result } =
      assessBreakEven(walkthrough);
    assert.equal(Math.round(inputTokensPerHour), 250_804);
    assert.equal(Math.round(outputTokensPerHour), 250_804);
    assert.equal(Math.round(totalTokensPerHour), 501_608);
    assert.equal(result.totalTokensPerSecond.toFixed(1), "139.3");
    assert.equal(result.outputTokensPerSecond.toFixed(1), "69.7");
    assert.equal(Math.round(result.totalWordsPerHour), 361_158);
    const proseWords = (wordsPerToken: number) =>
      breakEven({ ...walkthrough, wordsPerToken }).totalWordsPerHour;
    assert.equal(Math.round(proseWords(0.75)), 376_206);
    assert.equal(Math.round(proseWords(0.72) / 2), 180_579);
    assert.equal(Math.round(proseWords(0.75) / 2), 188_103);
    const centsCheck = (Math.round(inputTokensPerHour) * (2.68 + 3.54)) / 1e6;
    assert.equal(centsCheck.toFixed(3), "1.560");
  });

  for (const [provider, usdPerMillion, tokensPerSecond] of [
    ["Together", 0.88, 492],
    ["Bedrock", 0.72, 602],
    ["OpenRouter on 2026-08-01", 0.4, 1_083],
  ] as const) {
    test(`are ${tokensPerSecond} tokens/s against ${provider}`, () => {
      const prices = { inputUsdPerMillion: usdPerMillion, outputUsdPerMillion: usdPerMillion };
      const { totalTokensPerSecond } = assessBreakEven({ ...walkthrough, ...prices });
      assert.equal(Math.round(totalTokensPerSecond), tokensPerSecond);
    });
  }

  test("are 282,958 tokens each way and 157 tokens/s at $1.76 an hour", () => {
    const result = assessBreakEven({ ...walkthrough, gpuUsdPerHour: 1.76 });
    assert.equal(Math.round(result.inputTokensPerHour), 282_958);
    assert.equal(result.totalTokensPerSecond.toFixed(0), "157");
  });

  for (const [mix, usdPerMillion, total, output] of [
    [1 / 2.1, 3.26, 133, 89.9],
    [1, 3.11, 139, 69.7],
    [3, 2.9, 150, 37.4],
    [5.47, 2.81, 154, 23.8],
    [35, 2.7, 160, 4.4],
    [73, 2.69, 161, 2.2],
  ] as const) {
    test(`are ${total} tokens/s, ${output} of them output, at ${mix.toFixed(2)} tokens in for each out`, () => {
      const result = assessBreakEven({ ...walkthrough, inputTokensPerOutputToken: mix });
      assertClose(result.usdPerMillionTokens.api, usdPerMillion, 0.01);
      assertClose(result.totalTokensPerSecond, total, 0.01);
      // Of the smallest figure two digits are printed, so half of the last one is more than 1 %.
      assertClose(result.outputTokensPerSecond, output, output < 5 ? 0.025 : 0.01);
    });
  }
});

describe("what the machine can do", () => {
  test("decides: at one token in for each out, the measured pod needs a fifth of its time", () => {
    const result = assessBreakEven(measured);
    assert.equal(result.feasible, "yes");
    assert.equal(result.pays, "above-break-even");
    assert.equal(result.groups, 1);
    // A token in and one out take 1/2000 + 1/400 s: 333.3 pairs a second, of which 69.7 are needed.
    assertClose(result.utilisationNeeded, (250_803.8585 / 3_600) * (1 / 2_000 + 1 / 400), 1e-6);
    assertClose(result.usdPerMillionOutputTokens.machine, (1.56 / (1e4 / 30) / 3_600) * 1e6);
    assertClose(result.usdPerMillionTokens.machine, ((1.56 / (1e4 / 30) / 3_600) * 1e6) / 2);
    assert.match(
      result.reason,
      /^The measurement of 2026-11-20 \(a pod of one's own\) reaches the break-even with first words .*21 % of what it shows\.$/,
    );
  });

  test("depends on the mix, for reading takes time too", () => {
    const chat = assessBreakEven({ ...measured, inputTokensPerOutputToken: 5.47 });
    const code = assessBreakEven({ ...measured, inputTokensPerOutputToken: 73 });
    assertClose(chat.utilisationNeeded, chat.inputTokensPerSecond / 2_000 + chat.outputTokensPerSecond / 400);
    assertClose(code.utilisationNeeded, code.inputTokensPerSecond / 2_000 + code.outputTokensPerSecond / 400);
  });

  test("is unknown where nobody says it", () => {
    const result = assessBreakEven(walkthrough);
    assert.deepEqual(
      [
        result.feasible,
        result.pays,
        result.utilisationNeeded,
        result.usdPerMillionTokens.machine,
        result.groups,
      ],
      ["unknown", "unknown", null, null, null],
    );
    assert.match(result.reason, /No throughput is known for this machine/);
  });

  test("is never read from a rehearsal", () => {
    const result = assessBreakEven({ ...walkthrough, capacity: makeCapacity({ kind: "simulated" }) });
    assert.equal(result.feasible, "unknown");
    assert.equal(result.capacity, null);
    assert.match(result.reason, /rehearsal/);
  });

  test("must be of the same model and GPU", () => {
    const capacity = makeCapacity({ model: "some/model", gpu: "NVIDIA A40", gpuCount: 4 });
    const feasible = (wanted: Partial<AssessmentInput>) =>
      assessBreakEven({ ...walkthrough, capacity, ...wanted }).feasible;
    assert.equal(feasible({ model: "some/model", gpu: "A40", gpuCount: 4 }), "yes");
    assert.equal(feasible({ model: "other/model" }), "unknown");
    assert.equal(feasible({ gpu: "NVIDIA L40S" }), "unknown");
    assert.equal(feasible({ gpuCount: 2 }), "unknown");
  });

  test("counts as measured before it is published or computed", () => {
    const weak = makeCapacity({ decodeTokensPerSecond: 20 });
    const published = makeCapacity({ kind: "published" });
    const result = assessBreakEven({ ...walkthrough, capacity: [published, weak] });
    assert.equal(result.feasible, "no");
    assert.equal(result.capacity, weak);
    assert.equal(assessBreakEven({ ...walkthrough, capacity: [published] }).feasible, "yes");
  });

  test("as a computed ceiling can prove that it is impossible, and never that it works", () => {
    const ceiling = (decodeTokensPerSecond: number) =>
      makeCapacity({ kind: "computed", decodeTokensPerSecond, atLatency: null });
    assert.equal(assessBreakEven({ ...measured, capacity: ceiling(5_000) }).feasible, "unknown");
    assert.equal(assessBreakEven({ ...measured, capacity: ceiling(50) }).feasible, "no");
    const silent = makeCapacity({ kind: "published", atLatency: null });
    const both = assessBreakEven({ ...measured, capacity: [silent, ceiling(50)] });
    assert.equal(both.feasible, "no");
    assert.match(both.reason, /^The computed ceiling/);
  });
});

describe("at a latency target", () => {
  const slow = makeCapacity({
    decodeTokensPerSecond: 5_000,
    atLatency: { timeToFirstTokenMs: 15_000, timePerOutputTokenMs: 80, percentile: 95 },
  });

  test("a rate that only exists past the knee does not count, and says nothing of a lighter load", () => {
    const result = assessBreakEven({ ...measured, capacity: slow });
    assert.deepEqual([result.feasible, result.pays, result.wouldPay], ["unknown", "unknown", null]);
    assert.equal(result.usdPerMillionTokens.machine, null);
    assert.match(
      result.reason,
      /only with users waiting longer than the latency target allows \(first words within 15 s.*measure with fewer of them/,
    );
    assert.equal(assessBreakEven({ ...walkthrough, capacity: slow }).feasible, "yes");
  });

  test("a single stream that is too slow proves that it never works", () => {
    const result = assessBreakEven({ ...measured, capacity: { ...slow, streams: 1 } });
    assert.deepEqual(
      [result.feasible, result.pays, result.wouldPay, result.interval.pays],
      ["no", "never", null, "never"],
    );
    assert.match(result.reason, /too slow for the latency target already with a single stream/);
  });

  // 1 ÷ (1/2000 + 1/40) = 39.2 pairs a second, of which 69.7 are needed.
  const light = makeCapacity({ decodeTokensPerSecond: 40, isLimit: false });

  test("a rate that falls short proves nothing where more streams were not tried", () => {
    const result = assessBreakEven({ ...measured, capacity: light });
    assert.deepEqual([result.feasible, result.pays, result.wouldPay], ["unknown", "unknown", null]);
    assert.match(
      result.reason,
      /falls short.*178 % of what it shows, but more streams may give more: measure with more of them/,
    );
    const { isLimit: _, ...silent } = light;
    assert.equal(assessBreakEven({ ...measured, capacity: silent }).feasible, "unknown");
    assert.equal(assessBreakEven({ ...measured, capacity: { ...light, isLimit: true } }).feasible, "no");
  });

  test("a rate that falls short is the end where more streams are too slow and fall short as well", () => {
    const slowAndShort = { ...slow, decodeTokensPerSecond: 60 };
    const result = assessBreakEven({ ...measured, capacity: [light, slowAndShort] });
    assert.deepEqual([result.feasible, result.pays, result.capacity], ["no", "never", light]);
    const between = assessBreakEven({ ...measured, capacity: [light, slow] });
    assert.deepEqual([between.feasible, between.capacity], ["unknown", light]);
    assert.match(between.reason, /measure with numbers of streams between the two/);
  });

  test("the best rate within it is taken from a ladder", () => {
    const ladder = [makeCapacity({ decodeTokensPerSecond: 100 }), makeCapacity(), slow];
    const result = assessBreakEven({ ...measured, capacity: ladder });
    assert.equal(result.feasible, "yes");
    assert.equal(result.capacity, ladder[1]);
  });

  test("a rate without a latency, or with that of the median only, leaves it open", () => {
    const median = { timeToFirstTokenMs: 500, timePerOutputTokenMs: 50, percentile: 50 };
    for (const atLatency of [null, median, { ...median, percentile: 95, timePerOutputTokenMs: null }]) {
      const result = assessBreakEven({ ...measured, capacity: makeCapacity({ atLatency }) });
      assert.equal(result.feasible, "unknown");
      assert.equal(result.usdPerMillionTokens.machine, null);
    }
  });

  test("a median past it is too slow for the slow requests as well", () => {
    const atLatency = { timeToFirstTokenMs: 5_000, timePerOutputTokenMs: 50, percentile: 50 };
    const capacity = makeCapacity({ atLatency, streams: 1 });
    assert.equal(assessBreakEven({ ...measured, capacity }).feasible, "no");
  });

  test("a rate that falls short without any limit falls short within one", () => {
    const capacity = makeCapacity({ decodeTokensPerSecond: 20, atLatency: null });
    assert.equal(assessBreakEven({ ...measured, capacity }).feasible, "no");
  });
});

describe("where it never pays", () => {
  const dear = { ...measured, inputUsdPerMillion: 0.05, outputUsdPerMillion: 0.08 };

  test("it says never, with the prices at which it would", () => {
    const result = assessBreakEven(dear);
    assert.equal(result.pays, "never");
    assert.equal(result.groups, null);
    assert.ok((result.utilisationNeeded ?? 0) > 1);
    // 333.3 pairs a second at $0.13 a million pairs are worth $0.156 an hour.
    assertClose(result.wouldPay?.gpuUsdPerHour, 0.156);
    assertClose(result.wouldPay?.apiPriceFactor, 10);
    assertClose(result.wouldPay?.apiUsdPerMillionOutputTokens, 1.3);
    assert.equal(result.interval.pays, "never");
  });

  test("it pays at that price, and not at a cent more", () => {
    const price = assessBreakEven(dear).wouldPay?.gpuUsdPerHour ?? Number.NaN;
    assert.equal(assessBreakEven({ ...dear, gpuUsdPerHour: price }).pays, "above-break-even");
    assert.equal(assessBreakEven({ ...dear, gpuUsdPerHour: price + 0.01 }).pays, "never");
  });

  test("people and spare machines do not move that price, for enough machines carry them", () => {
    // 333.3 pairs a second at $1.30 a million pairs are worth $1.56 an hour.
    const fixed = {
      ...measured,
      inputUsdPerMillion: 0.5,
      outputUsdPerMillion: 0.8,
      peopleUsdPerMonth: 2_000,
    };
    const assess = (gpuUsdPerHour: number) => assessBreakEven({ ...fixed, gpuUsdPerHour, spareGroups: 1 });
    const never = assess(1.6);
    assert.equal(never.pays, "never");
    assertClose(never.wouldPay?.gpuUsdPerHour, 1.56);
    assertClose(never.wouldPay?.apiPriceFactor, 1.6 / 1.56);
    // (1.50 + 2000/730) ÷ 0.06 = 70.7, and (1 + 2000/730) ÷ 0.56 = 6.7
    assert.deepEqual([assess(1.5).pays, assess(1.5).groups], ["above-break-even", 71]);
    assert.deepEqual([assess(1).pays, assess(1).groups], ["above-break-even", 7]);
  });

  test("it says so where not even a free machine would", () => {
    const result = assessBreakEven({ ...dear, gpuUsdPerHour: 0.2, storageUsdPerMonth: 5_000 });
    assert.equal(result.pays, "never");
    assert.equal(result.wouldPay?.gpuUsdPerHour, null);
  });
});

describe("costs that the walkthrough leaves out", () => {
  test("are each in the bill, and people are shown even at nothing", () => {
    const { bill } = assessBreakEven({
      ...measured,
      hoursPerMonth: 200,
      startMinutes: 12,
      startsPerMonth: 20,
      storageUsdPerMonth: 10,
    });
    assertClose(bill.gpuUsdPerHour, 1.56);
    assertClose(bill.startUpUsdPerHour, (1.56 * 4) / 200);
    assertClose(bill.storageUsdPerHour, 0.05);
    assert.equal(bill.peopleUsdPerHour, 0);
    assertClose(bill.totalUsdPerHour, 1.56 + 0.0312 + 0.05);
  });

  test("that do not grow with the machine take more groups to carry", () => {
    // A group earns $7.46 an hour at full load and costs $1.56: $12 an hour of people takes 2.03 of them.
    const result = assessBreakEven({ ...measured, peopleUsdPerMonth: 12 * 730 });
    assert.equal(result.groups, 3);
    assert.equal(result.feasible, "yes");
    assertClose(result.bill.totalUsdPerHour, 3 * 1.56 + 12);
    assert.ok((result.utilisationNeeded ?? 2) <= 1);
  });

  test("a spare group doubles the bill of a service with one", () => {
    const result = assessBreakEven({ ...measured, spareGroups: 1 });
    assertClose(result.bill.totalUsdPerHour, 3.12);
    assertClose(result.totalTokensPerSecond, 2 * breakEven(walkthrough).totalTokensPerSecond);
  });

  test("a batch at half price doubles the break-even", () => {
    const result = assessBreakEven({ ...walkthrough, batchShare: 1, batchDiscount: 0.5 });
    assertClose(result.totalTokensPerSecond, 2 * breakEven(walkthrough).totalTokensPerSecond);
  });

  test("the cache of the API raises the break-even, that of the machine its capacity", () => {
    const cached = assessBreakEven({ ...measured, cachedInputShare: 0.5, cachedInputUsdPerMillion: 1.34 });
    assertClose(cached.usdPerMillionOutputTokens.api, 3.54 + 2.68 * 0.75);
    const own = assessBreakEven({ ...measured, ownCachedInputShare: 1 });
    assertClose(own.utilisationNeeded, own.outputTokensPerSecond / 400);
  });

  test("cache and batch do not add up", () => {
    const both = assessBreakEven({
      ...walkthrough,
      cachedInputShare: 1,
      cachedInputUsdPerMillion: 0.01,
      batchShare: 1,
    });
    assertClose(both.usdPerMillionOutputTokens.api, 6.22 / 2);
  });
});

describe("ranges", () => {
  const ranged = {
    ...measured,
    gpuUsdPerHour: { lowest: 1.56, typical: 1.76, highest: 2 },
    inputUsdPerMillion: { lowest: 0.4, typical: 0.72, highest: 0.9 },
    outputUsdPerMillion: { lowest: 0.4, typical: 0.72, highest: 0.9 },
    capacity: makeCapacity({ decodeRange: [380, 420] }),
  };

  test("give an interval around the typical result", () => {
    const { interval, totalTokensPerSecond } = assessBreakEven(ranged);
    assertClose(interval.totalTokensPerSecond.typical, totalTokensPerSecond);
    assertClose(interval.totalTokensPerSecond.lowest, (1.56 / 0.9 / 3_600) * 1e6);
    assertClose(interval.totalTokensPerSecond.highest, (2 / 0.4 / 3_600) * 1e6);
    const { utilisationNeeded } = interval;
    assertClose(utilisationNeeded?.lowest, (1.56 / 1.8 / 3_600) * 1e6 * (1 / 2_000 + 1 / 420));
    assertClose(utilisationNeeded?.highest, (2 / 0.8 / 3_600) * 1e6 * (1 / 2_000 + 1 / 380));
    assert.equal(interval.pays, "sometimes");
  });

  test("rank the inputs by how far each alone moves the result", () => {
    const { ranking } = assessBreakEven(ranged);
    const given = ranking.filter(({ assumed }) => !assumed).map(({ input }) => input);
    assert.deepEqual(given, ["API price", "GPU price", "capacity"]);
    assert.equal(ranking[0]?.input, "API price");
    assertClose(ranking[0].resultAtLowest, (1.76 / 0.8 / 3_600) * 1e6 * (1 / 2_000 + 1 / 400));
    assertClose(ranking[0].resultAtHighest, (1.76 / 1.8 / 3_600) * 1e6 * (1 / 2_000 + 1 / 400));
    for (const [place, { swing: size }] of ranking.entries())
      assert.ok(size <= (ranking[place - 1]?.swing ?? Infinity));
  });

  test("are assumed as a fifth each way where nobody gave one, and say so", () => {
    const { ranking, interval } = assessBreakEven(measured);
    const gpu = ranking.find(({ input }) => input === "GPU price");
    assert.deepEqual(
      [gpu?.assumed, gpu?.lowest.toFixed(3), gpu?.highest.toFixed(3)],
      [true, "1.248", "1.872"],
    );
    assertClose(interval.totalTokensPerSecond.lowest, interval.totalTokensPerSecond.highest);
    assert.equal(interval.pays, "always");
  });
});

describe("ranges of costs that take whole machines to carry", () => {
  test("reach up to full load, for in between a machine is full before another one comes", () => {
    // A group earns $7.46 an hour and costs $1.56, so people for 730 × $5.90 = $4,310 a month fill one.
    const peopleUsdPerMonth = { lowest: 1_080, typical: 2_000, highest: 4_320 };
    const { interval } = assessBreakEven({ ...measured, peopleUsdPerMonth });
    assert.equal(interval.utilisationNeeded?.highest, 1);
    assertClose(interval.utilisationNeeded.lowest, (1.56 + 1_080 / 730) / ((1e4 / 30) * 3_600 * 6.22e-6));
    const nearlyFull = assessBreakEven({ ...measured, peopleUsdPerMonth: 4_300 });
    assert.equal(nearlyFull.groups, 1);
    assert.ok((nearlyFull.utilisationNeeded ?? 0) > 0.99);
  });

  test("have no upper end for the load where some prices never pay", () => {
    const result = assessBreakEven({
      ...measured,
      peopleUsdPerMonth: 1_000,
      gpuUsdPerHour: { lowest: 1, typical: 1.56, highest: 10 },
    });
    assert.equal(result.interval.pays, "sometimes");
    assert.equal(result.interval.totalTokensPerSecond.highest, Number.POSITIVE_INFINITY);
  });
});

describe("whether it pays in all cases of the ranges", () => {
  const wide = {
    ...measured,
    inputUsdPerMillion: { lowest: 0.1, typical: 0.2, highest: 5 },
    outputUsdPerMillion: { lowest: 0.1, typical: 0.2, highest: 5 },
  };
  const pays = (changes: Parameters<typeof makeCapacity>[0], input: Partial<AssessmentInput> = {}) =>
    assessBreakEven({ ...wide, ...input, capacity: makeCapacity(changes) }).interval.pays;

  test("is shown by a limit of the machine", () => {
    assert.equal(pays({}), "sometimes");
    assert.equal(pays({}, { gpuUsdPerHour: 20 }), "never");
    assert.equal(pays({}, { gpuUsdPerHour: 0.1 }), "always");
  });

  test("is not shown by a ceiling, which proves only what never pays", () => {
    const ceiling = { kind: "computed", atLatency: null } as const;
    assert.equal(pays(ceiling), "unknown");
    assert.equal(pays(ceiling, { gpuUsdPerHour: 20 }), "never");
    assert.equal(pays(ceiling, { gpuUsdPerHour: 0.1 }), "unknown");
  });

  test("is not shown by a rate that more streams might exceed, unless that one pays always", () => {
    assert.equal(pays({ isLimit: false }), "unknown");
    assert.equal(pays({ isLimit: false }, { gpuUsdPerHour: 20 }), "unknown");
    assert.equal(pays({ isLimit: false }, { gpuUsdPerHour: 0.1 }), "always");
  });
});

describe("a steady load", () => {
  test("is priced on whole groups and at the API", () => {
    const small = assessBreakEven({ ...measured, outputTokensPerSecond: 10 }).load;
    assert.deepEqual([small?.groups, small?.cheaper], [1, "api"]);
    assertClose(small?.machineUsdPerMonth, 1.56 * 730);
    assertClose(small?.apiUsdPerMonth, (10 * 3_600 * 730 * 6.22) / 1e6);
    const large = assessBreakEven({ ...measured, outputTokensPerSecond: 500 }).load;
    assert.deepEqual([large?.groups, large?.cheaper], [2, "machine"]);
    assertClose(large?.utilisation, 0.75);
  });

  test("has no price on a machine that is too slow, or of which nobody knows how slow", () => {
    const late = { timeToFirstTokenMs: 9_000, timePerOutputTokenMs: 80, percentile: 95 };
    for (const atLatency of [late, null]) {
      const capacity = makeCapacity({ atLatency });
      assert.equal(assessBreakEven({ ...measured, capacity, outputTokensPerSecond: 30 }).load, null);
    }
  });
});

const price = fc.double({ min: 0.01, max: 100, noNaN: true });
const rate = fc.double({ min: 1, max: 1e5, noNaN: true });
const anyInput = fc.record({
  gpuUsdPerHour: price,
  inputUsdPerMillion: price,
  outputUsdPerMillion: price,
  inputTokensPerOutputToken: fc.double({ min: 0, max: 100, noNaN: true }),
  hoursPerMonth: fc.double({ min: 10, max: 730, noNaN: true }),
  startMinutes: fc.double({ min: 0, max: 60, noNaN: true }),
  storageUsdPerMonth: fc.double({ min: 0, max: 100, noNaN: true }),
  peopleUsdPerMonth: fc.double({ min: 0, max: 5_000, noNaN: true }),
  batchShare: fc.double({ min: 0, max: 1, noNaN: true }),
  spareGroups: fc.nat(2),
  capacity: fc
    .record({ prefillTokensPerSecond: rate, decodeTokensPerSecond: rate })
    .map((rates) => makeCapacity(rates)),
});

describe("whatever the figures", () => {
  test("at the break-even both bills are equal", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { outputTokensPerHour, bill, usdPerMillionOutputTokens } = assessBreakEven(input);
        assertClose((outputTokensPerHour * usdPerMillionOutputTokens.api) / 1e6, bill.totalUsdPerHour, 1e-6);
      }),
    );
  });

  test("doubling all prices changes nothing but the prices", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const doubled = assessBreakEven({
          ...input,
          gpuUsdPerHour: input.gpuUsdPerHour * 2,
          inputUsdPerMillion: input.inputUsdPerMillion * 2,
          outputUsdPerMillion: input.outputUsdPerMillion * 2,
          storageUsdPerMonth: input.storageUsdPerMonth * 2,
          peopleUsdPerMonth: input.peopleUsdPerMonth * 2,
        });
        const once = assessBreakEven(input);
        assert.deepEqual([doubled.pays, doubled.groups], [once.pays, once.groups]);
        assertClose(doubled.totalTokensPerSecond, once.totalTokensPerSecond, 1e-6);
        assertClose(doubled.bill.totalUsdPerHour, once.bill.totalUsdPerHour * 2, 1e-6);
      }),
    );
  });

  test("more output at a fixed rate never makes the API cheaper", () => {
    fc.assert(
      fc.property(anyInput, fc.double({ min: 0, max: 1e4, noNaN: true }), rate, (input, load, more) => {
        const bill = (outputTokensPerSecond: number) =>
          assessBreakEven({ ...input, outputTokensPerSecond }).load?.apiUsdPerMonth ?? Number.NaN;
        assert.ok(bill(load + more) >= bill(load));
      }),
      { numRuns: 50 },
    );
  });

  test("what pays needs at most all of its groups, and what never pays would at the prices named", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const result = assessBreakEven(input);
        if (result.pays === "above-break-even") {
          assert.ok((result.utilisationNeeded ?? 2) <= 1 + 1e-9);
          assert.ok(Number.isInteger(result.groups));
          assert.equal(result.wouldPay, null);
          return;
        }
        assert.equal(result.pays, "never");
        const { gpuUsdPerHour = null, apiPriceFactor = 0 } = result.wouldPay ?? {};
        const paysAt = (usdPerHour: number) => assessBreakEven({ ...input, gpuUsdPerHour: usdPerHour }).pays;
        if (gpuUsdPerHour !== null) {
          assert.equal(paysAt(gpuUsdPerHour * (1 - 1e-9)), "above-break-even");
          assert.equal(paysAt(gpuUsdPerHour * 1.01), "never");
        }
        const paysAgainst = (factor: number) =>
          assessBreakEven({
            ...input,
            inputUsdPerMillion: input.inputUsdPerMillion * factor,
            outputUsdPerMillion: input.outputUsdPerMillion * factor,
          }).pays;
        assert.equal(paysAgainst(apiPriceFactor * (1 + 1e-9)), "above-break-even");
        assert.equal(paysAgainst(apiPriceFactor * 0.99), "never");
      }),
    );
  });

  test("the result of every set of figures inside the ranges lies within the interval", () => {
    // Evenly: random doubles would nearly all be close to nothing.
    const between = (min: number, max: number) =>
      fc.integer({ min: 0, max: 10_000 }).map((part) => min + (part / 10_000) * (max - min));
    // People cost about as much as some machines earn, so that the number of machines changes within the ranges.
    const steppedInput = fc.record({
      gpuUsdPerHour: between(1, 4),
      inputUsdPerMillion: between(0.5, 3),
      outputUsdPerMillion: between(0.5, 4),
      inputTokensPerOutputToken: between(0, 10),
      peopleUsdPerMonth: between(500, 10_000),
      hoursPerMonth: between(200, 500),
      spareGroups: fc.nat(2),
      capacity: fc.constant(makeCapacity()),
    });
    const rangeOf = fc.record({ width: fc.oneof(fc.constant(0), between(0, 0.9)), place: between(0, 1) });
    const ranges = fc.record({
      gpuUsdPerHour: rangeOf,
      inputTokensPerOutputToken: rangeOf,
      peopleUsdPerMonth: rangeOf,
      hoursPerMonth: rangeOf,
      apiPrices: rangeOf,
    });
    const fields = [
      "gpuUsdPerHour",
      "inputTokensPerOutputToken",
      "peopleUsdPerMonth",
      "hoursPerMonth",
    ] as const;
    fc.assert(
      fc.property(fc.oneof(anyInput, steppedInput), ranges, (input, drawn) => {
        // A provider is dear or cheap in all its prices at once.
        const parts = [
          ...fields.map((field) => [field, drawn[field]] as const),
          ["inputUsdPerMillion", drawn.apiPrices] as const,
          ["outputUsdPerMillion", drawn.apiPrices] as const,
        ].map(([field, { width, place }]) => {
          const typical = input[field];
          const highest =
            field === "hoursPerMonth" ? Math.min(typical * (1 + width), 730) : typical * (1 + width);
          const range = { lowest: typical * (1 - width), typical, highest };
          return { field, range, inside: range.lowest + place * (highest - range.lowest) };
        });
        const { interval } = assessBreakEven({
          ...input,
          ...Object.fromEntries(parts.map(({ field, range }) => [field, range])),
        });
        const inside = assessBreakEven({
          ...input,
          ...Object.fromEntries(parts.map(({ field, inside: value }) => [field, value])),
        });
        for (const [what, value, range] of [
          ["total", inside.totalTokensPerSecond, interval.totalTokensPerSecond],
          ["output", inside.outputTokensPerSecond, interval.outputTokensPerSecond],
          ["utilisation", inside.utilisationNeeded, interval.utilisationNeeded],
          ["price", inside.usdPerMillionTokens.machine, interval.machineUsdPerMillionTokens],
        ] as const) {
          assert.ok(value !== null && range !== null, what);
          const slack = 1e-9 * value;
          assert.ok(
            range.lowest - slack <= value && value <= range.highest + slack,
            `${what}: ${value} is outside of ${range.lowest} to ${range.highest}`,
          );
          assert.ok(range.lowest <= range.typical && range.typical <= range.highest, what);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("each ranked input moves the result, the one before it at least as far", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const swings = assessBreakEven(input).ranking.map(({ swing }) => swing);
        assert.ok(swings.every((swing, place) => swing > 0 && swing <= (swings[place - 1] ?? Infinity)));
      }),
      { numRuns: 50 },
    );
  });
});

describe("nonsense", () => {
  const cases: [Partial<AssessmentInput>, RegExp][] = [
    [{ gpuUsdPerHour: 0 }, /gpuUsdPerHour is 0\. Give gpuUsdPerHour a finite number above 0/],
    [{ gpuUsdPerHour: Number.NaN }, /gpuUsdPerHour is NaN/],
    [{ inputUsdPerMillion: -1 }, /inputUsdPerMillion is -1/],
    [{ inputTokensPerOutputToken: Number.POSITIVE_INFINITY }, /inputTokensPerOutputToken is Infinity/],
    [
      { gpuUsdPerHour: { lowest: 2, typical: 1, highest: 3 } },
      /gpuUsdPerHour is 2, 1, 3, which is not in order/,
    ],
    [{ cachedInputShare: 1.5 }, /cachedInputShare is 1\.5.* from 0 to 1/],
    [{ batchShare: 1, batchDiscount: 1 }, /makes the API free/],
    [{ hoursPerMonth: 8_760 }, /hoursPerMonth is 8760/],
    [{ spareGroups: 0.5 }, /spareGroups is 0\.5/],
    [{ peopleUsdPerMonth: -1 }, /peopleUsdPerMonth is -1/],
    [{ outputTokensPerSecond: -1 }, /outputTokensPerSecond is -1/],
    [{ capacity: makeCapacity({ decodeTokensPerSecond: 0 }) }, /capacity\.decodeTokensPerSecond is 0/],
    [
      { capacity: makeCapacity({ prefillTokensPerSecond: Number.NaN }) },
      /capacity\.prefillTokensPerSecond is NaN/,
    ],
  ];
  for (const [change, message] of cases) {
    test(`is refused by the name of its field: ${message.source.slice(0, 40)}`, () => {
      assert.throws(() => assessBreakEven({ ...walkthrough, ...change }), { name: "InputError", message });
    });
  }

  test("is refused too where a field is missing or a word", () => {
    const { gpuUsdPerHour, ...rest } = walkthrough;
    assert.ok(gpuUsdPerHour);
    assert.throws(() => assessBreakEven(rest as AssessmentInput), /gpuUsdPerHour is NaN/);
    const word = { ...walkthrough, gpuUsdPerHour: "1.56" } as unknown as AssessmentInput;
    assert.throws(() => assessBreakEven(word), /gpuUsdPerHour is/);
  });
});
