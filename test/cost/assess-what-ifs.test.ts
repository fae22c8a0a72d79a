import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type AssessmentInput,
  assessBreakEven,
  assessWhatIfs,
  breakEven,
  priceBatch,
} from "../../lib/src/cost/index.ts";
import { makeCapacity } from "./capacities.ts";

// A full machine reads 900 or writes 600 tokens a second; at 4 tokens in for each out it must be busy 92 % of the time.
const chat: AssessmentInput = {
  gpuUsdPerHour: 1.76,
  inputUsdPerMillion: 0.9,
  outputUsdPerMillion: 0.4,
  inputTokensPerOutputToken: 4,
  capacity: makeCapacity({ prefillTokensPerSecond: 900, decodeTokensPerSecond: 600 }),
};

function near(actual: number | null, expected: number): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= 1e-9 * Math.abs(expected),
    `${actual}, ${expected}`,
  );
}

const sideOf = (change: Partial<AssessmentInput>, input = chat) =>
  assessWhatIfs(input, [{ what: "so", ...change }]).map(({ side, label }) => [side, label])[0];

describe("a what-if", () => {
  test("says on which side it acts, and is assessed alone", () => {
    const cached = { cachedInputShare: 0.5, cachedInputUsdPerMillion: 0.45 };
    const results = assessWhatIfs(chat, [
      { what: "as it is" },
      { what: "people", peopleUsdPerMonth: 800 },
      { what: "half cached", ...cached },
      { what: "all in batches", batchShare: 1 },
      { what: "a spare machine", spareGroups: 1 },
    ]);
    assert.deepEqual(
      results.map(({ label, side }) => [label, side]),
      [
        ["as it is", "neither"],
        ["people (on the machine only)", "machine"],
        ["half cached (on both sides)", "both"],
        ["all in batches (at the API only)", "API"],
        ["a spare machine (on the machine only)", "machine"],
      ],
    );
    assert.deepEqual(results[2]?.assessment, assessBreakEven({ ...chat, ...cached }));
  });

  test("is known by what it does, not by its fields", () => {
    assert.deepEqual(sideOf({ cachedInputShare: 0.5 }), ["machine", "so (on the machine only)"]);
    assert.equal(
      sideOf({ cachedInputShare: 0.5, cachedInputUsdPerMillion: 0.1, ownCachedInputShare: 0 })?.[0],
      "API",
    );
    assert.equal(sideOf({ ownCachedInputShare: 0.5 })?.[0], "machine");
    assert.equal(sideOf({ inputTokensPerOutputToken: 10 })?.[0], "both");
    assert.equal(sideOf({ outputUsdPerMillion: { lowest: 0.1, typical: 0.4, highest: 1 } })?.[0], "API");
    assert.equal(sideOf({ capacity: makeCapacity({ decodeTokensPerSecond: 1 }) })?.[0], "machine");
    assert.deepEqual(sideOf({ gpuUsdPerHour: 1.76 }), ["neither", "so (changes neither side)"]);
  });

  test("of a cache without a lower price at the API acts on the machine only, whatever rounding makes of it", () => {
    const cents = fc.integer({ min: 1, max: 999 }).map((value) => value / 100);
    const share = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100);
    fc.assert(
      fc.property(cents, share, fc.boolean(), (inputUsdPerMillion, cachedInputShare, isSaid) => {
        const price = isSaid ? { cachedInputUsdPerMillion: inputUsdPerMillion } : {};
        const side = sideOf({ cachedInputShare, ...price }, { ...chat, inputUsdPerMillion });
        assert.equal(side?.[0], "machine");
      }),
    );
    assert.equal(
      sideOf({ cachedInputShare: 0.5 }, { ...chat, inputTokensPerOutputToken: 0 })?.[0],
      "neither",
    );
  });
});

