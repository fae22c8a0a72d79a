import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forms } from "../../lib/src/decide/decide-types.ts";
import { priceForms } from "../../lib/src/decide/machine-ways.ts";
import { findOfficeWindow } from "../../lib/src/decide/office-window.ts";
import { dollars, makeLoad, near, planOf, ratedMachine } from "./made-up.ts";

const target = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 50, percentile: 95 };

function formsOf(options: Parameters<typeof ratedMachine>[0], plan = planOf(makeLoad())) {
  return priceForms(ratedMachine(options), { ...plan, forms, latencyTarget: target });
}

describe("one request a second on machines that serve 0.4 to 0.6 of one within the target", () => {
  test("takes two machines as a rule, three at the low end, which are sure", () => {
    const always = formsOf({}).filter(({ form }) => form === "pod day and night");
    assert.deepEqual(
      always.map(({ keepsTarget, plans }) => [keepsTarget, plans.typical.machines]),
      [
        ["measure", 2],
        ["yes", 3],
      ],
    );
    const [measure, sure] = always;
    assert.ok(measure !== undefined && sure !== undefined);
    // 2 machines × 730 hours × $2, and 3 of them.
    assert.deepEqual(dollars(measure), { low: 2_920, typical: 2_920, high: 4_380 });
    assert.deepEqual(dollars(sure), { low: 4_380, typical: 4_380, high: 4_380 });
  });

  test("is sure with two where the low end suffices too", () => {
    const always = formsOf({ within: { low: 0.5, typical: 0.6, high: 0.7 } });
    const [only, ...more] = always.filter(({ form }) => form === "pod day and night");
    assert.equal(more.length, 0);
    assert.equal(only?.keepsTarget, "yes");
  });

  test("is to be measured where the low end misses the target at any load, and no way where the high end does too", () => {
    const kinds = (within: { low: number; typical: number; high: number }) =>
      formsOf({ within }).flatMap(({ form, keepsTarget }) =>
        form === "pod day and night" ? [keepsTarget] : [],
      );
    assert.deepEqual(kinds({ low: 0, typical: 0.5, high: 0.6 }), ["measure"]);
    assert.deepEqual(kinds({ low: 0, typical: 0, high: 0.1 }), ["measure"]);
    assert.deepEqual(kinds({ low: 0, typical: 0, high: 0 }), ["no"]);
  });

  test("has no elastic form, since all hours are alike", () => {
    assert.equal(
      formsOf({}).some(({ form }) => form === "pods as needed"),
      false,
    );
  });

  test("as a batch takes one machine that serves one a second at its fullest, for nearly all of the day", () => {
    const [batch] = formsOf({}).filter(({ form }) => form === "batch on a pod");
    // 86,400 requests take 24 hours at one a second: with ten minutes of start two machines of 12 h 10 min, every day.
    assert.equal(batch?.plans.typical.machines, 2);
    near(batch?.plans.typical.usdPerMonth, (2 * (12 + 1 / 6) * 2 * 730) / 24);
  });

  test("as a batch is in time for sure only with as many machines as the low end calls for", () => {
    // 77,760 requests a day take 21.6 hours at one a second, and 27 hours at 0.8.
    const ways = formsOf({}, planOf(makeLoad({ requestsPerSecond: 0.9 })));
    assert.deepEqual(
      ways.flatMap(({ form, keepsTarget, plans }) =>
        form === "batch on a pod" ? [[keepsTarget, plans.typical.machines]] : [],
      ),
      [
        ["measure", 1],
        ["yes", 2],
      ],
    );
  });
});

describe("a load of two hours in the week", () => {
  // Monday, 9 to 11, 1,800 requests each: half a request a second.
  const hours = Array.from({ length: 168 }, (_, hour) => (hour === 9 || hour === 10 ? 1 : 0));
  const load = makeLoad({ hours, requestsPerSecond: 0.5 });
  const plan = planOf(load);
  const sure = { within: { low: 0.5, typical: 0.6, high: 0.7 } };

  test("takes an elastic machine for two hours and a start of ten minutes", () => {
    const [elastic] = formsOf(sure, plan).filter(({ form }) => form === "pods as needed");
    assert.equal(elastic?.keepsTarget, "yes");
    near(elastic?.plans.typical.usdPerMonth, (2 * (2 + 1 / 6) * 730) / 168);
  });

  test("costs as much in office hours, which are found to be Monday, 9 to 11", () => {
    assert.deepEqual(plan.window, {
      fromHour: 9,
      toHour: 11,
      days: [1],
      shareOutside: 0,
      hoursPerWeek: 2,
      openingsPerWeek: 1,
    });
    const [office] = formsOf(sure, plan).filter(({ form }) => form === "pod in office hours");
    near(office?.plans.typical.usdPerMonth, (2 * (2 + 1 / 6) * 730) / 168);
  });

  test("keeps a serverless worker alive through both hours, paid by the second, and its volume for the month", () => {
    const [serverless] = formsOf(sure, plan).filter(({ form }) => form === "serverless");
    // In an hour of λ = 0.5: alive (e^(0.5 × (5 + 5)) − 1) ÷ 0.5 s after a start of 120 s, then 2 s until the next request.
    const alive = (Math.exp(5) - 1) / 0.5;
    const part = (120 + alive) / (2 + 120 + alive);
    near(serverless?.plans.typical.usdPerMonth, (2 * 3_600 * part * 0.001 * 730) / 168 + 10);
    // Of the requests of a cycle, 0.5 × (2 + 120 + alive), the first waits and the 60 that come during the start.
    near(serverless?.plans.typical.shareWaiting, 61 / (0.5 * (122 + alive)));
    assert.equal(serverless?.keepsTarget, "no", "a fifth waits for a start");
  });
});

describe("opening hours", () => {
  test("leave outside half of what may come late, for the other half can wait inside them", () => {
    const nights = Array.from({ length: 168 }, (_, hour) => (hour % 24 >= 8 && hour % 24 < 20 ? 1 : 0.05));
    // 84 busy hours have 84 of 88.2 parts: 4.8 % come at night.
    const strict = findOfficeWindow({ hours: nights }, 0.05);
    // Six of the twelve hours of each night may stay outside: 0.3 of the day's 12.6 parts.
    assert.deepEqual([strict?.hoursPerWeek, strict?.shareOutside.toFixed(3)], [126, "0.024"]);
    const lenient = findOfficeWindow({ hours: nights }, 0.1);
    assert.deepEqual([lenient?.fromHour, lenient?.toHour, lenient?.days.length], [8, 20, 7]);
    assert.equal(findOfficeWindow({ hours: new Array<number>(168).fill(1) }, 0.05), null);
  });
});
