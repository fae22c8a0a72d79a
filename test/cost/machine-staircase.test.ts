import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { machineStaircase } from "../../lib/src/cost/machine-staircase.ts";

describe("a load on whole groups", () => {
  const step = (outputTokensPerSecond: number, spareGroups = 0) =>
    machineStaircase({
      outputTokensPerSecond,
      groupOutputTokensPerSecond: 100,
      groupUsdPerHour: 1.56,
      spareGroups,
    });

  test("costs one more group with each that is full", () => {
    const groups = [0, 1, 100, 101, 200, 250].map((load) => step(load).groups);
    assert.deepEqual(groups, [1, 1, 1, 2, 2, 3]);
    assert.equal(step(250).usdPerHour.toFixed(2), "4.68");
  });

  test("takes no further group for a rounding error", () => {
    const load = 0.1 + 0.2;
    const { groups } = machineStaircase({
      outputTokensPerSecond: load,
      groupOutputTokensPerSecond: 0.3,
      groupUsdPerHour: 1,
      spareGroups: 0,
    });
    assert.equal(groups, 1);
  });

  test("pays for spare groups that do nothing", () => {
    assert.equal(step(100, 1).groups, 2);
    assert.equal(step(100, 1).utilisation, 1);
  });

  test("takes one idle group without a load", () => {
    assert.deepEqual(step(0), { groups: 1, usdPerHour: 1.56, utilisation: 0 });
  });

  test("is refused where it is none", () => {
    assert.throws(() => step(-1), /outputTokensPerSecond is -1/);
    assert.throws(() => step(Number.NaN), /outputTokensPerSecond is NaN/);
    const none = {
      outputTokensPerSecond: 1,
      groupOutputTokensPerSecond: 0,
      groupUsdPerHour: 1,
      spareGroups: 0,
    };
    assert.throws(() => machineStaircase(none), /groupOutputTokensPerSecond is 0/);
  });
});

// Llama 3.1 8B, 512 tokens in and 256 out, Poisson arrivals; rates and penalties as published for two GPUs.
// Source: https://github.com/pChitral/vllm-cost-meter (data/master_results.csv).
describe("the published penalties of a light load", () => {
  const published = {
    H100: {
      full: 6_238,
      rates: [255, 1_257, 2_464, 5_265, 6_124, 6_238],
      penalties: [24.4, 5, 2.5, 1.2, 1, 1],
    },
    "A100 PCIe": {
      full: 2_906,
      rates: [254, 1_236, 2_287, 2_853, 2_891, 2_906],
      penalties: [11.4, 2.4, 1.3, 1, 1, 1],
    },
  };
  for (const [gpu, { full, rates, penalties }] of Object.entries(published)) {
    for (const [place, outputTokensPerSecond] of rates.entries()) {
      test(`come out within 3 % on the ${gpu} at ${outputTokensPerSecond} output tokens/s`, () => {
        const { usdPerHour } = machineStaircase({
          outputTokensPerSecond,
          groupOutputTokensPerSecond: full,
          groupUsdPerHour: 1.39,
          spareGroups: 0,
        });
        const penalty = usdPerHour / outputTokensPerSecond / (1.39 / full);
        const expected = penalties[place] ?? Number.NaN;
        assert.ok(Math.abs(penalty / expected - 1) < 0.03, `${penalty} is not ${expected}`);
      });
    }
  }
});

test("the staircase never undercuts the line of its capacity, and its working groups carry the load", () => {
  const positive = fc.double({ min: 0.001, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e5, noNaN: true }),
      positive,
      positive,
      fc.nat(3),
      (load, capacity, usd, spareGroups) => {
        const step = machineStaircase({
          outputTokensPerSecond: load,
          groupOutputTokensPerSecond: capacity,
          groupUsdPerHour: usd,
          spareGroups,
        });
        const line = (load / capacity) * usd;
        assert.ok(step.usdPerHour >= line * (1 - 1e-9));
        const working = (step.groups - spareGroups) * capacity;
        assert.ok(Number.isInteger(step.groups) && load <= working * (1 + 1e-9));
        assert.ok(Math.abs(step.utilisation * working - load) <= 1e-9 * load + 1e-12);
      },
    ),
  );
});
