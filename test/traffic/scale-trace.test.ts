import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InputError } from "../../lib/src/errors.ts";
import {
  loadTrace,
  repeatAsWeek,
  scaleTrace,
  summariseTrace,
  type Trace,
} from "../../lib/src/traffic/index.ts";
import { officeWeek } from "../../lib/src/traffic/office-hours.ts";
import { sortByArrival } from "../../lib/src/traffic/trace.ts";
import { makeTrace, someTraces } from "../cost/replay/traces.ts";

const hour = 3_600;

/** Requests of each hour of a trace. */
function countByHour(trace: Trace): number[] {
  const counts = Array.from({ length: Math.ceil(trace.spanSeconds / hour) }, () => 0);
  for (const arrival of trace.arrivalSeconds)
    counts[Math.floor(arrival / hour)] = (counts[Math.floor(arrival / hour)] ?? 0) + 1;
  return counts;
}

describe("a scaled trace", () => {
  test("has exactly so many times the requests, in order and in the same span, each of them one of the trace's", () => {
    const factors = fc.double({ min: 0.01, max: 20, noNaN: true });
    fc.assert(
      fc.property(someTraces(), factors, (trace, requests) => {
        const scaled = scaleTrace(trace, { requests });
        const count = trace.arrivalSeconds.length;
        assert.equal(scaled.arrivalSeconds.length, Math.max(1, Math.round(count * requests)));
        assert.equal(sortByArrival(scaled).outOfOrder, 0);
        assert.equal(scaled.spanSeconds, trace.spanSeconds);
        assert.ok((scaled.arrivalSeconds.at(-1) ?? 0) <= trace.spanSeconds);
        const lengths = new Set(
          trace.inputTokens.map((input, place) => input * 1e6 + (trace.outputTokens[place] ?? 0)),
        );
        for (const [place, input] of scaled.inputTokens.entries()) {
          assert.ok(lengths.has(input * 1e6 + (scaled.outputTokens[place] ?? 0)));
        }
      }),
    );
  });

  test("keeps every request of the trace a whole number of times, and moves copies by a minute at most", () => {
    const trace = makeTrace([
      [100, 1, 10],
      [1_000, 2, 20],
      [3_600, 3, 30],
    ]);
    const scaled = scaleTrace(trace, { requests: 4 });
    for (const [place, arrival] of trace.arrivalSeconds.entries()) {
      const copies = scaled.arrivalSeconds.filter(
        (_, copy) => scaled.inputTokens[copy] === trace.inputTokens[place],
      );
      assert.equal(copies.length, 4);
      assert.ok(copies.every((copy) => Math.abs(copy - arrival) <= 60));
      assert.ok(new Set(copies).size === 4);
    }
  });

  test("has longer prompts and shorter answers, in whole tokens", () => {
    const scaled = scaleTrace(makeTrace([[0, 3, 10]]), { inputTokens: 1.5, outputTokens: 0.25 });
    assert.deepEqual([...scaled.inputTokens, ...scaled.outputTokens], [5, 3]);
  });

  test("is synthetic, says from what, and is the same for the same seed", async () => {
    const trace = await loadTrace("azure-2023-code");
    const half = scaleTrace(trace, { requests: 0.5 });
    assert.equal(half.kind, "synthetic");
    assert.equal(half.name, "azure-2023-code, requests × 0.5");
    assert.match(half.notes.join(" "), /Synthetic: scaled from azure-2023-code/);
    assert.deepEqual(scaleTrace(trace, { requests: 0.5 }), half);
    assert.notDeepEqual(scaleTrace(trace, { requests: 0.5, seed: 2 }).arrivalSeconds, half.arrivalSeconds);
    assert.equal(scaleTrace(trace, {}), trace);
  });

  test("keeps the mix of a real trace nearly", async () => {
    const trace = await loadTrace("azure-2023-conversation");
    const mix = summariseTrace(scaleTrace(trace, { requests: 0.3 })).inputTokensPerOutputToken ?? 0;
    assert.ok(Math.abs(mix / 5.469 - 1) < 0.03, String(mix));
  });

  test("is refused with a factor that makes no sense", () => {
    const trace = makeTrace([[0, 1, 1]]);
    assert.throws(() => scaleTrace(trace, { requests: 0 }), /scaleTrace: requests is 0/);
    assert.throws(() => scaleTrace(trace, { inputTokens: Number.NaN }), /scaleTrace: inputTokens is NaN/);
    assert.throws(() => scaleTrace(trace, { requests: 1e9 }), /more than 100 million/);
    assert.throws(() => scaleTrace(makeTrace([]), { requests: 2 }), InputError);
  });
});

