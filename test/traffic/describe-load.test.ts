import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkTrace, describeLoad, type Load, loadTrace, type Trace } from "../../lib/src/traffic/index.ts";
import { sortByArrival } from "../../lib/src/traffic/trace.ts";
import { makeTrace } from "../cost/replay/traces.ts";

const hour = 3_600;
const day = 24 * hour;
const week = 7 * day;
const monthsPerWeek = 168 / 730;
const four = { requestsPerMonth: 43_800, inputTokens: 1_000, outputTokens: 250, hours: "always" } as const;

/** A log with a request every half hour in the hours of some days (0 is Monday), dated unless the test says otherwise. */
function logOf(
  days: readonly number[],
  options: { fromHour?: number; toHour?: number } & Partial<Trace> = {},
): Trace {
  const { fromHour = 9, toHour = 18, ...rest } = options;
  const start = (days[0] ?? 0) * day + fromHour * hour;
  const arrivals = days.flatMap((of) =>
    Array.from({ length: 2 * (toHour - fromHour) }, (_, half) => of * day + fromHour * hour + half * 1_800),
  );
  return makeTrace(
    arrivals.map((arrival) => [arrival - start, 1_000, 100] as const),
    {
      kind: "recorded",
      date: "2026-11-02",
      startSecondOfWeek: start % week,
      spanSeconds: (arrivals.at(-1) ?? 0) - start,
      ...rest,
    },
  );
}

/** Requests of a load in a week, by its hours. */
function perWeek({ hours, requestsPerSecond }: Load): number {
  return hours.reduce((sum, part) => sum + part * requestsPerSecond.busiestHour * hour, 0);
}