describe("cached input", () => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true });
  const price = fc.double({ min: 0.01, max: 0.89, noNaN: true });
  const mix = fc.double({ min: 0.1, max: 100, noNaN: true });

  test("is on both sides at once: neither the API's price nor the machine's reading is left as it was", () => {
    fc.assert(
      fc.property(
        share,
        price,
        mix,
        (cachedInputShare, cachedInputUsdPerMillion, inputTokensPerOutputToken) => {
          const base = { ...chat, inputTokensPerOutputToken };
          const discount = { cachedInputShare, cachedInputUsdPerMillion };
          const [none, both, api, machine] = assessWhatIfs(base, [
            { what: "none" },
            { what: "both", ...discount },
            { what: "API", ...discount, ownCachedInputShare: 0 },
            { what: "machine", ownCachedInputShare: cachedInputShare },
          ]);
          assert.ok(none && both && api && machine);
          assert.deepEqual([both.side, api.side, machine.side], ["both", "API", "machine"]);
          const at = ({ assessment }: typeof none) => assessment.utilisationNeeded ?? Number.NaN;
          // One side alone moves the load that is needed away from both, the other way.
          assert.ok(at(api) > at(none) && at(machine) < at(none));
          near(at(both) * at(none), at(api) * at(machine));
          near(both.assessment.usdPerMillionOutputTokens.api, api.assessment.usdPerMillionOutputTokens.api);
          near(
            both.assessment.usdPerMillionOutputTokens.machine,
            machine.assessment.usdPerMillionOutputTokens.machine ?? 0,
          );
        },
      ),
    );
  });

  test("has the same effect in a break-even, an assessment and a batch", () => {
    const cached = { cachedInputShare: 0.5, cachedInputUsdPerMillion: 0.45 };
    const { capacity: _, ...prices } = chat;
    const plain = breakEven({
      gpuUsdPerHour: 1.76,
      inputUsdPerMillion: 0.9,
      outputUsdPerMillion: 0.4,
      inputTokensPerOutputToken: 4,
      ...cached,
    });
    const assessed = assessBreakEven({ ...prices, ...cached });
    near(plain.usdPerMillionOutputTokensWithInput, 0.4 + 4 * (0.5 * 0.9 + 0.5 * 0.45));
    near(assessed.totalTokensPerSecond, plain.totalTokensPerSecond);
    near(plain.readTokensPerSecond, plain.inputTokensPerSecond / 2);
    near(assessed.readTokensPerSecond, plain.readTokensPerSecond);
    const batch = priceBatch({
      inputTokens: 7_200_000,
      outputTokens: 3_600_000,
      deadlineHours: 24,
      capacity: { prefillTokensPerSecond: 1_000, decodeTokensPerSecond: 1_000 },
      gpuUsdPerHour: 2,
      inputUsdPerMillion: 0.9,
      outputUsdPerMillion: 0.4,
      ...cached,
    });
    near(batch.hours, 2);
    near(batch.apiUsd, 3.6 * (0.9 + 0.45) + 3.6 * 0.4);
  });

  test("that only one side has is asked for by name, and is refused where it is no share", () => {
    const cached = { cachedInputShare: 0.5, cachedInputUsdPerMillion: 0.45 };
    const at = (ownCachedInputShare?: number) =>
      assessBreakEven({
        ...chat,
        ...cached,
        ...(ownCachedInputShare !== undefined && { ownCachedInputShare }),
      }).utilisationNeeded;
    assert.equal(at(), at(0.5));
    assert.ok((at(0) ?? 0) > (at(0.5) ?? 0));
    for (const wrong of [
      { ownCachedInputShare: 1.5 },
      { cachedInputShare: -0.1 },
      { cachedInputUsdPerMillion: 0 },
    ]) {
      assert.throws(() => assessBreakEven({ ...chat, ...wrong }), { name: "InputError" });
      const numbers = {
        gpuUsdPerHour: 1,
        inputUsdPerMillion: 1,
        outputUsdPerMillion: 1,
        inputTokensPerOutputToken: 1,
      };
      assert.throws(() => breakEven({ ...numbers, ...wrong }), { name: "InputError" });
    }
  });

  test("with a range moves on both sides together, and is named so", () => {
    const range = { lowest: 0.2, typical: 0.4, highest: 0.6 };
    const { ranking } = assessBreakEven({ ...chat, cachedInputShare: range, cachedInputUsdPerMillion: 0.8 });
    const moved = ranking.find(({ input }) => input === "cached share on both sides");
    const at = (cachedInputShare: number) =>
      assessBreakEven({ ...chat, cachedInputShare, cachedInputUsdPerMillion: 0.8 }).utilisationNeeded;
    assert.deepEqual([moved?.resultAtLowest, moved?.resultAtHighest], [at(0.2), at(0.6)]);
  });
});