describe("a trace repeated as a week", () => {
  const everySecond = makeTrace(
    Array.from({ length: hour }, (_, second) => [second, 5, 1] as const),
    { spanSeconds: hour, startSecondOfWeek: 1_234 },
  );

  test("has the load of the trace in a full hour, none in an empty one, and half of it in a half", () => {
    const profile = Array.from({ length: 168 }, (_, place) => [1, 0, 0.5][place % 3] ?? 0);
    const week = repeatAsWeek(everySecond, { profile });
    const counts = countByHour(week);
    assert.equal(counts.length, 168);
    for (const [place, count] of counts.entries()) {
      if (place % 3 === 0) assert.equal(count, 3_600);
      if (place % 3 === 1) assert.equal(count, 0);
      // Ten standard deviations.
      if (place % 3 === 2) assert.ok(Math.abs(count - 1_800) < 300, String(count));
    }
    assert.equal(week.startSecondOfWeek, 0);
    assert.equal(week.spanSeconds, 168 * hour);
    assert.equal(sortByArrival(week).outOfOrder, 0);
  });

  test("is labelled as synthetic, with a profile that is made up unless it is given", () => {
    const week = repeatAsWeek(everySecond);
    assert.equal(week.kind, "synthetic");
    assert.equal(week.name, "made by hand, as a week");
    assert.match(week.notes.join(" "), /Synthetic: .* made up/);
    const given = repeatAsWeek(everySecond, { profile: officeWeek });
    assert.match(given.notes.join(" "), /given by the reader/);
    assert.deepEqual(given.arrivalSeconds, week.arrivalSeconds);
  });

  test("is an office's by default: busiest on weekday mornings, quiet at night and at the weekend", () => {
    assert.equal(officeWeek.length, 168);
    const at = (day: number, of: number) => officeWeek[(day - 1) * 24 + of] ?? Number.NaN;
    assert.equal(at(1, 10), 1);
    assert.ok(at(3, 3) < 0.1);
    assert.ok(at(6, 10) <= 0.25);
    assert.ok(officeWeek.every((share) => share > 0 && share <= 1));
  });

  test("follows a recorded hour whose span is not a round number", async () => {
    const week = repeatAsWeek(await loadTrace("mooncake-conversation"));
    assert.equal(sortByArrival(week).outOfOrder, 0);
    const expected = (officeWeek.reduce((sum, share) => sum + share, 0) * hour * 12_031) / 3_536.999;
    assert.ok(Math.abs(week.arrivalSeconds.length / expected - 1) < 0.02, String(week.arrivalSeconds.length));
  });

  test("is refused where it covers a day or more, for then it has hours of its own", () => {
    const trace = makeTrace([[0, 1, 1]], { spanSeconds: 24 * hour });
    assert.throws(() => repeatAsWeek(trace), /has its own hours\. describeLoad\(\{ trace \}\)/);
  });

  test("is refused with a profile that is none, with no request left, or with far too many", () => {
    assert.throws(() => repeatAsWeek(everySecond, { profile: [1, 1] }), /the profile has 2 hours/);
    const broken = officeWeek.map((share, place) => (place === 7 ? 1.5 : share));
    assert.throws(() => repeatAsWeek(everySecond, { profile: broken }), /hour 7 of the profile is 1\.5/);
    assert.throws(
      () => repeatAsWeek(everySecond, { profile: officeWeek.map(() => 0) }),
      /no request is left/,
    );
    const dense = { ...everySecond, spanSeconds: 3_599, name: "dense" };
    assert.throws(() => repeatAsWeek(makeTrace([[0, 1, 1]], { spanSeconds: 0.001 })), /604,800,000 requests/);
    assert.doesNotThrow(() => repeatAsWeek(dense));
  });
});