function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${actual} is not ${expected}`);
}

function assertWhole(load: Load): void {
  assert.equal(load.hours.length, 168);
  assert.equal(Math.max(...load.hours), 1);
  assertNear(perWeek(load), load.requestsPerMonth * monthsPerWeek);
  assertNear(load.requestsPerSecond.mean * 730 * hour, load.requestsPerMonth);
  assert.equal(load.trace.spanSeconds, week);
  assert.equal(sortByArrival(load.trace).outOfOrder, 0);
  assertNear(load.trace.arrivalSeconds.length / load.traceShare, perWeek(load));
}

describe("a load in four numbers", () => {
  test("has as many requests in a week as a month has, for any hours", () => {
    const parts = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 168, maxLength: 168 });
    const hours = fc.oneof(
      fc.constantFrom("always" as const, "office" as const),
      parts.filter((all) => all.some((part) => part > 0.01)),
    );
    const input = fc.record({
      requestsPerMonth: fc.integer({ min: 1, max: 40_000 }),
      inputTokens: fc.double({ min: 1, max: 5_000, noNaN: true }),
      outputTokens: fc.integer({ min: 1, max: 500 }),
      hours,
      lengthSpread: fc.double({ min: 0, max: 1, noNaN: true }),
      burstiness: fc.double({ min: 1, max: 10, noNaN: true }),
      cachedInputShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(input, (given) => {
        const load = describeLoad(given);
        assertWhole(load);
        assert.doesNotThrow(() => describeLoad({ trace: load.trace }));
      }),
      { numRuns: 30 },
    );
  });

  test("with twice the requests has twice the rates, at the same hours and lengths", () => {
    const once = describeLoad({ ...four, hours: "office" });
    const twice = describeLoad({ ...four, hours: "office", requestsPerMonth: 87_600 });
    assertNear(twice.requestsPerSecond.busiestHour, 2 * once.requestsPerSecond.busiestHour);
    assert.equal(twice.trace.arrivalSeconds.length, 2 * once.trace.arrivalSeconds.length);
    assert.deepEqual(twice.hours, once.hours);
  });

  test("says what it assumes, and assumes nothing that is given", () => {
    const said = describeLoad({ ...four, hours: "office" }).notes.join(" ");
    assert.match(said, /made-up week of an office.*lengthSpread: 0\.5.*burstiness: 2.*cachedInputShare: 0/);
    const given = { lengthSpread: 0.2, burstiness: 1, cachedInputShare: 0.3 };
    assert.deepEqual(describeLoad({ ...four, ...given }).notes, []);
  });

  test("makes a week with these lengths, busy minutes and cached input", () => {
    const { trace } = describeLoad({ ...four, cachedInputShare: 0.4, burstiness: 10 });
    assert.equal(trace.arrivalSeconds.length, 10_080);
    assert.equal(trace.kind, "synthetic");
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean(trace.inputTokens) - 1_000) < 20);
    assert.ok(trace.inputTokens.every((tokens) => tokens >= 500 && tokens <= 1_500));
    assert.ok(trace.outputTokens.every((tokens) => tokens >= 125 && tokens <= 375));
    assert.ok(
      trace.cachedInputTokens?.every(
        (tokens, at) => tokens === Math.round((trace.inputTokens[at] ?? 0) * 0.4),
      ),
    );
    // All requests come in one minute of ten.
    const minutes = new Set(trace.arrivalSeconds.map((arrival) => Math.floor(arrival / 60)));
    assert.ok(minutes.size <= 168 * 6);
  });

  test("takes hours on any scale", () => {
    const hours = Array.from({ length: 168 }, (_, at) => (at === 10 ? 40 : at === 11 ? 20 : 0));
    const load = describeLoad({ ...four, hours });
    assert.deepEqual(load.hours.slice(9, 13), [0, 1, 0.5, 0]);
    assert.ok(load.trace.arrivalSeconds.every((arrival) => arrival >= 10 * hour && arrival < 12 * hour));
  });

  test("thins its trace above a million requests a week, and says so", () => {
    const load = describeLoad({ ...four, requestsPerMonth: 43_800_000 });
    assert.equal(load.trace.arrivalSeconds.length, 1_000_000);
    assertNear(load.traceShare, 1_000_000 / (43_800_000 * monthsPerWeek));
    assert.match(load.notes.at(-1) ?? "", /1,000,000 of the 10,080,000 requests/);
  });
});

describe("a log as a load", () => {
  test("of Monday to Friday is a week with an empty weekend and every request of it", () => {
    const log = logOf([0, 1, 2, 3, 4]);
    const load = describeLoad({ trace: log });
    assertWhole(load);
    assertNear(load.requestsPerMonth, (90 * 730) / 168);
    assert.deepEqual([load.hours[9], load.hours[8], load.hours[4 * 24 + 17]], [1, 0, 1]);
    assert.ok(load.hours.slice(5 * 24).every((part) => part === 0));
    assert.deepEqual(load.trace, { ...log, spanSeconds: week });
    assert.match(load.notes.join(" "), /taken for a week as it is: no request comes in the hours/);
    assert.deepEqual([load.inputTokens, load.outputTokens, load.lengthSpread], [1_000, 100, 0]);
  });

  test("of a week, from whatever day, has its own count", () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: week }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 0, max: week - 1 }), (seconds, startSecondOfWeek) => {
        const requests = seconds.toSorted((a, b) => a - b).map((second) => [second, 10, 5] as const);
        const trace = makeTrace(requests, { spanSeconds: week, startSecondOfWeek });
        const load = describeLoad({ trace });
        assertWhole(load);
        assertNear(load.requestsPerMonth * monthsPerWeek, seconds.length);
        assert.deepEqual(load.trace.arrivalSeconds, trace.arrivalSeconds);
      }),
    );
  });

  test("of any length, from any hour, becomes a week that replays, with its own lengths", () => {
    const log = fc.record({
      shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
      spanSeconds: fc.oneof(
        fc.double({ min: 60, max: day, noNaN: true }),
        fc.double({ min: day, max: 60 * day, noNaN: true }),
        fc.integer({ min: 1, max: 60 }).map((days) => days * day),
      ),
      startSecondOfWeek: fc.double({ min: 0, max: week - 1, noNaN: true }),
      date: fc.constantFrom("2026-11-02", "2025", null),
    });
    fc.assert(
      fc.property(log, ({ shares, ...rest }) => {
        const requests = shares
          .toSorted((a, b) => a - b)
          .map((share) => [share * rest.spanSeconds, 10, 5] as const);
        const load = describeLoad({ trace: makeTrace(requests, rest) });
        assertWhole(load);
        assert.doesNotThrow(() => checkTrace(load.trace, "replayTrace"));
        assert.deepEqual([load.inputTokens, load.outputTokens], [10, 5]);
      }),
    );
  });

  test("of several weeks is an average week, and one of its weeks as a trace", () => {
    const twoWeeks = logOf([0, 1, 2, 3, 4, 7, 8, 9, 10, 11], { fromHour: 9, toHour: 18 });
    const load = describeLoad({ trace: twoWeeks });
    assertWhole(load);
    assert.equal(load.trace.arrivalSeconds.length, 90);
    assert.ok(Math.abs(load.requestsPerMonth * monthsPerWeek - 90) < 1, String(load.requestsPerMonth));
    assert.match(load.notes.join(" "), /average week/);
  });

  test("of some working days has the others like them, the weekend too, and says that it is assumed", () => {
    const load = describeLoad({ trace: logOf([1, 2, 3]) });
    assertWhole(load);
    assertNear(load.requestsPerMonth * monthsPerWeek, 18 * 7);
    assert.deepEqual([load.hours[9], load.hours[6 * 24 + 9], load.hours[6 * 24 + 3]], [1, 1, 0]);
    assert.match(load.notes.join(" "), /Assumed: it covers 2\.4 days/);
  });

  test("fills a working day from working days, where it also has a weekend", () => {
    const thursdayToSunday = logOf([3, 4, 5, 6], { fromHour: 0, toHour: 24 });
    const quiet = thursdayToSunday.arrivalSeconds.map((arrival) => (arrival >= 2 * day ? 1 : 0));
    const kept = thursdayToSunday.arrivalSeconds.filter((_, at) => quiet[at] === 0 || at % 2 === 0);
    const trace = makeTrace(
      Array.from(kept, (arrival) => [arrival, 10, 10] as const),
      { date: "2026-11-05", startSecondOfWeek: 3 * day, spanSeconds: thursdayToSunday.spanSeconds },
    );
    const { hours } = describeLoad({ trace });
    for (let at = 0; at < 168; at++) assert.equal(hours[at], at < 5 * 24 ? 1 : 0.5, `hour ${at}`);
  });

  test("of less than a day is the same at all hours, or at those that are given", async () => {
    const trace = await loadTrace("azure-2023-code");
    const always = describeLoad({ trace });
    assertWhole(always);
    assert.ok(always.hours.every((part) => part === 1));
    assertNear(always.requestsPerSecond.mean, trace.arrivalSeconds.length / trace.spanSeconds);
    assert.match(always.notes.join(" "), /all hours of the week are like them/);
    const office = describeLoad({ trace, hours: "office" });
    assertWhole(office);
    assert.ok(office.requestsPerMonth < 0.5 * always.requestsPerMonth);
    assert.match(office.notes.join(" "), /made-up week of an office/);
  });

  test("without a date says that its weekday is not known, and has no empty weekend", () => {
    const load = describeLoad({ trace: logOf([0, 1, 2, 3, 4], { date: null }) });
    assert.match(load.notes.join(" "), /weekday is not known/);
    assert.equal(load.hours[6 * 24 + 9], 1);
  });

  test("has the cached share of its input, or says that it does not know it", () => {
    const log = logOf([0, 1, 2, 3, 4]);
    const cachedInputTokens = log.inputTokens.map((tokens) => tokens / 4);
    assert.equal(describeLoad({ trace: { ...log, cachedInputTokens } }).cachedInputShare, 0.25);
    const unknown = describeLoad({ trace: log });
    assert.equal(unknown.cachedInputShare, 0);
    assert.match(unknown.notes.join(" "), /does not say what a cache held/);
  });
});
