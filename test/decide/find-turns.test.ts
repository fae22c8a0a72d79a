import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listApiWays } from "../../lib/src/decide/api-ways.ts";
import { chooseWays } from "../../lib/src/decide/choose-ways.ts";
import { forms } from "../../lib/src/decide/decide-types.ts";
import { findTurns } from "../../lib/src/decide/find-turns.ts";
import { describeWay, priceForms } from "../../lib/src/decide/machine-ways.ts";
import { makeBook, makeLoad, near, planOf, ratedMachine } from "./made-up.ts";

const date = "2026-01-02";

/** An API at so many dollars for a million tokens, in and out alike, against a machine of $2 an hour that serves 0.5 a second. */
function turnsAt(
  usdPerMillion: number,
  requestsPerSecond: number,
  within = { low: 0.5, typical: 0.5, high: 0.5 },
  usdPerSecond: number | null = null,
) {
  const load = makeLoad({ requestsPerSecond });
  const book = makeBook([
    { provider: "alpha", kind: "input_tokens", value: usdPerMillion },
    { provider: "alpha", kind: "output_tokens", value: usdPerMillion },
  ]);
  const rated = ratedMachine({ within, usdPerSecond });
  const plan = { ...planOf(load), forms, latencyTarget: undefined };
  const apis = listApiWays({ model: "Qwen/Qwen3-32B", book, date, load, forms, deadlineHours: 24 });
  const machines = priceForms(rated, plan).map((priced) => describeWay(priced, { ...plan, date }));
  const chosen = chooseWays([...apis, ...machines], 0);
  return { chosen, turns: findTurns(chosen, { rated: [rated], plan, mostWaitsHours: 0 }) };
}

describe("the answer turns", () => {
  // A machine for a month is $1,460. A tenth of a request a second is 262,800 a month, of 1,250 tokens each: 328.5 million.
  test("from an API to a machine with the load, at which their bills are equal", () => {
    const { chosen, turns } = turnsAt(2, 0.1);
    assert.equal(chosen.answer?.serves, "api");
    near(chosen.answer?.usdPerMonth.typical, 657);
    near(turns.requestsPerMonth?.factor, 1_460 / 657);
    near(turns.requestsPerMonth?.at, 262_800 * (1_460 / 657));
    near(turns.outputTokensPerSecond?.at, 25 * (1_460 / 657));
    assert.equal(turns.requestsPerMonth?.to, "machine");
  });

  test("sooner where the machine is at the best end of its band", () => {
    // Full machines cost $0.89 a million at 0.5 requests a second, $0.74 at 0.6.
    const within = { low: 0.5, typical: 0.5, high: 0.6 };
    const { turns } = turnsAt(0.8, 0.1, within);
    assert.equal(turns.requestsPerMonth, null);
    assert.equal(turns.requestsPerMonthAtBest?.to, "machine");
    assert.ok(turns.requestsPerMonthAtBest.factor > 4);
  });

  test("with the prices: of one card, and of a million tokens", () => {
    const { turns } = turnsAt(2, 0.1);
    // Two cards of $1 cost as much as the API at $0.45 each.
    near(turns.gpuUsdPerHour?.at, 657 / 1_460);
    near(turns.apiUsdPerMillionTokens?.at, (2 * 1_460) / 657);
  });

  test("not before the last machine is dearer, where workers by the second are the cheapest", () => {
    // The month's volume is $10; the rest of what workers cost follows the price of GPUs.
    const { chosen, turns } = turnsAt(2, 1, undefined, 0.0001);
    const { answer, cheapestApi } = chosen;
    assert.equal(answer?.form, "serverless");
    const factor = ((cheapestApi?.usdPerMonth.typical ?? 0) - 10) / (answer.usdPerMonth.typical - 10);
    near(turns.gpuUsdPerHour?.factor, factor);
    assert.ok(factor > 1);
  });

  test("from a machine to an API with less load", () => {
    const { chosen, turns } = turnsAt(10, 0.1);
    assert.equal(chosen.answer?.serves, "machine");
    near(turns.requestsPerMonth?.factor, 1_460 / 3_285);
    assert.equal(turns.requestsPerMonth?.to, "api");
    near(turns.gpuUsdPerHour?.at, 3_285 / 1_460);
  });

  test("never with the load where even full machines cost more a token", () => {
    // A full one serves 1.314 million requests a month, so 1,642.5 million tokens, for $1,460: $0.89 a million.
    assert.equal(turnsAt(0.88, 0.1).turns.requestsPerMonth, null);
    assert.notEqual(turnsAt(0.9, 0.1).turns.requestsPerMonth, null);
  });
});
