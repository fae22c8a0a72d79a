import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describePeopleAtOnce } from "../../lib/src/decide/index.ts";
import { type ForecastInput, forecast } from "../../lib/src/serving/index.ts";
import { makeMeasurement } from "../helpers/measurement.ts";

const target = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 };
const machine: Omit<ForecastInput, "streams" | "requestsPerSecond"> = {
  ...{ model: "meta-llama/Llama-3.1-8B-Instruct", gpu: "NVIDIA A40", gpuCount: 1, precision: "16-bit" },
  ...{ inputTokens: 500, outputTokens: 200, lengthSpread: 0.5 },
};
const way = { machine: "1 × A40" };

function say(latencyTarget: typeof target | null, forecasts = [machine]): string {
  return describePeopleAtOnce({ latencyTarget }, { way, evidence: { forecasts } });
}

describe("how many people one machine of a decision serves at once", () => {
  test("comes from the newest measurement that searched for it", () => {
    const search = (words: string) => ({
      ...{ target, most: null, firstBad: null, resolved: false, words },
    });
    const measurements = [
      makeMeasurement({ startedAt: "2026-11-20T10:00:00.000Z", targetSearch: search("Older.") }),
      makeMeasurement({ startedAt: "2026-11-24T10:00:00.000Z", targetSearch: search("At 14 streams.") }),
      makeMeasurement({ startedAt: "2026-11-26T10:00:00.000Z" }),
    ];
    const evidence = { measurements, forecasts: [machine] };
    assert.equal(
      describePeopleAtOnce({ latencyTarget: target }, { way, evidence }),
      "Measured on 2026-11-24, 128 tokens in and 128 out: At 14 streams.",
    );
  });

  test("is else the forecast's, from one end of its band to the other", () => {
    const found = say(target).match(
      /^By the forecast, one machine \(1 × A40\) serves (\d+) to (\d+) streams at once with first words within 2 s, then 100 ms a token, for 95 % of the requests\. /,
    );
    const [low = 0, high = 0] = (found ?? assert.fail(say(target))).slice(1).map(Number);
    const waits = (streams: number) => forecast({ ...machine, streams }).p95;
    const isWithin = (streams: number, end: "low" | "high") =>
      (waits(streams).timeToFirstTokenMs?.[end] ?? Infinity) <= 2_000 &&
      (waits(streams).timePerOutputTokenMs?.[end] ?? Infinity) <= 100;
    assert.ok(isWithin(low, "high") && !isWithin(low + 1, "high"));
    assert.ok(isWithin(high, "low") && !isWithin(high + 1, "low"));
  });

  test("is none where not even one is served so fast, and not known without a forecast or target", () => {
    assert.match(
      say({ ...target, timePerOutputTokenMs: 0.01 }),
      /\(1 × A40\) serves not even 1 stream at once with /,
    );
    assert.match(
      say({ ...target, timePerOutputTokenMs: 60_000, timeToFirstTokenMs: 80_000_000 }),
      / 256 streams or more at once/,
    );
    assert.match(say(target, []), /^The workbook cannot forecast how many streams/);
    assert.match(say(null), /^You gave no latency target/);
  });
});
